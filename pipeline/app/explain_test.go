package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestFurtherEventsAreBounded: of a record of many events and services a bounded part
// is shown, and it is said how much is not.
func TestFurtherEventsAreBounded(t *testing.T) {
	var line bytes.Buffer
	for i := range 30 {
		fmt.Fprintf(&line, `{"time":"2026-03-04T05:06:%02dZ","service":"s%02d","status":401}`, i, i)
	}
	var out bytes.Buffer
	x, err := NewExplainer("", "", &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Explain(line.Bytes()); err != nil {
		t.Fatal(err)
	}
	told := out.String()
	for _, want := range []string{
		"30 events, the first of which is told in full", "  event 21   2026-03-04T05:06:20Z, s20, 401\n             and 9 more events\n",
		"  counted    requests, unauthorized of s00, at 2026-03-04T05:06:00Z\n", "of s19, at 2026-03-04T05:06:19Z\n             and 10 more series, pods and seconds\n",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not in\n%s", want, told)
		}
	}
	if strings.Contains(told, "event 22") {
		t.Errorf("too many events in\n%s", told)
	}
}
