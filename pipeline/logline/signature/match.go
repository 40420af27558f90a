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

// maxNoted is how many places per text are remembered of which more may be asked. A
// few hundred bytes about tokens have so many.
const maxNoted = 96

// found is what one pass over a text found.
type found struct {
	text  []byte
	block int   // where the block begins that is looked at
	seen  facts // what stands there, or what may where more is asked: hasAll and anyOf know
	noted [maxNoted]noted
	n     int  // of noted
	sure  bool // what is seen stands there: what was to be asked was
	from  int  // where those places begin that did not fit and that markers with gaps begin at, the end of the text if all fit
}

// noted is a place of patterns of one text of which more is asked.
type noted struct {
	of  uint16 // the first of them
	at  uint16
	end uint32
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
				a := fact(word<<6 + bits.TrailingZeros64(both))
				if n := m.anchors[a].plain; n < first && m.has(a, f) {
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
		if m.holds(s, f) && (m.stands(s, f) == &s.gapped || m.hasAll(s.closed.pieces, f)) {
			return n
		}
	}
	return first
}

// gappedFrom is plainFrom for signatures with gaps, of which the one that holds may find a kid.
func (m *Matcher) gappedFrom(n, first int32, f *found, kid *[]byte) int32 {
	for ; n != none && n < first; n = m.signatures[n].next {
		if s := &m.signatures[n]; m.hasAll(s.pieces, f) && m.holds(s, f) {
			if k, ok := m.find(m.stands(s, f), f); ok {
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
		if !m.anyOf(m.lists[n], f) {
			return false
		}
	}
	for _, n := range s.none {
		if m.anyOf(m.lists[n], f) {
			return false
		}
	}
	return true
}

// stands returns how the marker of s must stand: anyhow, or closed where what belongs
// beside it is missing.
func (m *Matcher) stands(s *signature, f *found) *gapped {
	if s.beside == none || m.anyOf(m.lists[s.beside], f) {
		return &s.gapped
	}
	return &s.closed
}

// find returns the kid, if any, that the marker of g finds, and whether it stands in
// the text.
func (m *Matcher) find(g *gapped, f *found) (kid []byte, ok bool) {
	first := m.looks[g.pieces[0]].first
	for i := range f.noted[:f.n] {
		if f.noted[i].of == first {
			if kid, ok := g.marker.At(f.text, int(f.noted[i].at)); ok {
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
	if kid := m.capture(&s.kids, f); kid != nil {
		return kid
	}
	return m.capture(&m.kids, f)
}

// capture returns the kid that the first of c finds that finds one, nil if none does.
func (m *Matcher) capture(c *captures, f *found) []byte {
	for i := range c.groups {
		for some := c.groups[i].begun(f); some != 0; some &= some - 1 {
			g := &c.groups[i].of[bits.TrailingZeros64(some)]
			if len(g.pieces) > 1 && !f.seen.has(g.pieces[1]) { // most are of two pieces, or of one
				continue
			}
			if kid, ok := m.find(g, f); ok {
				return kid
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
