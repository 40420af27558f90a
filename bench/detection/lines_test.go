package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

// TestLinesCountBack decodes printed lines: what is counted in them must be the
// samples that they were printed from.
func TestLinesCountBack(t *testing.T) {
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := logline.New(logline.Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	want := detector.Sample{Series: detector.Series{Namespace: "prod", Service: "checkout"}, Pod: "checkout-a", Second: monday}
	for g := range want.Counts {
		want.Counts[g] = uint32(2*g + 1)
	}
	want.Counts[detector.NoSignal] = 0
	want.Counts[detector.Requests] = 50

	var out bytes.Buffer
	p := printer{w: &out, r: newSource(1, "lines")}
	if err := p.print([]detector.Sample{want}); err != nil {
		t.Fatal(err)
	}
	got := detector.Sample{Series: want.Series, Pod: want.Pod, Second: want.Second}
	var last int64
	for _, text := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
		for _, e := range decoder.Decode(text, nil) {
			if e.Err != "" || string(e.Service) != "checkout" || string(e.Namespace) != "prod" || string(e.Pod) != "checkout-a" {
				t.Fatalf("%s\nread as %+v", text, e)
			}
			if e.Time < last || e.Time/int64(time.Second) != monday {
				t.Fatalf("%s\nis out of order or of the wrong second", text)
			}
			last = e.Time
			if e.Status != 0 {
				got.Counts[detector.Requests]++
			}
			if e.Status == 401 {
				got.Counts[detector.Unauthorized]++
			}
			if e.Failure != detector.NoSignal {
				got.Counts[e.Failure]++
			}
		}
	}
	if got != want {
		t.Errorf("counted %v, want %v", got.Counts, want.Counts)
	}
}
