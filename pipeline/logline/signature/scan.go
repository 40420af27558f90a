package signature

import (
	"encoding/binary"
	"math/bits"

	"github.com/authspike/authspike/rules"
)

// scan finds which patterns stand in text.
func (m *Matcher) scan(text []byte, f *found) {
	f.text, f.from = text, len(text)
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
				m.walk(from+at, c, f)
			}
		}
	}
}

// walk finds the patterns that begin at f.text[at], whose first three bytes lead to c.
func (m *Matcher) walk(at int, c cell, f *found) {
	i := at + 3
	switch {
	case c == fromRoot:
		i, c = at, cell(m.root)<<nextBits
	case c&(ends|only) != 0:
		if m.note(at, i, c, f); c&only != 0 {
			return
		}
	}
	cells, place, text := m.cells, c.next(), f.text
	for ; i < len(text); i++ {
		letter := m.letter[text[i]]
		c := cells[place+uint32(letter)]
		if uint8(c) != letter {
			if letter == skipped {
				continue
			}
			if uint8(c&letterOf) != letter {
				return
			}
			if m.note(at, i+1, c, f); c&only != 0 {
				return
			}
		}
		place = c.next()
	}
}

// note makes facts of the patterns that end at c, behind f.text[at:end], or of the one
// whose tail follows.
func (m *Matcher) note(at, end int, c cell, f *found) {
	n := int32(c.next())
	if c&only == 0 {
		n = int32(m.cells[c.next()+terminal].next())
	} else if end = rules.TextEnd(f.text, end, m.tails[n]); end < 0 {
		return
	}
	for ; n != none; n = m.patterns[n].also {
		p := &m.patterns[n]
		if !p.end.At(f.text, end) || p.name && rules.HasBlank(f.text[at:end]) {
			continue
		}
		f.seen.add(p.stands)
		if p.prose != noFact && !f.seen.has(p.prose) && rules.Prose(f.text, at, end) {
			f.seen.add(p.prose)
		}
		switch {
		case !p.placed:
		case f.n < maxStarts:
			f.starts[f.n] = start{p.stands, int32(at)}
			f.n++
		default:
			f.from = min(f.from, at)
		}
	}
}
