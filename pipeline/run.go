package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"
)

// Store saves the state that write writes, and returns its size in bytes. See
// checkpoint.File for what a Save promises.
type Store func(write func(io.Writer) error) (size int64, err error)

// RunOptions say what Run connects.
type RunOptions struct {
	// Evaluator owns the state while Run runs. The caller has restored it if there
	// was something to restore.
	Evaluator *Evaluator
	// Worker returns the options of the workers of a topic's partitions.
	Worker func(topic string) WorkerOptions
	// Source reads until its context ends or a sink fails, as source.Kafka.Run
	// does. It asks start for all partitions it finds before it opens the first.
	Source func(ctx context.Context, start func(Partition) (Position, bool), open func(Partition) Sink) error
	// Cluster names the cluster, once start is called.
	Cluster func() string

	// Save keeps the state. If nil, nothing is kept and every start is a first start.
	Save Store
	// SaveEvery is how often the state is saved when nothing changes. Default 10 s.
	SaveEvery time.Duration

	// Handle is called with the effects of each step in which something happened,
	// after they have been saved or saving has failed. It must not block.
	Handle func(Effects)
	// Saved is called with the offsets of each checkpoint. It must not block.
	Saved func(offsets map[Partition]int64)
	// SaveFailed is called if a checkpoint could not be written. Nothing else stops:
	// alerts are still sent, although a restart may repeat them.
	SaveFailed func(error)
	// Asks are queries that only the owner of the state can answer; each is called
	// with the evaluator, and must be quick and change nothing. nil for none.
	Asks <-chan func(*Evaluator)
	// Publish is called with a view of the state, every second and after
	// transitions. The callee owns the view.
	Publish func(*View)
}

const (
	deltasAhead = 4           // bounds the deltas that wait for the evaluator, up to 300 KB each
	deltasFree  = 16          // bounds those that wait to be used again
	tick        = time.Second // how often the wall clock may move the frontier
)

// message is what a source sends to the evaluator: one of its fields is set.
type message struct {
	delta   *Delta
	opening *opening
}

type opening struct {
	name    Partition
	cluster string
	answer  chan Opening // of capacity 1, closed where the evaluator refuses
}

// Run reads until ctx ends, which is no error, or until the source or the
// evaluator fails. When it returns, everything read has been counted and is in the
// last checkpoint, and no goroutine that it started is left.
func Run(ctx context.Context, opts RunOptions) error {
	if opts.SaveEvery == 0 {
		opts.SaveEvery = 10 * time.Second
	}
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &runner{
		opts:     opts,
		messages: make(chan message, deltasAhead),
		free:     make(chan *Delta, deltasFree),
	}
	r.gate.Store(&gate{near: math.MaxInt64, far: math.MaxInt64, moved: make(chan struct{})})
	ended := make(chan error, 1)
	go func() {
		defer close(r.messages)
		ended <- opts.Source(reading, func(p Partition) (Position, bool) { return r.start(reading, p) },
			func(p Partition) Sink { return r.open(p) })
	}()
	err := r.evaluate()
	stop(err)
	for range r.messages { // an evaluator that failed must not leave the source waiting
	}
	return errors.Join(err, <-ended)
}

// runner is a running pipeline. The goroutine of Run owns the evaluator, those of
// the source own the rest.
type runner struct {
	opts     RunOptions
	messages chan message
	free     chan *Delta // deltas to be used again

	gate atomic.Pointer[gate]

	openings map[Partition]Opening // of the source's own goroutine, between start and open
	savedAt  time.Time
	dirty    bool // something was applied since
}

// start asks the evaluator where reading of p begins.
func (r *runner) start(ctx context.Context, p Partition) (Position, bool) {
	o := &opening{name: p, answer: make(chan Opening, 1), cluster: r.opts.Cluster()}
	select {
	case r.messages <- message{opening: o}:
	case <-ctx.Done():
		return Position{}, false
	}
	select {
	case answer := <-o.answer:
		if r.openings == nil {
			r.openings = map[Partition]Opening{}
		}
		r.openings[p] = answer
		return answer.Position, answer.Known
	case <-ctx.Done():
		return Position{}, false
	}
}

// open returns the sink of p, after start.
func (r *runner) open(p Partition) Sink {
	from := r.openings[p]
	delete(r.openings, p)
	worker, err := NewWorker(r.opts.Worker(p.Topic))
	if err == nil && from.Known {
		err = worker.Restore(from.Carry)
	}
	return &sink{runner: r, worker: worker, err: err}
}

// sink is the worker of one partition and its way to the evaluator.
type sink struct {
	runner *runner
	worker *Worker
	err    error // why there is no worker
}

