package rules

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type shop struct {
	Name   string            `yaml:"name"`
	Open   bool              `yaml:"open"`
	Desks  int               `yaml:"desks"`
	Share  float64           `yaml:"share"`
	Lease  Duration          `yaml:"lease"`
	Break  time.Duration     `yaml:"break"`
	Items  []item            `yaml:"items"`
	Labels map[string]string `yaml:"labels"`
	Owner  *person           `yaml:"owner"`
	Guard  guard             `yaml:"guard"`
	Place  `yaml:",inline"`
	Hidden string `yaml:"-"`
}

type Place struct {
	Street string `yaml:"street"`
}

type item struct {
	Label string `yaml:"label"`
	Count uint8  `yaml:"count"`
}

type person struct {
	First string `yaml:"first"`
}

// guard reads itself the way the Prometheus libraries do.
type guard struct {
	Kind string `yaml:"kind"`
	Dogs int    `yaml:"dogs"`
}

func (g *guard) UnmarshalYAML(unmarshal func(any) error) error {
	*g = guard{Kind: "night"}
	type plain guard
	if err := unmarshal((*plain)(g)); err != nil {
		return err
	}
	if g.Dogs < 0 {
		return errors.New("no guard has a negative number of dogs")
	}
	return nil
}

func TestDecode(t *testing.T) {
	got := shop{Name: "default", Share: 0.5, Open: true}
	doc, faults := Decode("shop.yaml", []byte(`
desks: 3
open:
lease: 1h30m
break: 30d
items: &list
  - {label: a, count: 2}
  - label: 12
labels: {x: y, n: 5}
owner: {first: Ann}
guard: {dogs: 2}
street: Main
`), &got)
	if faults.Err() != nil {
		t.Fatal(faults)
	}
	want := shop{
		Name: "default", Share: 0.5, Open: true, Desks: 3,
		Lease: Duration(90 * time.Minute), Break: 30 * 24 * time.Hour,
		Items:  []item{{"a", 2}, {Label: "12"}},
		Labels: map[string]string{"x": "y", "n": "5"},
		Owner:  &person{"Ann"}, Guard: guard{Kind: "night", Dogs: 2}, Place: Place{"Main"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		path []any
		want string
	}{
		{[]any{"items", 1, "label"}, "shop.yaml:8:12: bad"},
		{[]any{"items", 7, "label"}, "shop.yaml:6:8: bad"},
		{[]any{"owner", "last"}, "shop.yaml:10:8: bad"},
		{nil, "shop.yaml:2:1: bad"},
	} {
		if got := doc.Fault("bad", "", c.path...).Error(); got != c.want {
			t.Errorf("fault at %v: %s, want %s", c.path, got, c.want)
		}
	}
}

func TestDecodeFaults(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"many at once", `
naem: x
desks: many
items:
  - {label: a, cuont: 1, count: 300}
  - text
labels: [a]
open: 1
share: {}
lease: 5
guard: {dog: 1, dogs: x}
desks: 4
colour: red
`, `
s.yaml:2:1: unknown key "naem" (did you mean "name"?)
s.yaml:3:8: desks: want a whole number, got "many"
s.yaml:5:16: unknown key "cuont" in items[0] (did you mean "count"?)
s.yaml:5:33: items[0].count: want a whole number, 0 or more, got "300"
s.yaml:6:5: items[1]: want a mapping of keys to values, got "text"
s.yaml:7:9: labels: want a mapping of keys to values, got a list
s.yaml:8:7: open: want true or false, got "1"
s.yaml:9:8: share: want a number, got a mapping
s.yaml:10:8: lease: "5" is no duration: write for example 90s, 1h30m or 30d
s.yaml:11:9: unknown key "dog" in guard (did you mean "dogs"?)
s.yaml:11:23: guard.dogs: want a whole number, got "x"
s.yaml:12:1: key "desks" stands twice (it stands in line 3 too; remove one)
s.yaml:13:1: unknown key "colour" (known keys: break, desks, guard, items, labels, lease, name, open, owner, share, street)
`},
		{"what else is wrong in a map", "labels: {a: [x], b: {}, b: 1}\nplaces: 1", `
s.yaml:1:13: labels.a: want a text, got a list
s.yaml:1:21: labels.b: want a text, got a mapping
s.yaml:1:25: key "b" in labels stands twice (it stands in line 1 too; remove one)
s.yaml:2:1: unknown key "places" (known keys: break, desks, guard, items, labels, lease, name, open, owner, share, street)
`},
		{"no UTF-8", "name: a\nstreet: caf\xe9 street", `
s.yaml:2:12: the byte 0xe9 is no UTF-8 (save the file as UTF-8)
`},
		{"a type's own check", "guard: {dogs: -1}", `
s.yaml:1:8: guard: no guard has a negative number of dogs
`},
		{"whole numbers", "desks: 2.0\nitems: [{count: -1}]", `
s.yaml:1:8: desks: want a whole number, got "2.0"
s.yaml:2:17: items[0].count: want a whole number, 0 or more, got "-1"
`},
		{"documents", "name: a\n---\nname: b\n---\nc: d\n", `
s.yaml:3:1: a second document in one file (keep one document a file and remove the ` + "`---`" + `)
s.yaml:5:1: a second document in one file (keep one document a file and remove the ` + "`---`" + `)
`},
		{"duplicate in a map", "labels: {a: 1, a: 2}", `
s.yaml:1:16: key "a" in labels stands twice (it stands in line 1 too; remove one)
`},
		{"syntax", "name: a\nitems: [\nx: {", `
s.yaml:3: did not find expected node content
`},
		{"a text that is no text", "name: a\nitems:\n  - label: x\n    tags: [a {} b, c]\n", `
s.yaml:4: did not find expected ',' or ']' (close the list that begins here, and quote texts in it that have one of , : [ ] { })
`},
		{"a text that begins like a mapping", "name: a\nitems:\n  - {a} b\n", `
s.yaml:3: did not find expected '-' indicator (begin each line of the list that begins here with ` + "`- `" + `, and quote texts that begin with { or [)
`},
		{"a text that reads like a key", "guard:\n  no dogs: today\n", `
s.yaml:2:3: unknown key "no dogs" in guard (quote it if it is a text with a colon; known keys: dogs, kind)
`},
		{"a text that begins with @", "name: a\nstreet: @b\n", `
s.yaml:2: found character that cannot start any token (quote texts that begin with @, % or ` + "`)" + `
`},
		{"a backslash", "name: a\nstreet: \"\\d\"\n", `
s.yaml:2: found unknown escape character (write \\ for a backslash in "quotes", or use 'quotes' of the other kind)
`},
		{"tabs", "owner:\n\tfirst: a\n", `
s.yaml:2: found character that cannot start any token (indent with spaces, YAML allows no tabs there)
`},
		{"not a mapping", "- a", `
s.yaml:1:1: want a mapping of keys to values, got a list
`},
		{"merge keys", "owner: &a {first: x}\nguard:\n  <<: *a\n", `
s.yaml:3:3: unknown key "<<" in guard (known keys: dogs, kind)
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into shop
			_, faults := Decode("s.yaml", []byte(c.in), &into)
			if diff := cmp.Diff(strings.TrimSpace(c.want), faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeEmpty(t *testing.T) {
	for _, in := range []string{"", "# nothing\n", "---\n", "null\n"} {
		got := shop{Name: "kept"}
		if _, faults := Decode("e.yaml", []byte(in), &got); faults.Err() != nil || got.Name != "kept" {
			t.Errorf("%q: %v, %+v", in, faults, got)
		}
	}
}

func TestDecodeAliases(t *testing.T) {
	var got shop
	if _, faults := Decode("a.yaml", []byte("items: [&a {label: x}, *a]"), &got); faults.Err() != nil {
		t.Fatal(faults)
	}
	if len(got.Items) != 2 || got.Items[1].Label != "x" {
		t.Errorf("got %+v", got.Items)
	}
	wide := "&a [" + strings.Repeat("x,", 200) + "]"
	var grown struct{ Lists [][]string }
	_, faults := Decode("a.yaml", []byte("lists: ["+wide+strings.Repeat(", *a", 200)+"]"), &grown)
	if len(faults) != 1 || !strings.Contains(faults[0].What, "aliases") {
		t.Errorf("a document that grows through aliases: %v", faults)
	}
	var self struct{ Lists any }
	if _, faults := Decode("a.yaml", []byte("lists: &a [*a]"), &self); faults.Err() == nil {
		t.Error("a list that holds itself was read")
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		back string
	}{
		{"0", 0, "0s"}, {"0s", 0, "0s"}, {"5m", 5 * time.Minute, "5m"}, {"1h30m", 90 * time.Minute, "1h30m"},
		{"90s", 90 * time.Second, "1m30s"}, {"30d", 720 * time.Hour, "30d"}, {"2w", 336 * time.Hour, "2w"},
		{"1y", 8760 * time.Hour, "1y"}, {"1d12h", 36 * time.Hour, "1d12h"}, {"1s5ms", 1005 * time.Millisecond, "1s5ms"},
	} {
		got, err := ParseDuration(c.text)
		if err != nil || time.Duration(got) != c.want || got.String() != c.back {
			t.Errorf("%s: %v (%s), %v", c.text, time.Duration(got), got, err)
		}
	}
	for _, text := range []string{"", "5", "-1s", "1.5h", "s", "1m1h", "1s1s", "1 h", "1h ", "1us", "300y", "99999999999999999999s"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"clear_factor", "factor", "for", "window"}
	for _, c := range []struct{ text, want string }{
		{"fcator", "factor"}, {"Factor", "factor"}, {"windows", "window"}, {"clearfactor", "clear_factor"}, {"zzzzzz", ""}, {"fo", "for"}, {"xy", ""},
	} {
		if got, ok := Nearest(c.text, names); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("Nearest(%q) = %q, %v, want %q", c.text, got, ok, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, in := range []string{
		"name: a\nitems:\n  - {label: x, count: 1}\nlabels: {a: b}\nlease: 1h\n", "a: [", "\t", "&a [*a]", "items: &a [*a, *a]", "? [a]\n: b", "<<: {name: x}", "name: !!binary aGk=", "--- a\n--- b", "open: yes\ndesks: 0x1F",
	} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a, b shop
		doc, faults := Decode("f", data, &a)
		_, again := Decode("f", data, &b)
		if diff := cmp.Diff(faults, again); diff != "" {
			t.Fatalf("two readings of one file differ: %s", diff)
		}
		for i := range faults {
			if faults[i].Line < 1 || faults[i].What == "" {
				t.Fatalf("fault without place or words: %+v", faults[i])
			}
		}
		_ = doc.Fault("x", "", "items", 0, "label")
	})
}
