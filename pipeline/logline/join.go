package logline

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/continuation"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

// Role is what part of its event an entry of a Joiner is.
type Role uint8

// The roles. Without a Joiner, every entry is Alone.
const (
	Alone     Role = iota // the whole event; nothing that follows belongs to it
	Opens                 // the first line of an event that may go on; Slot is its number until another opens there
	Continues             // a further line of the event in Slot. Failure, Kid and Verifier are what it adds to what the event said before
	Held                  // a part of a line that is read when the rest is there; the entry says nothing
)

// Line is a record for a Joiner.
type Line struct {
	Value  []byte
	Around *Envelope // it tells streams apart whose lines name no pod; nil for nothing
	Time   int64     // when the record was stored, Unix milliseconds; 0 where that is not known
	Newest int64     // the newest event time in the partition so far, Unix seconds; 0 or less where none is known
}

// Join is what a Joiner counts.
type Join uint8

// What is counted.
const (
	JoinLine    Join = iota // a line that belongs to the event before it
	JoinPart                // a part of a line, apart from the last
	JoinExpired             // a line whose end did not come
	JoinTooLong             // a line of more parts than are kept
	JoinEvicted             // an event or line that gave way to others, because too many were open
	NumJoins
)

// Bounds on what is kept of previous lines. Hostile input cannot exceed them.
const (
	maxStreams = 512 // events that may go on
	maxBegin   = 512 // bytes of an event's first line
	maxJoined  = 2 << 10

	maxGap   = 5  // seconds between the lines of an event
	shortGap = 1  // the same where the line's form alone tells little
	maxAge   = 30 // seconds of event time that an unfinished line is waited for
)

// Joiner reads the records of one partition, in order, and joins lines that are one
// event: stack traces and other lines that continue the previous one in the same stream,
// and lines that a container runtime has split.
//
// Invariant: its output is a function of the lines so far. An event is returned with its
// first line, and further lines add what it has not said yet, so that nothing waits
// except for the parts of a split line. What is kept is bounded, and holds no credential.
type Joiner struct {
	// Closed lists the slots whose events have ended, in order, if Tracking is set. The
	// caller empties it.
	Closed   []int32
	Tracking bool
	Counts   [NumJoins]uint32 // since the caller last set them to 0

	d    *Decoder
	line *Line

	streams []stream
	used    [maxStreams / 64]uint64 // which of streams are open
	byKey   map[uint64]int32
	bare    int // open ones of lines in no wrapper
	hand    int // which to give up next
	newest  int64

	parts    []cutLine // in the order in which they began
	bytes    int       // of their texts
	stripped bool      // Docker's line ends were taken off in this partition
	released []cutLine // of this record: to be read without what was missing
	reading  bool      // of a released one, whose parts are all there are

	// Of the event that is being read.
	outer outer
	buf   []byte
}

// outer is what the wrappers around a line say: it identifies the stream, whatever the
// lines themselves say.
type outer struct {
	namespace, service, pod []byte
	at                      int64 // the wrapper's stamp, Unix nanoseconds; 0 for none
}

// stream is the last event of a stream.
type stream struct {
	key     uint64
	arrived int64 // when its last line did, Unix nanoseconds; 0 where that is not known
	newest  int64 // the partition's newest event time then
	phase   phase
	failure detector.Signal // what it said so far

	bare    bool // in no wrapper
	kid     bool // it named one
	status  bool // it is a request
	chained bool // another trace was announced
	plain   bool // it had a line that looks like nothing special
	full    bool // text does not hold all
	clean   bool // text was redacted
	aside   bool // it says that something else than the token of a request was refused
	text    []byte
}

// phase is the position of the last line in its event.
type phase uint8

const (
	phaseHead  phase = iota // behind a logger's line
	phaseTrace              // in a Python traceback, whose exception comes last
	phaseBody               // behind an exception's name, or in a trace
	numPhases
)

// NewJoiner returns a Joiner that reads records with opts.
func NewJoiner(opts Options) (*Joiner, error) {
	d, err := New(opts)
	if err != nil {
		return nil, err
	}
	j := &Joiner{d: d, byKey: map[uint64]int32{}}
	d.join = j
	return j, nil
}

// Decode appends the events of one record to dst, like Decoder.Decode, with the event
// that each belongs to. Lines that are given up come first.
func (j *Joiner) Decode(l *Line, dst []Entry) []Entry {
	if l.Around == nil {
		l.Around = &noEnvelope
	}
	j.line = l
	if l.Newest != j.newest {
		j.advance(l.Newest)
	}
	start := len(dst)
	dst = j.d.DecodeIn(l.Around, l.Value, dst)
	if len(j.released) > 0 {
		dst = j.release(dst, start)
	}
	return dst
}

