package signature

import (
	"cmp"
	"slices"
	"strings"

	"github.com/authspike/authspike/rules"
)

// trie holds the texts of all patterns, common beginnings once, as a double array:
// small enough to stay in a cache while a stream passes by.
type trie struct {
	letter [256]uint8 // of a byte
	begin  [afterKinds]pairs
	cells  []cell
	ends   []int32 // patterns, by their texts
}

// Letters are numbers, in the order of the bytes that count, which are fewer.
const (
	letters  = 1 << 6
	terminal = letters - 1 // leads from the last letter of a pattern to it
	noLetter = letters - 2 // of bytes that count and stand in no pattern
	skipped  = letters     // of bytes that do not count
)

// cell is a place in the trie. A letter leads to the cell that lies so far behind
// those of other letters, if that one is from here; cell 0 is the root.
type cell struct {
	from uint32
	next uint32 // where the cells of the letters begin, with whole; behind terminal, where in ends the patterns are
}

const (
	whole   = 1 << 31 // marks a cell at which patterns end
	nowhere = 1 << 31 // where a cell that is not used is from
)

// newTrie returns the trie of folded texts.
func newTrie(texts []string) *trie {
	t := new(trie)
	t.number(texts)
	t.beginnings(texts)
	t.ends = make([]int32, len(texts))
	for i := range texts {
		t.ends[i] = int32(i)
	}
	slices.SortFunc(t.ends, func(a, b int32) int {
		return cmp.Or(strings.Compare(texts[a], texts[b]), cmp.Compare(a, b))
	})
	t.grow(texts)
	return t
}

// number gives the bytes of the texts their letters.
func (t *trie) number(texts []string) {
	var used [256]bool
	for _, text := range texts {
		for i := range len(text) {
			used[text[i]] = true
		}
	}
	var of [256]uint8
	n := uint8(0)
	for b := range used {
		if of[b] = noLetter; used[b] {
			of[b] = n
			n++
		}
	}
	for b := range t.letter {
		if t.letter[b] = skipped; rules.Fold(byte(b)) != 0 {
			t.letter[b] = of[rules.Fold(byte(b))]
		}
	}
}

// grow makes the cells, level by level.
func (t *trie) grow(texts []string) {
	type part struct {
		cell            uint32
		from, to, depth int // of ends, which have their first letters in common
	}
	var taken space
	taken.take(0, 1)
	t.cells = make([]cell, 1)
	for parts := []part{{0, 0, len(texts), 0}}; len(parts) > 0; parts = parts[1:] {
		p := parts[0]
		letterAt := func(i int) uint8 {
			if text := texts[t.ends[i]]; p.depth < len(text) {
				return t.letter[text[p.depth]]
			}
			return terminal
		}
		set := uint64(0)
		for i := p.from; i < p.to; i++ {
			set |= 1 << letterAt(i)
		}
		next := taken.find(set)
		taken.take(next, set)
		if missing := int(next) + letters - len(t.cells); missing > 0 {
			t.cells = append(t.cells, slices.Repeat([]cell{{from: nowhere}}, missing)...)
		}
		t.cells[p.cell].next = next
		if set&(1<<terminal) != 0 {
			t.cells[p.cell].next |= whole
		}
		for from := p.from; from < p.to; {
			letter, to := letterAt(from), from+1
			for to < p.to && letterAt(to) == letter {
				to++
			}
			at := next + uint32(letter)
			t.cells[at].from = p.cell
			if letter == terminal {
				t.cells[at].next = uint32(from)<<8 | uint32(to-from)
			} else {
				parts = append(parts, part{at, from, to, p.depth + 1})
			}
			from = to
		}
	}
}

// space is the set of cells that are taken.
type space struct{ words []uint64 }

// lookBack is how far back room is looked for, in words.
const lookBack = 2

// find returns a place whose cells of a set of letters are free.
func (s *space) find(set uint64) uint32 {
	for at := uint32(max(0, len(s.words)-lookBack)) * 64; ; at++ {
		if s.window(at)&set == 0 {
			return at
		}
	}
}

// window returns what is taken of the 64 cells from at on.
func (s *space) window(at uint32) uint64 {
	for int(at>>6)+2 > len(s.words) {
		s.words = append(s.words, 0)
	}
	return s.words[at>>6]>>(at&63) | s.words[at>>6+1]<<(64-at&63)
}

// take takes the cells of a set of letters.
func (s *space) take(at uint32, set uint64) {
	s.window(at)
	s.words[at>>6] |= set << (at & 63)
	s.words[at>>6+1] |= set >> (64 - at&63)
}
