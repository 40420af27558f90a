// Package signature says why a token was refused from what a verifier printed:
// it finds all phrases of a catalogue that begin at the words of a text and lets
// the first signature that holds decide.
//
// Invariant: Match is a function of catalogue and text, gives what a plain
// search for each marker would give, takes time linear in the text, times the
// longest phrase at worst, and allocates nothing. The package refuses to learn, to
// keep anything between texts, and to guess where no signature holds.
package signature

import (
	"math/bits"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// Match is what a text says.
type Match struct {
	Failure   detector.Signal // NoSignal where the text reports no refused token
	Ambiguous bool            // the text does not tell a missing key from a bad signature
	Verifier  string          // who printed it, "" where unknown
	Kid       []byte          // key id that the text names, a part of it; nil where it names none
	// Signature is what decided, a look-alike where Failure is NoSignal; nil where
	// none held. It belongs to the catalogue.
	Signature *rules.Signature
}

// MaxText is how many bytes of a text are read. What follows is not looked at.
const MaxText = 64 << 10

// maxStarts is how many places per text are remembered for markers with gaps. A
// few hundred bytes about tokens have so many; further ones are searched for.
const maxStarts = 48

// found is what one pass over a text found.
type found struct {
	text   []byte
	seen   facts
	starts [maxStarts]start
	n      int // of starts
	from   int // where those that did not fit begin, the end of the text if all fit
}

// start is where a literal stands that a marker with gaps begins with.
type start struct {
	of fact
	at int32
}

// Match returns what text says. It may be called concurrently.
func (m *Matcher) Match(text []byte) Match {
	var f found
	m.scan(text[:min(len(text), MaxText)], &f)
	best, kid := m.decide(&f)
	if best < 0 {
		return Match{}
	}
	s := &m.signatures[best]
	out := Match{Failure: s.of.Failure, Ambiguous: s.of.Ambiguous, Signature: s.of}
	if !s.name || s.of.Marker.Named(f.text) {
		out.Verifier = s.of.Verifier
	}
	if out.Failure == detector.NoSignal {
		return out
	}
	if out.Verifier == "" {
		out.Verifier = m.verifier(&f)
	}
	if kid == nil {
		kid = m.kid(s, &f)
	}
	switch {
	case kid == nil:
	case !rules.NoKid(kid):
		out.Kid = kid
	case out.Failure == detector.KidMismatch:
		out.Failure = detector.TokenMalformed // no key fits a token without a kid
	}
	return out
}

// decide returns the first signature that holds, -1 if none does, and the kid
// that its marker found. Markers with gaps come last: most are out by then,
// because a better one holds.
func (m *Matcher) decide(f *found) (best int, kid []byte) {
	first := int32(len(m.signatures))
	for i, words := range f.seen.some {
		for words &= m.plain.some[i]; words != 0; words &= words - 1 {
			word := i<<6 + bits.TrailingZeros64(words)
			for both := f.seen.bits[word] & m.plain.bits[word]; both != 0; both &= both - 1 {
				if n := m.anchors[word<<6+bits.TrailingZeros64(both)].plain; n < first {
					first = m.plainFrom(n, first, f)
				}
			}
		}
	}
	for i, words := range f.seen.some {
		for words &= m.gapped.some[i]; words != 0; words &= words - 1 {
			word := i<<6 + bits.TrailingZeros64(words)
			for both := f.seen.bits[word] & m.gapped.bits[word]; both != 0; both &= both - 1 {
				if n := m.anchors[word<<6+bits.TrailingZeros64(both)].gapped; n < first {
					first = m.gappedFrom(n, first, f, &kid)
				}
			}
		}
	}
	if int(first) == len(m.signatures) {
		return -1, nil
	}
	return int(first), kid
}

// plainFrom returns the first of the signatures without gaps that begin with n and
// holds before first does, first if none does.
func (m *Matcher) plainFrom(n, first int32, f *found) int32 {
	for ; n != none && n < first; n = m.signatures[n].next {
		s := &m.signatures[n]
		if m.holds(s, f) && (m.stands(s, f) == &s.gapped || f.seen.hasAll(s.closed.pieces)) {
			return n
		}
	}
	return first
}

// gappedFrom is plainFrom for signatures with gaps, of which the one that holds may find a kid.
func (m *Matcher) gappedFrom(n, first int32, f *found, kid *[]byte) int32 {
	for ; n != none && n < first; n = m.signatures[n].next {
		if s := &m.signatures[n]; f.seen.hasAll(s.pieces) && m.holds(s, f) {
			if k, ok := m.stands(s, f).find(f); ok {
				*kid = k
				return n
			}
		}
	}
	return first
}

// holds reports whether the conditions of s do.
func (m *Matcher) holds(s *signature, f *found) bool {
	for _, n := range s.all {
		if !f.seen.anyOf(m.lists[n]) {
			return false
		}
	}
	for _, n := range s.none {
		if f.seen.anyOf(m.lists[n]) {
			return false
		}
	}
	return true
}

// stands returns how the marker of s must stand: anyhow, or closed where what belongs
// beside it is missing.
func (m *Matcher) stands(s *signature, f *found) *gapped {
	if s.beside == none || f.seen.anyOf(m.lists[s.beside]) {
		return &s.gapped
	}
	return &s.closed
}

// find returns the kid, if any, that the marker finds, and whether it stands in the
// text.
func (g *gapped) find(f *found) (kid []byte, ok bool) {
	for _, start := range f.starts[:f.n] {
		if start.of == g.pieces[0] {
			if kid, ok := g.marker.At(f.text, int(start.at)); ok {
				return kid, true
			}
		}
	}
	for i := f.from; i < len(f.text); i++ {
		if rules.Fold(f.text[i]) == g.marker.Pieces[0][0] {
			if kid, ok := g.marker.At(f.text, i); ok {
				return kid, true
			}
		}
	}
	return nil, false
}

// verifier returns the verifier that the text names by other words than those
// of a signature, "" if it names none.
func (m *Matcher) verifier(f *found) string {
	for n := range f.seen.among(&m.named) {
		for _, s := range m.verifiers[n] {
			if s.marker.Named(f.text) {
				return s.verifier
			}
		}
	}
	return ""
}

// kid returns the kid that the captures of s or of the catalogue find.
func (m *Matcher) kid(s *signature, f *found) []byte {
	if kid := s.kids.find(f); kid != nil {
		return kid
	}
	return m.kids.find(f)
}

// find returns the kid that the first of c finds that finds one, nil if none does.
func (c *captures) find(f *found) []byte {
	for i := range c.groups {
		for some := c.groups[i].begun(f); some != 0; some &= some - 1 {
			g := &c.groups[i].of[bits.TrailingZeros64(some)]
			if f.seen.hasAll(g.pieces) {
				if kid, ok := g.find(f); ok {
					return kid
				}
			}
		}
	}
	return nil
}

// begun returns those of g whose first pieces stand in the text.
func (g *captureGroup) begun(f *found) (some uint64) {
	for i := range g.first {
		if f.seen.has(g.first[i].piece) {
			some |= g.first[i].of
		}
	}
	return some
}
