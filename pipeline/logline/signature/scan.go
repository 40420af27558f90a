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
			three := binary.LittleEndian.Uint32(a[at%block:]) // and one more
			c := m.beginnings.of(byte(three), byte(three>>8))
			if c == nothing {
				continue
			}
			// The third letter here too: most words end with it, and need no walk.
			i := at + 2
			if third := m.letter[byte(three>>16)]; third != skipped && c&(ends|only) == 0 {
				if c = m.cells[c.next()+uint32(third)]; uint8(c&letterOf) != third {
					continue
				}
				i++
			}
			m.walk(from+at, from+i, c, f)
		}
	}
}

// walk finds the patterns that begin at f.text[at], of which the bytes before i lead
// to c.
func (m *Matcher) walk(at, i int, c cell, f *found) {
	if c == fromRoot {
		i, c = at, cell(m.root)<<nextBits
	}
	cells, text := m.cells, f.text
	for {
		if c&(ends|only) != 0 { // a pattern ends here, or may where its tail does
			n := c.next()
			if c&only == 0 {
				n = cells[n+terminal].next()
			}
			p := &m.patterns[n]
			if c&only != 0 {
				tails := m.tails[p.tail:]
				j := 0
			tail:
				for ; ; i++ {
					letter := uint8(noLetter) // behind the text
					if uint(i) < uint(len(text)) {
						letter = m.letter[text[i]]
					}
					switch {
					case letter == tails[j]:
						j++
					case tails[j] == terminal:
						break tail
					case letter != skipped:
						return
					}
				}
			}
			if p.asks == 0 {
				f.seen.add(p.stands)
			} else {
				m.note(n, at, i, f)
			}
			if c&only != 0 {
				return
			}
		}
		// Letters behind which no pattern ends: nothing is called here, so that all this
		// stays in registers.
		place := c.next()
		var letter uint8
		for ; ; i++ {
			if uint(i) >= uint(len(text)) {
				return
			}
			letter = m.letter[text[i]]
			if c = cells[place+uint32(letter)]; uint8(c) == letter {
				place = c.next()
			} else if letter != skipped {
				break
			}
		}
		if uint8(c&letterOf) != letter {
			return
		}
		i++
	}
}

// note makes facts of the patterns of one text, n the first, that f.text[at:end] is.
func (m *Matcher) note(n uint32, at, end int, f *found) {
	for {
		p := &m.patterns[n]
		if p.asks&(asksWord|asksClause|asksName) == 0 || p.fits(f.text, at, end) { // most do not ask
			f.seen.add(p.stands)
			if p.asks&asksProse != 0 && !f.seen.has(p.prose) && rules.Prose(f.text, at, end) {
				f.seen.add(p.prose)
			}
			if p.asks&asksPlace != 0 {
				f.place(p.stands, at)
			}
		}
		if p.asks&asksMore == 0 {
			return
		}
		n++
	}
}

// fits reports whether what is asked of p is so where text[at:end] is it.
func (p *pattern) fits(text []byte, at, end int) bool {
	switch {
	case p.asks&asksName != 0 && rules.HasBlank(text[at:end]):
		return false
	case p.asks&asksWord != 0:
		return rules.EndOfWord.At(text, end)
	case p.asks&asksClause != 0:
		return rules.EndOfClause.At(text, end)
	}
	return true
}

// place remembers where a literal stands, or that there are more places.
func (f *found) place(of fact, at int) {
	if f.n == maxStarts {
		f.from = min(f.from, at)
		return
	}
	f.starts[f.n] = start{of, int32(at)}
	f.n++
}
