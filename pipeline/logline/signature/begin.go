package signature

import "github.com/authspike/authspike/rules"

// beginnings is where three bytes of a text, by their classes, lead in the trie.
// Three are enough to see of most words that no pattern begins with them, without a
// walk. The bytes that do not count may stand between the letters.
type beginnings [1 << (3 * classBits)]cell

const (
	nothing  cell = 0           // no pattern begins so
	fromRoot cell = ends | only // one may: only a walk from the root tells
)

// Bytes are told apart as far as it matters: all that do not count are class 0, each
// letter has one of its own, and digits and marks share those from classShared on.
const (
	classBits   = 5
	classShared = 27
)

var classes = func() (of [256]uint16) {
	for b := range of {
		switch f := uint16(rules.Fold(byte(b))); {
		case f >= 'a' && f <= 'z':
			of[b] = 1 + f - 'a'
		case f >= '0' && f <= '9':
			of[b] = classShared
		case f != 0:
			of[b] = classShared + 1 + f%4
		}
	}
	return of
}()

// add adds a folded text, which leads to a cell, behind n bytes of known classes.
func (s *beginnings) add(before uint16, n int, text string, to cell) {
	if n == 3 {
		s[before] = to
		return
	}
	with := func(class uint16) uint16 { return before | class<<(n*classBits) }
	if text == "" {
		for class := range uint16(1 << classBits) {
			s.add(with(class), n+1, "", fromRoot)
		}
		return
	}
	s.add(with(classes[text[0]]), n+1, text[1:], to)
	if n > 0 {
		s.add(with(0), n+1, text, fromRoot)
	}
}

// of returns where the first three of four bytes lead.
func (s *beginnings) of(four uint32) cell {
	three := uint(classes[byte(four)]) | uint(classes[byte(four>>8)])<<classBits | uint(classes[byte(four>>16)])<<(2*classBits)
	return s[three%uint(len(s))]
}
