package main

import (
	"math"
	"testing"

	"github.com/authspike/authspike/detector"
)

// example is a rotation from second 10000 to 12000, all over at 12030, in a
// scenario of four hours.
func example() truth {
	return truth{
		Scenario: "example", From: 0, To: 4 * hour, Services: map[string]usual{"checkout": {Rate: 20}},
		Incidents: []known{{
			Kind: "rotation", Service: "checkout", From: 10000, Full: 10060, To: 12000, Recovered: 12030, Rate: 20,
			Signals: map[string]knownSignal{
				"unauthorized": {Ratio: 8, Owed: true, Excused: true, Floor: 20, Reach: 10010, Cure: 5},
				"kid_mismatch": {Ratio: 500, Owed: true, Excused: true, Floor: 10, Reach: 10000, Cure: 5},
			},
		}},
	}
}

func alert(g detector.Signal, from, to int64) firing {
	return firing{rule: g.String(), service: "checkout", signals: only(g), from: from, to: to}
}

func TestScore(t *testing.T) {
	const u, k = detector.Unauthorized, detector.KidMismatch
	tests := []struct {
		name    string
		firings []firing
		class   int
		want    summary
	}{
		{"found and resolved", []firing{alert(u, 10030, 12050)}, the401,
			summary{Owed: 1, Found: 1, Median: 30, Within: 1, Sure: 1, ResMedian: 20}},
		{"the other alert is missed", []firing{alert(u, 10030, 12050)}, theKid,
			summary{Owed: 1, Median: -1, ResMedian: -1}},
		{"any alert will do", []firing{alert(u, 10030, 12050)}, first,
			summary{Owed: 1, Found: 1, Median: 30, Within: 1, Sure: 1, ResMedian: 20}},
		{"slow", []firing{alert(u, 10100, 12050)}, the401,
			summary{Owed: 1, Found: 1, Median: 100, Sure: 1, ResMedian: 20}},
		{"resolved late", []firing{alert(u, 10030, 12100)}, the401,
			summary{Owed: 1, Found: 1, Median: 30, Within: 1, Sure: 1, Late: 1, ResMedian: 70}},
		{"never resolved", []firing{alert(u, 10030, 0)}, the401,
			summary{Owed: 1, Found: 1, Median: 30, Within: 1, Sure: 1, Late: 1, ResMedian: -1}},
		{"resolved early and again", []firing{alert(u, 10030, 11000), alert(u, 11100, 12050)}, the401,
			summary{Owed: 1, Found: 1, Median: 30, Within: 1, Early: 1, Extra: 1, ResMedian: -1}},
		{"only after it was over", []firing{alert(u, 12060, 12300)}, the401,
			summary{Owed: 1, Median: -1, ResMedian: -1}},
		{"before it began", []firing{alert(u, 9000, 9100)}, the401,
			summary{Owed: 1, Median: -1, ResMedian: -1, False: 1}},
		{"while cold", []firing{alert(u, 60, 90)}, the401,
			summary{Owed: 1, Median: -1, ResMedian: -1, Cold: 1}},
		{"on another signal", []firing{alert(detector.TokenMissing, 10030, 12050)}, first,
			summary{Owed: 1, Median: -1, ResMedian: -1, False: 1}},
		{"long after", []firing{alert(k, 13000, 13100)}, theKid,
			summary{Owed: 1, Median: -1, ResMedian: -1, False: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			known := example()
			r := newResults()
			if err := r.take(&outcome{truth: known, said: []said{{name: "test", firings: tt.firings}}}); err != nil {
				t.Fatal(err)
			}
			got := r.Scores[0].summarize(tt.class, -1, r.Calm)
			want := tt.want
			want.Contender, want.Class = got.Contender, got.Class
			want.P95, want.ResP95, want.FloorMed, want.FloorP95 = want.Median, want.ResMedian, got.FloorMed, got.FloorP95
			want.PerDay, want.PerDayLo, want.PerDayHi = got.PerDay, got.PerDayLo, got.PerDayHi
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestPoissonInterval checks against the published exact limits for counts of
// 0, 1 and 10.
func TestPoissonInterval(t *testing.T) {
	for _, tt := range []struct {
		k, lo, hi float64
	}{{0, 0, 3.689}, {1, 0.0253, 5.572}, {10, 4.795, 18.39}} {
		lo, hi := poissonInterval(tt.k)
		if math.Abs(lo-tt.lo) > 0.001 || math.Abs(hi-tt.hi) > 0.002 {
			t.Errorf("interval of %g is %.4f to %.4f, want %.4f to %.4f", tt.k, lo, hi, tt.lo, tt.hi)
		}
	}
}
