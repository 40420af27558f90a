package detector

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestClumpScoreIsTheTailOfTheLaw compares the score of one clump with the exact
// tail of the logarithmic distribution: never above it, and not far below.
func TestClumpScoreIsTheTailOfTheLaw(t *testing.T) {
	for _, spread := range []float64{1.1, 1.5, 2, 5, 25} {
		b := normal{spread: spread}
		next := 1 - 1/spread
		for size := 2; size <= 40; size++ {
			tail := 0.0
			for k := size + 4000; k >= size; k-- {
				tail += math.Pow(next, float64(k)) / float64(k) / math.Log(spread)
			}
			got, exact := b.clumpScore(float64(size)), -math.Log(tail)
			if got > exact+1e-9 || got < exact-3 {
				t.Errorf("spread %v: a clump of %d scores %.3f, the law gives %.3f", spread, size, got, exact)
			}
			if less := b.clumpScore(float64(size - 1)); got < less {
				t.Errorf("spread %v: a clump of %d scores %.3f, one less %.3f", spread, size, got, less)
			}
		}
	}
}

// TestRetriesOfOneClientAreNoAlert: at two requests a second, a few unknown keys
// within two seconds may be one client. As many that are further apart, or far
// more of them, are not.
func TestRetriesOfOneClientAreNoAlert(t *testing.T) {
	tests := []struct {
		name  string
		at    []int64 // seconds of mismatches
		fires bool
		why   Why
	}{
		{"one", []int64{0}, false, TooFew},
		{"two in a second", []int64{0, 0}, false, OneClient},
		{"four in two seconds", []int64{0, 1, 1, 1}, false, OneClient},
		{"two, two seconds apart", []int64{0, 2}, true, IsFiring},
		{"the second client later", []int64{0, 0, 1, 20, 20}, true, IsFiring},
		{"twelve in a second", slices.Repeat([]int64{0}, 12), true, IsFiring},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := New(Config{Lateness: 10, Rules: []Rule{{
				Name: "KidMismatchBurst", Signals: []Signal{KidMismatch}, Factor: 5, ClearFactor: 2.5, MinCount: 2,
				FloorShare: 0.0001, ColdShare: 0.0002, FloorPerSecond: 0.0005, ColdPerSecond: 0.0005,
				Baseline: time.Hour, FalseAlarms: 30 * 24 * time.Hour, KeepFiringFor: 20 * time.Second, StaleAfter: time.Hour, Severity: SeverityInfo,
			}}})
			if err != nil {
				t.Fatal(err)
			}
			const from, burst = 1_700_000_000, 7200
			key, fired := Series{Service: "api"}, false
			var why Why
			for second := int64(0); second < burst+120; second++ {
				s := Sample{Series: key, Second: from + second, Counts: Counts{Requests: 2}}
				for _, at := range tt.at {
					if second == burst+at {
						s.Counts[KidMismatch]++
					}
				}
				d.Add([]Sample{s})
				fired = fired || len(d.Advance(s.Second+1)) > 0
				if second == burst+tt.at[len(tt.at)-1]+30 {
					for _, e := range explained(d, key) {
						why = e.Why
						if text := "but all came within 2 s, as one client's retries do: certainty "; (why == OneClient) != strings.Contains(e.Sentence(), text) {
							t.Errorf("%s: %s", why, e.Sentence())
						}
					}
				}
			}
			if fired != tt.fires || why != tt.why {
				t.Errorf("fires %v, %s; want %v, %s", fired, why, tt.fires, tt.why)
			}
		})
	}
}

func explained(d *Detector, key Series) []Explanation {
	all, _ := d.Explain(key)
	return all
}
