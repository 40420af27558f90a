package signature

import (
	"slices"
	"strings"

	"github.com/authspike/authspike/rules"
)

// trie holds the texts of all patterns, common beginnings once, as a double array:
// small enough to stay in a cache while a stream passes by.
type trie struct {
	letter     [256]uint8 // of a byte
	root       uint32     // where the cells of the first letters begin
	cells      []cell
	tails      []string // by patterns: their further letters, where no other pattern has them
	beginnings beginnings
}

// Letters are numbers, in the order of the bytes that count, which are fewer.
const (
	letters  = 1 << 6
	terminal = letters - 1 // leads from the last letter of a pattern to it
	noLetter = letters - 2 // of bytes that count and stand in no pattern
	skipped  = 1<<8 - 1    // of bytes that do not count; no cell has these lowest bits, so it leads nowhere
)

// cell is a place in the trie. A letter leads to the cell that lies so far behind
// where the next cells begin, if that one is of this letter: no two places have
// next cells that begin alike. Its bits are, from the lowest,
//
//	6   the letter, terminal where the cell is not used
//	1   ends: a pattern ends here, and terminal leads to it
//	1   only: a single pattern goes on, or ends here, and the rest is its tail
//	24  where the cells of the next letters begin; with only, and of a cell that
//	    terminal leads to, the number of the pattern
type cell uint32

const (
	letterOf cell = letters - 1
	ends     cell = 1 << 6
	only     cell = 1 << 7
	nextBits      = 8
)

func (c cell) next() uint32 { return uint32(c >> nextBits) }

// newTrie returns the trie of folded texts, whose positions are the numbers of
// their patterns. Of two with the same text it leads to the first.
func newTrie(texts []string) *trie {
	t := new(trie)
	t.number(texts)
	t.grow(texts)
	t.begin(texts)
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

// part are patterns whose first letters, so many, are the same.
type part struct {
	patterns []int32 // sorted by text
	depth    int
	cell     int // that leads here, -1 at the root
}

// grow makes the cells, level by level.
func (t *trie) grow(texts []string) {
	all := make([]int32, len(texts))
	for i := range all {
		all[i] = int32(i)
	}
	slices.SortStableFunc(all, func(a, b int32) int { return strings.Compare(texts[a], texts[b]) })
	all = slices.CompactFunc(all, func(a, b int32) bool { return texts[a] == texts[b] })
	t.tails = make([]string, len(texts))
	var taken space
	for parts := []part{{all, 0, -1}}; len(parts) > 0; parts = parts[1:] {
		p := parts[0]
		if len(p.patterns) == 1 && p.depth >= 2 {
			t.cells[p.cell] |= only | cell(p.patterns[0])<<nextBits
			t.tails[p.patterns[0]] = texts[p.patterns[0]][p.depth:]
			continue
		}
		parts = append(parts, t.place(p, texts, &taken)...)
	}
}

// place makes the cells of the next letters of p and returns the parts that they
// lead to.
func (t *trie) place(p part, texts []string, taken *space) (parts []part) {
	letterAt := func(pattern int32) uint8 {
		if text := texts[pattern]; p.depth < len(text) {
			return t.letter[text[p.depth]]
		}
		return terminal
	}
	set := uint64(0)
	for _, n := range p.patterns {
		set |= 1 << letterAt(n)
	}
	next := taken.find(set)
	if missing := int(next) + skipped + 1 - len(t.cells); missing > 0 { // a walk looks at skipped too, in vain
		t.cells = append(t.cells, slices.Repeat([]cell{terminal}, missing)...)
	}
	if p.cell < 0 {
		t.root = next
	} else {
		t.cells[p.cell] |= cell(next) << nextBits
	}
	for from := 0; from < len(p.patterns); {
		letter, to := letterAt(p.patterns[from]), from+1
		for to < len(p.patterns) && letterAt(p.patterns[to]) == letter {
			to++
		}
		at := int(next) + int(letter)
		if letter == terminal {
			t.cells[at] |= cell(p.patterns[from]) << nextBits
			t.cells[p.cell] |= ends
		} else {
			t.cells[at] = cell(letter)
			parts = append(parts, part{p.patterns[from:to], p.depth + 1, at})
		}
		from = to
	}
	return parts
}

// space says which cells are taken, and where the cells of a place begin.
type space struct{ cells, begins []uint64 }

// lookBack is how far back room is looked for, in words.
const lookBack = 2

// find returns a place whose cells of a set of letters are free, and takes them.
func (s *space) find(set uint64) uint32 {
	for at := uint32(max(0, len(s.cells)-lookBack)) * 64; ; at++ {
		if s.window(at)&set == 0 && s.begins[at>>6]&(1<<(at&63)) == 0 {
			s.cells[at>>6] |= set << (at & 63)
			s.cells[at>>6+1] |= set >> (64 - at&63)
			s.begins[at>>6] |= 1 << (at & 63)
			return at
		}
	}
}

// window returns what is taken of the 64 cells from at on.
func (s *space) window(at uint32) uint64 {
	for int(at>>6)+2 > len(s.cells) {
		s.cells, s.begins = append(s.cells, 0), append(s.begins, 0)
	}
	return s.cells[at>>6]>>(at&63) | s.cells[at>>6+1]<<(64-at&63)
}
