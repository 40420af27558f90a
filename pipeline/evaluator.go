package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"github.com/authspike/authspike/detector"
)

// ErrOffsets is returned if a delta does not follow the previous one: a bug in this
// program, after which its numbers would be wrong.
var ErrOffsets = errors.New("offsets do not follow each other")

// Effects are what the caller has to do after a step of the evaluator, in this order.
type Effects struct {
	Transitions []detector.Transition // all changes, for the log and for people
	Send        []detector.Alert      // what the Alertmanagers must hear, after it is in the checkpoint
}

// Evaluator owns all state between the deltas and the alerts. Each of its methods
// is one step; time is an argument. It belongs to one goroutine.
type Evaluator struct {
	detector   *detector.Detector
	metrics    *Metrics
	partitions map[Partition]*partition
	cluster    string // the Kafka cluster that the offsets belong to, "" for files

	lateness int64
	frontier int64 // event time that every partition has reached, Unix seconds; NoTime before the first
	caughtUp bool  // the log was read to its end once; latched, per run
	live     bool  // alerts are sent; a replay has nobody to wait for

	firing   map[string]Happened   // how each alert began that fires, by its labels
	resolved []resolvedAlert       // resolves that were sent a short while ago
	recent   []detector.Transition // the newest resolves of this run, oldest first
	lost     int64                 // records that will never be counted
}

// EvaluatorOptions shape an Evaluator.
type EvaluatorOptions struct {
	// Detector decides; it belongs to the evaluator from now on.
	Detector *detector.Detector
	// Lateness is the detector's, in seconds.
	Lateness int64
	// Metrics count what is applied. nil counts nowhere.
	Metrics *Metrics
	// Live says that alerts are sent to somebody: they are held back until the log
	// has been read to its end once. A replay is not live.
	Live bool
}

// NewEvaluator returns an evaluator that knows nothing yet.
func NewEvaluator(opts EvaluatorOptions) *Evaluator {
	if opts.Metrics == nil {
		opts.Metrics = NewMetrics(nil, 0)
	}
	return &Evaluator{
		detector:   opts.Detector,
		metrics:    opts.Metrics,
		lateness:   opts.Lateness,
		live:       opts.Live,
		partitions: map[Partition]*partition{},
		frontier:   NoTime,
		firing:     map[string]Happened{},
	}
}

// Offsets returns the first offset of each partition that is not counted yet.
func (e *Evaluator) Offsets() map[Partition]int64 {
	offsets := make(map[Partition]int64, len(e.partitions))
	for name, p := range e.partitions {
		if p.started {
			offsets[name] = p.next
		}
	}
	return offsets
}

// Opening is where reading of a partition begins.
type Opening struct {
	Position Position
	Carry    []byte // what Worker.Restore wants, empty without Known
	Known    bool   // the partition was read before
}

// Open registers a partition of the cluster as being read from now on, in Unix
// milliseconds, and returns where to start. A source opens all partitions that it
// finds before it delivers the first batch, so that the frontier waits for each
// of them. The cluster is "" for files.
func (e *Evaluator) Open(name Partition, cluster string, now int64) (Opening, error) {
	if e.cluster == "" {
		e.cluster = cluster
	} else if cluster != e.cluster {
		return Opening{}, fmt.Errorf("open %s/%d of cluster %q with the state of %q: %w", name.Topic, name.ID, cluster, e.cluster, ErrOtherCluster)
	}
	p := e.partition(name)
	p.open, p.ended, p.heardAt = true, false, now
	return Opening{Position: p.resume, Carry: slices.Clone(p.carry), Known: p.started}, nil
}

func (e *Evaluator) partition(name Partition) *partition {
	p := e.partitions[name]
	if p == nil {
		p = &partition{name: name, newest: NoTime, fresh: true}
		e.partitions[name] = p
	}
	return p
}

