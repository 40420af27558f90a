package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

func newEvaluator(tb testing.TB, live bool) *Evaluator {
	tb.Helper()
	d, err := detector.New(detector.Config{Rules: rules.Default(), Lateness: 10})
	if err != nil {
		tb.Fatal(err)
	}
	return NewEvaluator(EvaluatorOptions{Detector: d, Lateness: 10, Live: live})
}

// stateOf returns what a checkpoint holds.
func stateOf(e *Evaluator, now int64) []byte {
	var b bytes.Buffer
	_ = e.WriteState(&b, now) // a buffer takes everything
	return b.Bytes()
}

// played is a service's log with an incident: 20 requests a second, of which
// refused per thousand are refused.
func played(from, to int64, refused int) (lines []string) {
	r := rand.New(rand.NewPCG(uint64(from), 7))
	for second := from; second < to; second++ {
		for range 20 {
			status := 200
			if r.IntN(1000) < refused {
				status = 401
			}
			lines = append(lines, request(second, "api", status))
		}
	}
	return lines
}

var incident = slices.Concat(played(noon, noon+1800, 5), played(noon+1800, noon+2000, 200), played(noon+2000, noon+2400, 5))

// feed is a worker with its place in a log.
type feed struct {
	partition Partition
	lines     []string
	at        int
	worker    *Worker
	delta     Delta
}

// next works on the next n lines.
func (f *feed) next(n int, asOf int64) *Delta {
	n = min(n, len(f.lines)-f.at)
	b := &Batch{
		Partition: f.partition, From: int64(f.at), Next: int64(f.at + n), HighWatermark: int64(len(f.lines)), AsOf: asOf * 1000,
		Resume: Position{Offset: int64(f.at + n)},
	}
	for _, line := range f.lines[f.at : f.at+n] {
		b.Records = append(b.Records, Record{Value: []byte(line)})
	}
	f.at += n
	f.worker.Work(b, &f.delta)
	return &f.delta
}

func apply(tb testing.TB, e *Evaluator, d *Delta) {
	tb.Helper()
	if err := e.Apply(d); err != nil {
		tb.Fatal(err)
	}
}

func totals(e *Evaluator) []detector.SeriesTotals { return slices.Collect(e.detector.Totals) }

