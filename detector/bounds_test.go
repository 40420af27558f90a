package detector_test

import (
	"fmt"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

func TestSeriesAndPodsAreBounded(t *testing.T) {
	d, err := detector.New(detector.Config{Rules: rules.Default(), Lateness: lateness, MaxSeries: 3, MaxPods: 2})
	if err != nil {
		t.Fatal(err)
	}
	var want uint64
	for i := range int64(1000) {
		s := detector.Sample{Series: detector.Series{Service: fmt.Sprintf("s%d", i%10)}, Pod: fmt.Sprintf("p%d", i%7), Second: origin + i}
		s.Counts[detector.Requests] = 2
		s.Counts[detector.KidMismatch] = 1
		want += 2
		d.Add([]detector.Sample{s})
		d.Advance(origin + i)
	}
	var got uint64
	var names []string
	for s := range d.Totals {
		got += s.Counts[detector.Requests]
		names = append(names, s.Series.Service)
	}
	if got != want {
		t.Errorf("%d requests counted, %d were added", got, want)
	}
	if fmt.Sprint(names) != "[s0 s1 s2 _overflow]" {
		t.Errorf("series %v", names)
	}
	for _, a := range d.Alerts() {
		if a.Get("service") == detector.OverflowService {
			t.Errorf("the overflow series has the alert %v", a.Labels)
		}
	}
}

func TestLateSamplesCountInTotalsOnly(t *testing.T) {
	d := newDetector(t)
	key := detector.Series{Service: "api"}
	one := func(second int64) []detector.Sample {
		s := detector.Sample{Series: key, Second: second}
		s.Counts[detector.Requests] = 1
		return []detector.Sample{s}
	}
	for i := range int64(100) {
		d.Add(one(origin + i))
		d.Advance(origin + i)
	}
	state := len(d.AppendState(nil))
	d.Add(one(origin + 50))
	for s := range d.Totals {
		if s.Counts[detector.Requests] != 101 || s.Late != 1 {
			t.Errorf("%d requests, %d late, want 101 and 1", s.Counts[detector.Requests], s.Late)
		}
	}
	if grown := len(d.AppendState(nil)) - state; grown != 0 {
		t.Errorf("a late sample left %d bytes in the state beside the totals", grown)
	}
}

// TestStalledShipperIsJudgedInOrder: ten minutes with an incident in them arrive
// at once, and say what they would have said in time.
func TestStalledShipperIsJudgedInOrder(t *testing.T) {
	samples := incident(11)
	want := which(play(t, newDetector(t), only(samples, "api"), 50, 1))
	d := newDetector(t)
	var got []detector.Transition
	var stalled []detector.Sample
	second := int64(0)
	for _, s := range samples {
		if s.Second != second {
			second = s.Second
			if second == origin+4700 {
				d.Add(stalled)
				stalled = nil
			}
			got = append(got, clone(d.Advance(second))...)
		}
		if s.Series.Service == "api" && s.Second >= origin+4100 && s.Second < origin+4700 {
			stalled = append(stalled, s)
			continue
		}
		d.Add([]detector.Sample{s})
	}
	got = append(got, clone(d.Advance(origin+20000))...)
	var api []detector.Transition
	for _, tr := range got {
		if tr.Alert.Get("service") == "api" {
			api = append(api, tr)
		}
	}
	if g := which(api); fmt.Sprint(g) != fmt.Sprint(want) {
		t.Errorf("stalled: %q\nin time: %q", g, want)
	}
	for s := range d.Totals {
		if s.Late != 0 {
			t.Errorf("%d samples of %v were late", s.Late, s.Series)
		}
	}
}

func only(samples []detector.Sample, service string) []detector.Sample {
	var out []detector.Sample
	for _, s := range samples {
		if s.Series.Service == service {
			out = append(out, s)
		}
	}
	return out
}
