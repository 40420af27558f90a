package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
)

// replayIncident replays the lines of incident, dealt out to so many files, which give
// up to chunk lines at a time, and returns the transitions.
func replayIncident(t *testing.T, chunk, parts int, observe *Observer) (all []detector.Transition) {
	t.Helper()
	opts := ReplayOptions{
		Evaluator: newEvaluator(t, false),
		Worker:    func(string) WorkerOptions { return WorkerOptions{Count: HealthChecks()} },
		Emit:      func(tr *detector.Transition) error { all = append(all, *tr); return nil },
		Observe:   observe,
	}
	for i := range parts {
		var lines []string
		for k := i; k < len(incident); k += parts {
			lines = append(lines, incident[k])
		}
		at := 0
		opts.Inputs = append(opts.Inputs, Input{Partition: Partition{Topic: "file", ID: int32(i)}, Read: func(b *Batch) error {
			n := min(chunk, len(lines)-at)
			*b = Batch{From: int64(at), Next: int64(at + n), HighWatermark: int64(len(lines)), End: at+n == len(lines)}
			for _, line := range lines[at : at+n] {
				b.Records = append(b.Records, Record{Value: []byte(line)})
			}
			at += n
			return nil
		}})
	}
	if err := Replay(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestReplayIsLive: the transitions of a replay are those of a live run over the
// same records, whatever the batches and partitions, and a second replay gives
// the same once more.
func TestReplayIsLive(t *testing.T) {
	type change struct {
		Time, Starts int64
		Name, State  string
	}
	note := func(to *[]change) func(*detector.Transition) error {
		return func(tr *detector.Transition) error {
			*to = append(*to, change{tr.Time, tr.Alert.StartsAt, tr.Alert.Name(), tr.Alert.State.String()})
			return nil
		}
	}
	replay := func(chunk, parts int) (all []change) {
		to := note(&all)
		for _, tr := range replayIncident(t, chunk, parts, nil) {
			if err := to(&tr); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	want := replay(1000, 1)
	if len(want) != 2 {
		t.Fatalf("replay gave %v", want)
	}
	for _, other := range [][]change{replay(1000, 1), replay(7, 1), replay(1<<20, 1), replay(50, 3)} {
		if diff := cmp.Diff(want, other); diff != "" {
			t.Errorf("another replay differs:\n%s", diff)
		}
	}

	var live []change
	e := newEvaluator(t, true)
	p := Partition{Topic: "logs"}
	if _, err := e.Open(p, "cluster", noon*1000); err != nil {
		t.Fatal(err)
	}
	f := &feed{partition: p, lines: incident, worker: newWorker(t)}
	for second := int64(0); f.at < len(incident); second++ {
		apply(t, e, f.next(20, noon+second+1))
		effects := e.Step((noon + second + 1) * 1000)
		for i := range effects.Transitions {
			if err := note(&live)(&effects.Transitions[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(want, live); diff != "" {
		t.Errorf("live and replay differ:\n%s", diff)
	}
}
