package mapping

import "fmt"

// Target is a value of an entry that a mapping can set.
type Target uint8

// The targets.
const (
	Namespace Target = iota
	Service
	Pod
	Time
	Status
	Method
	Path
	Level
	Message
	Kid
	RequestID
	NumTargets
)

var targetNames = [NumTargets]string{"namespace", "service", "pod", "time", "status", "method", "path", "level", "message", "kid", "request_id"}

// String returns the target's name as it appears in configurations.
func (t Target) String() string { return targetNames[t] }

// Templates say where values are taken from, by target. The first of a target's
// templates whose fields are all in the record gives the value, which replaces what was
// recognized; if there is none, or its value is not valid for the target, the
// recognized value stays. If a record has a field more than once, the first one counts:
// the outermost wrapper's.
type Templates [NumTargets][]Template

// maxPaths bounds the paths into the line that a mapping names.
const maxPaths = 64

// Program is compiled Templates.
type Program struct {
	Rules []Rule
	Paths map[string]uint16 // folded paths into the line, by number from 1
	Need  uint64            // the paths, a bit each, whose values settle all
	Whole bool              // lines have to be read to their end
}

// Rule is what a program does for one target: the first template whose parts are all
// present gives the value.
type Rule struct {
	Target    Target
	Templates [][]Part
}

// Part is a compiled piece of a template.
type Part struct {
	Kind  Kind
	Words []byte
	Path  uint16 // number among Program.Paths
	Name  string // of a header
}

// Compile compiles m; the program is nil if m maps nothing.
func Compile(m *Templates) (*Program, error) {
	c := &Program{Paths: map[string]uint16{}}
	if m == nil {
		return nil, nil //nolint:nilnil // no mapping is none
	}
	for target, templates := range m {
		if len(templates) == 0 {
			continue
		}
		t := Rule{Target: Target(target)}
		settled := false
		for i := range templates {
			parts, paths, sure := c.template(&templates[i])
			if t.Templates = append(t.Templates, parts); !settled {
				c.Need |= paths
			}
			settled = settled || sure
		}
		c.Rules = append(c.Rules, t)
		// A refusal is read to the end of its line, and whether a line is a refusal is
		// not known before the mapping has been applied.
		c.Whole = c.Whole || t.Target == Status
	}
	if len(c.Paths) > maxPaths {
		return nil, fmt.Errorf("a mapping names %d fields of a line, at most %d", len(c.Paths), maxPaths)
	}
	if len(c.Rules) == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	return c, nil
}

// template returns the parts of t and its paths; sure says that t gives a value whenever
// these paths have one.
func (c *Program) template(t *Template) (parts []Part, paths uint64, sure bool) {
	sure = true
	for _, p := range t.parts {
		m := Part{Kind: p.kind}
		switch p.kind {
		case Words:
			m.Words = []byte(p.text)
		case Line:
			n, ok := c.Paths[p.text]
			if !ok {
				n = uint16(len(c.Paths) + 1)
				c.Paths[p.text] = n
			}
			m.Path = n
			paths |= 1 << (n - 1)
		case Header:
			m.Name = p.text
			sure = false
		case Topic, Key:
			sure = false
		}
		parts = append(parts, m)
	}
	return parts, paths, sure
}
