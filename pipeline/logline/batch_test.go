package logline

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

// batchKinds makes records of n events, each a refused request or a line of text.
var batchKinds = map[string]func(n int) string{
	"Azure":      func(n int) string { return `{"records":[` + times(n, ",", azureEvent) + `]}` },
	"CloudTrail": func(n int) string { return `{"Records":[` + times(n, ",", plainEvent) + `]}` },
	"CloudWatch": func(n int) string {
		return `{"messageType":"DATA_MESSAGE","logGroup":"/aws/lambda/a","logEvents":[` + times(n, ",", cloudWatchEvent) + `]}`
	},
	"OTLP JSON": func(n int) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + times(n, ",", otlpEvent) + `]}]}]}`
	},
	"OTLP, resources": func(n int) string { return `{"resourceLogs":[` + times(n, ",", otlpResource) + `]}` },
	"OTLP protobuf":   func(n int) string { return sub(1, sub(2, times(n, "", otlpProtoEvent))) },
	"Loki": func(n int) string {
		return `{"streams":[{"stream":{"app":"a"},"values":[` + times(n, ",", lokiEvent) + `]}]}`
	},
	"Loki, streams":   func(n int) string { return `{"streams":[` + times(n, ",", lokiStream) + `]}` },
	"array":           func(n int) string { return `[` + times(n, ",", plainEvent) + `]` },
	"array in a line": func(n int) string { return `2021-03-04T05:06:07.123Z stdout F [` + times(n, ",", plainEvent) + `]` },
	"New Relic": func(n int) string {
		return `[{"common":{"attributes":{"service":"a"}},"logs":[` + times(n, ",", plainEvent) + `]}]`
	},
	"events":            func(n int) string { return `{"source":"x","events":[` + times(n, ",", plainEvent) + `]}` },
	"objects on lines":  func(n int) string { return times(n, "\n", plainEvent) + "\n" },
	"objects together":  func(n int) string { return times(n, "", plainEvent) },
	"objects apart":     func(n int) string { return times(n, " \t ", plainEvent) },
	"Splunk HEC":        func(n int) string { return times(n, "", splunkEvent) },
	"lines":             func(n int) string { return "[" + times(n, ", ", lineEvent) + "]" },
	"Azure, in strings": func(n int) string { return `{"records":[` + times(n, ",", azureTextEvent) + `]}` },
}

const (
	plainEvent      = `{"time":"2021-03-04T05:06:07Z","method":"GET","path":"/a","status":401,"service":"s","pod":"p","namespace":"n"}`
	azureEvent      = `{"time":"2021-03-04T05:06:07Z","properties":{"httpStatus":401,"requestUri":"/a","httpMethod":"GET"}}`
	azureTextEvent  = `{"time":"2021-03-04T05:06:07Z","properties":"{\"CsMethod\":\"GET\",\"CsUriStem\":\"/a\",\"ScStatus\":\"401\"}","category":"AppServiceHTTPLogs"}`
	lineEvent       = `"192.0.2.1 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 12"`
	cloudWatchEvent = `{"id":"1","timestamp":1614834367000,"message":"{\"httpMethod\":\"GET\",\"path\":\"/a\",\"status\":\"401\"}"}`
	otlpEvent       = `{"timeUnixNano":"1614834367000000000","body":{"stringValue":"done"},"attributes":[{"key":"http.response.status_code","value":{"intValue":"401"}},{"key":"url.path","value":{"stringValue":"/a"}}]}`
	otlpResource    = `{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[` + otlpEvent + `]}]}`
	lokiEvent       = `["1614834367000000000","{\"path\":\"/a\",\"status\":401}"]`
	lokiStream      = `{"stream":{"app":"a"},"values":[` + lokiEvent + `]}`
	splunkEvent     = `{"time":1614834367,"host":"h","sourcetype":"_json","event":` + plainEvent + `}`
)

