package logline

import (
	"errors"
	"testing"
	"time"
)

// TestZoneBesideStamp reads stamps whose zone is in a key of its own.
func TestZoneBesideStamp(t *testing.T) {
	asked := 0
	d, err := New(Options{Region: func(name string) (*time.Location, error) {
		asked++
		if name != "Pond/East" {
			return nil, errors.New("unknown")
		}
		return time.FixedZone(name, 3*3600), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ datetime, want string }{
		{`{"date":"2021-03-04 05:06:07.250000","timezone_type":3,"timezone":"Pond/East"}`, "2021-03-04T02:06:07.25Z"},
		{`{"date":"2021-03-04 05:06:08.000000","timezone_type":3,"timezone":"Pond/East"}`, "2021-03-04T02:06:08Z"},
		{`{"date":"2021-03-04 05:06:07.250000","timezone_type":3,"timezone":"Pond/West"}`, "2021-03-04T05:06:07.25Z"},
		{`{"date":"2021-03-04 05:06:07.250000","timezone_type":3,"timezone":"UTC"}`, "2021-03-04T05:06:07.25Z"},
		{`{"date":"2021-03-04 05:06:07.250000","timezone_type":1,"timezone":"-05:30"}`, "2021-03-04T10:36:07.25Z"},
		{`{"date":"2021-03-04 05:06:07.250000","timezone_type":2,"timezone":"CET"}`, "2021-03-04T04:06:07.25Z"},
		{`{"timezone_type":2,"timezone":"CET"}`, "1970-01-01T00:00:00Z"},
		{`{"date":"2021-03-04 05:06:07.250000","timezone":["CET","EST"]}`, "2021-03-04T05:06:07.25Z"},
	} {
		for range 3 { // read by other ways once the layout is known
			e := d.Decode([]byte(`{"message":"no key","level_name":"ERROR","datetime":`+tt.datetime+`,"extra":[]}`), nil)[0]
			if got := time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.datetime, got, tt.want)
			}
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times for the zones of two regions", asked)
	}
}
