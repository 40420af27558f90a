package signature

import (
	"iter"
	"math/bits"
	"slices"
)

// A fact is what can be seen in a text: that a pattern stands there, or that it
// stands there as prose. Facts are numbers; noFact is what nobody asks for.
type fact uint16

const noFact fact = 0

// maxFacts bounds the facts of a catalogue.
const maxFacts = 1 << 14

// facts is a set of facts. It is scanned by words that are not zero: a text shows
// dozens of facts out of thousands.
type facts struct {
	bits [setWords]uint64
	some [setWords / 64]uint64 // which words of bits are not zero
}

const setWords = maxFacts / 64

func (s *facts) has(f fact) bool { return s.bits[f>>6%setWords]&(1<<(f&63)) != 0 }

func (s *facts) add(f fact) {
	word := f >> 6 % setWords
	s.bits[word] |= 1 << (f & 63)
	s.some[word>>6] |= 1 << (word & 63)
}

func (s *facts) remove(f fact) { s.bits[f>>6%setWords] &^= 1 << (f & 63) }

// removeAll removes those of o.
func (s *facts) removeAll(o *facts) {
	for i := range s.bits {
		s.bits[i] &^= o.bits[i]
	}
}

// among gives the facts of s that are in o, in ascending order.
func (s *facts) among(o *facts) iter.Seq[fact] {
	return func(yield func(fact) bool) {
		for i, words := range s.some {
			for words &= o.some[i]; words != 0; words &= words - 1 {
				word := i<<6 + bits.TrailingZeros64(words)
				for both := s.bits[word] & o.bits[word]; both != 0; both &= both - 1 {
					if !yield(fact(word<<6 + bits.TrailingZeros64(both))) {
						return
					}
				}
			}
		}
	}
}

// list is a few facts, as the words of a set that are not zero.
type list []listWord

type listWord struct {
	word int
	bits uint64
}

func newList(all []fact) list {
	var set facts
	for _, f := range all {
		set.add(f)
	}
	var l list
	for word, bits := range set.bits {
		if bits != 0 {
			l = append(l, listWord{word, bits})
		}
	}
	return slices.Clip(l)
}
