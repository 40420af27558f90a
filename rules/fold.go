package rules

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Fold returns how markers and texts are compared: letters without their case,
// digits and punctuation as they are. It returns 0 for bytes that do not count:
// blanks, `_`, `-`, quotes, backslashes, control characters and everything
// outside ASCII. So "no matching key" stands for NO_MATCHING_KEY, NoMatchingKey
// and `no matching \"key\"` as well.
func Fold(b byte) byte { return folded[b] }

var folded = func() (table [256]byte) {
	for b := byte('!'); b <= '~'; b++ {
		table[b] = b
	}
	for _, b := range []byte("_-\"'`\\") {
		table[b] = 0
	}
	for b := byte('A'); b <= 'Z'; b++ {
		table[b] = b + 'a' - 'A'
	}
	return table
}()

// WordStart reports whether a word begins at text[i]: at the start of the text,
// after anything but a letter or digit, at a hump of camelCase, and after the
// escapes \n, \r and \t of JSON.
func WordStart(text []byte, i int) bool {
	if i == 0 || !alnum(text[i]) || !alnum(text[i-1]) {
		return true
	}
	if upper(text[i]) && (!upper(text[i-1]) || i+1 < len(text) && lower(text[i+1])) {
		return true
	}
	return i > 1 && text[i-2] == '\\' && (text[i-1] == 'n' || text[i-1] == 'r' || text[i-1] == 't')
}

// WordEnd reports whether a word ends before text[end].
func WordEnd(text []byte, end int) bool {
	return end == len(text) || !alnum(text[end]) || WordStart(text, end)
}

// Prose reports whether text[start:end] stands as a word of a sentence, and not
// within a name, a path or an address: "ssh: key refused", but not "ssh-gateway",
// "/api/ssh" or "ssh.example.com". What follows the word's beginning may be more
// letters.
func Prose(text []byte, start, end int) bool {
	if start > 0 {
		switch b := text[start-1]; {
		case alnum(b), b == '/', b == '.', b == '-', b == '_', b == '=', b == '@', b == '$':
			return false
		}
	}
	for end < len(text) && alnum(text[end]) {
		end++
	}
	if end+1 >= len(text) {
		return true
	}
	switch text[end] {
	case '=':
		return false
	case '/', '.', '-', '_', '@':
		return !alnum(text[end+1])
	}
	return true
}

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }
func lower(b byte) bool { return b >= 'a' && b <= 'z' }
func alnum(b byte) bool { return alnums[b] }

var alnums = func() (table [256]bool) {
	for b := range table {
		b8 := byte(b)
		table[b] = upper(b8) || lower(b8) || b8 >= '0' && b8 <= '9'
	}
	return table
}()

// Marker is a phrase to be found in a text. It is one or more pieces of literal
// text with gaps between: `{}` is any text of up to MaxGap bytes within a clause,
// `{kid}` a key id. Every piece must begin at a word (WordStart). A letter or digit
// right behind `{kid}` begins what the id is glued to: `keys{kid}RS256{} gone` finds
// abc in `/keysabcRS256zone gone`.
type Marker struct {
	Text   string   // as it is written in the catalogue
	Pieces []string // folded; at least one, none empty but the last, which is empty where {kid} ends the marker
	Kid    int      // {kid} stands after Pieces[Kid]; -1 without
	Glue   string   // what the kid, which follows its piece at once, is glued to; "" if it stands alone
	Whole  bool     // the last piece must end where a word ends; written as `|` at the end
	Prose  bool     // as a condition: it must stand as Prose says
}

// MaxGap bounds the text that `{}` stands for, in bytes.
const MaxGap = 60

