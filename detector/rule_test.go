package detector_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

func TestRuleFaultsComeAllAtOnce(t *testing.T) {
	r := rules.Default()[0]
	r.Name = "9 lives"
	r.Signals = []detector.Signal{detector.Requests, detector.KidMismatch, detector.KidMismatch}
	r.Factor, r.ClearFactor = 5, 6
	r.MinCount = 0
	r.FloorShare = 2
	r.Baseline = 13 * time.Minute
	r.FalseAlarms = time.Second
	r.Severity = "page"
	r.Labels = []detector.Label{{Name: "pod", Value: "x"}, {Name: "team", Value: "a"}, {Name: "team", Value: "b"}}
	r.Summary = "{{.Servise}}"
	err := r.Validate()
	got := map[string]int{}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var f *detector.FieldError
		if !errors.As(e, &f) {
			t.Fatalf("%v is no FieldError", e)
		}
		got[f.Field]++
	}
	want := map[string]int{"alert": 1, "signals": 2, "clear_factor": 1, "min_count": 1, "floor": 1, "baseline": 1, "false_alarms": 1, "severity": 1, "labels": 2, "summary": 1}
	for field, n := range want {
		if got[field] != n {
			t.Errorf("%d faults of %s, want %d", got[field], field, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	twice := append(rules.Default(), rules.Default()[0])
	_, err := detector.New(detector.Config{Rules: twice, Lateness: 61, MaxSeries: -1})
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"lateness", "max_series", "stands twice"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not mention %q", err, part)
		}
	}
}
