package pipeline

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

// Join is a kind of lines or failures that were joined, so that nothing counts twice.
type Join uint8

// The first are those of logline.Joiner.
const (
	JoinRepeated = Join(logline.NumJoins) + iota // a failure that the same request had already
	NumJoins
)

var joinNames = [NumJoins]string{
	logline.JoinLine: "line", logline.JoinPart: "part", logline.JoinExpired: "expired", logline.JoinTooLong: "too_long", logline.JoinEvicted: "evicted",
	JoinRepeated: "repeated",
}

// String returns the kind as it appears in metrics.
func (j Join) String() string { return joinNames[j] }

// openEvent is what has been counted of an event that may continue.
type openEvent struct {
	second  int64 // NoTime for one that has no time
	row     *row
	request uint64 // the request's number, 0 where it has none
	counted signals
}

// joined counts a line that is only part of an event.
func (w *Worker) joined(e *logline.Entry, r *Record, d *Delta) {
	switch e.Role {
	case logline.Opens:
		d.Events++
		second, counted := w.entry(e, r, d)
		w.open(e, second, counted)
	case logline.Continues:
		w.goOn(e, d)
	case logline.Alone, logline.Held:
	}
}

// open records an event that may continue.
func (w *Worker) open(e *logline.Entry, second int64, counted signals) {
	for int(e.Slot) >= len(w.events) {
		w.events = append(w.events, openEvent{})
	}
	w.events[e.Slot] = openEvent{
		second: second, row: w.tally.row(e.Namespace, e.Service, e.Pod), request: w.requests.number(e), counted: counted,
	}
}

// goOn counts what a further line adds to its event, in the event's second; nothing
// is counted twice.
func (w *Worker) goOn(e *logline.Entry, d *Delta) {
	ev := &w.events[e.Slot]
	add := w.signals(e, d) &^ ev.counted
	if add == 0 {
		return
	}
	ev.counted |= add
	if add = w.once(ev.request, ev.second, add, d); add == 0 {
		return
	}
	if ev.second == NoTime {
		d.Drops[DropNoTime]++
		return
	}
	w.watch.counted(e, ev.row, add)
	switch {
	case w.clock.believes(ev.second):
		w.tally.count(d, ev.row, ev.second, add)
	default:
		w.clock.held = append(w.clock.held, held{second: ev.second, since: w.asOf, row: ev.row, counts: add})
	}
}

// once removes from counts the failure that the request has had already.
func (w *Worker) once(request uint64, second int64, counts signals, d *Delta) signals {
	failures := counts &^ (1<<detector.Requests | 1<<detector.Unauthorized)
	if request == 0 || failures == 0 || second == NoTime || !w.requests.had(request^uint64(failures)<<48, second) {
		return counts
	}
	d.Joins[JoinRepeated]++
	return counts &^ failures
}

// requests remembers the failures of recent requests, so that the lines of one
// request are one refusal: the line of the access log and that of the verifier, or
// two lines of a verifier that logs it twice.
//
// An id ties at most requestLines lines of one series together, within requestSpan:
// if a client chooses the ids, one that is always the same hides little.
type requests struct {
	ring []requestFailure // the oldest first, from next on once it is full
	next int
	at   map[uint64]int // where in ring, by hash
	buf  []byte
}

type requestFailure struct {
	hash   uint64
	second int64
	lines  uint8
}

const (
	maxRequests  = 4096
	requestSpan  = 10 // seconds
	requestLines = 4
)

// number returns a hash of the request that e names, 0 if it names none.
func (q *requests) number(e *logline.Entry) uint64 {
	if !e.NamesRequest() {
		return 0
	}
	q.buf = append(append(q.buf[:0], e.Namespace...), 0)
	q.buf = append(append(q.buf, e.Service...), 0)
	q.buf = append(q.buf, e.RequestID...)
	return max(1, xxhash.Sum64(q.buf))
}

// had reports whether the request had this failure within requestSpan, and
// remembers it.
func (q *requests) had(hash uint64, second int64) bool {
	if i, ok := q.at[hash]; ok {
		r := &q.ring[i]
		if r.lines < requestLines && second-r.second <= requestSpan && r.second-second <= requestSpan {
			r.lines++
			return true
		}
		r.second, r.lines = second, 1
		return false
	}
	r := requestFailure{hash: hash, second: second, lines: 1}
	if len(q.ring) < maxRequests {
		q.at[hash] = len(q.ring)
		q.ring = append(q.ring, r)
		return false
	}
	delete(q.at, q.ring[q.next].hash)
	q.ring[q.next] = r
	q.at[hash] = q.next
	q.next = (q.next + 1) % maxRequests
	return false
}

func (q *requests) reset() {
	q.ring, q.next = q.ring[:0], 0
	clear(q.at)
}

func (q *requests) appendState(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(q.ring)))
	for i := range q.ring {
		r := &q.ring[(q.next+i)%len(q.ring)]
		dst = binary.LittleEndian.AppendUint64(dst, r.hash)
		dst = binary.AppendVarint(dst, r.second)
		dst = append(dst, r.lines)
	}
	return dst
}

func (q *requests) restore(r *packed.Reader) {
	q.reset()
	for range r.Count() {
		f := requestFailure{hash: r.Fixed(), second: r.Int(), lines: r.Byte()}
		if _, twice := q.at[f.hash]; twice || len(q.ring) == maxRequests {
			r.Fail()
		}
		if r.Err != nil {
			return
		}
		q.at[f.hash] = len(q.ring)
		q.ring = append(q.ring, f)
	}
}

// appendJoins appends the state of joined lines and requests.
func (w *Worker) appendJoins(dst []byte) []byte {
	dst = w.joiner.AppendState(dst)
	for i := range w.events {
		if !w.joiner.IsOpen(i) {
			continue
		}
		ev := &w.events[i]
		dst = binary.AppendVarint(dst, ev.second)
		dst = binary.LittleEndian.AppendUint64(dst, ev.request)
		dst = binary.AppendUvarint(dst, uint64(ev.counted))
		dst = ev.row.appendNames(dst)
	}
	return w.requests.appendState(dst)
}

func (w *Worker) restoreJoins(r *packed.Reader) error {
	rest, err := w.joiner.Restore(r.Rest)
	if err != nil {
		return fmt.Errorf("restore lines: %w", err)
	}
	r.Rest = rest
	w.events = w.events[:0]
	for i := 0; i < w.joiner.Slots(); i++ {
		w.events = append(w.events, openEvent{})
		if !w.joiner.IsOpen(i) {
			continue
		}
		ev := openEvent{second: r.Int(), request: r.Fixed(), counted: signals(r.Uint()) & allSignals}
		ev.row = w.tally.row(r.Bytes(), r.Bytes(), r.Bytes())
		w.events[i] = ev
	}
	w.requests.restore(r)
	return r.Err
}
