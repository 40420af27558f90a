package main

import (
	"math"
	"testing"
)

// TestDraws compares mean and variance of what is drawn with what they must be,
// to within five standard errors.
func TestDraws(t *testing.T) {
	const draws = 40000
	tests := []struct {
		name           string
		draw           func(source) float64
		mean, variance float64
	}{
		{"poisson small", func(r source) float64 { return float64(r.poisson(0.3)) }, 0.3, 0.3},
		{"poisson inversion", func(r source) float64 { return float64(r.poisson(9.5)) }, 9.5, 9.5},
		{"poisson rejection", func(r source) float64 { return float64(r.poisson(140)) }, 140, 140},
		{"binomial inversion", func(r source) float64 { return float64(r.binomial(300, 0.02)) }, 6, 5.88},
		{"binomial rejection", func(r source) float64 { return float64(r.binomial(400, 0.2)) }, 80, 64},
		{"binomial mirrored", func(r source) float64 { return float64(r.binomial(400, 0.8)) }, 320, 64},
		{"beta", func(r source) float64 { return r.beta(2, 6) }, 0.25, 0.25 * 0.75 / 9},
		{"beta below 1", func(r source) float64 { return r.beta(0.1, 0.9) }, 0.1, 0.1 * 0.9 / 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newSource(1, tt.name)
			var sum, squares, fourth float64
			for range draws {
				d := tt.draw(r) - tt.mean
				sum += d
				squares += d * d
				fourth += d * d * d * d
			}
			bias := sum / draws
			if limit := 5 * math.Sqrt(tt.variance/draws); math.Abs(bias) > limit {
				t.Errorf("mean is off by %g, want at most %g", bias, limit)
			}
			variance := squares / draws
			if limit := 5 * math.Sqrt((fourth/draws-variance*variance)/draws); math.Abs(variance-tt.variance) > limit {
				t.Errorf("variance = %g, want %g +- %g", variance, tt.variance, limit)
			}
		})
	}
}

// TestBinomialBounds draws at the edges, where rejection could leave the range.
func TestBinomialBounds(t *testing.T) {
	r := newSource(1, "bounds")
	for range 20000 {
		n := r.Uint32N(60)
		if k := r.binomial(n, r.Float64()); k > n {
			t.Fatalf("binomial drew %d of %d", k, n)
		}
	}
	if k := r.binomial(7, 1); k != 7 {
		t.Errorf("binomial(7, 1) = %d", k)
	}
	if k := r.binomial(7, 0); k != 0 {
		t.Errorf("binomial(7, 0) = %d", k)
	}
}

func TestWanderKeepsItsMean(t *testing.T) {
	r := newSource(1, "wander")
	w := wander{spread: 0.3, memory: 0.9}
	var sum float64
	const minutes = 200000
	for range minutes {
		w.next(r)
		sum += w.factor
	}
	// Neighbours are correlated: (1+0.9)/(1-0.9) times fewer independent minutes.
	if mean, limit := sum/minutes, 5*0.3*math.Sqrt(19.0/minutes); math.Abs(mean-1) > limit {
		t.Errorf("mean factor = %g, want 1 +- %g", mean, limit)
	}
}

func TestRamp(t *testing.T) {
	p := ramp{span: span{100, 200}, up: 9, down: 4}
	for _, tt := range []struct {
		at   int64
		want float64
	}{{99, 0}, {100, 0.1}, {108, 0.9}, {109, 1}, {199, 1}, {200, 0.8}, {203, 0.2}, {204, 0}} {
		if got := p.level(tt.at); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("level(%d) = %g, want %g", tt.at, got, tt.want)
		}
	}
}
