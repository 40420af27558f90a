// Package mapping parses templates that say where in a record to find a value that is
// not recognized, or wrongly, such as "{kubernetes.labels.app}-{env}", and compiles them
// for a decoder.
//
// Invariant: a template that Parse accepts can be evaluated for every record, and the
// work per record is bounded. The package refuses to look at records.
package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// Template is a text with fields in braces, such as "{kubernetes.labels.app}-{env}". A
// field is a path into the line, or {topic}, {key} or {header.NAME} of the Kafka record;
// a dot before a path means the line, as in {.key}. The case, `_` and `-` of keys and
// headers do not matter. {{ and }} stand for braces.
type Template struct {
	text  string
	parts []part
}

// part is a piece of a template.
type part struct {
	kind Kind
	text string // the words, or the folded path or name
}

// Kind is the kind of a piece of a template.
type Kind uint8

// The kinds.
const (
	Words  Kind = iota // itself
	Line               // a field of the line
	Topic              // of the record
	Key                // of the record
	Header             // of the record
)

// String returns the template as it was written.
func (t Template) String() string { return t.text }

// MaxParts bounds the fields of a template and the words between them.
const MaxParts = 16

const maxTemplate = 512 // bytes

// Parse parses a template. Its error says where it is wrong, and what to do.
func Parse(text string) (Template, error) {
	t := Template{text: text}
	if strings.TrimSpace(text) == "" {
		return t, errors.New("an empty template: write a text, or a field in braces such as {kubernetes.labels.app}")
	}
	if len(text) > maxTemplate {
		return t, fmt.Errorf("a template of %d bytes: at most %d are read", len(text), maxTemplate)
	}
	var words strings.Builder
	end := func() {
		if words.Len() > 0 {
			t.parts = append(t.parts, part{Words, words.String()})
			words.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c:
			words.WriteByte(c)
			i++
		case c == '}':
			return t, fmt.Errorf("character %d: a } without its {: write }} for the brace itself", i+1)
		case c == '{':
			n := strings.IndexByte(text[i:], '}')
			if n < 0 {
				return t, fmt.Errorf("character %d: a { without its }: write {{ for the brace itself", i+1)
			}
			field, err := parseField(text[i+1 : i+n])
			if err != nil {
				return t, fmt.Errorf("character %d: %w", i+1, err)
			}
			end()
			t.parts = append(t.parts, field)
			i += n
		default:
			words.WriteByte(c)
		}
	}
	if end(); len(t.parts) > MaxParts {
		return t, fmt.Errorf("a template of %d parts: at most %d are read", len(t.parts), MaxParts)
	}
	return t, nil
}

// parseField parses what is between braces.
func parseField(name string) (part, error) {
	for i, r := range name {
		if !strings.ContainsRune("._-/@$:#+~", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r < 0x80 {
			return part{}, fmt.Errorf("{%s}: no field has %q at %d%s", name, r, i+1, insteadOf(r))
		}
	}
	if i := strings.Index(name, ":-"); i >= 0 {
		return part{}, fmt.Errorf("{%s}: no field has %q at %d%s", name, ":-", i+1, insteadOf('|'))
	}
	path, ofLine := strings.CutPrefix(name, ".")
	if path == "" || path[0] == '.' || path[len(path)-1] == '.' || strings.Contains(path, "..") {
		return part{}, fmt.Errorf("{%s} names no field: write keys with dots between, such as {kubernetes.labels.app}", name)
	}
	first, header, _ := strings.Cut(path, ".")
	switch {
	case ofLine:
	case path == "topic":
		return part{kind: Topic}, nil
	case path == "key":
		return part{kind: Key}, nil
	case first == "header" && header != "":
		return part{Header, string(lexicon.Fold(nil, []byte(header)))}, nil
	case path == "header":
		return part{}, errors.New("{header} needs a name: {header.team}, or {.header} for a field of the line")
	case path == "topics" || path == "keys" || path == "headers" || first == "headers" || first == "kafka":
		return part{}, fmt.Errorf("{%s} is no field of a record: did you mean %s? {.%s} is a field of the line", name, meant(path), path)
	}
	return part{Line, string(lexicon.Fold(nil, []byte(path)))}, nil
}

// insteadOf returns what to write instead of a construct that begins with r.
func insteadOf(r rune) string {
	switch r {
	case '|', '?', '(':
		return ": alternatives are a list of templates, the first whose fields are there counts"
	case '[', '*':
		return ": elements of arrays cannot be named"
	case ' ':
		return ": a path has no blanks"
	}
	return ""
}

// meant returns the field of a record that path is a misspelling of.
func meant(path string) string {
	first, rest, _ := strings.Cut(path, ".")
	switch {
	case first == "headers" && rest != "":
		return "{header." + rest + "}"
	case first == "headers" || strings.HasPrefix(rest, "header"):
		return "{header.NAME}"
	case first == "keys" || strings.HasPrefix(rest, "key"):
		return "{key}"
	}
	return "{topic}"
}
