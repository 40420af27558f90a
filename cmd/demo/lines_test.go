package main

import (
	"strings"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

func newDecoder(t *testing.T) *logline.Decoder {
	t.Helper()
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := logline.New(logline.Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	return decoder
}

// read is what the lines of a service say.
type read struct {
	requests, unauthorized, mismatches, expired int
	mismatchPods                                map[string]bool
}

// decode reads lines as authspike does, by service.
func decode(t *testing.T, lines []string) map[string]*read {
	t.Helper()
	decoder := newDecoder(t)
	all := map[string]*read{}
	for _, line := range lines {
		entries := decoder.Decode([]byte(line), nil)
		if len(entries) != 1 || entries[0].Err != "" || entries[0].TimeFrom != logline.TimeLine || string(entries[0].Namespace) != namespace {
			t.Fatalf("%s\nis read as %+v", line, entries)
		}
		e := &entries[0]
		r := all[string(e.Service)]
		if r == nil {
			r = &read{mismatchPods: map[string]bool{}}
			all[string(e.Service)] = r
		}
		switch {
		case e.Failure == detector.KidMismatch:
			r.mismatches++
			r.mismatchPods[string(e.Pod)] = true
			if string(e.Kid) != newKey {
				t.Fatalf("%s\nhas the key id %q, want %q", line, e.Kid, newKey)
			}
		case e.Failure == detector.TokenExpired:
			r.expired++
		case e.Status == 401:
			r.requests++
			r.unauthorized++
		case e.Status == 200 && e.Failure == detector.NoSignal:
			r.requests++
		default:
			t.Fatalf("%s\nis read as %+v", line, e)
		}
	}
	return all
}

var start = time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)

func TestNormalTraffic(t *testing.T) {
	const seconds = 600
	got := decode(t, newTraffic(start).lines(nil, start.Add(seconds*time.Second)))
	for _, s := range cast {
		r := got[s.name]
		if want := s.perSecond * seconds; r.requests < want || r.requests > want+1 {
			t.Errorf("%s has %d requests, want %d", s.name, r.requests, want)
		}
		if r.mismatches != 0 || r.expired != r.unauthorized {
			t.Errorf("%s: %+v, want expired tokens only", s.name, r)
		}
		if share := float64(r.unauthorized) / float64(r.requests); share < normalRefused/2 || share > normalRefused*2 {
			t.Errorf("%s refuses a share of %v, want about %v", s.name, share, normalRefused)
		}
	}
}

func TestIncidentTraffic(t *testing.T) {
	traffic := newTraffic(start)
	traffic.lines(nil, start.Add(time.Minute))
	traffic.rotated = start.Add(time.Minute)
	got := decode(t, traffic.lines(nil, start.Add(2*time.Minute)))
	bad := got[victim]
	if bad.mismatches != traffic.refused || bad.unauthorized != bad.mismatches+bad.expired || len(bad.mismatchPods) != 2 {
		t.Errorf("%+v, want %d mismatches in two pods, and a 401 for each refused token", bad, traffic.refused)
	}
	if share := float64(traffic.refused) / float64(traffic.requests); share < 0.05 || share > 0.15 {
		t.Errorf("a share of %v is refused because of the key, want 0.05 to 0.15", share)
	}
	if first := traffic.firstRefused; first.Before(traffic.rotated) || first.After(traffic.rotated.Add(10*time.Second)) {
		t.Errorf("the first is refused at %v", first)
	}
	if n := got["checkout"].mismatches + got["billing"].mismatches; n != 0 {
		t.Errorf("%d mismatches elsewhere", n)
	}

	traffic.restart = start.Add(2 * time.Minute)
	during := decode(t, traffic.lines(nil, start.Add(130*time.Second)))[victim]
	after := decode(t, traffic.lines(nil, start.Add(3*time.Minute)))[victim]
	if during.mismatches == 0 || after.mismatches != 0 {
		t.Errorf("%d mismatches during the restart and %d after it, want some and none", during.mismatches, after.mismatches)
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("one two three  four-is-long five", 9), "|")
	if want := "one two|three|four-is-long|five"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
