package main

import (
	"bufio"

	"github.com/authspike/authspike/pipeline/logline"
)

// joined prints one object per event of a file, joined as a worker joins lines.
type joined struct {
	joiner *logline.Joiner
	env    logline.Envelope
	out    *bufio.Writer

	newest  int64 // event time in the file so far, Unix seconds
	ahead   int   // lines in a row that are far ahead of it
	waiting []*joinedEvent
	open    map[int32]*joinedEvent // by slot
	entries []logline.Entry
	text    []byte
}

// joinedEvent is an event whose lines are being joined.
type joinedEvent struct {
	entry logline.Entry
	open  bool
}

const (
	maxWaiting = 4096     // events that wait for one that is open
	maxMessage = 16 << 10 // bytes of a message of several lines
	maxJump    = 300      // seconds that a line may be ahead before others agree
)

func newJoined(opts logline.Options, topic string, out *bufio.Writer) (*joined, error) {
	joiner, err := logline.NewJoiner(opts)
	if err != nil {
		return nil, err
	}
	joiner.Tracking = true
	return &joined{joiner: joiner, env: logline.Envelope{Topic: []byte(topic)}, out: out, open: map[int32]*joinedEvent{}}, nil
}

func (j *joined) line(line []byte) error {
	j.entries = j.joiner.Decode(&logline.Line{Value: line, Around: &j.env, Newest: j.newest}, j.entries[:0])
	return j.take(j.entries)
}

// end prints the remaining events of a file.
func (j *joined) end() error {
	if err := j.take(j.joiner.End(nil)); err != nil {
		return err
	}
	j.joiner.Reset()
	j.newest, j.ahead = 0, 0
	return nil
}

// take handles the entries of a line and prints the events that end with it.
func (j *joined) take(entries []logline.Entry) error {
	for i := range entries {
		e := &entries[i]
		switch e.Role {
		case logline.Held:
		case logline.Continues:
			j.add(e)
		default:
			j.first(e)
		}
	}
	for _, slot := range j.joiner.Closed {
		if ev := j.open[slot]; ev != nil && !j.joiner.IsOpen(int(slot)) {
			ev.open = false
			delete(j.open, slot)
		}
	}
	j.joiner.Closed = j.joiner.Closed[:0]
	return j.print()
}

// first handles the first line of an event. Empty lines are no events.
func (j *joined) first(e *logline.Entry) {
	if e.Err == logline.ErrEmpty {
		return
	}
	if e.TimeFrom == logline.TimeLine {
		j.reach(e.Time / 1e9)
	}
	ev := &joinedEvent{entry: e.Clone(), open: e.Role == logline.Opens}
	if j.waiting = append(j.waiting, ev); ev.open {
		if before := j.open[e.Slot]; before != nil {
			before.open = false
		}
		j.open[e.Slot] = ev
	}
}

// reach advances the newest event time, but not for a line from the future.
func (j *joined) reach(second int64) {
	if j.newest != 0 && second > j.newest+maxJump {
		if j.ahead++; j.ahead < 32 {
			return
		}
	}
	j.ahead = 0
	j.newest = max(j.newest, second)
}

// add adds a further line to an event.
func (j *joined) add(e *logline.Entry) {
	ev := j.open[e.Slot]
	if ev == nil {
		return // it was printed, because too much waited for it
	}
	to, more := &ev.entry, e.Clone()
	to.Lines = max(to.Lines, 1) + max(more.Lines, 1)
	if len(to.Message)+len(more.Message) < maxMessage {
		to.Message = append(append(to.Message, '\n'), more.Message...)
	}
	if more.Failure.IsFailure() {
		to.Failure, to.Verifier = more.Failure, more.Verifier
	}
	if more.Kid != nil {
		to.Kid = more.Kid
	}
	if to.Status == 0 && more.Status != 0 {
		to.Status, to.Method, to.Path = more.Status, more.Method, more.Path
	}
}

// print prints the events that no open event precedes.
func (j *joined) print() error {
	n := 0
	for n < len(j.waiting) && (!j.waiting[n].open || len(j.waiting)-n > maxWaiting) {
		ev := j.waiting[n]
		j.text = append(ev.entry.AppendJSON(j.text[:0], 1), '\n')
		if _, err := j.out.Write(j.text); err != nil {
			return err
		}
		if n++; ev.open {
			delete(j.open, ev.entry.Slot)
		}
	}
	j.waiting = append(j.waiting[:0], j.waiting[n:]...)
	return nil
}
