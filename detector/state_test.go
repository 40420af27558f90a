package detector_test

import (
	"math/rand/v2"
	"testing"

	"github.com/authspike/authspike/detector"
)

// savedState is the state in the middle of an incident.
func savedState(t testing.TB) []byte {
	t.Helper()
	d := newDetector(t)
	for _, s := range incident(7) {
		if s.Second < origin+4300 {
			d.Add([]detector.Sample{s})
		}
	}
	d.Advance(origin + 4300)
	if len(d.Alerts()) == 0 {
		t.Fatal("nothing fires: the state holds too little")
	}
	return d.AppendState(nil)
}

// survive restores what may be damaged and, where that is taken, goes on.
func survive(t testing.TB, state []byte) error {
	d := newDetector(t)
	if _, err := d.Restore(state); err != nil {
		return err
	}
	at, _ := d.Frontier()
	at = max(0, min(at, 1<<40))
	for i := range int64(30) {
		d.Add([]detector.Sample{{Series: detector.Series{Namespace: "prod", Service: "api"}, Pod: "p", Second: at + i, Counts: detector.Counts{0, 9, 3, 3}}})
		d.Advance(at + i)
	}
	for s := range d.Totals {
		all, _ := d.Explain(s.Series)
		for back := int64(0); back < 4000; back += 37 {
			past, _ := d.ExplainAt(s.Series, at+30-back)
			all = append(all, past...)
		}
		for i := range all {
			_ = all[i].Sentence()
		}
		d.Hours(s.Series)
		d.Reach(s.Series)
	}
	d.Alerts()
	d.AppendState(nil)
	return nil
}

func TestDamagedStateIsRefusedOrHarmless(t *testing.T) {
	state := savedState(t)
	for n := range len(state) {
		if n%97 == 0 && survive(t, state[:n]) == nil {
			t.Fatalf("the first %d of %d bytes were taken for a state", n, len(state))
		}
	}
	if survive(t, append(state[:len(state):len(state)], 0)) == nil {
		t.Error("a state with a byte too many was taken")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		damaged := append([]byte(nil), state...)
		for range 1 + r.IntN(3) {
			damaged[r.IntN(len(damaged))] ^= byte(1 + r.IntN(255))
		}
		_ = survive(t, damaged) // whether it is taken or not, nothing breaks
	}
}

func TestRestoreNeedsAFreshDetector(t *testing.T) {
	state := savedState(t)
	d := newDetector(t)
	if _, err := d.Restore(state); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Restore(state); err == nil {
		t.Error("a state was restored over another")
	}
}

func FuzzRestore(f *testing.F) {
	f.Add(savedState(f))
	f.Add(newDetector(f).AppendState(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, state []byte) { _ = survive(t, state) })
}
