package ruletest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/rules"
)

// TestLinesAreReplayed: lines give the transitions that a replay of them gives,
// though some are late, and some too late to be judged.
func TestLinesAreReplayed(t *testing.T) {
	test := Test{Start: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), Alerts: []Expectation{{At: 25 * time.Minute}}}
	for i := range 20 * 60 * 10 {
		at, status := test.Start.Add(time.Duration(i)*100*time.Millisecond), 200
		if i%100 == 7 || i > 6000 && i < 7000 && i%3 == 0 {
			status = 401
		}
		switch {
		case i%11 == 3 && i > 100:
			at = at.Add(-5 * time.Second)
		case i%5 == 0 && i > 6500:
			at, status = at.Add(-50*time.Second), 401
		}
		test.Lines = append(test.Lines, fmt.Sprintf(`{"time":%q,"service":"api","status":%d}`, at.Format(time.RFC3339Nano), status))
	}
	config := detector.Config{Rules: rules.Default(), Lateness: 10}
	got, err := test.changes(Options{Detector: config})
	if err != nil {
		t.Fatal(err)
	}

	d, err := detector.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var want []detector.Transition
	at := 0
	err = pipeline.Replay(t.Context(), pipeline.ReplayOptions{
		Evaluator: pipeline.NewEvaluator(pipeline.EvaluatorOptions{Detector: d, Lateness: 10}),
		Worker:    func(string) pipeline.WorkerOptions { return pipeline.WorkerOptions{} },
		Inputs: []pipeline.Input{{Read: func(b *pipeline.Batch) error {
			*b = pipeline.Batch{From: int64(at), Next: int64(at + 1), HighWatermark: int64(len(test.Lines)), End: at == len(test.Lines)-1}
			b.Records = append(b.Records, pipeline.Record{Value: []byte(test.Lines[at])})
			at++
			return nil
		}}},
		Emit: func(tr *detector.Transition) error { want = append(want, *tr); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 2 {
		t.Fatalf("the replay gives %v", want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("replay and test differ:\n%s", diff)
	}
}