// ParseMarker reads a marker as it is written in the catalogue.
func ParseMarker(text string) (Marker, error) {
	m := Marker{Text: text, Kid: -1}
	rest, whole := strings.CutSuffix(text, "|")
	for m.Whole = whole; ; {
		open := gap(rest)
		piece := rest
		if open >= 0 {
			piece = rest[:open]
		}
		for _, r := range piece {
			if r > '~' {
				return m, errors.New("only ASCII can be found in a text")
			}
		}
		m.Pieces = append(m.Pieces, foldText(piece))
		if open < 0 {
			break
		}
		rest = rest[open:]
		if strings.HasPrefix(rest, "{kid}") {
			if m.Kid >= 0 {
				return m, errors.New("{kid} stands twice")
			}
			m.Kid = len(m.Pieces) - 1
			rest = rest[len("{kid}"):]
			if rest != "" && alnum(rest[0]) {
				m.Glue, _, _ = strings.Cut(rest, "{")
				rest = strings.TrimPrefix(rest[len(m.Glue):], "{}")
			}
		} else {
			rest = rest[len("{}"):]
		}
	}
	for i, piece := range m.Pieces {
		if piece == "" && (i != m.Kid+1 || i == 0 || i+1 < len(m.Pieces)) {
			return m, fmt.Errorf("there is no text beside a gap of %s", quote(text))
		}
	}
	return m, nil
}

// gap returns where the next gap begins in text, -1 if there is none.
func gap(text string) int {
	kid, anything := strings.Index(text, "{kid}"), strings.Index(text, "{}")
	if kid < 0 || anything >= 0 && anything < kid {
		return anything
	}
	return kid
}

func foldText(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if b := Fold(text[i]); b != 0 {
			out = append(out, b)
		}
	}
	return string(out)
}

// Letters returns how many bytes of a marker count when it is compared, gaps
// left out.
func (m *Marker) Letters() int {
	n := 0
	for _, piece := range m.Pieces {
		n += len(piece)
	}
	return n
}

// Anchor returns the index of the longest piece, the first of equals.
func (m *Marker) Anchor() int {
	best := 0
	for i, piece := range m.Pieces {
		if len(piece) > len(m.Pieces[best]) {
			best = i
		}
	}
	return best
}

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
		if end := pieceAt(text, i, m.Pieces[0]); end >= 0 && (!m.Whole || WordEnd(text, end)) && (!m.Prose || Prose(text, i, end)) {
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
	name := strings.TrimSuffix(m.Text, "|")
	for i := 0; ; i++ {
		n := bytes.Index(text[i:], []byte(name))
		if n < 0 {
			return false
		}
		if i += n; WordStart(text, i) && (!m.Whole || WordEnd(text, i+len(name))) {
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
	if end < 0 {
		return nil, false
	}
	if piece == len(m.Pieces)-1 {
		return nil, !m.Whole || WordEnd(text, end)
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
	for next := end; next < min(end+MaxGap, len(text)) && !clauseEnds(text, next); next++ {
		if kid, ok := m.at(text, next, piece); ok {
			return kid, true
		}
	}
	return nil, false
}

// clauseEnds reports whether a comma, semicolon or full stop at text[i] ends a
// part of a sentence: a gap does not go on behind it.
func clauseEnds(text []byte, i int) bool {
	switch text[i] {
	case ',':
		return i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '"' || text[i+1] == '\\') // of a sentence, or of JSON
	case ';', '.':
		return i+1 < len(text) && text[i+1] == ' '
	}
	return false
}

// pieceAt returns where piece, which begins with text[i] at a word, ends in
// text, -1 if it does not stand there.
func pieceAt(text []byte, i int, piece string) int {
	if i >= len(text) || folded[text[i]] != piece[0] || !WordStart(text, i) {
		return -1
	}
	return TextEnd(text, i, piece)
}

// TextEnd returns where text[i:], folded, is no more than piece, -1 if it does not
// begin with it.
func TextEnd(text []byte, i int, piece string) int {
	for n := 0; n < len(piece); i++ {
		if i == len(text) {
			return -1
		}
		switch Fold(text[i]) {
		case piece[n]:
			n++
		case 0:
		default:
			return -1
		}
	}
	return i
}
