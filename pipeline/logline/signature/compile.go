package signature

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/authspike/authspike/rules"
)

// Matcher finds the phrases of one catalogue. Nobody changes a Matcher once it was
// compiled.
type Matcher struct {
	trie

	patterns   []pattern   // by the numbers that the trie has of them
	signatures []signature // in the order in which they decide
	anchors    []anchor    // by facts
	asking     facts       // those of which more is asked than that a text stands there
	looks      []look      // where to look for that, by facts
	plain      facts       // those that anchor signatures without gaps
	gapped     facts       // those that anchor signatures with gaps
	lists      []list      // conditions
	kids       captures    // of the catalogue itself
	named      facts       // those that may name a verifier; of several the lowest does
	verifiers  [][]naming  // by these facts
}

// pattern is a folded text that is looked for.
type pattern struct {
	stands fact   // that it stands in a text
	prose  fact   // that it stands there as prose, noFact where nobody asks
	tail   uint32 // where the tails have its further letters
	asks   asks   // nothing of most: it is enough that the text stands there
}

// asks says what else is asked of a pattern.
type asks uint8

const (
	asksWord   asks = 1 << iota // that a word ends with it
	asksClause                  // that a part of a sentence does
	asksName                    // that it stands without blanks
	asksProse                   // whether it stands as prose
	asksPlace                   // where it stands: a marker with gaps begins with it
	asksMore                    // the next pattern too, which is of the same text
)

// look says which pattern a fact is of, and which is the first one of the same text.
type look struct{ pattern, first uint16 }

// anchor says which is the first of the signatures whose longest piece it is.
type anchor struct{ plain, gapped int32 }

// none stands for no pattern and no signature.
const none = -1

// signature is a signature of the catalogue with numbers for what it looks for.
type signature struct {
	gapped // the marker, with gaps or without
	of     *rules.Signature
	name   bool    // its marker is one
	next   int32   // the next signature with the same anchor, of those with gaps or of those without
	all    []int32 // lists, of each of which a fact must be seen
	none   []int32 // lists of which none may be
	beside int32   // the list of which a fact must be seen where the marker is not closed; none without
	closed gapped  // the marker where a part of a sentence ends with it
	kids   captures
}

// naming is a text that names a verifier.
type naming struct {
	marker   *rules.Marker
	verifier string
}

// gapped is a marker and the facts that its pieces stand in a text.
type gapped struct {
	marker *rules.Marker
	pieces []fact
}

// captures are the places where a kid may stand, in the order in which they are tried.
type captures struct{ groups []captureGroup }

// captureGroup is up to 64 of them: a set of these is a number, whose lowest bit is for the first.
type captureGroup struct {
	of    []gapped
	first []firstPiece // different ones
}

// firstPiece is what markers begin with.
type firstPiece struct {
	piece fact // that it stands in a text
	of    uint64
}

// maxLetters is the longest literal that a catalogue may have.
const maxLetters = 1 << 8

// Compile returns a Matcher for the catalogue, which it keeps. It fails where
// the catalogue is too large.
func Compile(catalogue *rules.Catalogue) (*Matcher, error) {
	n := len(catalogue.Signatures)
	c := compiler{
		m: new(Matcher), facts: 1, patterns: make(map[literal]int32, n), anchor: make([]fact, n),
		lists: map[*rules.Marker]int32{}, needed: map[*[]rules.Marker][]int32{}, captured: map[*rules.Marker]captures{},
	}
	c.m.signatures = make([]signature, 0, n)
	c.verifiers(catalogue.Verifiers)
	// The facts that anchor signatures first, to be found without looking at others, and
	// in the order in which these decide: a text's best one is met early and ends the search.
	for i := range catalogue.Signatures {
		marker := &catalogue.Signatures[i].Marker
		c.anchor[i] = c.stands(marker, marker.Anchor())
	}
	for i := range catalogue.Signatures {
		c.signature(&catalogue.Signatures[i], i)
	}
	c.m.kids = c.captures(catalogue.Kids)
	if c.facts > maxFacts {
		return nil, fmt.Errorf("compile catalogue: %d different texts, at most %d fit", c.facts, maxFacts)
	}
	for _, text := range c.texts {
		if len(text) > maxLetters {
			return nil, fmt.Errorf("compile catalogue: %q is longer than %d letters", text, maxLetters)
		}
	}
	c.anchors()
	c.sort()
	c.look()
	c.m.trie = *newTrie(c.texts, c.m.patterns)
	return c.m, nil
}

