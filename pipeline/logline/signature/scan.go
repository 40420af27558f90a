package signature

import (
	"encoding/binary"
	"math/bits"

	"github.com/authspike/authspike/rules"
)

// scan finds which patterns stand in text.
func (m *Matcher) scan(text []byte, f *found) {
	var before edge
	var end ahead
	for from := 0; from < len(text); from += block {
		a := &end // with zeros behind the text, where no word starts
		if rest := text[from:]; len(rest) < len(end) {
			copy(end[:], rest)
			clear(end[len(rest):])
		} else {
			a = (*ahead)(rest)
		}
		for words := a.wordStarts(&before); words != 0; words &= words - 1 {
			at := bits.TrailingZeros64(words)
			if c := m.begin.of(binary.LittleEndian.Uint32(a[at%block:])); c != nothing {
				m.walk(text, from+at, c, f)
			}
		}
	}
	m.settle(text, f)
}

// walk finds the patterns that begin at text[at], whose first three bytes lead to c.
func (m *Matcher) walk(text []byte, at int, c cell, f *found) {
	i := at + 3
	if c == fromRoot {
		i, c = at, cell(m.root)<<nextBits
	}
	for cells := m.cells; ; {
		place := c.next()
		if c&(ends|only) != 0 {
			pattern, end := place, i
			if c&ends != 0 {
				pattern = cells[place+terminal].next()
			} else if end = textEnd(text, i, m.tails[place]); end < 0 {
				return
			}
			if f.n == len(f.hits) {
				m.settle(text, f)
			}
			f.hits[f.n] = hit{pattern, int32(at), int32(end)}
			f.n++
			if c&only != 0 {
				return
			}
		}
		letter := cell(skipped)
		for ; letter == skipped; i++ {
			if i >= len(text) {
				return
			}
			letter = cell(m.letter[text[i]])
		}
		if c = cells[place+uint32(letter)]; c&letterOf != letter {
			return
		}
	}
}

// textEnd is rules.TextEnd. Within walk it would push what walk has in registers out
// of them.
//
//go:noinline
func textEnd(text []byte, i int, folded string) int { return rules.TextEnd(text, i, folded) }

// settle makes facts of the hits so far.
func (m *Matcher) settle(text []byte, f *found) {
	for _, h := range f.hits[:f.n] {
		for n := int32(h.pattern); n != none; n = m.patterns[n].also {
			p := &m.patterns[n]
			if p.whole && !rules.WordEnd(text, int(h.end)) {
				continue
			}
			f.seen.add(p.stands)
			if p.prose != noFact && !f.seen.has(p.prose) && rules.Prose(text, int(h.at), int(h.end)) {
				f.seen.add(p.prose)
			}
			if p.placed && f.starts < maxStarts {
				f.start[f.starts] = start{p.stands, h.at}
				f.starts++
			}
		}
	}
	f.n = 0
}
