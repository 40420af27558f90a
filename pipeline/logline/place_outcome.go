package logline

import (
	"slices"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/redact"
)

// maxTried is of how many lines the outcome of a place is looked for.
const maxTried = 64

// learnOutcome finds the outcome of the place where walk left line, which it has just read
// into e. There is one only where what e says is sure to be the same in all lines that a
// glance brings there, or to stand in the same values.
func (d *Decoder) learnOutcome(line []byte, e *Entry) {
	q := d.layouts.left.place
	if q == nil || q.outcome != nil || q.tried >= maxTried || q.op == opEnd && q.trial > 0 {
		return
	}
	q.tried++
	if !d.isPlain(e) {
		return
	}
	o := &outcome{entry: e.Clone(), behind: d.layouts.left.behind, names: d.layouts.left.names}
	path := q.path()
	below := make([]*outcome, len(path))
	for n, p := range path {
		below[n], p.below = p.below, o
	}
	clear(d.noticed[:])
	if q.outcome = o; d.follow(line) == o && d.ascribe(line, sayings(path, o.behind), e, o) {
		if o.behind < 0 && q.op != opEnd {
			d.layouts.compile(line, jsontext.SkipSpace(line, 1), &d.layouts.plain, q)
		}
		return
	}
	q.outcome = nil
	for n, p := range path {
		p.below = below[n]
	}
}

// isPlain reports whether e is a request that was not refused, of which nothing that a
// glance does not see was taken.
func (d *Decoder) isPlain(e *Entry) bool {
	l := &d.layer
	return e.Err == "" && e.NWrappers == 0 && len(d.rest) == 0 && d.seen == joinNotes{} &&
		l.have[lexicon.Status] != 0 && !d.mayRefuse(e.Status) && l.have[lexicon.Path] != 0 && (!l.url || l.message == nil) &&
		(d.lazy || len(e.Message) > 0 || len(d.texts) == 0)
}

// path returns the places from the beginning of lines to q.
func (q *place) path() (path []*place) {
	for ; q != nil; q = q.parent {
		path = append(path, q)
	}
	slices.Reverse(path)
	return path
}

// saying is a key that stood in a line, or in a text that its lines have in common.
type saying struct {
	meaning *lexicon.Meaning
	glimpse uint8 // number of its value among those noted, from 1; 0 for one that is always the same
}

// sayings returns what is said that means something by lines that go by path, up to its end
// or as far into the text of its last place as behind says.
func sayings(path []*place, behind int32) (said []saying) {
	noted := uint8(0)
	for n, q := range path {
		inText := behind >= 0 && n == len(path)-1
		for k := range q.acts {
			if a := &q.acts[k]; a.op != opObject && (!inText || a.behind <= behind) {
				said = append(said, saying{a.meaning, 0})
			}
		}
		if notes := q.op.notes(); notes > 0 && !inText {
			noted += notes
			said = append(said, saying{&q.key.meaning, noted})
		}
	}
	return said
}

// ascribe finds out in which of the values noted stands what e says. It returns false
// where that is not certain.
func (d *Decoder) ascribe(line []byte, said []saying, e *Entry, o *outcome) bool {
	l := &d.layer
	for _, f := range [...]struct {
		field  lexicon.Field
		number int64
		is     *uint8
	}{{lexicon.Time, e.Time, &o.time}, {lexicon.Status, int64(e.Status), &o.status}, {lexicon.Level, int64(e.Level), &o.level}} {
		if l.have[f.field] == 0 {
			continue
		}
		// What was taken is the first of its rank.
		found, stamps := false, 0
		for _, s := range said {
			if s.meaning.Field == lexicon.Time {
				stamps++
			}
			switch {
			case s.meaning.Field != f.field && (f.field != lexicon.Level || s.meaning.Field != lexicon.Severity):
			case s.meaning.Rank != 255-lexicon.Rank(l.have[f.field]):
			case !found:
				*f.is, found = s.glimpse, true
			case s.glimpse == 0 || *f.is == 0:
				return false // what is always the same may be always of no use
			}
		}
		// Of three stamps the last may replace a second that repeats the first.
		if !found || stamps > 2 || *f.is != 0 && d.noticed[*f.is-1].number != f.number {
			return false
		}
	}
	for _, f := range [...]struct {
		text []byte
		is   *uint8
	}{
		{e.Namespace, &o.namespace},
		{e.Service, &o.service},
		{e.Pod, &o.pod},
		{e.Method, &o.method},
		{e.Path, &o.path},
		{e.RequestID, &o.id},
		{l.host, &o.host},
		{l.message, &o.message},
	} {
		for n, g := range d.noticed {
			if g.start < g.end && isSame(f.text, line[g.start:g.end]) {
				*f.is = uint8(n + 1)
			}
		}
		if *f.is == 0 && isPart(f.text, line) {
			return false
		}
	}
	if d.lazy {
		o.message, o.entry.Message = 0, nil // read in some lines and not in others
	}
	o.plain = o.message == 0 && len(e.Message) > 0 && !redact.Suspicious(e.Message)
	if l.namesOwnMachine() {
		o.host = 0
	}
	o.machine = isMachine(l.host)
	return true
}

// isPart reports whether text is a part of line.
func isPart(text, line []byte) bool {
	return len(text) > 0 && &text[:cap(text)][cap(text)-1] == &line[:cap(line)][cap(line)-1]
}
