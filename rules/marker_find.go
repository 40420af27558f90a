package rules

import (
	"bytes"
	"strings"
)

// Find returns where m first stands in text, and the kid if m has one. It is the
// plain way to find one marker; many at once are found by package signature.
// The kid is a part of text.
func (m *Marker) Find(text []byte) (start int, kid []byte, ok bool) {
	for i := range text {
		if kid, ok := m.At(text, i); ok {
			return i, kid, true
		}
	}
	return 0, nil, false
}

// Holds reports whether m, which has no gaps, stands in text as a condition.
func (m *Marker) Holds(text []byte) bool {
	for i := range text {
		if end := pieceAt(text, i, m.Pieces[0]); end >= 0 && m.End.At(text, end) && (!m.Prose || Prose(text, i, end)) {
			return true
		}
	}
	return false
}

// IsName reports whether m is one name without blanks, such as invalid_key_id or
// SigningKeyNotFoundError. As it is compared (Fold) it also stands for the same words
// in a sentence that anybody may print; Named tells.
func (m *Marker) IsName() bool { return len(m.Pieces) == 1 && !strings.Contains(m.Text, " ") }

// Named reports whether m stands in text as it is written: with its capitals, blanks
// and punctuation, as a name does.
func (m *Marker) Named(text []byte) bool {
	name := strings.TrimRight(m.Text, "|")
	for i := 0; ; i++ {
		n := bytes.Index(text[i:], []byte(name))
		if n < 0 {
			return false
		}
		if i += n; WordStart(text, i) && m.End.At(text, i+len(name)) {
			return true
		}
	}
}

// MaxSpan bounds how much text a marker with gaps may take up, in bytes.
const MaxSpan = 400

// At reports whether m stands in text at i, where its first letter must be, and
// the kid if m has one. Of a gap it tries the shortest text first.
func (m *Marker) At(text []byte, i int) (kid []byte, ok bool) {
	if len(m.Pieces) > 1 {
		text = text[:min(len(text), i+MaxSpan)]
	}
	return m.at(text, i, 0)
}

func (m *Marker) at(text []byte, i, piece int) (kid []byte, ok bool) {
	end := pieceAt(text, i, m.Pieces[piece])
	if end < 0 || piece < len(m.Pieces)-1 && piece != m.Kid && !wordOrPlural(text, end) { // "not the key" is not "no {} key"
		return nil, false
	}
	if piece == len(m.Pieces)-1 {
		return nil, m.End.At(text, end) && (!m.Name || !HasBlank(text[i:end]))
	}
	if piece == m.Kid && m.Glue != "" {
		if kid, end = m.glued(text, end); kid == nil || m.Pieces[piece+1] == "" {
			return kid, kid != nil
		}
		_, ok = m.behind(text, end, piece+1)
		return kid, ok
	}
	if piece == m.Kid {
		kid, end = kidAt(text, end)
		if kid == nil || piece+2 == len(m.Pieces) && m.Pieces[piece+1] == "" {
			return kid, kid != nil
		}
		for end < len(text) && Fold(text[end]) == 0 {
			end++
		}
		_, ok = m.at(text, end, piece+1)
		return kid, ok
	}
	return m.behind(text, end, piece+1)
}

// behind is at for a piece behind a gap that begins at text[end].
func (m *Marker) behind(text []byte, end, piece int) (kid []byte, ok bool) {
	first := m.Pieces[piece][0]
	for last := min(end+MaxGap, len(text)); end < last && !clauseEnds(text, end); end++ {
		if folded[text[end]] != first { // by far the most
			continue
		}
		if kid, ok := m.at(text, end, piece); ok {
			return kid, true
		}
	}
	return nil, false
}

// clauseEnds reports whether a comma, semicolon or full stop at text[i] ends a
// part of a sentence: a gap does not go on behind it.
func clauseEnds(text []byte, i int) bool {
	if b := text[i]; b != ',' && b != ';' && b != '.' || i+1 >= len(text) {
		return false
	}
	b := text[i+1]
	return b == ' ' || text[i] == ',' && (b == '"' || b == '\\') // of a sentence, or of JSON
}

// pieceAt returns where piece, which begins with text[i] at a word, ends in
// text, -1 if it does not stand there.
func pieceAt(text []byte, i int, piece string) int {
	if i >= len(text) || folded[text[i]] != piece[0] || !WordStart(text, i) {
		return -1
	}
	return TextEnd(text, i, piece)
}

// wordOrPlural reports whether a word ends before text[end], or before an s there.
func wordOrPlural(text []byte, end int) bool {
	return WordEnd(text, end) || text[end] == 's' && WordEnd(text, end+1)
}

// HasBlank reports whether text is words and no name.
func HasBlank(text []byte) bool { return bytes.IndexByte(text, ' ') >= 0 }

// TextEnd returns where text[i:], folded, is no more than piece, -1 if it does not
// begin with it.
func TextEnd(text []byte, i int, piece string) int {
	for n := uint(0); n < uint(len(piece)); i++ {
		if uint(i) >= uint(len(text)) {
			return -1
		}
		if b := folded[text[i]]; b == piece[n] {
			n++
		} else if b != 0 {
			return -1
		}
	}
	return i
}
