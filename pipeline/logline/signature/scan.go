package signature

import (
	"encoding/binary"
	"math/bits"
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
		f.block = from
		m.walk(a, a.wordStarts(&before), f)
	}
}

// walk finds the patterns that begin where words start in the block a.
func (m *Matcher) walk(a *ahead, words uint64, f *found) {
	cells, text := m.cells, f.text[f.block:]
words:
	for ; words != 0; words &= words - 1 {
		at := bits.TrailingZeros64(words)
		two := binary.LittleEndian.Uint16(a[at%block:])
		c := m.beginnings.of(byte(two), byte(two>>8))
		if c == nothing {
			continue
		}
		i := at + 2
		if c == fromRoot {
			i, c = at, cell(m.root)<<nextBits
		}
		for {
			if c&only != 0 { // a pattern stands here where its tail does
				if letter := m.letter[byteAt(text, i)]; letter == c.first() || letter == skipped || c.first() == terminal {
					m.tail(at, i, c, f)
				}
				continue words
			}
			if c&ends != 0 {
				if end := cells[c.next()+terminal]; end&only != 0 {
					f.seen.add(fact(end.next()))
				} else {
					m.note(end.next(), at, i, f)
				}
			}
			// Letters behind which no pattern ends: nothing is called here, so that all this
			// stays in registers.
			place := c.next()
			var letter uint8
			for ; ; i++ {
				if uint(i) >= uint(len(text)) {
					continue words
				}
				letter = m.letter[text[i]]
				if c = cells[place+uint32(letter)]; uint8(c) == letter {
					place = c.next()
				} else if letter != skipped {
					break
				}
			}
			if uint8(c&letterOf) != letter {
				continue words
			}
			i++
		}
	}
}

// byteAt returns text[i], behind the text a byte that does not count.
func byteAt(text []byte, i int) byte {
	if uint(i) < uint(len(text)) {
		return text[i]
	}
	return 0
}

// tail finds the only pattern whose letters lead to c, where the letters from byte i of
// the block on are the rest of it.
func (m *Matcher) tail(at, i int, c cell, f *found) {
	n := c.pattern()
	p := &m.patterns[n]
	text, tails := f.text[f.block:], m.tails
	for next := uint(p.tail); next < uint(len(tails)) && tails[next] != terminal; i++ {
		if uint(i) >= uint(len(text)) {
			return
		}
		if letter := m.letter[text[i]]; letter == tails[next] {
			next++
		} else if letter != skipped {
			return
		}
	}
	if p.asks == 0 {
		f.seen.add(p.stands)
	} else {
		m.note(n, at, i, f)
	}
}

// note makes facts of the patterns of one text, n the first, that stands in the block
// from byte at to end and of which more is asked.
func (m *Matcher) note(n uint32, at, end int, f *found) {
	at, end = f.block+at, f.block+end
	if f.sure || uint(f.n) >= maxNoted {
		m.settle(f)
		m.noteSure(n, at, end, f)
		return
	}
	f.noted[f.n] = noted{of: uint16(n), at: uint16(at), end: uint32(end)}
	f.n++
	for patterns := m.patterns; ; n++ {
		p := &patterns[n]
		f.seen.add(p.stands)
		if p.prose != noFact {
			f.seen.add(p.prose)
		}
		if p.asks&asksMore == 0 {
			return
		}
	}
}
