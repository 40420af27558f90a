package rules

import (
	"fmt"
	"slices"
	"strings"
)

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
	End    End      // where the last piece must end
	Prose  bool     // as a condition: it must stand as Prose says
	Name   bool     // it must stand without blanks, as a name
}

// End is what must end where a marker does.
type End uint8

// What must end there.
const (
	EndAnywhere End = iota // nothing
	EndOfWord              // written as `|` at the end
	EndOfClause            // written as `||` at the end
)

// At reports whether a marker that ends so may end before text[end].
func (e End) At(text []byte, end int) bool {
	return e == EndAnywhere || WordEnd(text, end) && (e == EndOfWord || ClauseEnd(text, end))
}

// MaxGap bounds the text that `{}` stands for, in bytes.
const MaxGap = 60

// markerError is what is wrong with a marker, and what to do about it.
type markerError struct{ what, remedy string }

func (e *markerError) Error() string { return e.what }

// ParseMarker reads a marker as it is written in the catalogue.
func ParseMarker(text string) (Marker, error) {
	m := Marker{Text: text, Kid: -1}
	rest := text
	for ; m.End < EndOfClause && strings.HasSuffix(rest, "|"); m.End++ {
		rest = rest[:len(rest)-1]
	}
	for {
		open := gap(rest)
		piece := rest
		if open >= 0 {
			piece = rest[:open]
		}
		if err := checkPiece(piece); err != nil {
			return m, err
		}
		m.Pieces = append(m.Pieces, foldText(piece))
		if open < 0 {
			break
		}
		rest = rest[open:]
		if strings.HasPrefix(rest, "{kid}") {
			if m.Kid >= 0 {
				return m, &markerError{"{kid} stands twice", "write {} for one of them"}
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
	return m, m.checkGaps()
}

// checkPiece refuses text between gaps that cannot be found, or that is a gap
// misspelt.
func checkPiece(piece string) error {
	for _, r := range piece {
		if r > '~' {
			return &markerError{fmt.Sprintf("only ASCII can be found in a text, %q is none", r), "write the words beside it"}
		}
	}
	if _, rest, ok := strings.Cut(piece, "{"); ok {
		n := 0
		for n < len(rest) && alnum(rest[n]) {
			n++
		}
		if n > 0 && (n == len(rest) || rest[n] == '}') {
			return &markerError{quote("{"+rest[:min(n+1, len(rest))]) + " is no gap", "write {kid} for a key id, {} for anything else"}
		}
	}
	return nil
}

// checkGaps refuses markers whose gaps are not between texts.
func (m *Marker) checkGaps() error {
	for i, piece := range m.Pieces {
		switch last := i+1 == len(m.Pieces); {
		case piece != "", last && i > 0 && i == m.Kid+1:
		case last && i == 0:
			return &markerError{"there is nothing to find", "write letters or digits: blanks, quotes, - and _ do not count"}
		case i == 0:
			return &markerError{"it begins with a gap", "write the text before it"}
		case last:
			return &markerError{"it ends with a gap", "remove the gap, or write the text behind it"}
		default:
			return &markerError{"two gaps stand side by side", "write the text between them"}
		}
	}
	return nil
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
	out := make([]byte, 0, 64) // by far most texts fit, and need no memory but that of the string
	for i := range len(text) {
		if b := Fold(text[i]); b != 0 {
			out = append(out, b)
		}
	}
	return string(out)
}

// open reports whether anybody may write m of anything: it names no key id, and no
// clause ends with it.
func (m *Marker) open() bool { return m.End != EndOfClause && m.Kid < 0 }

// says reports whether a word of list stands in m.
func (m *Marker) says(list wordList) bool {
	return slices.ContainsFunc(list.words, func(word Marker) bool { return covers(&word, m) })
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
