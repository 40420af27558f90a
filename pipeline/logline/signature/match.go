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
	"iter"
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

// maxPatterns bounds the different literals of a catalogue, maxLists the lists of
// literals that its conditions name, maxStarts the places per text that are
// remembered for markers with gaps. Further places count as absent.
const (
	maxPatterns = 1 << 14
	maxLists    = 1 << 9
	maxStarts   = 32
)

// found is what one pass over a text found.
type found struct {
	seen   [maxPatterns / 64]uint64
	words  [maxPatterns / 64 / 64]uint64 // those of seen that are not zero
	lists  listSet                       // those of which a literal was seen
	starts [maxStarts]start
	n      int // of starts
}

// start is where a literal stands that a marker with gaps begins with.
type start struct{ pattern, at int32 }

func (f *found) has(pattern int32) bool {
	return f.seen[pattern>>6]&(1<<(pattern&63)) != 0
}

func (f *found) see(pattern int32) {
	word := pattern >> 6
	f.seen[word] |= 1 << (pattern & 63)
	f.words[word>>6] |= 1 << (word & 63)
}

func (f *found) hasAll(patterns []int32) bool {
	for _, p := range patterns {
		if !f.has(p) {
			return false
		}
	}
	return true
}

func (f *found) hasList(list int32) bool {
	return f.lists[list>>6]&(1<<(list&63)) != 0
}

// listSet is a set of lists of literals.
type listSet [maxLists / 64]uint64

// add adds the lists of o.
func (s *listSet) add(o *listSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// holds reports whether all lists of o are in s.
func (s *listSet) holds(o *listSet) bool {
	for i := range s {
		if o[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

// among gives those of a set of patterns that were seen, in ascending order.
func (f *found) among(set *[maxPatterns / 64]uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, words := range f.words {
			for ; words != 0; words &= words - 1 {
				word := i<<6 + bits.TrailingZeros64(words)
				for both := f.seen[word] & set[word]; both != 0; both &= both - 1 {
					if !yield(word<<6 + bits.TrailingZeros64(both)) {
						return
					}
				}
			}
		}
	}
}

// Match returns what text says. It may be called concurrently.
func (m *Matcher) Match(text []byte) Match {
	text = text[:min(len(text), MaxText)]
	var f found
	if !m.scan(text, &f) {
		return Match{}
	}
	best, kid := m.decide(text, &f)
	if best < 0 {
		return Match{}
	}
	s := &m.signatures[best]
	out := Match{Failure: s.of.Failure, Ambiguous: s.of.Ambiguous, Signature: s.of}
	if !s.of.Marker.IsName() || s.of.Marker.Named(text) {
		out.Verifier = s.of.Verifier
	}
	if out.Failure == detector.NoSignal {
		return out
	}
	if out.Verifier == "" {
		out.Verifier = m.verifier(text, &f)
	}
	if kid == nil {
		kid = m.kid(text, s, &f)
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
func (m *Matcher) decide(text []byte, f *found) (best int, kid []byte) {
	best = len(m.signatures)
	for anchor := range f.among(m.plain) {
		for _, i := range m.patterns[anchor].plain {
			if int(i) >= best {
				break // they are in order
			}
			if m.signatures[i].holds(f) {
				best = int(i)
			}
		}
	}
	for anchor := range f.among(m.gapped) {
		for _, i := range m.patterns[anchor].gapped {
			if int(i) >= best {
				break
			}
			if s := &m.signatures[i]; s.holds(f) {
				if k, ok := s.find(text, f); ok {
					best, kid = int(i), k
				}
			}
		}
	}
	if best == len(m.signatures) {
		return -1, nil
	}
	return best, kid
}

// holds reports whether the conditions of s hold and all its pieces were seen.
func (s *signature) holds(f *found) bool {
	if !f.hasAll(s.pieces) {
		return false
	}
	for _, list := range s.all {
		if !f.hasList(list) {
			return false
		}
	}
	return s.none < 0 || !f.hasList(s.none)
}

// find returns the kid, if any, that the marker finds, and whether it stands in
// text.
func (g *gapped) find(text []byte, f *found) (kid []byte, ok bool) {
	for _, start := range f.starts[:f.n] {
		if start.pattern == g.pieces[0] {
			if kid, ok := g.marker.At(text, int(start.at)); ok {
				return kid, true
			}
		}
	}
	return nil, false
}

// verifier returns the verifier that the text names by other words than those
// of a signature, "" if it names none.
func (m *Matcher) verifier(text []byte, f *found) string {
	for i := range m.seen {
		if f.has(m.seen[i].pattern) && m.seen[i].marker.Named(text) {
			return m.seen[i].verifier
		}
	}
	return ""
}

// kid returns the kid that the captures of s or of the catalogue find.
func (m *Matcher) kid(text []byte, s *signature, f *found) []byte {
	for _, captures := range [2][]gapped{s.kids, m.kids} {
		for i := range captures {
			if f.hasAll(captures[i].pieces) {
				if kid, ok := captures[i].find(text, f); ok {
					return kid
				}
			}
		}
	}
	return nil
}