// compiler holds what only compiling needs.
type compiler struct {
	m        *Matcher
	facts    int // how many there are
	patterns map[literal]int32
	anchor   []fact   // of the signatures: that its longest piece stands in a text
	texts    []string // of the patterns
	// Lists and captures that signatures have in common are compiled once. Their
	// first markers tell them: no two begin at the same place in memory.
	lists    map[*rules.Marker]int32
	needed   map[*[]rules.Marker][]int32 // the same of several lists
	captured map[*rules.Marker]captures
}

type literal struct {
	text string
	end  rules.End
	name bool
}

// asks returns what is asked of the pattern of a literal.
func (l literal) asks() (a asks) {
	switch l.end {
	case rules.EndOfWord:
		a |= asksWord
	case rules.EndOfClause:
		a |= asksClause
	}
	if l.name {
		a |= asksName
	}
	return a
}

// fact returns n, or the next number where n is none yet. There are no numbers
// behind maxFacts: Compile fails then.
func (c *compiler) fact(n *fact) fact {
	if *n == noFact {
		*n = fact(min(c.facts, maxFacts-1))
		c.facts++
	}
	return *n
}

// pattern returns the pattern of a marker's piece.
func (c *compiler) pattern(m *rules.Marker, piece int) *pattern {
	of := literal{text: m.Pieces[piece], name: m.Name}
	if piece == len(m.Pieces)-1 {
		of.end = m.End
	}
	n, ok := c.patterns[of]
	if !ok {
		n = int32(len(c.m.patterns))
		c.patterns[of] = n
		c.m.patterns = append(c.m.patterns, pattern{asks: of.asks()})
		c.texts = append(c.texts, of.text)
	}
	return &c.m.patterns[n]
}

// stands returns the fact that a marker's piece stands in a text.
func (c *compiler) stands(m *rules.Marker, piece int) fact {
	return c.fact(&c.pattern(m, piece).stands)
}

// gapped returns a marker and its pieces.
func (c *compiler) gapped(m *rules.Marker) gapped {
	g := gapped{marker: m}
	for i, piece := range m.Pieces {
		if piece != "" {
			g.pieces = append(g.pieces, c.stands(m, i))
		}
	}
	if len(m.Pieces) > 1 {
		c.pattern(m, 0).asks |= asksPlace
	}
	return g
}

func (c *compiler) captures(markers []rules.Marker) (out captures) {
	if len(markers) == 0 {
		return out
	}
	out, ok := c.captured[&markers[0]]
	if !ok {
		for some := range slices.Chunk(markers, 64) {
			out.groups = append(out.groups, c.captureGroup(some))
		}
		c.captured[&markers[0]] = out
	}
	return out
}

func (c *compiler) captureGroup(markers []rules.Marker) (out captureGroup) {
	for i := range markers {
		g := c.gapped(&markers[i])
		out.of = append(out.of, g)
		at := slices.IndexFunc(out.first, func(p firstPiece) bool { return p.piece == g.pieces[0] })
		if at < 0 {
			at = len(out.first)
			out.first = append(out.first, firstPiece{piece: g.pieces[0]})
		}
		out.first[at].of |= 1 << i
	}
	return out
}

// verifiers makes the facts that name a verifier, those of the longest texts first.
func (c *compiler) verifiers(verifiers []rules.Verifier) {
	var all []naming
	for i := range verifiers {
		for j := range verifiers[i].Seen {
			all = append(all, naming{&verifiers[i].Seen[j], verifiers[i].Name})
		}
	}
	slices.SortStableFunc(all, func(a, b naming) int { return cmp.Compare(b.marker.Letters(), a.marker.Letters()) })
	c.m.verifiers = make([][]naming, min(1+len(all), maxFacts))
	for _, s := range all {
		n := c.stands(s.marker, 0)
		c.m.named.add(n)
		c.m.verifiers[n] = append(c.m.verifiers[n], s)
	}
}

