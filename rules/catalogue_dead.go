package rules

import (
	"fmt"
	"slices"
	"strings"
)

// dead reports the signatures of this file that hold for no text, and those that
// never decide, because another one holds whenever they do and decides before them.
// What word lists made may not decide: some of their combinations say the same.
func (b *builder) dead() {
	all := b.out.Signatures
	for i := range all {
		s := &all[i]
		if s.layer != b.layer {
			continue
		}
		if why := s.contradiction(); why != "" {
			b.fault(fmt.Sprintf("marker %s never holds: %s", quote(s.Marker.Text), why), "remove one of the two", b.places[s.order]...)
		} else if by := before(all[:i], s); by != nil && !s.expanded {
			line := b.doc.Fault("", "", b.places[by.order]...).Line
			b.fault(fmt.Sprintf("marker %s never decides: the one in line %d decides before it, %s", quote(s.Marker.Text), line, by.ID()),
				"remove it, or narrow the other one", b.places[s.order]...)
		}
	}
}

// before returns the first of signatures that surely holds where s does and is of
// the same file, nil if none is.
func before(signatures []Signature, s *Signature) *Signature {
	for i := range signatures {
		if by := &signatures[i]; by.layer == s.layer && by.holdsWith(s) {
			return by
		}
	}
	return nil
}

// contradiction says why s holds for no text, "" if it may hold.
func (s *Signature) contradiction() string {
	for _, list := range s.None {
		for i := range list {
			if covers(&list[i], &s.Marker) {
				return fmt.Sprintf("it has %s in it, which `none:` forbids", quote(list[i].Text))
			}
		}
	}
	for _, need := range s.All {
		possible := slices.ContainsFunc(need, func(m Marker) bool { return !s.rulesOut(&m) })
		if !possible {
			return fmt.Sprintf("`none:` forbids %s, which `all:` wants", quote(need[0].Text))
		}
	}
	return ""
}

// rulesOut reports whether s holds for no text that has a condition in it.
func (s *Signature) rulesOut(m *Marker) bool {
	return slices.ContainsFunc(s.None, func(list []Marker) bool {
		return slices.ContainsFunc(list, func(n Marker) bool { return (m.Prose || !n.Prose) && covers(&n, m) })
	})
}

// holdsWith reports whether s surely holds for every text that o holds for.
func (s *Signature) holdsWith(o *Signature) bool {
	if !covers(&s.Marker, &o.Marker) || s.Beside != nil && !sameTexts(s.Beside, o.Beside) {
		return false
	}
	for _, need := range s.All {
		if !slices.ContainsFunc(o.All, func(have []Marker) bool { return sameTexts(need, have) }) {
			return false
		}
	}
	for _, not := range s.None {
		for i := range not {
			if !o.forbids(not[i].Text) {
				return false
			}
		}
	}
	return true
}

// forbids reports whether text may not stand beside s.
func (s *Signature) forbids(text string) bool {
	return slices.ContainsFunc(s.None, func(list []Marker) bool {
		return slices.ContainsFunc(list, func(m Marker) bool { return m.Text == text })
	})
}

func sameTexts(a, b []Marker) bool {
	return slices.EqualFunc(a, b, func(a, b Marker) bool { return a.Text == b.Text })
}

// covers reports whether a, which has no gaps, is found in every text in which b
// is, because it stands in one of b's pieces; or whether the two are the same.
func covers(a, b *Marker) bool {
	if slices.Equal(a.Pieces, b.Pieces) && a.Kid == b.Kid && a.Glue == b.Glue && a.End <= b.End && (!a.Name || b.Name) {
		return true
	}
	if len(a.Pieces) > 1 || a.End == EndOfClause && b.End != EndOfClause { // what follows is not known
		return false
	}
	if !slices.ContainsFunc(b.Pieces, func(piece string) bool { return strings.Contains(piece, a.Pieces[0]) }) {
		return false // by far the most, without looking where words begin
	}
	text := strings.ReplaceAll(b.Text, "{kid}", "\x00")
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "{}", "\x00"), "\x00") {
		if _, _, ok := a.Find([]byte(part)); ok {
			return true
		}
	}
	return false
}
