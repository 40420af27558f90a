package logline

import (
	"bytes"
	"hash/maphash"

	"github.com/authspike/authspike/pipeline/logline/signature"
)

// recent are the last answers of a matcher, by their texts. Loggers of objects say
// the same again and again, with what differs in fields of its own.
type recent struct {
	matcher *signature.Matcher
	seed    maphash.Seed
	answers []answer
}

const (
	maxRecent     = 64  // answers that are kept
	maxRecentText = 256 // the longest text, in bytes, of which one is
)

// answer is what a text says: Match, whose kid is text[kid:kidEnd], if that is more
// than nothing.
type answer struct {
	text        [maxRecentText]byte
	length      int
	match       signature.Match
	kid, kidEnd int
}

func newRecent(m *signature.Matcher) *recent {
	return &recent{matcher: m, seed: maphash.MakeSeed(), answers: make([]answer, maxRecent)}
}

// match returns what the matcher says of text.
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

// keep makes a the answer to text, of which the match's kid is a part. If the kid
// stands there more than once, one place is as good as another.
func (a *answer) keep(text []byte, m signature.Match) {
	a.length = copy(a.text[:], text)
	a.kid = bytes.Index(text, m.Kid)
	a.kidEnd = a.kid + len(m.Kid)
	a.match, a.match.Kid = m, nil
}
