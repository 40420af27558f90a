package detector

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTimeOfDayAgainstNaive compares what the time of day lifts the baseline to with
// the same from a table of all hours, read as the definition says.
func TestTimeOfDayAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	lifted := 0
	for range 2000 {
		now := int64(20_000 + r.IntN(200)) // hour
		minute := 60*now + r.Int64N(60)
		const hours = 24*seasonDays + 2
		var level [hours]float64 // of the hours before now, 0 where none stood out
		var strange [hours]bool
		x := season{hour: int32(now)}
		for back := int64(hours - 1); back > 0 && len(x.peaks) < maxPeaks; back-- {
			if at := back % 24; at > 2 && at < 22 || r.IntN(3) == 0 {
				continue
			}
			code := uint16(r.IntN(4000))
			level[back], strange[back] = math.Exp(float64(code)/peakSteps), r.IntN(2) == 0
			x.peaks = append(x.peaks, peak{int32(now - back), code, strange[back]})
		}
		plain := 1 + 5*r.Float64()

		var days [seasonDays]float64
		calm := 0.0
		for back := int64(1); back < hours; back++ {
			for _, m := range []int64{minute - seasonSlip, minute + seasonSlip} {
				day := (m/60 - (now - back)) / 24
				if (m/60-(now-back))%24 != 0 || day < 1 || day > seasonDays || level[back] <= 1 {
					continue
				}
				days[day-1] = max(days[day-1], level[back])
				if !strange[back] && (day == 1 || day == seasonDays) {
					calm = max(calm, level[back])
				}
			}
		}
		want := min(calm, seasonReach*plain)
		for _, high := range days {
			as := 0
			for _, other := range days {
				if other >= high {
					as++
				}
			}
			if as >= seasonTimes {
				want = max(want, high)
			}
		}
		if want > 0 {
			lifted++
		}
		if got := x.level(minute, plain); math.Abs(got-want) > 1e-9 {
			t.Fatalf("level is %g, want %g; %+v at minute %d", got, want, x.peaks, minute)
		}
	}
	if lifted < 500 {
		t.Errorf("only %d of the tries had anything to lift", lifted)
	}
}

// TestAtLeastIsWilsonsLimit: the limit solves the equation that defines it, that
// the estimate is so many deviations above it.
func TestAtLeastIsWilsonsLimit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	for range 1000 {
		b := normal{spread: 1 + 5*r.Float64(), perSecond: r.IntN(2) == 0}
		exposure := 1 + 1000*r.Float64()
		events := math.Floor(exposure * r.Float64())
		safety := 1 + float64(r.IntN(3))
		p := b.atLeast(events, exposure, safety)
		if events == 0 {
			if math.Abs(p) > 1e-9 {
				t.Fatalf("no events are at least %g", p)
			}
			continue
		}
		variance := p * exposure
		if !b.perSecond {
			variance *= 1 - p
		}
		if above := events - p*exposure; p <= 0 || math.Abs(above*above-safety*b.spread*variance) > 1e-6*(1+above*above) {
			t.Fatalf("%g of %g are at least %g: %g above, variance %g", events, exposure, p, above, variance)
		}
	}
}

// TestSeasonIsBounded: hours that all stand out are not remembered without end.
func TestSeasonIsBounded(t *testing.T) {
	b := normal{floor: 0.001, spread: 1.1}
	var x season
	for m := int64(0); m < 60*24*30; m++ {
		x.remember(m, part{events: 50, exposure: 100}, false, &b)
		x.plain = 0.001
	}
	if len(x.peaks) == 0 || len(x.peaks) > maxPeaks {
		t.Errorf("%d hours are remembered", len(x.peaks))
	}
}
