package signature

import (
	"fmt"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// Considered is a signature whose marker stands in a text, and what became of it.
type Considered struct {
	Signature *rules.Signature
	Holds     bool // its conditions do
	Decided   bool
	Why       string // why it decided, or not
}

// Explain returns what Match does of text, and all signatures whose marker stands
// in it, in the order in which they decide. It is for people, and takes its time.
func (m *Matcher) Explain(text []byte) (Match, []Considered) {
	text = text[:min(len(text), MaxText)]
	var f found
	m.scan(text, &f)
	var all []Considered
	decided := -1
	for i := range m.signatures {
		s := &m.signatures[i]
		if !f.hasAll(s.pieces) {
			continue
		}
		if len(s.marker.Pieces) > 1 {
			if _, ok := s.find(text, &f); !ok {
				continue
			}
		}
		c := Considered{Signature: s.of}
		switch why := s.lacks(&f, m); {
		case why != "":
			c.Why = why
		case decided >= 0:
			c.Holds = true
			c.Why = after(m.signatures[decided].of, s.of)
		default:
			decided, c.Decided, c.Holds = i, true, true
			c.Why = "it is the first that holds"
		}
		all = append(all, c)
	}
	return m.Match(text), all
}

// lacks says which condition of s does not hold, "" where all do.
func (s *signature) lacks(f *found, m *Matcher) string {
	for i, list := range s.all {
		if !f.hasList(list) {
			return "needs one of " + texts(s.of.All[i], nil) + " too"
		}
	}
	if s.none >= 0 && f.hasList(s.none) {
		return "does not hold beside " + texts(s.of.None, func(i int) bool {
			piece := s.of.None[i].Pieces[0]
			for p := range m.patterns {
				if f.has(int32(p)) && m.texts[p] == piece {
					return true
				}
			}
			return false
		})
	}
	return ""
}

// texts lists markers, some of them where they are many.
func texts(markers []rules.Marker, only func(int) bool) string {
	const most = 5
	var all []string
	for i := range markers {
		if only == nil || only(i) {
			all = append(all, fmt.Sprintf("%q", markers[i].Text))
		}
	}
	if len(all) > most {
		all = append(all[:most], fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(all, ", ")
}

// after says why a signature that holds does not decide beside the one that does.
func after(first, s *rules.Signature) string {
	switch {
	case first.Failure == detector.NoSignal:
		return "the text is about something else: look-alikes decide first"
	case first.First && !s.First:
		return "the other is of those that decide first"
	case s.Last:
		return "it is of those that decide last"
	case s.Weak && !first.Weak:
		return "it is weak: it decides where nothing else holds"
	case s.Failure == detector.SignatureInvalid && first.Failure != detector.SignatureInvalid:
		return "a bad signature yields to what may have caused it"
	case s.Marker.Letters() < first.Marker.Letters():
		return "the longer marker decides"
	}
	return "the other stands before it"
}
