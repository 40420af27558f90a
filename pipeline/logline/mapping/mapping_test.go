package mapping

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "an empty template",
		"{a":                         "character 1: a { without its }",
		"x}":                         "character 2: a } without its {",
		"{}":                         "{} names no field",
		"a{b..c}":                    "character 2: {b..c} names no field",
		"{b.}":                       "names no field",
		"{a|b}":                      "alternatives are a list of templates",
		"{a[0]}":                     "elements of arrays cannot be named",
		"{a b}":                      "a path has no blanks",
		"{header}":                   "{header} needs a name",
		"{headers.team}":             "did you mean {header.team}?",
		"{kafka.headers.team}":       "did you mean {header.NAME}?",
		"{kafka.key}":                "did you mean {key}?",
		"{topics}":                   "did you mean {topic}?",
		strings.Repeat("{a}", 17):    "17 parts",
		strings.Repeat("a", 600):     "600 bytes",
		"{a{b}":                      "no field has '{'",
		"{env:-prod}":                "alternatives are a list of templates",
		"{@timestamp}":               "",
		"{labels.app.kubernetes/io}": "",
	} {
		_, err := Parse(text)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func TestCompileIsBounded(t *testing.T) {
	m := new(Templates)
	for i := range maxPaths + 1 {
		one, err := Parse(fmt.Sprintf("{field%d}", i))
		if err != nil {
			t.Fatal(err)
		}
		m[Service] = append(m[Service], one)
	}
	if _, err := Compile(m); err == nil {
		t.Error("a mapping with too many fields is taken")
	}
	m[Service] = m[Service][:maxPaths]
	if _, err := Compile(m); err != nil {
		t.Error(err)
	}
}

// TestCompile: what settles a value are the paths of the templates up to the first
// that is sure to give one.
func TestCompile(t *testing.T) {
	var m Templates
	for _, text := range []string{"{header.team}-{a}", "{b}", "{c}"} {
		one, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		m[Service] = append(m[Service], one)
	}
	p, err := Compile(&m)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rules) != 1 || p.Rules[0].Target != Service || len(p.Rules[0].Templates) != 3 || len(p.Paths) != 3 || p.Whole {
		t.Errorf("got %+v", p)
	}
	if want := uint64(1)<<(p.Paths["a"]-1) | 1<<(p.Paths["b"]-1); p.Need != want {
		t.Errorf("needs %b, want %b", p.Need, want)
	}
	if p, err := Compile(new(Templates)); p != nil || err != nil {
		t.Errorf("nothing gives %+v, %v", p, err)
	}
}
