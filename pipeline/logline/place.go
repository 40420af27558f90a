package logline

import (
	"encoding/binary"
	"strings"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// A place is where a reader stands in a line: behind the beginning of one of its
// values. Places form a tree, whose root is the beginning of all lines, and whose
// branches are the layouts met so far. To go from one place to the next costs the
// comparison of a text, whatever the number of layouts in a stream: no hash, no
// look-up of keys, no table.
//
// A text leads from behind one value to the next value that has to be looked at.
// It is one key in layouts that are new, and many where values between were found
// to be always the same.
//
// The tree is knowledge about layouts only; what a record says never depends on it.
type place struct {
	word, mask   uint64 // the text's first eight bytes
	word2, mask2 uint64 // the next eight
	tail         string // what follows these
	then         *place // what followed last, nil where that tells little
	outcome      *outcome
	key          *key // of the value
	op           op
	trial        int8           // how many values are still to be compared; at an end, how often to try compile
	general      bool           // another text beside it begins with this one
	fresh        bool           // met once
	varies       bool           // the value is not always the same
	level        severity.Level // that value names
	isString     bool           // the text ends within a string
	isService    bool           // the value names one
	refused      uint8          // how many children there was no room for
	tried        uint8          // how often an outcome was looked for
	below        *outcome       // at or behind it, the last one that was found, nil where a glance gets nowhere
	missed       uint32         // how many glances came here and no further
	acts         []act          // what the text itself says
	children     []follow
	busy         *[busySlots]*place // where there are many children: the last ones, by what they begin with
	parent       *place
	in           *object // whose members follow, nil at an end
	value        string  // the first one
	text         string
}

// follow is a child beside what tells most others from it.
type follow struct {
	word, mask uint64
	*place
}

// An act is one thing that a text says: a value that is always the same, or, with
// opObject, that an object begins in which members mean something.
type act struct {
	meaning  *lexicon.Meaning
	value    value
	behind   int32 // where its member ends, in the text
	within   bool  // within a namespace
	op       op
	level    severity.Level
	harmless bool // a message without credentials
}

const busySlots = 1 << busyBits

const busyBits = 7

// leads reports whether b[i:] begins with the text of q.
func (q *place) leads(b []byte, i int) bool {
	if i < 0 || i > len(b)-16 {
		return strings.HasPrefix(string(b[i:]), q.text)
	}
	w := b[i : i+16 : i+16]
	if binary.LittleEndian.Uint64(w)&q.mask != q.word || binary.LittleEndian.Uint64(w[8:])&q.mask2 != q.word2 {
		return false
	}
	return q.tail == "" || q.ends(b, i+16)
}

// ends reports whether b[i:], what follows the first sixteen bytes of the text of
// q, begins with the others.
func (q *place) ends(b []byte, i int) bool {
	return len(q.tail) <= len(b)-i && string(b[i:i+len(q.tail)]) == q.tail
}

// find returns the child of p that b[i:] goes on with, nil where none is known.
func (q *place) find(b []byte, i int) *place {
	if i < 0 || i > len(b)-16 {
		for _, f := range q.children {
			if f.leads(b, i) {
				return f.place
			}
		}
		return nil
	}
	x := b[i : i+16 : i+16]
	w := binary.LittleEndian.Uint64(x)
	last := &q.then
	if q.busy != nil {
		last = &q.busy[(w^binary.LittleEndian.Uint64(x[8:])*3)*0x9E3779B97F4A7C15>>(64-busyBits)%busySlots]
		if near := *last; near != nil && near.leads(b, i) {
			return near
		}
	}
	for n := range q.children {
		f := &q.children[n]
		if w&f.mask == f.word && f.leads(b, i) {
			if !f.general {
				*last = f.place
			}
			return f.place
		}
	}
	return nil
}

// walk reads the object whose first member, or end, is at b[i] as far as its
// layout is known. It returns where it stopped and where that is in the tree.
// Where at.op is opEnd, the object has ended; where at is nil, the rest cannot or
// need not be read. It does what object does.
func (d *Decoder) walk(b []byte, i int, e *Entry) (end int, at *place) {
	p := &d.layouts.plain
	for {
		q := p.then
		if i < 0 || i > len(b)-16 || q == nil {
			q = p.find(b, i)
		} else if w := b[i : i+16 : i+16]; binary.LittleEndian.Uint64(w)&q.mask != q.word || binary.LittleEndian.Uint64(w[8:])&q.mask2 != q.word2 ||
			q.tail != "" && !q.ends(b, i+16) {
			q = p.find(b, i)
		}
		if q == nil {
			return i, p
		}
		if len(q.acts) > 0 && d.act(q, b[i:], e) {
			return len(b), nil
		}
		p = q
		i += len(q.text)
		m := &q.key.meaning
		switch q.op {
		case opSkip:
			end, _ := jsontext.StringEnd(b, i)
			if end >= 0 {
				i = end + 1
				continue
			}
		case opTime:
			if ns, n := d.stamps.Same(b[i:]); n > 0 && d.takes(m) {
				d.layer.marks |= m.Mark
				d.setTime(ns, m, e)
				i += n
				goto settled
			}
		case opName:
			if end := jsontext.TextEnd(b, i); end > i && b[end] == '"' && !startsOddName[b[i]] {
				d.setName(b[i:end], m, e)
				i = end + 1
				goto settled
			}
		case opLevel:
			if end := i + len(q.value); end < len(b) && string(b[i:end]) == q.value {
				d.setLevel(q.level, m, e)
				i = end
				continue
			}
		case opMessage:
			if end := jsontext.TextEnd(b, i); end > i && b[end] == '"' {
				d.putMessage(value{b[i:end], kindString, false}, m)
				i = end + 1
				continue
			}
		case opMethod:
			if end := jsontext.TextEnd(b, i); end > i && b[end] == '"' && request.IsMethod(b[i:end]) {
				d.layer.marks |= m.Mark
				if d.takes(m) {
					e.Method = b[i:end]
					d.layer.note(lexicon.Method, m.Rank)
					d.missing &^= m.Settles
				}
				i = end + 1
				goto settled
			}
		case opPath:
			if end := jsontext.PathEnd(b, i); end > i && b[i] == '/' && !d.host {
				behind := end
				if b[end] != '"' {
					behind = jsontext.TextEnd(b, end)
				}
				if behind >= 0 && b[behind] == '"' {
					d.layer.marks |= m.Mark
					if d.takes(m) {
						e.Path = b[i:end]
						d.layer.note(lexicon.Path, m.Rank)
						d.missing &^= m.Settles
					}
					i = behind + 1
					goto settled
				}
			}
		case opStatus:
			if i+4 < len(b) && (q.isString && b[i+3] == '"' || !q.isString && (b[i+3] == ',' || b[i+3] == '}')) {
				if status := statusOf(b[i : i+3]); status != 0 {
					d.layer.marks |= m.Mark
					if d.takes(m) {
						d.setStatus(status, m, e)
					}
					if i += 3; q.isString {
						i++
					}
					goto settled
				}
			}
		case opScalar:
			if i < len(b) && jsontext.StartsScalar(b[i]) {
				if end := jsontext.ScalarEnd(b, i); end < len(b) {
					i = end
					continue
				}
			}
		case opEnd:
			d.layouts.leave(q, -1, false)
			return i, q
		}
		if i = d.readValue(b, i, q, e); i > len(b) {
			return len(b), nil
		}
	settled:
		if m.Settles != 0 && d.missing&^lexicon.NeedNamespace == 0 && d.isSettled(b[i:], q.in.InNamespace) {
			d.layouts.leave(q, -1, d.missing != 0)
			d.missing = 0
			return len(b), nil
		}
	}
}

// leave notes where walk leaves a line: behind so much of the text of q, or, with -1, behind
// its value. names says that no namespace was met.
func (l *layouts) leave(q *place, behind int32, names bool) {
	l.left.place, l.left.behind, l.left.names = q, behind, names
}

// putMessage is set for the text of a message.
func (d *Decoder) putMessage(v value, m *lexicon.Meaning) {
	d.layer.marks |= m.Mark
	if d.takes(m) {
		d.setMessage(v, m)
	} else {
		d.addText(v)
	}
}

// readValue reads the value of q, whose first byte is b[i], as object does, and returns
// the index behind it, above len(b) where the line breaks off.
func (d *Decoder) readValue(b []byte, i int, q *place, e *Entry) int {
	start := i
	if !q.isString {
		strays := i < len(b) && (b[i] == '"' || b[i] <= ' ')
		if strays {
			d.layouts.strayed.place, d.layouts.strayed.at = q, i-len(q.text)
		}
		if i = d.member(b, i, q.key, q.in, e); i >= len(b) {
			d.broken(b)
			return len(b) + 1
		}
		if strays {
			return i
		}
	} else if q.key.meaning.Field == lexicon.Message && i+1 < len(b) && b[i] == '{' && b[i+1] == '\\' {
		i = min(d.objectInString(b, i, &q.key.meaning, e), len(b))
		q.trial, q.varies = 0, true
		return i
	} else if q.key.meaning.Field == lexicon.Inside {
		if i = d.inside(b, i, q.key, q.in, e); i >= len(b) {
			d.broken(b)
			return len(b) + 1
		}
		q.trial, q.varies, q.op = 0, true, opInside
		return i
	} else if end, escaped := jsontext.StringEnd(b, i); end < 0 {
		return d.brokenString(b[i:], q.key, e)
	} else {
		if q.key.meaning.Field != lexicon.None {
			d.set(&q.key.meaning, value{b[i:end], kindString, escaped}, e)
		}
		i = end + 1
	}
	if q.trial > 0 {
		q.observe(b[start:i])
		d.specify(q, b[start:i])
	}
	return i
}

// act does what the text of q says, which rest begins with, and reports whether
// the rest need not be read.
func (d *Decoder) act(q *place, rest []byte, e *Entry) bool {
	for n := range q.acts {
		a := &q.acts[n]
		switch a.op {
		case opObject:
			d.layer.marks |= a.meaning.Mark
		case opLevel:
			d.setLevel(a.level, a.meaning, e)
		case opName:
			d.setName(a.value.raw, a.meaning, e)
		case opMessage:
			d.putMessage(a.value, a.meaning)
			if a.harmless {
				d.harmless = a.value.raw
			}
		default:
			d.set(a.meaning, a.value, e)
		}
		if a.meaning.Settles != 0 && d.missing&^lexicon.NeedNamespace == 0 && d.isSettled(rest[a.behind:], a.within) {
			d.layouts.leave(q, a.behind, d.missing != 0)
			d.missing = 0
			return true
		}
	}
	return false
}

// resume reads what is left of an object and of those around it, from a member of
// o on, or its end, at or behind b[i].
func (d *Decoder) resume(b []byte, i int, o *object, e *Entry) int {
	for {
		if i = d.object(b, i, o, e); o.parent == nil {
			return i
		}
		if i >= len(b) {
			return d.broken(b)
		}
		o = o.parent
	}
}

// startsOddName holds the first bytes of names that are not taken as they stand.
var startsOddName = [256]bool{'/': true, '-': true, '_': true, 'r': true}
