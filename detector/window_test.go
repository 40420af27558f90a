package detector

import (
	"math/rand/v2"
	"testing"
)

// TestWindowsAgainstNaive compares the difference of cumulative counts, and the
// blocks of a window, with sums over all that was ever counted.
func TestWindowsAgainstNaive(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		from := int64(1_700_000_000) + r.Int64N(3600)
		s := &series{first: from, now: from - 1, known: from}
		counted := map[int64]Counts{}
		for second := from; second < from+9000; second += 1 + int64(r.ExpFloat64()*r.Float64()*float64(seed)) {
			var c Counts
			c[Requests], c[Unauthorized] = uint32(r.IntN(50)), uint32(r.IntN(4))
			counted[second] = c
			s.advance(second, &c)
			if r.IntN(50) > 0 {
				continue
			}
			now := second + int64(r.IntN(3))
			for _, w := range windows {
				var want, exposure uint32
				for at := start(now, w) + 1; at <= now; at++ {
					c := counted[at]
					want += c[Unauthorized]
					exposure += c[Requests]
				}
				if got := s.count(Unauthorized, now, w); got != float64(want) {
					t.Fatalf("seed %d, window of %d s: %v, want %d", seed, w, got, want)
				}
				var parts blocks
				s.blocks(Unauthorized, now, w, &parts)
				var events, requests float32
				for i := range parts.n {
					events += parts.events[i]
					requests += parts.exposure[i]
				}
				if events != float32(want) || s.hasRequests && requests != float32(exposure) {
					t.Fatalf("seed %d: the blocks of %d s hold %v of %v, want %d of %d", seed, w, events, requests, want, exposure)
				}
			}
		}
	}
}
