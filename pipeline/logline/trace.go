package logline

import (
	"bytes"
	"slices"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
)

// tracer records what happens while one record is read, for Explain: each value, whether
// its key is known or not, each format that was tried, and what they changed in the
// entry. The reading itself is the same as for any record; keys and formats only go
// through the tracer, which passes on what it is given.
type tracer struct {
	keys    []tracedKey // by number, in the order in which they were met
	steps   []step
	open    []int // of the steps, those that have not ended
	last    Entry
	history [numTraced][]change
	done    bool   // the first event is complete
	text    []byte // what was searched for why a token was refused
	aside   bool   // a name beside it says that it is about something else
}

// tracedKey is a key of the record.
type tracedKey struct {
	path   string
	mapped uint16 // its number in the mapping, 0 for none
	known  bool   // it means something
	read   bool   // it has a value that was looked at
	looked bool   // it is an object that was looked into
}

// step is one thing that was read.
type step struct {
	kind    stepKind
	name    string // of the format
	key     int    // number of the key, or of the template among those of mapped
	mapped  mapping.Target
	field   lexicon.Field
	mark    lexicon.Mark
	value   []byte
	took    bool // the value was kept, though a better one may have come later
	layer   int  // wrappers taken off before it
	refused []string
}

type stepKind uint8

const (
	stepStart   stepKind = iota
	stepKey              // a value with its key
	stepFormat           // a text format that fits
	stepMapped           // a template of the mapping
	stepAround           // what stands around the record
	stepVerdict          // why a token was refused
	stepRedact           // a credential was cut out
)

// change is a value that a field of the entry got.
type change struct {
	step  int
	layer int
	value traced
}

// traced is a value of an entry, for detecting whether it has changed.
type traced struct {
	first  *byte
	length int
	number int64
}

// The fields whose places are recorded: those that a mapping can set, and the host.
const (
	tracedHost = iota + mapping.NumTargets
	numTraced
)

// keyBit marks the number of a tracedKey in a meaning.
const keyBit = 1 << 15

func (e *Entry) traced(t mapping.Target) traced {
	switch t {
	case mapping.Time:
		if e.TimeFrom == TimeNone {
			return traced{}
		}
		return traced{number: e.Time}
	case mapping.Status:
		return traced{number: int64(e.Status)}
	case mapping.Level:
		return traced{number: int64(e.Level)}
	default:
	}
	if text := e.bytesOf(t); len(text) > 0 {
		return traced{first: &text[0], length: len(text)}
	}
	return traced{}
}

// key assigns a number to the key at path, and routes its meaning through the tracer.
func (t *tracer) key(path string, m *lexicon.Meaning) {
	n := len(t.keys)
	if n >= keyBit-1 {
		return
	}
	t.keys = append(t.keys, tracedKey{path: path, mapped: m.Tap, known: m.Field != lexicon.None && m.Field != lexicon.Tapped})
	if m.Tap = keyBit | uint16(n); m.Field == lexicon.None {
		m.Field = lexicon.Tapped
	}
}

// look records that the value of a key is looked into if it is an object.
func (t *tracer) look(number uint16) {
	if number&keyBit != 0 {
		t.keys[number&^keyBit].looked = true
	}
}

// set is Decoder.set for a key that is traced.
func (t *tracer) set(d *Decoder, m *lexicon.Meaning, v value, e *Entry) {
	k := &t.keys[m.Tap&^keyBit]
	k.read = true
	if k.mapped != 0 {
		d.take(k.mapped, v)
	}
	if m.Field == lexicon.Tapped {
		return
	}
	t.begin(e, step{kind: stepKey, key: int(m.Tap &^ keyBit), field: m.Field, mark: m.Mark, value: bytes.Clone(v.raw)})
	plain, l := *m, &d.layer
	plain.Tap = 0
	before, texts, kid := *l, len(d.texts), len(d.kid)
	at := len(t.steps) - 1
	d.set(&plain, v, e)
	if !t.done {
		s := &t.steps[at]
		s.took = l.have != before.have || len(l.message) != len(before.message) || len(l.host) != len(before.host) || len(d.texts) != texts || len(d.kid) != kid
	}
	t.end(e)
}

// formats returns all formats with tracing added.
func (t *tracer) formats(all []textFormat) []textFormat {
	out := make([]textFormat, len(all))
	for i, f := range all {
		out[i] = f
		out[i].read = func(d *Decoder, line []byte, e *Entry) bool { return t.format(d, &all[i], line, e) }
	}
	return out
}

// format tries a format. If it does not fit, only its name is kept.
func (t *tracer) format(d *Decoder, f *textFormat, line []byte, e *Entry) bool {
	t.begin(e, step{kind: stepFormat, name: f.name, value: line[:min(len(line), 1)]})
	if t.done {
		return f.read(d, line, e)
	}
	at, before := t.open[len(t.open)-1], t.history
	for i := range before {
		before[i] = slices.Clone(before[i])
	}
	ok := f.read(d, line, e)
	if t.done {
		return ok
	}
	if !ok {
		t.history, t.last = before, *e
		t.steps, t.open = t.steps[:at], t.open[:len(t.open)-1]
		outer := &t.steps[t.open[len(t.open)-1]]
		outer.refused = append(outer.refused, f.name)
		return false
	}
	t.end(e)
	return true
}

// begin records what has changed, and begins a step.
func (t *tracer) begin(e *Entry, s step) {
	if t.done {
		return
	}
	t.note(e)
	s.layer = e.NWrappers
	t.open = append(t.open, len(t.steps))
	t.steps = append(t.steps, s)
}

// end records what has changed, and ends the innermost step.
func (t *tracer) end(e *Entry) {
	if t.done {
		return
	}
	t.note(e)
	t.open = t.open[:len(t.open)-1]
}

// note attributes what has changed in e since the last look to the innermost step. A
// reader that undoes what it did makes no change.
func (t *tracer) note(e *Entry) {
	at := t.open[len(t.open)-1]
	for f := range numTraced {
		now := e.traced(f)
		if now == t.last.traced(f) && e.NWrappers >= t.last.NWrappers {
			continue
		}
		h := t.history[f]
		for len(h) > 0 && h[len(h)-1].layer > e.NWrappers {
			h = h[:len(h)-1] // a wrapper was put back
		}
		if n := len(h); t.steps[at].kind != stepKey {
			for i := n - 1; i >= 0; i-- {
				if h[i].value == now {
					h = h[:i+1] // what was before is there again
					break
				}
			}
		}
		if n := len(h); n == 0 && now != (traced{}) || n > 0 && h[n-1].value != now {
			h = append(h, change{step: at, layer: e.NWrappers, value: now})
		}
		t.history[f] = h
	}
	t.last = *e
}

// mapped records that a template gave a target its value.
func (t *tracer) mapped(target mapping.Target, template int, e *Entry) {
	if t.done {
		return
	}
	t.open = append(t.open, len(t.steps))
	t.steps = append(t.steps, step{kind: stepMapped, mapped: target, key: template, layer: e.NWrappers})
	t.end(e)
}

// finish is Decoder.finish in steps.
func (t *tracer) finish(d *Decoder, e *Entry) {
	if t.done {
		d.name(e)
		d.judge(e)
		d.clean(e)
		return
	}
	in := func(kind stepKind, do func(*Entry)) {
		t.begin(e, step{kind: kind})
		do(e)
		t.end(e)
	}
	in(stepAround, d.name)
	in(stepVerdict, d.judge)
	in(stepRedact, d.clean)
	t.done = true
}
