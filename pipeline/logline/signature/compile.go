package signature

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/authspike/authspike/rules"
)

// maxLetters is the longest literal that a catalogue may have.
const maxLetters = 1 << 8

// Matcher finds the phrases of one catalogue: every phrase begins at a word, so
// it folds a text (rules.Fold) and walks a trie from each of its words. Nobody
// changes a Matcher once it was compiled.
type Matcher struct {
	trie

	patterns []pattern
	sets     []listSet                 // those of patterns, each once; the first is empty
	texts    []string                  // of the patterns, for Explain
	plain    *[maxPatterns / 64]uint64 // the set of patterns that anchor signatures without gaps
	gapped   *[maxPatterns / 64]uint64 // of those that anchor signatures with gaps

	signatures []signature
	kids       []gapped
	seen       []seen // longest literal first
}

type pattern struct {
	letters int
	whole   bool    // it must end where a word ends
	placed  bool    // its places are needed: a marker with gaps begins with it
	lists   int32   // sets[lists] are the lists of conditions that it is in
	prose   int32   // sets[prose] those of them that only a word of a sentence meets
	plain   []int32 // the signatures without gaps whose longest piece it is, ascending
	gapped  []int32 // those with gaps
}

// signature is a signature of the catalogue with literals as numbers.
type signature struct {
	gapped // the marker, with gaps or without
	of     *rules.Signature
	all    []int32 // lists of literals, of each of which one must be seen
	none   int32   // list of which none may be seen, -1 without
	kids   []gapped
}

// gapped is a marker and its pieces.
type gapped struct {
	marker *rules.Marker
	pieces []int32
}

type seen struct {
	pattern  int32
	marker   *rules.Marker
	verifier string
}

// Compile returns a Matcher for the catalogue, which it keeps. It fails where
// the catalogue is too large.
func Compile(catalogue *rules.Catalogue) (*Matcher, error) {
	c := compiler{m: new(Matcher), byText: map[string]int32{}, byList: map[string]int32{}, shared: map[sharedList]int32{}}
	// Anchors are numbered first, in the order in which signatures decide, so that
	// a text's best signature is met early and ends the search.
	for i := range catalogue.Signatures {
		marker := &catalogue.Signatures[i].Marker
		c.piece(marker, marker.Anchor())
	}
	for i := range catalogue.Signatures {
		c.signature(&catalogue.Signatures[i])
	}
	c.m.kids = c.captures(catalogue.Kids)
	for i := range catalogue.Verifiers {
		v := &catalogue.Verifiers[i]
		for j := range v.Seen {
			c.m.seen = append(c.m.seen, seen{c.piece(&v.Seen[j], 0), &v.Seen[j], v.Name})
		}
	}
	slices.SortStableFunc(c.m.seen, func(a, b seen) int {
		return cmp.Compare(c.m.patterns[b.pattern].letters, c.m.patterns[a.pattern].letters)
	})
	if len(c.texts) > maxPatterns {
		return nil, fmt.Errorf("compile catalogue: %d different texts, at most %d fit", len(c.texts), maxPatterns)
	}
	for _, text := range c.texts {
		if len(text) > maxLetters {
			return nil, fmt.Errorf("compile catalogue: %q is longer than %d letters", text, maxLetters)
		}
	}
	if len(c.byList) > maxLists {
		return nil, fmt.Errorf("compile catalogue: %d different conditions, at most %d fit", len(c.byList), maxLists)
	}
	c.sets()
	c.m.plain, c.m.gapped = new([maxPatterns / 64]uint64), new([maxPatterns / 64]uint64)
	for p := range c.m.patterns {
		if len(c.m.patterns[p].plain) > 0 {
			c.m.plain[p>>6] |= 1 << (p & 63)
		}
		if len(c.m.patterns[p].gapped) > 0 {
			c.m.gapped[p>>6] |= 1 << (p & 63)
		}
	}
	c.m.texts = c.texts
	c.m.trie = *newTrie(c.texts)
	return c.m, nil
}

