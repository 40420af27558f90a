package logline

import (
	"bytes"
	"hash/maphash"

	"github.com/authspike/authspike/pipeline/logline/signature"
)

// recent caches the latest answers of a matcher, by text. Structured loggers repeat the
// same messages, with what differs in separate fields.
type recent struct {
	matcher *signature.Matcher
	seed    maphash.Seed
	answers []answer
}

const (
	maxRecent     = 64  // answers that are kept
	maxRecentText = 256 // the longest text, in bytes, of which one is
)

// answer is the match of a text; its kid is text[kid:kidEnd], if that is not empty.
type answer struct {
	text        [maxRecentText]byte
	length      int
	match       signature.Match
	kid, kidEnd int
}

func newRecent(m *signature.Matcher) *recent {
	return &recent{matcher: m, seed: maphash.MakeSeed(), answers: make([]answer, maxRecent)}
}

// match returns the matcher's answer for text.
func (r *recent) match(text []byte) signature.Match {
	if len(text) == 0 || len(text) > maxRecentText {
		return r.matcher.Match(text)
	}
	a := &r.answers[maphash.Bytes(r.seed, text)%maxRecent]
	if !bytes.Equal(a.text[:a.length], text) {
		a.keep(text, r.matcher.Match(text))
	}
	m := a.match
	if a.kid < a.kidEnd {
		m.Kid = text[a.kid:a.kidEnd]
	}
	return m
}

// keep stores m, whose kid is a part of text, as the answer for text. If the kid occurs
// more than once, one place is as good as another.
func (a *answer) keep(text []byte, m signature.Match) {
	a.length = copy(a.text[:], text)
	a.kid = bytes.Index(text, m.Kid)
	a.kidEnd = a.kid + len(m.Kid)
	a.match, a.match.Kid = m, nil
}
