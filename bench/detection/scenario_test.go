package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/authspike/authspike/detector"
)

// fingerprint plays a scenario and returns a hash of what arrived.
func fingerprint(t *testing.T, name string, seed uint64) (sum uint64, known truth) {
	t.Helper()
	sc, err := build(name, seed)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New64a()
	sc.play(func(second int64, arrived []detector.Sample) {
		fmt.Fprintln(h, second, arrived)
	})
	return h.Sum64(), sc.truth()
}

func TestSeedDeterminesScenario(t *testing.T) {
	for _, name := range []string{"rotation_low", "stalled", "disorder"} {
		first, _ := fingerprint(t, name, 7)
		if again, _ := fingerprint(t, name, 7); again != first {
			t.Errorf("%s: two plays of seed 7 differ", name)
		}
		if other, _ := fingerprint(t, name, 8); other == first {
			t.Errorf("%s: seeds 7 and 8 give the same", name)
		}
	}
}

// TestCountsMakeSense plays every scenario: whatever befalls a service, 401s are
// requests, reasons are 401s, and no record comes from the future.
func TestCountsMakeSense(t *testing.T) {
	for _, c := range catalogue {
		if c.name == "week" {
			continue // healthy, for longer
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc, err := build(c.name, 3)
			if err != nil {
				t.Fatal(err)
			}
			mute := sc.services[0].mute
			var all detector.Counts
			sc.play(func(second int64, arrived []detector.Sample) {
				for i := range arrived {
					s := &arrived[i]
					if s.Second > second || s.Second < sc.span.from {
						t.Fatalf("second %d arrived in second %d", s.Second, second)
					}
					all.Add(&s.Counts)
					if sc.delivery.disorder == 0 && !mute {
						checkCounts(t, s)
					}
				}
			})
			if all[detector.Requests] == 0 && !mute {
				t.Error("no requests")
			}
			checkTruth(t, sc)
		})
	}
}

func checkCounts(t *testing.T, s *detector.Sample) {
	t.Helper()
	c := &s.Counts
	var reasons uint32
	for g := detector.FirstFailure; g <= detector.LastFailure; g++ {
		reasons += c[g]
	}
	if c[detector.Unauthorized] > c[detector.Requests] || reasons > c[detector.Unauthorized] {
		t.Fatalf("%d requests, %d unauthorized, %d reasons", c[detector.Requests], c[detector.Unauthorized], reasons)
	}
}

func checkTruth(t *testing.T, sc *scenario) {
	t.Helper()
	known := sc.truth()
	for i := range known.Incidents {
		k := &known.Incidents[i]
		if k.From < sc.span.from+warmUp || k.From >= k.To || k.Recovered > sc.span.to {
			t.Errorf("incident %s from %d to %d, recovered %d, in a scenario from %d to %d", k.Kind, k.From, k.To, k.Recovered, sc.span.from, sc.span.to)
		}
	}
}

// TestFloorOfConstantShift compares the measured floor with Lorden's formula,
// where everything is constant.
func TestFloorOfConstantShift(t *testing.T) {
	b := &builder{scenario: &scenario{name: "constant", random: newSource(1, "constant")}, r: newSource(1, "constant")}
	b.spend(3 * hour)
	s := b.service("checkout", 40, 40.001)
	s.depth, s.rates, s.shares, s.clump = 0, wander{}, wander{}, 1
	s.base, s.mix = 0.01, [detector.NumSignals]float64{detector.TokenExpired: 0.01}
	at := b.span.from + 2*hour
	i := &incident{kind: "constant", ramp: ramp{span: span{at, at + 20*minute}}, share: 0.1}
	i.mix[detector.KidMismatch] = 1
	s.troubles = append(s.troubles, i)
	b.play(func(int64, []detector.Sample) {})

	k := b.truth().Incidents[0]
	got := k.Signals["unauthorized"]
	p1 := 0.01*0.9 + 0.1
	if math.Abs(got.Ratio-p1/0.01) > 0.01 {
		t.Errorf("ratio = %g, want %g", got.Ratio, p1/0.01)
	}
	want := int64(math.Ceil(lordenLog / (40 * klBernoulli(p1, 0.01))))
	if got.Floor < want || got.Floor > want+1 {
		t.Errorf("floor = %d s, want %d s", got.Floor, want)
	}
	if !got.Owed || !k.Signals["kid_mismatch"].Owed {
		t.Errorf("a tenfold share owes an alert on both signals: %+v", k.Signals)
	}
	if got.Reach != at {
		t.Errorf("reached the factor at %d, want %d", got.Reach, at)
	}
}
