package signature

import (
	"slices"

	"github.com/authspike/authspike/rules"
)

// trie holds the texts of all patterns, common beginnings once, as a double array:
// small enough to stay in a cache while a stream passes by.
type trie struct {
	letter     [256]uint8 // of a byte
	root       uint32     // where the cells of the first letters begin
	cells      []cell
	tails      []uint8 // the further letters of patterns, where no other one has them, each behind the other and with terminal at its end
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
//	24  where the cells of the next letters begin; with only the number of the pattern
//	    in 18 and the first letter of the tail, or terminal, in 6; of a cell that
//	    terminal leads to the number of the pattern, or, with only, its fact: nothing
//	    else is asked of that one
type cell uint32

const (
	letterOf cell = letters - 1
	ends     cell = 1 << 6
	only     cell = 1 << 7
	nextBits      = 8
	tailBits      = nextBits + 18
)

func (c cell) next() uint32 { return uint32(c >> nextBits) }

// first returns the first letter of the tail, with only.
func (c cell) first() uint8 { return uint8(c >> tailBits) }

// pattern returns the number of the pattern, with only.
func (c cell) pattern() uint32 { return uint32(c >> nextBits & (1<<(tailBits-nextBits) - 1)) }

// newTrie returns the trie of folded and sorted texts, whose positions are the numbers
// of their patterns. Of two with the same text it leads to the first.
func newTrie(texts []string, patterns []pattern) *trie {
	t := new(trie)
	t.number(texts)
	t.grow(texts, patterns)
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
	from, to int // their numbers
	depth    int
	cell     int // that leads here, -1 at the root
}

// grow makes the cells, level by level.
func (t *trie) grow(texts []string, patterns []pattern) {
	var taken space
	parts := append(make([]part, 0, 4*len(texts)), part{0, len(texts), 0, -1})
	for n := 0; n < len(parts); n++ {
		p := parts[n]
		if p.depth >= 2 && texts[p.from] == texts[p.to-1] {
			tail := t.addTail(texts[p.from][p.depth:])
			patterns[p.from].tail = tail
			t.cells[p.cell] |= only | cell(p.from)<<nextBits | cell(t.tails[tail])<<tailBits
			continue
		}
		parts = t.place(p, texts, patterns, &taken, parts)
	}
}

// addTail keeps the further letters of a pattern and returns where.
func (t *trie) addTail(text string) uint32 {
	at := len(t.tails)
	for i := range len(text) {
		t.tails = append(t.tails, t.letter[text[i]])
	}
	t.tails = append(t.tails, terminal)
	return uint32(at)
}

// place makes the cells of the next letters of p and adds the parts that they lead to.
func (t *trie) place(p part, texts []string, patterns []pattern, taken *space, parts []part) []part {
	letterAt := func(pattern int) uint8 {
		if text := texts[pattern]; p.depth < len(text) {
			return t.letter[text[p.depth]]
		}
		return terminal
	}
	set := uint64(0)
	for n := p.from; n < p.to; n++ {
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
	for from := p.from; from < p.to; {
		letter, to := letterAt(from), from+1
		for to < p.to && letterAt(to) == letter {
			to++
		}
		at := int(next) + int(letter)
		if letter == terminal {
			t.cells[p.cell] |= ends
			if t.cells[at] |= cell(from) << nextBits; patterns[from].asks == 0 {
				t.cells[at] = terminal | only | cell(patterns[from].stands)<<nextBits
			}
		} else {
			t.cells[at] = cell(letter)
			parts = append(parts, part{from, to, p.depth + 1, at})
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
