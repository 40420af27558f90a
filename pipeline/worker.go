package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

// WorkerOptions configure a Worker.
type WorkerOptions struct {
	Logline logline.Options // how records are read; Host follows from Count

	// Topic names the service of lines for which neither the line itself nor the
	// record's headers or key name one. Default none.
	Topic string

	// Count says which requests count. The zero value counts all.
	Count Selection
	// Unauthorized lists the statuses that count as unauthorized. Default 401.
	Unauthorized []int

	// Watch observes what is read and counted. Default none.
	Watch Watch
}

// doubtFor is how long an event is held at the end of a partition, where the events
// that could confirm it have yet to be written. After that the wall clock decides.
const doubtFor = 10 * time.Second

// Worker turns the batches of one partition into deltas. The deltas depend only on
// the records since the partition's beginning, however they are divided into
// batches; a Worker restored from a delta's Carry continues as the one that wrote it.
type Worker struct {
	joiner   *logline.Joiner
	counting *counting
	entries  []logline.Entry
	envelope logline.Envelope // of the record that is being read
	line     logline.Line     // it

	watch    Watch
	clock    clock
	tally    *tally
	asOf     int64       // of the batch that is being read
	events   []openEvent // by the joiner's slots
	requests requests
}

// NewWorker returns a worker for one partition.
func NewWorker(opts WorkerOptions) (*Worker, error) {
	opts.Logline.Host = opts.Logline.Host || opts.Count.usesHost()
	joiner, err := logline.NewJoiner(opts.Logline)
	if err != nil {
		return nil, fmt.Errorf("make decoder: %w", err)
	}
	counting, err := newCounting(opts)
	if err != nil {
		return nil, err
	}
	w := &Worker{
		joiner:   joiner,
		counting: counting,
		watch:    opts.Watch,
		envelope: logline.Envelope{Topic: []byte(opts.Topic)},
		clock:    clock{newest: NoTime},
		tally:    newTally(),
		requests: requests{at: map[uint64]int{}},
	}
	w.line.Around = &w.envelope
	return w, nil
}

// Work overwrites d with what b adds. It retains nothing of b.
func (w *Worker) Work(b *Batch, d *Delta) {
	d.reset()
	d.Partition, d.From, d.Next = b.Partition, b.From, b.Next
	d.HighWatermark, d.AsOf = b.HighWatermark, b.AsOf
	d.Break, d.Lost, d.End, d.Resume = b.Break, b.Lost, b.End, b.Resume
	d.Records = len(b.Records)
	w.joiner.Counts = [logline.NumJoins]uint32{}
	if b.Break == Truncated || b.Break == Recreated {
		w.clock = clock{newest: NoTime, held: w.clock.held[:0]}
		w.joiner.Reset()
		w.requests.reset()
	}
	w.tally.begin()
	w.asOf = b.AsOf
	for i := range b.Records {
		w.record(&b.Records[i], d)
	}
	w.finish(b, d)
	copy(d.Joins[:], w.joiner.Counts[:])
	d.Newest = w.clock.newest
	d.Carry = w.appendState(d.Carry)
}

// finish decides about held events where the data end, for good or for now.
func (w *Worker) finish(b *Batch, d *Delta) {
	if b.End {
		w.entries = w.joiner.End(w.entries[:0])
		for i := range w.entries {
			d.Events++
			w.entry(&w.entries[i], &Record{}, d) // none goes on
		}
	}
	if len(w.clock.held) == 0 {
		return
	}
	count := func(h held) { w.tally.count(d, h.row, h.second, h.counts) }
	switch {
	case b.End:
		d.Drops[DropSkewed] += uint32(w.clock.end(count))
	case b.AsOf == 0 || b.Next < b.HighWatermark:
	case w.clock.newest == NoTime:
		w.clock.vouch(b.AsOf/1000, b.AsOf, count)
	default:
		w.clock.vouch(b.AsOf/1000, b.AsOf-doubtFor.Milliseconds(), count)
	}
}

func (w *Worker) record(r *Record, d *Delta) {
	d.Bytes += int64(len(r.Value))
	if len(r.Value) == 0 {
		d.Drops[DropEmpty]++
		return
	}
	w.envelope.Key, w.envelope.Headers = r.Key, r.Headers
	w.line.Value, w.line.Time, w.line.Newest = r.Value, r.Time, max(0, w.clock.newest)
	w.entries = w.joiner.Decode(&w.line, w.entries[:0])
	for i := range w.entries {
		e := &w.entries[i]
		if e.Role != logline.Alone {
			w.joined(e, r, d)
			continue
		}
		d.Events++
		w.entry(e, r, d)
	}
}

// entry counts the first line of an event, and returns its second, NoTime if it has
// none, and the signals it counts for.
func (w *Worker) entry(e *logline.Entry, r *Record, d *Delta) (second int64, counts signals) {
	counts = w.signals(e, d)
	w.watch.read(e, r, counts)
	if e.Err != "" {
		d.Drops[flaw(e.Err)]++
		if counts == 0 {
			return NoTime, counts
		}
	} else if e.Format == "" && counts == 0 {
		d.Drops[DropUnrecognized]++
	}
	if counts != 0 {
		guessed(e, d)
	}
	second = e.Time / 1e9
	switch {
	case e.TimeFrom == logline.TimeLine:
	case e.TimeFrom == logline.TimeWrapper:
		d.Fallbacks[FromWrapper]++
	case r.Time != 0:
		d.Fallbacks[FromRecord]++
		second = r.Time / 1000
	default:
		return w.follow(e, counts, d), counts
	}
	switch {
	case len(w.clock.held) != 0 || !w.clock.believes(second):
		w.doubt(e, second, counts, d)
	case e.Failure.IsFailure():
		w.count(e, second, counts, d)
	case counts != 0:
		row := w.tally.row(e.Namespace, e.Service, e.Pod)
		w.watch.counted(e, row, counts)
		w.tally.count(d, row, second, counts)
	}
	return second, counts
}