// End appends what is still held, because nothing follows.
func (j *Joiner) End(dst []Entry) []Entry {
	for i := range j.used {
		for set := j.used[i]; set != 0; set &= set - 1 {
			j.close(int32(i<<6 + bits.TrailingZeros64(set)))
		}
	}
	for len(j.parts) > 0 {
		j.giveUp(0, JoinExpired)
	}
	return j.release(dst, len(dst))
}

// Reset forgets all lines so far.
func (j *Joiner) Reset() {
	j.End(nil)
	j.newest, j.hand, j.stripped = 0, 0, false
}

// IsOpen reports whether the event in a slot may go on.
func (j *Joiner) IsOpen(slot int) bool {
	return slot < len(j.streams) && j.used[slot>>6]&(1<<(slot&63)) != 0
}

// Slots returns how many slots were used so far.
func (j *Joiner) Slots() int { return len(j.streams) }

// advance records a newer event time, by which events end and lines expire.
func (j *Joiner) advance(newest int64) {
	known := j.newest > 0
	j.newest = newest
	for i := range j.used {
		for set := j.used[i]; set != 0; set &= set - 1 {
			slot := i<<6 + bits.TrailingZeros64(set)
			if s := &j.streams[slot]; !known {
				s.newest = newest
			} else if newest-s.newest > maxGap {
				j.close(int32(slot))
			}
		}
	}
	for i := 0; i < len(j.parts); {
		if p := &j.parts[i]; !known {
			p.newest = newest
		} else if newest-p.newest > maxAge {
			j.giveUp(i, JoinExpired)
			continue
		}
		i++
	}
}

// enter is called with each line, without its wrappers if it has any. It returns what is
// to be read: the line, or the whole line of which it is the last part; nil if the rest
// is still to come.
func (j *Joiner) enter(line []byte, e *Entry) []byte {
	if e.NWrappers > 0 {
		j.around(e)
		j.d.seen.blank = len(line) == 0
	}
	if !j.wants(line) || j.reading {
		return line
	}
	return j.piece(line, e)
}

// wants reports whether line may be a part of a split line.
func (j *Joiner) wants(line []byte) bool {
	return j.d.seen.cut != uncut || len(j.parts) > 0 || len(line) == 1 && line[0] == '{'
}

// around records what the wrappers removed so far say.
func (j *Joiner) around(e *Entry) {
	j.outer = outer{namespace: e.Namespace, service: e.Service, pod: e.Pod}
	j.d.seen.wrapped = true
	if e.TimeFrom != TimeNone {
		j.outer.at = e.Time
	}
}

// place determines which event e belongs to, after it was read.
func (j *Joiner) place(e *Entry) {
	seen := &j.d.seen
	if j.reading || seen.blank {
		return
	}
	line := j.d.line
	if line == nil && seen.loose {
		line = j.d.loose
	}
	if line == nil && !seen.wrapped && j.bare == 0 {
		return // structured, and there is nothing that it could end
	}
	key := j.key()
	slot, open := j.byKey[key]
	shape, begins := j.shape(line, e)
	if open && !begins && j.streams[slot].takes(shape, e, j.gap(slot)) {
		j.goOn(slot, shape, line, e)
		return
	}
	switch {
	case line == nil || e.Format != "" && e.Format != "text" && e.Format != "klog" && (j.d.line != nil || shape == continuation.Plain):
		if open {
			j.close(slot)
		}
	default:
		j.begin(key, slot, open, shape, line, e)
	}
}

// key returns a hash that identifies the stream of the line that is being read. Streams
// with the same hash would be taken for one; whoever provokes that in a log spoils their
// own counts.
func (j *Joiner) key() uint64 {
	o := &j.outer
	wrapped := j.d.seen.wrapped
	j.buf = append(j.buf[:0], packed.Flags(j.d.seen.stderr))
	if wrapped {
		j.buf = append(append(j.buf, o.namespace...), 0)
		j.buf = append(append(j.buf, o.service...), 0)
		j.buf = append(append(j.buf, o.pod...), 0)
	}
	if !wrapped || len(o.pod) == 0 {
		j.buf = j.d.appendAround(j.buf)
	}
	return xxhash.Sum64(j.buf)
}