// Consume turns b into a delta and passes it on, waiting while the evaluator lags.
func (s *sink) Consume(ctx context.Context, b *Batch) error {
	if s.err != nil {
		return fmt.Errorf("open %s/%d: %w", b.Partition.Topic, b.Partition.ID, s.err)
	}
	var d *Delta
	select {
	case d = <-s.runner.free:
	default:
		d = new(Delta)
	}
	s.worker.Work(b, d)
	newest := d.Newest
	select {
	case s.runner.messages <- message{delta: d}:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.runner.wait(ctx, newest)
}

// gate holds back partitions that are read ahead of the others: beyond near for a
// moment, so that the others go first; beyond far until the others have caught up.
type gate struct {
	near, far int64         // Unix seconds of event time
	moved     chan struct{} // closed when another gate takes the place of this one
}

// afterYou is how long a partition lets the others go first, per batch.
const afterYou = 20 * time.Millisecond

// wait returns when reading may continue for a partition whose newest event time is
// newest.
func (r *runner) wait(ctx context.Context, newest int64) error {
	if newest <= r.gate.Load().near {
		return nil
	}
	moment := time.NewTimer(afterYou)
	defer moment.Stop()
	waited := false
	for {
		g := r.gate.Load()
		if newest <= g.near || waited && newest <= g.far {
			return nil
		}
		select {
		case <-g.moved:
		case <-moment.C:
			waited = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// step moves the evaluator on, and the gate with it.
func (r *runner) step(now time.Time) {
	r.handle(r.opts.Evaluator.Step(now.UnixMilli()))
	from, g := r.opts.Evaluator.reached(), r.gate.Load()
	if from != NoTime && g.near != from+nearLead {
		r.gate.Store(&gate{near: from + nearLead, far: from + maxLead, moved: make(chan struct{})})
		close(g.moved)
	}
}

// evaluate owns the evaluator until the source has ended or a delta is refused.
func (r *runner) evaluate() error {
	e := r.opts.Evaluator
	r.savedAt = time.Now()
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case m, more := <-r.messages:
			if !more {
				r.step(time.Now())
				r.save()
				r.publish()
				return nil
			}
			if err := r.take(m); err != nil {
				return err
			}
			r.step(time.Now())
		case ask := <-r.opts.Asks:
			ask(e)
		case now := <-ticks.C:
			r.step(now)
			if r.dirty && now.Sub(r.savedAt) >= r.opts.SaveEvery {
				r.save()
			}
			r.publish()
		}
	}
}

// take applies a message and all that are queued behind it, so that one evaluation
// and one checkpoint serve them all.
func (r *runner) take(m message) error {
	for waiting := deltasAhead; ; waiting-- {
		if err := r.apply(m); err != nil || waiting == 0 {
			return err
		}
		select {
		case next, more := <-r.messages:
			if !more {
				return nil
			}
			m = next
		default:
			return nil
		}
	}
}

// apply hands a message to the evaluator.
func (r *runner) apply(m message) error {
	if o := m.opening; o != nil {
		from, err := r.opts.Evaluator.Open(o.name, o.cluster, time.Now().UnixMilli())
		if err != nil {
			return err
		}
		o.answer <- from
		return nil
	}
	if err := r.opts.Evaluator.Apply(m.delta); err != nil {
		return err
	}
	r.dirty = true
	select {
	case r.free <- m.delta:
	default: // enough wait already
	}
	return nil
}

// handle carries out effects: first the checkpoint, then everything visible outside.
func (r *runner) handle(effects Effects) {
	if len(effects.Send) > 0 {
		r.save()
	}
	if len(effects.Transitions) > 0 || len(effects.Send) > 0 {
		if r.opts.Handle != nil {
			r.opts.Handle(effects)
		}
		r.publish()
	}
}

func (r *runner) save() {
	if r.opts.Save == nil {
		return
	}
	began := time.Now()
	size, err := r.opts.Save(func(w io.Writer) error { return r.opts.Evaluator.WriteState(w, began.UnixMilli()) })
	r.savedAt = time.Now()
	r.opts.Evaluator.metrics.saved(err, size, float64(r.savedAt.UnixMilli())/1000, r.savedAt.Sub(began).Seconds())
	if err != nil {
		if r.opts.SaveFailed != nil {
			r.opts.SaveFailed(err)
		}
		return
	}
	r.dirty = false
	if r.opts.Saved != nil {
		r.opts.Saved(r.opts.Evaluator.Offsets())
	}
}

func (r *runner) publish() {
	view := r.opts.Evaluator.View(time.Now().UnixMilli())
	if r.opts.Publish != nil {
		r.opts.Publish(view)
	}
}
