package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/authspike/authspike/detector"
)

// Input is one file of a replay: a partition with its records in order of arrival.
type Input struct {
	Partition Partition
	// Read fills b with the next batch. The last batch has End set; the memory of b
	// is valid until the next call.
	Read func(b *Batch) error
}

// ReplayOptions say what Replay reads.
type ReplayOptions struct {
	// Evaluator judges; it must be new and not live.
	Evaluator *Evaluator
	// Worker returns the options of an input's worker, by the input's name.
	Worker func(name string) WorkerOptions
	// Inputs are merged in event time.
	Inputs []Input
	// Emit is called with each transition, in order.
	Emit func(*detector.Transition) error
	// Counted is called with each delta before it is applied, which must not keep it.
	// May be nil.
	Counted func(*Delta)
	// Observe watches the replay; nil for none.
	Observe *Observer
}

// replayed is an input that is being read.
type replayed struct {
	Input

	worker *Worker
	batch  Batch
	newest int64
}

// Replay runs workers and evaluator over the inputs, one step after the other and
// without a clock. Of the inputs that have not ended, the one whose newest event is
// oldest is always read next, so the same inputs give the same transitions.
func Replay(ctx context.Context, opts ReplayOptions) error {
	open, err := opts.open()
	if err != nil {
		return err
	}
	var paced *pacer
	if opts.Observe != nil {
		paced = newPacer(*opts.Observe)
	}
	var delta Delta
	for len(open) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := oldest(open)
		if err := open[i].work(&delta); err != nil {
			return err
		}
		if opts.Counted != nil {
			opts.Counted(&delta)
		}
		if paced != nil {
			paced.count(&delta)
		}
		if err := opts.Evaluator.Apply(&delta); err != nil {
			return err
		}
		if delta.End {
			open = slices.Delete(open, i, i+1)
		}
		if paced != nil {
			if err := paced.move(opts.Evaluator, opts.Evaluator.target(0), opts.Emit); err != nil {
				return err
			}
		}
		if err := emit(opts.Evaluator.Step(0), opts.Emit); err != nil {
			return err
		}
	}
	if paced != nil {
		return paced.move(opts.Evaluator, opts.Evaluator.end(), opts.Emit)
	}
	return emit(opts.Evaluator.Finish(), opts.Emit)
}

// open registers all inputs with the evaluator before the first one is read.
func (o *ReplayOptions) open() ([]*replayed, error) {
	open := make([]*replayed, 0, len(o.Inputs))
	for _, in := range o.Inputs {
		worker, err := NewWorker(o.Worker(in.Partition.Topic))
		if err != nil {
			return nil, err
		}
		if _, err := o.Evaluator.Open(in.Partition, "", 0); err != nil {
			return nil, err
		}
		open = append(open, &replayed{Input: in, worker: worker, newest: NoTime})
	}
	return open, nil
}

// work overwrites d with what the next batch adds.
func (r *replayed) work(d *Delta) error {
	if err := r.Read(&r.batch); err != nil {
		return fmt.Errorf("read %s: %w", r.Partition.Topic, err)
	}
	r.batch.Partition = r.Partition
	r.worker.Work(&r.batch, d)
	r.newest = d.Newest
	return nil
}

// oldest returns the index of the input with the lowest newest time, the first among
// equals.
func oldest(open []*replayed) int {
	best := 0
	for i, r := range open {
		if r.newest < open[best].newest {
			best = i
		}
	}
	return best
}

func emit(effects Effects, to func(*detector.Transition) error) error {
	for i := range effects.Transitions {
		if err := to(&effects.Transitions[i]); err != nil {
			return err
		}
	}
	return nil
}
