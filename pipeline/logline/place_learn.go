package logline

import (
	"bytes"
	"slices"
	"strings"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/redact"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

const (
	maxPlaces   = 4096    // in both trees of a decoder; when they are full, nothing is learned
	maxChildren = 64      // of a place
	maxRefusals = 64      // of new children of a place; then none is tried any more
	maxSteps    = 96      // learned of one line
	maxText     = 1024    // bytes of a text
	maxConstant = 256     // bytes of a value that may become a part of one
	trials      = 32      // values that are compared before one counts as always the same
	stale       = 1 << 16 // lines after which full trees are thrown away
	old         = 1 << 20 // lines after which any are
)

// forget throws the trees away when they are full, or old: what lines look like
// changes with every release of what writes them.
func (l *layouts) forget() {
	if l.lines++; l.lines < stale || l.lines < old && l.places < maxPlaces {
		return
	}
	l.lines, l.places = 0, 0
	l.plain, l.quoted = place{in: l.root}, place{in: l.root}
}

// A draft is a place in the making.
type draft struct {
	text     []byte
	acts     []act
	key      *key // nil at an end
	isString bool
	trial    int8
	in       *object
}

// learn makes places of the members that begin at b[i], behind p. Where b is the
// text of a JSON string, raw is the same in its escaped form from there on, and
// places are those of escaped text.
func (l *layouts) learn(b []byte, i int, p *place, raw []byte) {
	for n := 0; p.in != nil && p.refused < maxRefusals && n < maxSteps; n++ {
		s, behind, ok := l.draft(b, i, p.in)
		if !ok {
			return
		}
		if raw != nil {
			member := quoted(b[i:behind])
			if !bytes.HasPrefix(raw, member) {
				return // it has escapes of other kinds
			}
			raw = raw[len(member):]
			s.text = quoted(s.text)
		}
		s.trial = trials
		q := l.add(p, &s)
		if q == nil {
			p.refused++
			return
		}
		i, p = behind, q
	}
}

// quoted returns text with a backslash before each quote.
func quoted(text []byte) []byte { return bytes.ReplaceAll(text, []byte(`"`), []byte(`\"`)) }

// draft returns how to get from b[i], behind a member of o, to the next value that
// has to be looked at, and the index behind that.
func (l *layouts) draft(b []byte, i int, o *object) (s draft, behind int, ok bool) {
	start := i
	for {
		from := i
		for i = jsontext.SkipSpace(b, i); i < len(b) && b[i] == ','; {
			i = jsontext.SkipSpace(b, i+1)
		}
		if i >= len(b) || b[i] != '"' && b[i] != '}' {
			return s, 0, false
		}
		if b[i] == '}' {
			i++
			if o = o.parent; o == nil {
				return draft{text: b[start:i], acts: s.acts, key: &void}, i, true
			}
			continue
		}
		v := jsontext.ValueAt(b, i)
		if v < 0 || v >= len(b) {
			return s, 0, false
		}
		if s.isString = b[v] == '"'; s.isString {
			v++
		}
		k := &void
		if v-from <= maxLiteral {
			k = l.key(o, b[from:v], i-from)
		}
		if k == &void {
			return s, 0, false
		}
		if !s.isString && b[v] == '{' && k.leadsInto(o) {
			s.acts = append(s.acts, act{meaning: &k.meaning, op: opObject})
			o, i = k.child, v+1
			continue
		}
		s.text, s.key, s.in = b[start:v], k, o
		if s.isString {
			v--
		}
		end := jsontext.ValueEnd(b, v)
		return s, end, end > v && end < len(b)
	}
}

// leadsInto reports whether an object that is the value of k, a key in o, is read.
func (k *key) leadsInto(o *object) bool { return k.child != nil && o.depth < maxNest }

// add returns the child of p that s describes, and makes it where there is none
// and room for one; nil otherwise.
func (l *layouts) add(p *place, s *draft) *place {
	first := true
	for _, f := range p.children {
		if f.text == string(s.text) {
			return f.place
		}
		first = first && !strings.HasPrefix(f.text, string(s.text))
	}
	if l.places >= maxPlaces || len(s.text) > maxText || len(p.children) == maxChildren && !l.evict(p) {
		return nil
	}
	l.places++
	q := &place{text: string(s.text), parent: p, key: s.key, isString: s.isString, acts: s.acts, in: s.in, trial: s.trial, fresh: s.trial > 0, varies: s.trial == 0}
	q.isService = s.key.meaning.Field == lexicon.Service
	q.word, q.mask = maskedWord(s.text)
	q.word2, q.mask2 = maskedWord(s.text[min(8, len(s.text)):])
	q.tail = q.text[min(16, len(q.text)):]
	switch f := s.key.meaning.Field; {
	case s.in == nil:
		q.op = opEnd
	case s.trial == 0:
		q.op = q.opOf()
	case f == lexicon.Time || f == lexicon.Nano || f == lexicon.RequestID:
		q.varies = true
	}
	// What begins like another text stands before it.
	at := 0
	if !first {
		at = len(p.children)
	}
	p.children = slices.Insert(p.children, at, follow{q.word, q.mask, q})
	p.settle()
	return q
}

// evict takes off a child of p that was met only once, if there is one.
func (l *layouts) evict(p *place) bool {
	for i := len(p.children) - 1; i >= 0; i-- {
		if q := p.children[i]; q.fresh && q.op != opEnd {
			l.places -= q.size()
			p.children = slices.Delete(p.children, i, i+1)
			p.settle()
			return true
		}
	}
	return false
}

// size returns the number of places from q on.
func (q *place) size() int {
	n := 1
	for _, f := range q.children {
		n += f.size()
	}
	return n
}

// settle brings what is known about the children of p in order.
func (q *place) settle() {
	for _, f := range q.children {
		f.general = slices.ContainsFunc(q.children, func(g follow) bool { return len(g.text) > len(f.text) && strings.HasPrefix(g.text, f.text) })
	}
	q.then, q.busy = nil, nil
	if len(q.children) > fewChildren {
		q.busy = new([busySlots]*place)
	}
}

// fewChildren is up to how many children are asked one after the other.
const fewChildren = 4

// observe compares a value to the first one that stood there.
func (q *place) observe(v []byte) {
	q.trial--
	switch {
	case q.varies:
	case q.fresh && len(v) <= maxConstant:
		q.value = string(v)
	case q.fresh || string(v) != q.value:
		q.varies = true
	}
	q.fresh = false
	if q.trial > 0 {
		return
	}
	if q.isString && q.key.meaning.Field == lexicon.Level && q.value != "" {
		q.level = levelOf(value{[]byte(q.value[:len(q.value)-1]), kindString, false})
	}
	q.op = q.opOf()
}

// compile makes a second way through a tree for lines like the one whose members
// begin at b[i], on which values that are always the same are parts of texts. leaf
// is where its way through the tree has ended, or where it was left.
func (l *layouts) compile(b []byte, i int, root, leaf *place) {
	leaf.trial = max(0, leaf.trial-1) // so that it is not tried for ever
	isQuoted := root == &l.quoted
	for p, at := root, i; p != leaf; {
		if p = p.find(b, at); p == nil || p != leaf && (p.trial > 0 || p.op == opEnd) {
			return
		}
		if at = p.behind(b, at+len(p.text), isQuoted); at < 0 {
			return
		}
	}
	leaf.trial = 0
	start, s := i, draft{}
	for p, at := root, root; at != nil && p != leaf; {
		p = p.find(b, i)
		for _, a := range p.acts {
			a.behind += int32(i - start)
			s.acts = append(s.acts, a)
		}
		v := i + len(p.text)
		i = p.behind(b, v, isQuoted)
		if p != leaf && !p.varies && string(b[v:i]) == p.value && i-start <= maxText {
			if p.key.meaning.Field != lexicon.None && (p.isString || p.value[0] != '{') {
				s.acts = append(s.acts, p.constant(i-start, isQuoted))
			}
			continue
		}
		s.text, s.key, s.isString, s.in = b[start:v], p.key, p.isString, p.in
		if at = l.add(at, &s); at != nil && at.trial == 0 {
			at.op, at.value, at.level = p.op, p.value, p.level
		}
		start, s = i, draft{}
	}
}

// constant returns what a value of q says that is always the same, whose member
// ends behind in a text.
func (q *place) constant(behind int, quoted bool) act {
	v := value{[]byte(q.value), kindScalar, false}
	switch {
	case q.isString && quoted:
		v.kind, v.raw = kindString, v.raw[:len(v.raw)-2]
	case q.isString:
		v.kind, v.raw, v.escaped = kindString, v.raw[:len(v.raw)-1], strings.IndexByte(q.value, '\\') >= 0
	case q.value[0] == '[':
		v.kind = kindArray
	}
	a := act{meaning: &q.key.meaning, value: v, behind: int32(behind), within: q.in.InNamespace}
	switch {
	case v.escaped || a.meaning.Tap != 0 || len(v.raw) == 1: // a digit may count from 0
	case a.meaning.Field == lexicon.Level:
		if a.level = levelOf(v); a.level != severity.None {
			a.op = opLevel
		}
	case !q.isString:
	case a.meaning.Field == lexicon.Message:
		a.op, a.harmless = opMessage, !redact.Suspicious(v.raw)
	case len(v.raw) > 0 && !startsOddName[v.raw[0]] && q.opOf() == opName:
		a.op = opName
	}
	return a
}

// behind returns the index behind the value of q that begins at b[i], -1 where b
// ends first or it is to be read, not skipped.
func (q *place) behind(b []byte, i int, quoted bool) int {
	switch {
	case q.op == opEnd:
		return i
	case q.isString && quoted:
		if i = jsontext.QuotedStringEnd(b, i); i >= 0 {
			i += 2
		}
		return i
	case q.isString:
		if i, _ = jsontext.StringEnd(b, i); i >= 0 {
			i++
		}
		return i
	case i >= len(b) || b[i] == '"' || b[i] == '\\' || b[i] == '{' && q.key.leadsInto(q.in):
		return -1
	case (b[i] == '{' || b[i] == '[') && quoted:
		return jsontext.QuotedNestedEnd(b, i)
	case quoted:
		i = jsontext.QuotedScalarEnd(b, i)
	default:
		i = jsontext.ValueEnd(b, i)
	}
	return i
}
