package signature

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/authspike/authspike/rules"
)

// Matcher finds the phrases of one catalogue. Nobody changes a Matcher once it was
// compiled.
type Matcher struct {
	trie

	patterns   []pattern   // by the numbers that the trie has of them
	signatures []signature // in the order in which they decide
	anchors    []anchor    // by facts
	plain      facts       // those that anchor signatures without gaps
	gapped     facts       // those that anchor signatures with gaps
	lists      []list      // conditions
	kids       captures    // of the catalogue itself
	named      facts       // those that may name a verifier; of several the lowest does
	verifiers  [][]naming  // by these facts
}

// pattern is a folded text that is looked for.
type pattern struct {
	stands fact  // that it stands in a text
	prose  fact  // that it stands there as prose
	also   int32 // the next pattern of the same text, none without
	end    rules.End
	name   bool // it must stand without blanks
	placed bool // its places are needed: a marker with gaps begins with it
	bare   bool // the only one of its text, and nothing is asked of it but whether it stands in one
}

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

// captures are the places where a kid may stand.
type captures struct {
	first []fact // of each marker, that its first piece stands in a text
	of    []gapped
}

// maxLetters is the longest literal that a catalogue may have.
const maxLetters = 1 << 8

// Compile returns a Matcher for the catalogue, which it keeps. It fails where
// the catalogue is too large.
func Compile(catalogue *rules.Catalogue) (*Matcher, error) {
	c := compiler{
		m: new(Matcher), facts: 1, patterns: map[literal]int32{}, first: map[string]int32{},
		lists: map[*rules.Marker]int32{}, captured: map[*rules.Marker]captures{},
	}
	c.verifiers(catalogue.Verifiers)
	// The facts that anchor signatures first, to be found without looking at others, and
	// in the order in which these decide: a text's best one is met early and ends the search.
	for i := range catalogue.Signatures {
		marker := &catalogue.Signatures[i].Marker
		c.stands(marker, marker.Anchor())
	}
	for i := range catalogue.Signatures {
		c.signature(&catalogue.Signatures[i])
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
	for i, p := range c.m.patterns {
		c.m.patterns[i].bare = p == pattern{stands: p.stands, also: none}
	}
	c.m.trie = *newTrie(c.texts)
	return c.m, nil
}

// compiler holds what only compiling needs.
type compiler struct {
	m        *Matcher
	facts    int // how many there are
	patterns map[literal]int32
	first    map[string]int32 // the first pattern of a text
	texts    []string         // of the patterns
	// Lists and captures that signatures have in common are compiled once. Their
	// first markers tell them: no two begin at the same place in memory.
	lists    map[*rules.Marker]int32
	captured map[*rules.Marker]captures
}

type literal struct {
	text string
	end  rules.End
	name bool
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
		c.m.patterns = append(c.m.patterns, pattern{also: none, end: of.end, name: of.name})
		c.texts = append(c.texts, of.text)
		if first, ok := c.first[of.text]; ok {
			p := &c.m.patterns[first]
			p.also, c.m.patterns[n].also = n, p.also
		} else {
			c.first[of.text] = n
		}
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
		c.pattern(m, 0).placed = true
	}
	return g
}

func (c *compiler) captures(markers []rules.Marker) (out captures) {
	if len(markers) == 0 {
		return out
	}
	out, ok := c.captured[&markers[0]]
	if !ok {
		for i := range markers {
			g := c.gapped(&markers[i])
			out.first, out.of = append(out.first, g.pieces[0]), append(out.of, g)
		}
		c.captured[&markers[0]] = out
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

func (c *compiler) signature(of *rules.Signature) {
	s := signature{
		of: of, name: of.Marker.IsName(), all: c.conditions(of.All), none: c.conditions(of.None), beside: none,
		gapped: c.gapped(&of.Marker), kids: c.captures(of.Kid),
	}
	if of.Beside != nil {
		closed := of.Closed()
		s.beside, s.closed = c.conditions([][]rules.Marker{of.Beside})[0], c.gapped(&closed)
	}
	c.m.signatures = append(c.m.signatures, s)
}

func (c *compiler) conditions(lists [][]rules.Marker) []int32 {
	var out []int32
	for _, markers := range lists {
		n, ok := c.lists[&markers[0]]
		if !ok {
			n = int32(len(c.m.lists))
			c.lists[&markers[0]] = n
			c.m.lists = append(c.m.lists, c.list(markers))
		}
		out = append(out, n)
	}
	return out
}

func (c *compiler) list(markers []rules.Marker) list {
	var all []fact
	for i := range markers {
		p := c.pattern(&markers[i], 0)
		if markers[i].Prose {
			all = append(all, c.fact(&p.prose))
		} else {
			all = append(all, c.fact(&p.stands))
		}
	}
	return newList(all)
}

// anchors chains the signatures that have an anchor in common.
func (c *compiler) anchors() {
	c.m.anchors = slices.Repeat([]anchor{{none, none}}, c.facts)
	for n := len(c.m.signatures) - 1; n >= 0; n-- {
		s := &c.m.signatures[n]
		at := c.stands(s.marker, s.marker.Anchor())
		first, set := &c.m.anchors[at].plain, &c.m.plain
		if len(s.marker.Pieces) > 1 {
			first, set = &c.m.anchors[at].gapped, &c.m.gapped
		}
		s.next, *first = *first, int32(n)
		set.add(at)
	}
}
