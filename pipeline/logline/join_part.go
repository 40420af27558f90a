package logline

import (
	"bytes"
	"slices"

	"github.com/authspike/authspike/pipeline/logline/redact"
)

// Bounds on what is kept of incomplete lines.
const (
	maxCuts    = 256       // streams
	maxLine    = 256 << 10 // bytes of one
	maxHeld    = 1 << 20   // bytes of all
	maxPretty  = 64 << 10  // bytes of an object over several lines
	dockerPart = 16 << 10  // bytes at which Docker cuts a line
	seam       = 256       // bytes before a part in which a credential may begin that goes on in it
	maxCutName = 253       // bytes of a name
)

// cutLine is an incomplete line.
type cutLine struct {
	key     uint64
	arrived int64
	newest  int64
	base    Entry  // what its wrappers said
	text    []byte // without credentials
	pieces  int32
	pretty  bool // an object over several lines, whose last is a brace
	short   bool // it was cut where Docker does not
	skip    bool // it was too long, and its rest is left out
}

// piece handles a line that is, or may be, a part.
func (j *Joiner) piece(line []byte, e *Entry) []byte {
	is := j.d.seen.cut
	j.d.seen.cut = uncut
	key := j.key()
	i := slices.IndexFunc(j.parts, func(p cutLine) bool { return p.key == key })
	if i >= 0 && j.partGap(i) > maxGap {
		j.giveUp(i, JoinExpired)
		i = -1
	}
	short := is == unended && len(line) < dockerPart
	if is == unended {
		is = j.judge(short, i)
		if is == uncut && i >= 0 && j.parts[i].short {
			j.giveBack(i)
			return line
		}
	}
	switch {
	case is == partial:
		if i >= 0 && j.parts[i].pretty {
			j.giveUp(i, JoinExpired)
			i = -1
		}
		if i < 0 {
			i = j.first(cutLine{key: key, short: short}, e)
		}
		return j.hold(i, append(line[:len(line):len(line)], j.margin()...), e)
	case i < 0 && len(line) == 1 && line[0] == '{':
		return j.hold(j.first(cutLine{key: key, pretty: true}, e), line, e)
	case i < 0:
		return line
	case j.parts[i].pretty && !bytes.HasPrefix(line, brace):
		if text := trimLine(line); len(text) == 0 || text[0] == ' ' || text[0] == '\t' || text[0] == '"' || text[0] == ']' {
			return j.hold(i, line, e)
		}
		j.giveUp(i, JoinExpired)
		return line
	}
	return j.whole(i, line, e)
}

var brace = []byte("}")

// judge decides what a Docker line without a line end is; short says that it is shorter
// than those that Docker splits. A short one is held once: if the next line of its stream
// has no line end either, line ends have been stripped from all lines.
func (j *Joiner) judge(short bool, i int) cut {
	switch {
	case !short:
		return partial
	case i < 0 && !j.stripped:
		return partial
	case i >= 0 && j.parts[i].short:
		j.stripped = true
	}
	return uncut
}

// partGap returns the seconds since the last part of a line.
func (j *Joiner) partGap(i int) int64 {
	if at, before := j.arrival(), j.parts[i].arrived; at != 0 && before != 0 {
		return (at - before) / 1e9
	}
	return 0
}

// margin returns the blanks that were trimmed from the end of the line, by its wrapper or
// from the record.
func (j *Joiner) margin() []byte {
	margin := j.d.margin
	if !j.d.seen.margin {
		margin = blankEnd(j.line.Value)
	}
	return bytes.TrimRight(margin, "\r\n")
}

// first makes room for a line whose first part has arrived.
func (j *Joiner) first(p cutLine, e *Entry) int {
	if len(j.parts) == maxCuts {
		j.giveUp(0, JoinEvicted)
	}
	p.newest, p.base = j.newest, j.d.around(e, j.line.Time)
	j.parts = append(j.parts, p)
	return len(j.parts) - 1
}