// signature adds the signature that stands at a place of the catalogue.
func (c *compiler) signature(of *rules.Signature, at int) {
	s := signature{
		of: of, name: of.Marker.IsName(), all: c.conditions(of.All), none: c.conditions(of.None), beside: none,
		kids: c.captures(of.Kid),
	}
	if len(of.Marker.Pieces) == 1 { // by far most: the piece is the anchor
		s.gapped = gapped{&of.Marker, c.anchor[at : at+1 : at+1]}
	} else {
		s.gapped = c.gapped(&of.Marker)
	}
	if of.Beside != nil {
		closed := of.Closed()
		s.beside, s.closed = c.list(of.Beside), c.gapped(&closed)
	}
	c.m.signatures = append(c.m.signatures, s)
}

func (c *compiler) conditions(lists [][]rules.Marker) []int32 {
	if len(lists) == 0 {
		return nil
	}
	if out, ok := c.needed[&lists[0]]; ok && len(out) == len(lists) {
		return out
	}
	out := make([]int32, 0, len(lists))
	for _, markers := range lists {
		out = append(out, c.list(markers))
	}
	c.needed[&lists[0]] = out
	return out
}

// list returns the number of a list of conditions.
func (c *compiler) list(markers []rules.Marker) int32 {
	n, ok := c.lists[&markers[0]]
	if ok {
		return n
	}
	n = int32(len(c.m.lists))
	c.lists[&markers[0]] = n
	all := make([]fact, 0, len(markers))
	for i := range markers {
		p := c.pattern(&markers[i], 0)
		if markers[i].Prose {
			p.asks |= asksProse
			all = append(all, c.fact(&p.prose))
		} else {
			all = append(all, c.fact(&p.stands))
		}
	}
	c.m.lists = append(c.m.lists, newList(all))
	return n
}

// anchors chains the signatures that have an anchor in common.
func (c *compiler) anchors() {
	c.m.anchors = slices.Repeat([]anchor{{none, none}}, c.facts)
	for n := len(c.m.signatures) - 1; n >= 0; n-- {
		s := &c.m.signatures[n]
		at := c.anchor[n]
		first, set := &c.m.anchors[at].plain, &c.m.plain
		if len(s.marker.Pieces) > 1 {
			first, set = &c.m.anchors[at].gapped, &c.m.gapped
		}
		s.next, *first = *first, int32(n)
		set.add(at)
	}
}

// sort orders the patterns by their texts, so that those of one stand side by side.
func (c *compiler) sort() {
	order := make([]sortedText, len(c.texts))
	for i, text := range c.texts {
		order[i] = sortedText{text: text, of: int32(i)}
		var first [8]byte
		copy(first[:], text)
		order[i].first = binary.BigEndian.Uint64(first[:])
	}
	slices.SortFunc(order, func(a, b sortedText) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.of, b.of))
	})
	patterns := make([]pattern, len(order))
	for i := range order {
		patterns[i], c.texts[i] = c.m.patterns[order[i].of], order[i].text
		if i > 0 && c.texts[i] == c.texts[i-1] {
			patterns[i-1].asks |= asksMore
		}
	}
	c.m.patterns = patterns
}

// look notes which facts ask, and where they are looked for.
func (c *compiler) look() {
	c.m.looks = make([]look, c.facts)
	first := 0
	for i, p := range c.m.patterns {
		c.m.looks[p.stands] = look{pattern: uint16(i), first: uint16(first)}
		c.m.looks[p.prose] = c.m.looks[p.stands]
		if p.asks&(asksWord|asksClause|asksName) != 0 {
			c.m.asking.add(p.stands)
		}
		if p.prose != noFact {
			c.m.asking.add(p.prose)
		}
		if p.asks&asksMore == 0 {
			first = i + 1
		}
	}
}

// sortedText is the text of a pattern. Most are told apart by their first letters.
type sortedText struct {
	first uint64
	text  string
	of    int32 // its number until now
}
