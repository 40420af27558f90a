package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// A member is one of an object in a string, noted for later: what is around it is
// read first.
type member struct {
	meaning *lexicon.Meaning
	value   value // raw is nil where an object begins in which members mean something
	behind  int   // where it ends
	within  bool  // within a namespace
	level   severity.Level
}

// objectInString takes a message that is an object in a string, whose first byte
// is b[i], and returns the index behind it.
func (d *Decoder) objectInString(b []byte, i int, m *lexicon.Meaning, e *Entry) int {
	b = b[i:]
	if !d.takes(m) || d.trace != nil {
		text, n := d.unescapeString(b)
		d.set(m, value{text, kindString, false}, e)
		return i + n + 1
	}
	l := &d.layouts
	end, at := d.walkQuoted(b)
	if at.op == opEnd {
		if n := jsontext.ClosingQuote(b, end); n > 0 && bytes.IndexByte(b[:end], escape) < 0 {
			if at.trial > 0 {
				l.compile(b, 1, &l.quoted, at)
			}
			d.quoted = b[:end]
			d.set(m, value{b[:n], kindString, true}, e)
			d.layer.noted = true
			return i + n + 1
		}
	}
	text, n := d.unescapeString(b)
	if at.in != nil {
		if from := end - bytes.Count(b[:end], backslash); from < len(text) {
			l.learn(text, from, at, b[end:])
		}
	}
	d.set(m, value{text, kindString, false}, e)
	return i + n + 1
}

var backslash = []byte(`\`)

// walkQuoted notes the members of the object in a string that b begins with, as
// far as its layout is known, and returns where it stopped and where that is in
// the tree. It reads what has no escapes but those of quotes.
func (d *Decoder) walkQuoted(b []byte) (end int, at *place) {
	d.noted = d.noted[:0]
	i, p := 1, &d.layouts.quoted
	for {
		q := p.then
		if q == nil || !q.leads(b, i) {
			if q = p.find(b, i); q == nil {
				return i, p
			}
		}
		rest := b[i:]
		n := len(q.text)
		for k := range q.acts {
			a := &q.acts[k]
			d.noted = append(d.noted, member{meaning: a.meaning, value: d.unquoted(a.value.raw, a.value.kind), behind: i + int(a.behind), within: a.within, level: a.level})
		}
		if q.op == opEnd {
			return i + n, q
		}
		behind := q.behind(rest, n, true)
		if behind <= n || behind >= len(rest) {
			return i, p
		}
		if q.trial > 0 {
			q.observe(rest[n:behind])
		}
		i += behind
		if m := &q.key.meaning; m.Field != lexicon.None && (q.isString || rest[n] != '{') {
			v := value{rest[n:behind], kindScalar, false}
			if q.isString {
				v = value{rest[n : behind-2], kindString, false}
			} else if rest[n] == '[' {
				v = d.unquoted(v.raw, kindArray)
			}
			d.noted = append(d.noted, member{meaning: m, value: v, behind: i, within: q.in.InNamespace})
		}
		p = q
	}
}

// unquoted returns a value that stands in a string. An array, whose elements may be
// read, has its quotes without escapes.
func (d *Decoder) unquoted(raw []byte, k kind) value {
	if k == kindArray && bytes.IndexByte(raw, '\\') >= 0 {
		raw = d.unescape(raw)
	}
	return value{raw, k, false}
}

// readNoted reads the object in a string whose members were noted into e, as inner
// would read its text.
func (d *Decoder) readNoted(e *Entry) {
	d.line, d.json, d.jsonQuoted = nil, nil, d.quoted
	d.begin(e)
	d.fault = ""
	for n := range d.noted {
		m := &d.noted[n]
		if m.value.raw == nil {
			d.layer.marks |= m.meaning.Mark
			continue
		}
		if m.level != severity.None {
			d.setLevel(m.level, m.meaning, e)
		} else {
			d.set(m.meaning, m.value, e)
		}
		if m.meaning.Settles != 0 && d.missing&^lexicon.NeedNamespace == 0 && d.isSettled(d.quoted[m.behind:], m.within) {
			d.missing = 0
			break
		}
	}
	d.end(e, "json")
}