// TestDeathChangesNothing: a run that dies again and again, and goes on from its
// checkpoint, which may be older than what it had read, ends with the totals and
// the transitions of one that does not.
func TestDeathChangesNothing(t *testing.T) {
	run := func(r *rand.Rand, dies bool) ([]string, []detector.SeriesTotals) {
		half := len(incident) / 2
		var logs [2][]string
		for i, line := range incident {
			logs[i%2] = append(logs[i%2], line)
		}
		e := newEvaluator(t, true)
		var feeds [2]*feed
		open := func() {
			for i := range feeds {
				p := Partition{Topic: "logs", ID: int32(i)}
				o, err := e.Open(p, "cluster", noon*1000)
				if err != nil {
					t.Fatal(err)
				}
				feeds[i] = &feed{partition: p, lines: logs[i], at: int(o.Position.Offset), worker: newWorker(t)}
				if o.Known {
					if err := feeds[i].worker.Restore(o.Carry); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		open()
		var state []byte
		var saved, transitions []string
		for feeds[0].at < half || feeds[1].at < half {
			f := feeds[r.IntN(2)]
			other := feeds[0].at + feeds[1].at - f.at
			if f.at > other+200 || f.at == half {
				continue
			}
			apply(t, e, f.next(1+r.IntN(100), noon))
			for _, tr := range e.Step(noon * 1000).Transitions {
				transitions = append(transitions, fmt.Sprintf("%v %s %v %v %v", tr.Time, tr.Alert.Name(), tr.Alert.State, tr.Value, tr.Baseline))
			}
			if !dies {
				continue
			}
			if state == nil || r.IntN(10) == 0 {
				state, saved = stateOf(e, 0), slices.Clone(transitions)
			}
			if r.IntN(40) == 0 {
				e = newEvaluator(t, true)
				if _, err := e.Restore(state, 0); err != nil {
					t.Fatal(err)
				}
				transitions = slices.Clone(saved)
				open()
			}
		}
		return transitions, totals(e)
	}
	want, wantTotals := run(rand.New(rand.NewPCG(0, 3)), false)
	if len(want) < 2 {
		t.Fatalf("the incident brought %v", want)
	}
	for seed := range uint64(8) {
		got, gotTotals := run(rand.New(rand.NewPCG(seed, 4)), true)
		if diff := cmp.Diff(wantTotals, gotTotals); diff != "" {
			t.Errorf("seed %d: totals:\n%s", seed, diff)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seed %d: transitions:\n%s", seed, diff)
		}
	}
}

func TestOffsetsMustFollow(t *testing.T) {
	e := newEvaluator(t, true)
	p := Partition{Topic: "logs"}
	if _, err := e.Open(p, "cluster", 0); err != nil {
		t.Fatal(err)
	}
	sample := []detector.Sample{{Series: detector.Series{Service: "api"}, Second: noon, Counts: detector.Counts{detector.Requests: 1}}}
	steps := []struct {
		name    string
		d       Delta
		counted bool
		fails   bool
	}{
		{"first, anywhere", Delta{From: 100, Next: 200}, true, false},
		{"next", Delta{From: 200, Next: 300}, true, false},
		{"nothing new", Delta{From: 300, Next: 300}, true, false},
		{"again", Delta{From: 200, Next: 300}, false, false},
		{"again, a part", Delta{From: 150, Next: 250}, false, false},
		{"overlap", Delta{From: 250, Next: 350}, false, true},
		{"gap", Delta{From: 301, Next: 350}, false, true},
		{"backwards", Delta{From: 300, Next: 290}, false, true},
		{"after retention", Delta{From: 400, Next: 500, Break: Retention, Lost: 100}, true, false},
		{"retention cannot go back", Delta{From: 300, Next: 600, Break: Retention}, false, true},
		{"truncated", Delta{From: 50, Next: 60, Break: Truncated}, true, false},
		{"recreated", Delta{From: 0, Next: 10, Break: Recreated}, true, false},
		{"next", Delta{From: 10, Next: 20}, true, false},
	}
	want := uint64(0)
	for _, s := range steps {
		s.d.Partition, s.d.Samples, s.d.Newest = p, sample, noon
		err := e.Apply(&s.d)
		if fails := errors.Is(err, ErrOffsets); fails != s.fails || (err != nil) != fails {
			t.Errorf("%s: %v", s.name, err)
		}
		if s.counted {
			want++
		}
		if got := totals(e)[0].Counts[detector.Requests]; got != want {
			t.Fatalf("%s: %d counted, want %d", s.name, got, want)
		}
	}
	if e.lost != 100 {
		t.Errorf("%d records lost, want 100", e.lost)
	}
}

func TestOtherClusterIsRefused(t *testing.T) {
	e := newEvaluator(t, true)
	if _, err := e.Open(Partition{Topic: "logs"}, "one", 0); err != nil {
		t.Fatal(err)
	}
	f := newEvaluator(t, true)
	if _, err := f.Restore(stateOf(e, 0), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(Partition{Topic: "logs"}, "two", 0); !errors.Is(err, ErrOtherCluster) {
		t.Errorf("opened: %v", err)
	}
}

// TestFrontier scripts where two partitions stand, and where the frontier goes.
func TestFrontier(t *testing.T) {
	e := newEvaluator(t, true)
	a, b := Partition{Topic: "logs"}, Partition{Topic: "logs", ID: 1}
	next := map[Partition]int64{}
	at := func(p Partition, asOf, newest int64, end bool) *Delta {
		d := &Delta{Partition: p, From: next[p], Next: next[p] + 1, HighWatermark: next[p] + 1, AsOf: asOf * 1000, Newest: newest, Oldest: newest}
		if !end {
			d.HighWatermark = 1 << 40
		}
		next[p]++
		return d
	}
	empty := func(p Partition, asOf, newest int64) *Delta {
		d := at(p, asOf, newest, true)
		next[p]--
		d.Next, d.HighWatermark, d.Oldest = d.From, d.From, NoTime
		return d
	}
	for _, p := range []Partition{a, b} {
		if _, err := e.Open(p, "cluster", noon*1000); err != nil {
			t.Fatal(err)
		}
	}
	steps := []struct {
		name string
		now  int64
		d    *Delta
		want int64
	}{
		{"one partition is heard of", noon, at(a, noon, noon-3000, false), NoTime},
		{"both are", noon, at(b, noon, noon-3500, false), noon - 3500},
		{"the slower one moves", noon, at(b, noon, noon-2500, false), noon - 3000},
		{"an old line", noon, at(b, noon, noon-2500, false), noon - 3000},
		{"b at its end", noon, at(b, noon, noon-2400, true), noon - 3000},
		{"b idle at its end", noon + 6, empty(b, noon+6, noon-2400), noon - 3000},
		{"a passes b's newest: b is idle and holds nothing back", noon + 6, at(a, noon+6, noon-1000, false), noon - 1000},
		{"a at its end", noon + 7, at(a, noon+7, noon+7, true), noon + 1},
		{"time goes on at the end", noon + 9, empty(b, noon+9, noon-2400), noon + 4},
		{"both idle", noon + 20, empty(b, noon+20, noon-2400), noon + 7},
		{"both idle", noon + 20, empty(a, noon+20, noon+7), noon + 15},
		{"nobody is heard of: nothing moves", noon + 100, nil, noon + 15},
		{"a is heard of, b stalls", noon + 200, empty(a, noon+200, noon+7), noon + 195},
	}
	for _, s := range steps {
		if s.d != nil {
			apply(t, e, s.d)
		}
		e.Step(s.now * 1000)
		if e.frontier != s.want {
			t.Fatalf("%s: frontier %+d, want %+d", s.name, e.frontier-noon, s.want-noon)
		}
	}
	if v := e.View((noon + 200) * 1000); !v.Partitions[1].Stalled || v.Partitions[0].Stalled {
		t.Errorf("stalled: %+v", v.Partitions)
	}
}

// TestNothingIsSentUntilCaughtUp: what begins and ends in the warm start is not
// sent; what fires at its end is, once; what was announced is resent after a
// restart, and its resolve is sent although the end is far.
func TestNothingIsSentUntilCaughtUp(t *testing.T) {
	p := Partition{Topic: "logs"}
	lines := slices.Concat(incident, played(noon+2400, noon+3600, 5), played(noon+3600, noon+3660, 200))
	e := newEvaluator(t, true)
	f := &feed{partition: p, lines: lines, worker: newWorker(t)}
	if _, err := e.Open(p, "cluster", noon*1000); err != nil {
		t.Fatal(err)
	}
	// Another partition is empty: the frontier is not known until the clock speaks
	// for it, and what is judged then is still the past.
	empty := &feed{partition: Partition{Topic: "logs", ID: 1}, worker: newWorker(t)}
	if _, err := e.Open(empty.partition, "cluster", noon*1000); err != nil {
		t.Fatal(err)
	}
	const end = noon + 3665 // the last line is a few seconds old
	var seen int
	var sent []detector.Alert
	step := func(now int64) {
		apply(t, e, empty.next(0, now))
		effects := e.Step(now * 1000)
		seen += len(effects.Transitions)
		sent = append(sent, effects.Send...)
	}
	for f.at < len(lines) {
		apply(t, e, f.next(1000, end))
		step(end)
	}
	apply(t, e, f.next(0, end+4))
	step(end + 4)
	if len(sent) > 0 {
		t.Fatalf("sent before the end: %+v", sent)
	}
	apply(t, e, f.next(0, end+5))
	step(end + 5)
	if len(sent) != 1 || seen < 3 || sent[0].StartsAt < noon+3600 {
		t.Fatalf("%d transitions; sent at the end %+v, want one", seen, sent)
	}

	state := stateOf(e, 0)
	e = newEvaluator(t, true)
	if _, err := e.Restore(state, 0); err != nil {
		t.Fatal(err)
	}
	if again := e.Resume(0); len(again) != 1 || again[0].State != detector.Firing || again[0].StartsAt < noon+3600 {
		t.Fatalf("resent %+v", again)
	}
	if _, err := e.Open(p, "cluster", 0); err != nil {
		t.Fatal(err)
	}
	f.lines = slices.Concat(lines, played(noon+3660, noon+4000, 5))
	var ended []detector.Alert
	for len(ended) == 0 && f.at < len(f.lines)-1000 {
		apply(t, e, f.next(1000, noon+8000))
		ended = e.Step((noon + 8000) * 1000).Send
	}
	if len(ended) != 1 || ended[0].State != detector.Resolved {
		t.Fatalf("sent %+v, want the resolve", ended)
	}
	state = stateOf(e, (noon+8000)*1000)
	e = newEvaluator(t, true)
	if _, err := e.Restore(state, 0); err != nil {
		t.Fatal(err)
	}
	if again := e.Resume((noon + 8001) * 1000); len(again) != 1 || again[0].State != detector.Resolved {
		t.Errorf("after a short while resent %+v, want the resolve", again)
	}
	if again := e.Resume((noon + 9000) * 1000); len(again) != 0 {
		t.Errorf("after a long while resent %+v", again)
	}
}

// FuzzEvaluatorRestore: no state makes an evaluator fail otherwise than by an error.
func FuzzEvaluatorRestore(f *testing.F) {
	e := newEvaluator(f, true)
	d := Delta{Partition: Partition{Topic: "logs"}, Next: 1, Newest: noon, Carry: []byte("carry"),
		Samples: []detector.Sample{{Series: detector.Series{Service: "api"}, Second: noon, Counts: detector.Counts{detector.Requests: 1}}}}
	apply(f, e, &d)
	e.Step(0)
	f.Add(stateOf(e, time.Unix(noon, 0).UnixMilli()))
	f.Add([]byte{evaluatorState})
	f.Fuzz(func(t *testing.T, state []byte) {
		e := newEvaluator(t, true)
		if _, err := e.Restore(state, 0); err == nil {
			e.Resume(0)
			e.View(0)
		}
	})
}