// Apply applies one delta as a whole, or returns an error and leaves everything
// unchanged. The caller owns the delta again when it returns.
func (e *Evaluator) Apply(d *Delta) error {
	p := e.partition(d.Partition)
	if p.started {
		follows, err := p.follows(d)
		if err != nil {
			return err
		}
		if !follows {
			e.metrics.repeated.Inc()
			return nil
		}
	} else {
		p.started, p.warmEnd = true, d.HighWatermark
	}
	if d.Break != NoBreak {
		e.metrics.breaks[d.Break].Inc()
	}
	if d.Break == Truncated || d.Break == Recreated {
		p.newest = NoTime
	}
	e.lost += d.Lost
	p.next, p.resume = d.Next, d.Resume
	p.newest = max(p.newest, d.Newest)
	p.carry = append(p.carry[:0], d.Carry...)
	p.hear(d)
	e.detector.Add(d.Samples)
	e.metrics.count(d, p.fresh && d.AsOf != 0 && d.From < p.warmEnd)
	return nil
}

// follows reports whether d continues at the partition's next offset; false means
// that all of it has been counted before.
func (p *partition) follows(d *Delta) (bool, error) {
	switch {
	case d.From == p.next && d.Next >= d.From:
		return true, nil
	case d.Break == Truncated || d.Break == Recreated:
		return true, nil
	case d.Break == Retention && d.From > p.next:
		return true, nil
	case d.Next <= p.next && d.From < d.Next:
		return false, nil
	default:
		return false, fmt.Errorf("apply %s/%d [%d, %d) after offset %d: %w", p.name.Topic, p.name.ID, d.From, d.Next, p.next, ErrOffsets)
	}
}

// Step moves the frontier as far as the applied deltas and now, in Unix
// milliseconds, allow, and judges the seconds it passed. Without a clock (in a
// replay) now is 0.
func (e *Evaluator) Step(now int64) Effects {
	var effects Effects
	if f := e.target(now); f > e.frontier {
		e.frontier = f
		effects = e.take(e.detector.Advance(f), now)
	}
	e.restrain(now)
	if e.live && !e.caughtUp && e.atEnd(now) {
		e.caughtUp = true
		effects.Send = append(effects.Send, e.announce()...)
	}
	return effects
}

// Finish judges everything that was applied, because nothing follows.
func (e *Evaluator) Finish() Effects {
	end := e.end()
	if end == NoTime {
		return Effects{}
	}
	e.frontier = end
	return e.take(e.detector.Advance(e.frontier), 0)
}

// end returns the frontier that judges everything that was applied; NoTime before
// the first event.
func (e *Evaluator) end() int64 {
	newest := e.frontier
	for _, p := range e.partitions {
		newest = max(newest, p.newest)
	}
	if newest == NoTime {
		return NoTime
	}
	return newest + 1 + e.lateness
}

// target returns the event time that every partition has reached.
func (e *Evaluator) target(now int64) int64 {
	lowest, waiting := int64(0), false
	for _, p := range e.partitions {
		if at, ok := p.reached(now); ok && (!waiting || at < lowest) {
			lowest, waiting = at, true
		}
	}
	if !waiting {
		return NoTime
	}
	return lowest
}

// reached returns the event time of the slowest partition, beyond which the others
// are ahead; NoTime before anything is known of them.
func (e *Evaluator) reached() int64 {
	from := e.frontier
	for _, p := range e.partitions {
		if e.frontier == NoTime && p.open && !p.ended && p.newest != NoTime && (from == NoTime || p.newest < from) {
			from = p.newest
		}
	}
	return from
}

// restrain marks the partitions that are held back, so that they are not taken for
// stalled ones.
func (e *Evaluator) restrain(now int64) {
	from := e.reached()
	for _, p := range e.partitions {
		leads := from != NoTime && p.newest > from+maxLead
		if p.leads && !leads {
			p.heardAt = now
		}
		p.leads = leads
	}
}

// atEnd reports whether every partition has been read to its end or is stalled, so
// that what is judged from now on is the present.
func (e *Evaluator) atEnd(now int64) bool {
	open := false
	for _, p := range e.partitions {
		if !p.open {
			continue
		}
		open = true
		if !p.current(now) {
			return false
		}
	}
	return open
}
