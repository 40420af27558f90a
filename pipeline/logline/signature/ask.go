package signature

import (
	"math/bits"

	"github.com/authspike/authspike/rules"
)

// Of many patterns more is asked than that their text stands there: that a word ends with
// it, that it stands as prose. A text has dozens of those, of which what decides is a
// few. So a pass over the text takes them for seen and notes where they stand, and what
// is asked is asked of the few.

// has reports whether what x says is so.
func (m *Matcher) has(x fact, f *found) bool {
	return f.seen.has(x) && (f.sure || !m.asking.has(x) || m.ask(x, f))
}

// hasAll reports whether what all say is so.
func (m *Matcher) hasAll(all []fact, f *found) bool {
	for _, x := range all {
		if !f.seen.has(x) {
			return false
		}
	}
	for _, x := range all {
		if !m.has(x, f) {
			return false
		}
	}
	return true
}

// anyOf reports whether what a fact of l says is so.
func (m *Matcher) anyOf(l list, f *found) bool {
	for i := range l {
		word := l[i].word % setWords
		if both := f.seen.bits[word] & l[i].bits; both != 0 {
			if f.sure || both&^m.asking.bits[word] != 0 || m.askAny(word, both, f) {
				return true
			}
		}
	}
	return false
}

// askAny reports whether what one of the facts says is so that are some of a word of the set.
func (m *Matcher) askAny(word int, some uint64, f *found) bool {
	for ; some != 0; some &= some - 1 {
		if m.ask(fact(word<<6+bits.TrailingZeros64(some)), f) {
			return true
		}
	}
	return false
}

// ask reports whether what is asked of x is so at one of the places that were noted. If
// not, x is not seen.
func (m *Matcher) ask(x fact, f *found) bool {
	look := m.looks[x]
	p := &m.patterns[look.pattern]
	for i := range f.noted[:f.n] {
		if f.noted[i].of == look.first && p.says(x, f, int(f.noted[i].at), int(f.noted[i].end)) {
			return true
		}
	}
	f.seen.remove(x)
	return false
}

// says reports whether x, a fact of p, is so where f.text[at:end] is the text of p.
func (p *pattern) says(x fact, f *found, at, end int) bool {
	switch {
	case p.asks&asksName != 0 && rules.HasBlank(f.text[at:end]),
		p.asks&asksWord != 0 && !rules.EndOfWord.At(f.text, end),
		p.asks&asksClause != 0 && !rules.EndOfClause.At(f.text, end):
		return false
	}
	return x == p.stands || rules.Prose(f.text, at, end)
}

// settle asks everything at once that is asked of the places noted so far, which are as
// many as fit, and remembers those at which markers with gaps begin.
func (m *Matcher) settle(f *found) {
	if f.sure {
		return
	}
	f.seen.removeAll(&m.asking)
	some := f.noted
	f.n, f.sure = 0, true
	for i := range some {
		m.noteSure(uint32(some[i].of), int(some[i].at), int(some[i].end), f)
	}
}

// noteSure is note for a text whose places are settled.
func (m *Matcher) noteSure(n uint32, at, end int, f *found) {
	for {
		p := &m.patterns[n]
		if p.says(p.stands, f, at, end) {
			f.seen.add(p.stands)
			if p.prose != noFact && !f.seen.has(p.prose) && rules.Prose(f.text, at, end) {
				f.seen.add(p.prose)
			}
			if p.asks&asksPlace != 0 && f.n < maxNoted {
				f.noted[f.n] = noted{of: m.looks[p.stands].first, at: uint16(at), end: uint32(end)}
				f.n++
			} else if p.asks&asksPlace != 0 {
				f.from = min(f.from, at)
			}
		}
		if p.asks&asksMore == 0 {
			return
		}
		n++
	}
}