// count counts an entry in a second that is known to be right.
func (w *Worker) count(e *logline.Entry, second int64, counts signals, d *Delta) {
	if e.Failure.IsFailure() {
		counts = w.once(w.requests.number(e), second, counts, d)
	}
	if counts != 0 {
		row := w.tally.row(e.Namespace, e.Service, e.Pod)
		w.watch.counted(e, row, counts)
		w.tally.count(d, row, second, counts)
	}
}

// guessed counts the fallbacks by which an event that counts was read.
func guessed(e *logline.Entry, d *Delta) {
	if e.Format == "" {
		d.Fallbacks[TextOnly]++
	}
	switch {
	case len(e.Service) == 0:
		d.Fallbacks[ServiceUnknown]++
	case e.ServiceFrom >= logline.ServiceHeader:
		d.Fallbacks[ServiceHeader+Fallback(e.ServiceFrom-logline.ServiceHeader)]++
	}
}

// flaw returns the drop reason for a decoder's error.
func flaw(err string) Drop {
	switch err {
	case logline.ErrEmpty:
		return DropEmpty
	case logline.ErrTruncated:
		return DropTruncated
	case logline.ErrTooDeep:
		return DropTooDeep
	case logline.ErrTooMany:
		return DropTooMany
	default:
		return DropInvalid
	}
}

// doubt handles an entry that has to be held, or that arrives while others are held.
func (w *Worker) doubt(e *logline.Entry, second int64, counts signals, d *Delta) {
	w.clock.vote(second)
	if w.clock.believes(second) {
		w.count(e, second, counts, d)
	} else {
		counts = w.once(w.requests.number(e), second, counts, d)
		row := w.tally.row(e.Namespace, e.Service, e.Pod)
		w.watch.counted(e, row, counts)
		w.clock.held = append(w.clock.held, held{second: second, since: w.asOf, row: row, counts: counts})
	}
	d.Drops[DropSkewed] += uint32(w.clock.settle(func(h held) { w.tally.count(d, h.row, h.second, h.counts) }))
}

// follow counts an entry without any timestamp at the time of the previous one, and
// returns that time.
func (w *Worker) follow(e *logline.Entry, counts signals, d *Delta) int64 {
	switch n := len(w.clock.held); {
	case w.clock.newest != NoTime:
		d.Fallbacks[FromNewest]++
		w.count(e, w.clock.newest, counts, d)
		return w.clock.newest
	case n > 0:
		d.Fallbacks[FromNewest]++
		second := w.clock.held[n-1].second
		w.doubt(e, second, counts, d)
		return second
	default:
		d.Drops[DropNoTime]++
		return NoTime
	}
}

// signals returns the signals that e counts for.
func (w *Worker) signals(e *logline.Entry, d *Delta) signals {
	counts, left := w.counting.of(e)
	if left {
		d.Drops[DropSelected]++
	}
	return counts
}

// The versions of the encoding. Before lines were joined, it held only the clock.
const (
	workerClock = 1
	workerState = 2
)

// appendState appends the worker's state.
func (w *Worker) appendState(dst []byte) []byte {
	dst = append(dst, workerState)
	dst = binary.AppendVarint(dst, w.clock.newest)
	dst = binary.AppendUvarint(dst, uint64(len(w.clock.held)))
	for i := range w.clock.held {
		h := &w.clock.held[i]
		dst = binary.AppendVarint(dst, h.second)
		dst = binary.AppendUvarint(dst, uint64(h.seen))
		dst = binary.AppendUvarint(dst, uint64(h.agree))
		dst = binary.AppendUvarint(dst, uint64(h.counts))
		dst = h.row.appendNames(dst)
	}
	return w.appendJoins(dst)
}

// Restore loads a state written as Delta.Carry into a new worker. After an error the
// worker is unusable.
func (w *Worker) Restore(carry []byte) error {
	if len(carry) == 0 || carry[0] != workerState && carry[0] != workerClock {
		return errors.New("restore worker: state of another version")
	}
	r := packed.Reader{Rest: carry[1:]}
	c := clock{newest: r.Int()}
	for range r.Count() {
		h := held{second: r.Int(), seen: int(r.Uint()), agree: int(r.Uint()), counts: signals(r.Uint())}
		h.counts &= allSignals
		h.row = w.tally.row(r.Bytes(), r.Bytes(), r.Bytes())
		c.held = append(c.held, h)
	}
	if r.Err != nil {
		return fmt.Errorf("restore worker: %w", r.Err)
	}
	w.clock = c
	if carry[0] == workerClock {
		return nil
	}
	if err := w.restoreJoins(&r); err != nil {
		return fmt.Errorf("restore worker: %w", err)
	}
	return nil
}