// hold keeps a part of a line.
func (j *Joiner) hold(i int, line []byte, e *Entry) []byte {
	e.Role = Held
	p := &j.parts[i]
	if !p.short || p.pieces > 0 {
		j.Counts[JoinPart]++
	}
	p.pieces++
	p.arrived = j.arrival()
	if p.skip {
		return nil
	}
	before := len(p.text)
	if p.pretty {
		p.text = redact.Append(append(p.text, '\n'), line)
	} else {
		if before == 0 {
			line = line[redact.Rest(line):] // of a line whose beginning is lost
		}
		from := max(0, before-seam)
		j.buf = append(append(j.buf[:0], p.text[from:]...), line...)
		p.text = redact.AppendOpen(p.text[:from], j.buf)
	}
	j.bytes += len(p.text) - before
	if p.pretty && len(p.text) > maxPretty || len(p.text) > maxLine {
		j.tooLong(i)
	}
	for j.bytes > maxHeld {
		j.giveUp(slices.IndexFunc(j.parts, func(p cutLine) bool { return !p.skip }), JoinEvicted)
	}
	return nil
}

// tooLong gives up a line that is longer than may be kept, and makes sure that its rest is
// not taken for another line.
func (j *Joiner) tooLong(i int) {
	p := &j.parts[i]
	rest := cutLine{key: p.key, arrived: p.arrived, newest: p.newest, base: p.base, pieces: p.pieces, pretty: p.pretty, skip: true}
	j.bytes -= len(p.text)
	j.released = append(j.released, *p)
	j.Counts[JoinTooLong]++
	*p = rest
}

// whole returns the complete line whose last part is line.
func (j *Joiner) whole(i int, line []byte, e *Entry) []byte {
	p := &j.parts[i]
	if p.skip {
		e.Role, line = Held, nil
		j.Counts[JoinPart]++
	} else {
		d := j.d
		start := len(d.scratch)
		d.scratch = append(d.scratch, p.text...)
		if p.pretty {
			d.scratch = append(d.scratch, '\n')
		}
		d.scratch = append(d.scratch, line...)
		line = d.scratch[start:len(d.scratch):len(d.scratch)]
		if p.short {
			j.Counts[JoinPart]++ // now it is certain
		}
		if e.Lines = p.pieces + 1; p.base.TimeFrom != TimeNone {
			e.Time, e.TimeFrom = p.base.Time, p.base.TimeFrom
		}
	}
	j.drop(i)
	return line
}

func (j *Joiner) drop(i int) {
	j.bytes -= len(j.parts[i].text)
	j.parts = slices.Delete(j.parts, i, i+1)
}

// giveUp releases an incomplete line to be read without the rest. A short Docker line is
// just as likely complete.
func (j *Joiner) giveUp(i int, why Join) {
	p := &j.parts[i]
	if p.short && p.pieces == 1 {
		j.giveBack(i)
		return
	}
	if !p.skip {
		j.Counts[why]++
		p.base.Err = ErrTruncated
		j.released = append(j.released, *p)
	}
	j.drop(i)
}

// giveBack releases a line that was wrongly taken for a part.
func (j *Joiner) giveBack(i int) {
	j.released = append(j.released, j.parts[i])
	j.drop(i)
}

// release reads the lines that were given up, and inserts their events before dst[start:].
func (j *Joiner) release(dst []Entry, start int) []Entry {
	d := j.d
	at := len(dst)
	mapping := d.mapping
	d.out, d.limit, d.env, d.mapping, j.reading = dst, len(dst)+len(j.released)*MaxEvents, &noEnvelope, nil, true
	for i := range j.released {
		p := &j.released[i]
		text := trimLine(p.text)
		if len(text) == 0 {
			continue
		}
		err, from := p.base.Err, len(d.out)
		p.base.Err = ""
		d.event(text, 0, &p.base)
		for k := from; k < len(d.out); k++ {
			e := &d.out[k]
			if e.Lines = p.pieces; e.Err == "" {
				e.Err = err
			}
			if !bytes.Equal(e.Service, p.base.Service) {
				e.ServiceFrom = ServiceLine
			}
		}
	}
	dst, d.out, d.mapping, j.reading = d.out, nil, mapping, false
	j.released = j.released[:0]
	slices.Reverse(dst[start:at]) // what was given up came before
	slices.Reverse(dst[at:])
	slices.Reverse(dst[start:])
	return dst
}
