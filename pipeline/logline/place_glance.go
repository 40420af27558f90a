package logline

import (
	"encoding/binary"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// A glance is how most lines are read: requests that were not refused, of layouts that are
// known well. It goes through the tree of places as walk does, but decides nothing. Which
// value is the service, which stamp is the line's, whether the rest matters: all that is the
// same in all lines that come by the same places, as long as their values are of the usual
// kinds, and was found out when the first of them was read in full (place_outcome.go). A
// glance that meets anything else gives up, and the line is read by walk.

// A glimpse is a value that a glance noted.
type glimpse struct {
	start, end int   // where it stands
	number     int64 // of a status, level or time
}

// maxGlimpses is how many values of one line are noted at most.
const maxGlimpses = 32

// An outcome is what lines say that may be left at one place: entry, but for what stands
// in the values on the way.
type outcome struct {
	entry  Entry
	behind int32 // where in the place's text they may be left, -1 for behind its value
	hits   uint32
	names  bool // of a namespace, which stands in the rest where that holds the word
	plain  bool // the message is known to hold no credential

	// Which of the values noted is what, from 1; 0 for none.
	time, status, level                                      uint8
	namespace, service, pod, method, path, message, id, host uint8
	machine                                                  bool // the host is a machine
}

// mayGlance reports whether a record may be read at a glance now.
func (d *Decoder) mayGlance() bool {
	return d.glances && d.trace == nil && (d.join == nil || len(d.join.parts) == 0)
}

// glance reads record, which begins with a brace, into e, and reports whether it did. If so,
// nothing is left to do for the record.
func (d *Decoder) glance(record []byte, e *Entry) bool {
	o := d.follow(record)
	if o == nil || !d.conclude(record, o, e) {
		return false
	}
	d.name(e)
	d.clean(e)
	if d.join != nil && len(d.join.byKey) > 0 {
		d.seen, d.line = joinNotes{}, nil
		d.join.place(e)
	}
	return true
}

// follow returns the outcome of line, and notes the values on the way to it; nil where
// it gives up.
func (d *Decoder) follow(b []byte) *outcome {
	p, i, n := &d.layouts.plain, jsontext.SkipSpace(b, 1), 0
read:
	for p.below != nil && n < maxGlimpses-1 {
		q := p.then
		if i < 0 || i > len(b)-16 || q == nil {
			q = p.find(b, i)
		} else if w := b[i : i+16 : i+16]; binary.LittleEndian.Uint64(w)&q.mask != q.word || binary.LittleEndian.Uint64(w[8:])&q.mask2 != q.word2 ||
			q.tail != "" && !q.ends(b, i+16) {
			q = p.find(b, i)
		}
		if q == nil {
			break
		}
		p = q
		if o := q.outcome; o != nil && o.behind >= 0 && o.holds(b[i+int(o.behind):]) {
			return o
		}
		i += len(q.text)
		g := &d.noticed[uint(n)%maxGlimpses]
		switch q.op {
		case opSkip:
			end, _ := jsontext.StringEnd(b, i)
			if end < 0 {
				break read
			}
			i = end + 1
		case opName:
			end := jsontext.TextEnd(b, i)
			if end <= i || b[end] != '"' || !q.isName(b[i:end]) {
				break read
			}
			g.start, g.end, i = i, end, end+1
			n++
		case opInside, opHint:
			end, _ := jsontext.StringEnd(b, i)
			if end < 0 || q.op == opInside && b[i] == '{' {
				break read
			}
			i = end + 1
		case opHost, opMessage:
			end := jsontext.TextEnd(b, i)
			if end <= i || b[end] != '"' {
				break read
			}
			g.start, g.end, i = i, end, end+1
			n++
		case opMethod:
			end := jsontext.TextEnd(b, i)
			if end <= i || b[end] != '"' || !request.IsMethod(b[i:end]) {
				break read
			}
			g.start, g.end, i = i, end, end+1
			n++
		case opPath:
			end := jsontext.PathEnd(b, i)
			if end <= i || b[i] != '/' {
				break read
			}
			g.start, g.end, i = i, end, end+1
			if b[end] != '"' {
				if end = jsontext.TextEnd(b, end); end < 0 || b[end] != '"' {
					break read
				}
				i = end + 1
			}
			n++
		case opURL:
			end := jsontext.TextEnd(b, i)
			if end <= i || b[end] != '"' || b[i] == '/' {
				break read
			}
			path := request.Path(b[i:end])
			g.start = cap(b) - cap(path)
			if g.end = g.start + len(path); g.start >= end { // a URL without a path is one of the root
				break read
			}
			i = end + 1
			n++
		case opRequest:
			end := jsontext.TextEnd(b, i)
			if end <= i || b[end] != '"' {
				break read
			}
			method, target := request.Split(b[i:end])
			if len(method) == 0 || len(target) == 0 || target[0] != '/' {
				break read
			}
			g.start, g.end = i, i+len(method)
			g = &d.noticed[n+1]
			g.start, i = i+len(method)+1, end+1
			g.end = g.start + len(request.Path(target))
			n += 2
		case opStatus:
			if i+4 >= len(b) || q.isString && b[i+3] != '"' || !q.isString && b[i+3] != ',' && b[i+3] != '}' {
				break read
			}
			status := statusOf(b[i : i+3])
			if status == 0 || mayRefuse(status) {
				break read
			}
			g.number, i = int64(status), i+3
			if q.isString {
				i++
			}
			n++
		case opLevel:
			level := q.level
			end := i + len(q.value) - 1
			if end >= len(b) || string(b[i:end+1]) != q.value {
				if end = jsontext.TextEnd(b, i); end < i+2 || b[end] != '"' { // a digit may count from 0
					break read
				}
				if level = severity.Of(b[i:end]); level == severity.None {
					break read
				}
			}
			g.number, i = int64(level), end+1
			n++
		case opTime:
			ns, size := d.stamps.Same(b[i:])
			if size == 0 {
				end := jsontext.TextEnd(b, i)
				if end < 0 || b[end] != '"' {
					break read
				}
				var full bool
				d.stamps.Forget()
				if ns, full = d.time(value{b[i:end], kindString, false}); !full {
					break read
				}
				size = end + 1 - i
			}
			g.number, i = ns, i+size
			n++
		case opNoTime:
			end := jsontext.TextEnd(b, i)
			if end < 0 || b[end] != '"' {
				break read
			}
			d.stamps.Forget()
			if _, ok := d.time(value{b[i:end], kindString, false}); ok {
				break read
			}
			i = end + 1
		case opEpoch:
			end := jsontext.ScalarEnd(b, i)
			ns, ok := stamp.Epoch(b[i:end])
			if !ok || end == len(b) {
				break read
			}
			g.number, i = ns, end
			n++
		case opScalar:
			if i = scalarEnd(b, i, q.key); i < 0 {
				break read
			}
		case opEnd:
			if q.outcome != nil && i == len(b) {
				return q.outcome
			}
			break read
		default:
			break read
		}
		if o := q.outcome; o != nil && o.behind < 0 && o.holds(b[i:]) {
			return o
		}
	}
	// Where few come further, none is to try.
	if p.below != nil {
		if p.missed++; p.missed > 64+p.below.hits {
			p.below = nil
		}
	}
	return nil
}

// isName reports whether a value of q is taken for a name as it stands.
func (q *place) isName(name []byte) bool {
	switch {
	case q.key.meaning.Field == lexicon.RequestID:
		return true
	case len(naming.Known(name)) == 0:
		return false
	case !q.isService:
		return true
	}
	if startsOddName[name[0]] && len(naming.Service(name)) < len(name) || isDuration(name) || mayBeContainer(name) {
		return false
	}
	return q.key.meaning.Rank != lexicon.RankServiceName || !isErrorClass(name)
}

// holds reports whether rest need not be read, as isSettled does.
func (o *outcome) holds(rest []byte) bool {
	return (!o.names || !holdsNamespace(rest)) && !holdsNext(rest)
}

// scalarEnd returns the index behind a value without meaning that is no string, whose
// first byte is b[i], of key k; -1 where it is an unusual one.
func scalarEnd(b []byte, i int, k *key) int {
	switch {
	case i >= len(b):
		return -1
	case jsontext.StartsScalar(b[i]):
		if i = jsontext.ScalarEnd(b, i); i < len(b) {
			return i
		}
		return -1
	case b[i] == '[' || b[i] == '{' && k.child == nil:
		return jsontext.NestedEnd(b, i)
	}
	return -1
}

// conclude writes into e what line says, whose values were noted, and reports whether
// they are as in all lines of the outcome.
func (d *Decoder) conclude(line []byte, o *outcome, e *Entry) bool {
	noted := func(n uint8) *glimpse { return &d.noticed[(n-1)%maxGlimpses] }
	text := func(n uint8) []byte { return line[noted(n).start:noted(n).end] }
	if o.host != 0 && isMachine(text(o.host)) != o.machine {
		return false
	}
	var message []byte
	if o.message != 0 {
		if message = scan.TrimSpace(trimLine(d.plain(text(o.message)))); len(message) == 0 {
			return false
		}
	}
	o.hits++
	*e = o.entry
	d.layer.marks = 0 // of another line
	if d.harmless = nil; o.plain {
		d.harmless = e.Message
	}
	if o.message != 0 {
		e.Message = message
	}
	if o.time != 0 {
		e.Time = noted(o.time).number
	}
	if o.status != 0 {
		e.Status = int(noted(o.status).number)
	}
	if o.level != 0 {
		e.Level = severity.Level(noted(o.level).number)
	}
	if o.namespace != 0 {
		e.Namespace = text(o.namespace)
	}
	if o.service != 0 {
		e.Service = text(o.service)
	}
	if o.pod != 0 {
		e.Pod = text(o.pod)
	}
	if o.method != 0 {
		e.Method = text(o.method)
	}
	if o.path != 0 {
		e.Path = text(o.path)
	}
	if o.id != 0 {
		e.RequestID = text(o.id)
	}
	return true
}
