package detector_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strconv"
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

// pieces takes what is written, and fails after some writes.
type pieces struct {
	all     []byte
	n, fail int
}

func (p *pieces) Write(b []byte) (int, error) {
	if p.n++; p.n == p.fail {
		return 0, io.ErrShortWrite
	}
	p.all = append(p.all, b...)
	return len(b), nil
}

func TestStateIsWrittenInPieces(t *testing.T) {
	d := newDetector(t)
	for i := range 1000 {
		key := detector.Series{Service: "service-" + strconv.Itoa(i)}
		d.Add([]detector.Sample{
			{Series: key, Pod: "pod-b", Second: origin, Counts: detector.Counts{0, 9, 3, 3}},
			{Series: key, Pod: "pod-a", Second: origin + int64(i%20), Counts: detector.Counts{0, 9}},
		})
	}
	d.Advance(origin + 15)
	want := d.AppendState(nil)
	var got pieces
	if err := d.WriteState(&got); err != nil || !bytes.Equal(got.all, want) {
		t.Errorf("wrote %d bytes in %d pieces that are not the %d bytes of the state: %v", len(got.all), got.n, len(want), err)
	}
	if got.n < 5 {
		t.Errorf("%d bytes were written in %d pieces", len(want), got.n)
	}
	failing := pieces{fail: 3}
	if err := d.WriteState(&failing); !errors.Is(err, io.ErrShortWrite) || failing.n != 3 {
		t.Errorf("after a failed write: %v, %d writes", err, failing.n)
	}
}

func FuzzRestore(f *testing.F) {
	f.Add(savedState(f))
	f.Add(newDetector(f).AppendState(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, state []byte) { _ = survive(t, state) })
}
