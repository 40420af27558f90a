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
	var f found
	m.scan(text[:min(len(text), MaxText)], &f)
	var all []Considered
	decided := -1
	for i := range m.signatures {
		s := &m.signatures[i]
		if !m.hasAll(s.pieces, &f) {
			continue
		}
		if len(s.marker.Pieces) > 1 {
			if _, ok := m.find(&s.gapped, &f); !ok {
				continue
			}
		}
		c := Considered{Signature: s.of}
		switch why := m.lacks(s, &f); {
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
func (m *Matcher) lacks(s *signature, f *found) string {
	for i, n := range s.all {
		if !m.anyOf(m.lists[n], f) {
			return "needs " + texts("one of ", s.of.All[i]) + " too"
		}
	}
	if m.stands(s, f) == &s.closed {
		if _, _, ok := s.closed.marker.Find(f.text); !ok {
			return "needs " + texts("one of ", s.of.Beside) + " too, or the end of a part of the sentence behind it"
		}
	}
	var beside []rules.Marker
	for i, n := range s.none {
		if m.anyOf(m.lists[n], f) {
			beside = append(beside, standing(s.of.None[i], f.text)...)
		}
	}
	if beside != nil {
		return "does not hold beside " + texts("", beside)
	}
	return ""
}

// standing returns those of conditions that stand in text.
func standing(conditions []rules.Marker, text []byte) (some []rules.Marker) {
	for i := range conditions {
		if conditions[i].Holds(text) {
			some = append(some, conditions[i])
		}
	}
	return some
}

// texts lists markers, some of them where they are many, and says of several what
// they are.
func texts(several string, markers []rules.Marker) string {
	const most = 5
	if len(markers) == 1 {
		several = ""
	}
	var all []string
	for i := range markers[:min(most, len(markers))] {
		all = append(all, fmt.Sprintf("%q", markers[i].Text))
	}
	if len(markers) > most {
		all = append(all, fmt.Sprintf("%d more", len(markers)-most))
	}
	return several + strings.Join(all, ", ")
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