// compiler holds what only compiling needs.
type compiler struct {
	m      *Matcher
	byText map[string]int32
	byList map[string]int32
	shared map[sharedList]int32
	texts  []string // of the patterns
	lists  []member
}

// member says that a pattern is in a list of conditions.
type member struct {
	pattern, list int32
	prose         bool // only as a word of a sentence
}

// sharedList is a list that many signatures have in common, by where it is.
type sharedList struct {
	first *rules.Marker
	n     int
}

func (c *compiler) pattern(text string, whole bool) int32 {
	key := text
	if whole {
		key += "|"
	}
	p, ok := c.byText[key]
	if !ok {
		p = int32(len(c.texts))
		c.byText[key] = p
		c.texts = append(c.texts, text)
		c.m.patterns = append(c.m.patterns, pattern{letters: len(text), whole: whole})
	}
	return p
}

// piece returns the number of a marker's piece.
func (c *compiler) piece(m *rules.Marker, i int) int32 {
	return c.pattern(m.Pieces[i], m.Whole && i == len(m.Pieces)-1)
}

func (c *compiler) pieces(m *rules.Marker) []int32 {
	var out []int32
	for i, piece := range m.Pieces {
		if piece != "" {
			out = append(out, c.piece(m, i))
		}
	}
	return out
}

func (c *compiler) signature(of *rules.Signature) {
	s := signature{of: of, gapped: gapped{&of.Marker, c.pieces(&of.Marker)}, kids: c.captures(of.Kid)}
	for _, list := range of.All {
		s.all = append(s.all, c.list(list))
	}
	s.none = -1
	if len(of.None) > 0 {
		s.none = c.list(of.None)
	}
	n := int32(len(c.m.signatures))
	anchor := &c.m.patterns[c.piece(&of.Marker, of.Marker.Anchor())]
	if len(of.Marker.Pieces) > 1 {
		anchor.gapped = append(anchor.gapped, n)
		c.m.patterns[s.pieces[0]].placed = true
	} else {
		anchor.plain = append(anchor.plain, n)
	}
	c.m.signatures = append(c.m.signatures, s)
}

// list returns the number of a list of literals.
func (c *compiler) list(markers []rules.Marker) int32 {
	at := sharedList{&markers[0], len(markers)}
	n, ok := c.shared[at]
	if !ok {
		n = c.newList(markers)
		c.shared[at] = n
	}
	return n
}

func (c *compiler) newList(markers []rules.Marker) int32 {
	var key []byte
	list := make([]int32, len(markers))
	for i := range markers {
		list[i] = c.piece(&markers[i], 0)
		prose := uint32(0)
		if markers[i].Prose {
			prose = 1
		}
		key = binary.BigEndian.AppendUint32(key, uint32(list[i])<<1|prose)
	}
	n, ok := c.byList[string(key)]
	if !ok {
		n = int32(len(c.byList))
		c.byList[string(key)] = n
		for i, p := range list {
			c.lists = append(c.lists, member{p, n, markers[i].Prose})
		}
	}
	return n
}

// sets gives the patterns the sets of lists that they are in.
func (c *compiler) sets() {
	lists, prose := make([]listSet, len(c.texts)), make([]listSet, len(c.texts))
	for _, m := range c.lists {
		of := &lists[m.pattern]
		if m.prose {
			of = &prose[m.pattern]
		}
		of[m.list>>6] |= 1 << (m.list & 63)
	}
	at := map[listSet]int32{{}: 0}
	c.m.sets = make([]listSet, 1)
	number := func(s listSet) int32 {
		n, ok := at[s]
		if !ok {
			n = int32(len(c.m.sets))
			at[s] = n
			c.m.sets = append(c.m.sets, s)
		}
		return n
	}
	for i := range c.m.patterns {
		c.m.patterns[i].lists, c.m.patterns[i].prose = number(lists[i]), number(prose[i])
	}
}

func (c *compiler) captures(markers []rules.Marker) []gapped {
	var out []gapped
	for i := range markers {
		g := gapped{&markers[i], c.pieces(&markers[i])}
		c.m.patterns[g.pieces[0]].placed = true
		out = append(out, g)
	}
	return out
}