var otlpProtoEvent = sub(2, "\x09"+string(binary.LittleEndian.AppendUint64(nil, 1614834367e9))+sub(5, sub(1, `{"path":"/a","status":401}`)))

func times(n int, between, event string) string {
	return strings.Repeat(event+between, n-1) + event
}

// TestBatchesCountEachEvent reads batches of every kind, in full and lazily: each
// event is one, with its own time, path and status, and too many are cut off.
func TestBatchesCountEachEvent(t *testing.T) {
	for name, record := range batchKinds {
		for _, lazy := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lazy %t", name, lazy), func(t *testing.T) {
				d, err := New(Options{Lazy: lazy})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range []int{1, 2, 7, MaxEvents} {
					got := d.Decode([]byte(record(n)), nil)
					if len(got) != n {
						t.Fatalf("%d events were read of %d", len(got), n)
					}
					for i := range got {
						if e := &got[i]; e.Status != 401 || string(e.Path) != "/a" || e.Time != 1614834367e9 || e.Err != "" {
							t.Fatalf("event %d of %d: status %d, path %s, time %d, error %q", i, n, e.Status, e.Path, e.Time, e.Err)
						}
					}
				}
				got := d.Decode([]byte(record(MaxEvents+3)), nil)
				if len(got) != MaxEvents || !strings.HasPrefix(name, "objects") && name != "Splunk HEC" && got[MaxEvents-1].Err != ErrTooMany {
					t.Errorf("of too many %d events were read, the last with error %q", len(got), got[len(got)-1].Err)
				}
			})
		}
	}
}

// TestWrappedBatches reads batches in a string, again and again: what was learned of
// the first changes nothing.
func TestWrappedBatches(t *testing.T) {
	for _, name := range []string{"Azure", "CloudTrail", "CloudWatch", "OTLP JSON", "OTLP, resources", "Loki", "Loki, streams", "events"} {
		d, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 6 {
			record := fmt.Sprintf(`{"log":%q,"stream":"stdout"}`, batchKinds[name](n+1))
			got := d.Decode([]byte(record), nil)
			if len(got) != n+1 {
				t.Fatalf("%s: %d events were read of %d", name, len(got), n+1)
			}
			for i := range got {
				if e := &got[i]; e.Status != 401 || string(e.Path) != "/a" || e.Wrappers[0] != "docker" {
					t.Fatalf("%s, event %d of %d: status %d, path %s, in %v", name, i, n+1, e.Status, e.Path, e.Wrappers)
				}
			}
		}
	}
}

// TestNoBatch reads lines with arrays of objects that are one event.
func TestNoBatch(t *testing.T) {
	d, _ := New(Options{})
	for _, line := range []string{
		`{"level":"info","msg":"moved","events":[{"status":401},{"status":200}]}`,
		`{"method":"GET","path":"/a","items":[{"status":401},{"status":200}]}`,
		`{"status":200,"logs":[{"status":401},{"status":401}]}`,
		`{"message":"a","lines":[{"message":"b"},{"message":"c"}]}`,
		`{"logs":[],"message":"a"}`,
		`{"events":["a","b"],"time":"2021-03-04T05:06:07Z"}`,
	} {
		if got := d.Decode([]byte(line), nil); len(got) != 1 || got[0].Status == 401 {
			t.Errorf("%s: %d events, status %d", line, len(got), got[0].Status)
		}
	}
}

// TestEventsAreApart reads an event behind which another says why its own token
// was refused.
func TestEventsAreApart(t *testing.T) {
	d, err := New(Options{Matcher: matcher(t)})
	if err != nil {
		t.Fatal(err)
	}
	got := d.Decode([]byte(`{"status":401,"path":"/a"}`+"\n"+`{"status":401,"path":"/b","note":"kid mismatch: no key fits"}`), nil)
	if len(got) != 2 || got[0].Failure.IsFailure() || got[1].Failure != detector.KidMismatch {
		t.Errorf("got %d events, failures %v", len(got), got)
	}
}
