package signature

import (
	"bytes"
	"encoding/binary"

	"github.com/authspike/authspike/rules"
)

// A pattern begins at a word, as rules.WordStart says. Whether one may begin at a
// byte depends on this byte, on the next one, and on what stands before.
const (
	afterOther = iota // the beginning, no letter or digit, or an escape such as \n
	afterSmall        // a small letter or a digit
	afterCapital
	afterKinds = 4
)

// pairs is a set of two bytes in a row, the first one low.
type pairs [1 << 16 / 64]uint64

func (p *pairs) has(two uint16) bool { return p[two>>6]>>(two&63)&1 != 0 }

// afters says what a byte is for the one behind it.
var afters = func() (kinds [256]uint8) {
	for b := range kinds {
		switch {
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9':
			kinds[b] = afterSmall
		case b >= 'A' && b <= 'Z':
			kinds[b] = afterCapital
		}
	}
	return kinds
}()

// beginnings finds out where patterns may begin.
func (t *trie) beginnings(texts []string) {
	var both [256][256]bool // by a folded byte and a second one
	for _, text := range texts {
		for second := range 256 {
			if folded := rules.Fold(byte(second)); folded == 0 || len(text) == 1 || folded == text[1] {
				both[text[0]][second] = true
			}
		}
	}
	for kind, before := range []byte{' ', 'a', 'A'} {
		for two := range 1 << 16 {
			first, second := byte(two), byte(two>>8)
			if both[rules.Fold(first)][second] && rules.WordStart([]byte{' ', before, first, second}, 2) {
				t.begin[kind][two>>6] |= 1 << (two & 63)
			}
		}
	}
}

// scan notes which patterns stand in text and reports whether any does.
func (m *Matcher) scan(text []byte, f *found) (some bool) {
	before := &m.begin[afterOther]
	for i := 0; i < len(text); {
		escape := bytes.IndexByte(text[i:], '\\')
		if escape += i; escape < i {
			escape = len(text)
		}
		for last := min(escape, len(text)-1); i < last; i++ {
			two := binary.LittleEndian.Uint16(text[i:])
			if before.has(two) && m.walk(text, i, f) {
				some = true
			}
			before = &m.begin[afters[byte(two)]%afterKinds]
		}
		if i < escape {
			return before.has(uint16(text[i])) && m.walk(text, i, f) || some // the last byte
		}
		before = &m.begin[afterOther]
		if i++; i < len(text) && (text[i] == 'n' || text[i] == 'r' || text[i] == 't') {
			some = m.walk(text, i, f) || some
			i++
		}
	}
	return some
}

// walk notes the patterns that begin at text[at] and reports whether there are any.
func (m *Matcher) walk(text []byte, at int, f *found) (some bool) {
	state, next := uint32(0), m.cells[0].next
	for i := at; i < len(text); i++ {
		letter := uint32(m.letter[text[i]])
		if letter == skipped {
			continue
		}
		to := next + letter
		c := m.cells[to]
		if c.from != state {
			break
		}
		if state, next = to, c.next; next&whole != 0 {
			next &^= whole
			some = m.note(text, at, i+1, m.cells[next+terminal].next, f) || some
		}
	}
	return some
}

// note notes the patterns that are text[at:end], apart from those whose word goes on
// there, and reports whether there are any.
func (m *Matcher) note(text []byte, at, end int, ends uint32, f *found) (some bool) {
	for _, n := range m.ends[ends>>8:][:ends&0xff] {
		p := &m.patterns[n]
		if p.whole && !rules.WordEnd(text, end) {
			continue
		}
		some = true
		f.see(n)
		if p.lists != 0 {
			f.lists.add(&m.sets[p.lists])
		}
		if p.prose != 0 && !f.lists.holds(&m.sets[p.prose]) && rules.Prose(text, at, end) {
			f.lists.add(&m.sets[p.prose])
		}
		if p.placed && f.n < maxStarts {
			f.starts[f.n] = start{n, int32(at)}
			f.n++
		}
	}
	return some
}
