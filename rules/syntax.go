package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encodingFault returns the fault of a file that is not UTF-8, at its first invalid byte.
// UTF-16 is accepted with a byte order mark.
func encodingFault(file string, data []byte) (f Fault, bad bool) {
	if utf8.Valid(data) || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return f, false
	}
	f = Fault{File: file, Line: 1, Column: 1, Remedy: "save the file as UTF-8"}
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		f.Column++
		if r == '\n' {
			f.Line, f.Column = f.Line+1, 1
		}
		data = data[n:]
	}
	f.What = fmt.Sprintf("the byte %#x is no UTF-8", data[0])
	return f, true
}

// syntaxFault converts an error of the YAML parser, which has the line as text, to a
// fault.
func syntaxFault(file string, data []byte, err error) Fault {
	f := Fault{File: file, Line: 1, What: strings.TrimPrefix(err.Error(), "yaml: ")}
	if rest, ok := strings.CutPrefix(f.What, "line "); ok {
		if number, what, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				f.Line, f.What = n, what
			}
		}
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	if slices.Contains(fromZero, f.What) {
		f.Line = min(f.Line+1, len(lines))
	}
	f.Remedy = syntaxRemedies[f.What]
	for i := max(f.Line-2, 0); i < min(f.Line+1, len(lines)); i++ {
		if bytes.HasPrefix(bytes.TrimLeft(lines[i], " "), []byte("\t")) {
			f.Remedy = "indent with spaces, YAML allows no tabs there"
		}
	}
	return f
}

// fromZero are the errors of which the parser counts lines from 0. The line is the
// first one of what is not as it should be.
var fromZero = []string{
	"did not find expected ',' or ']'", "did not find expected ',' or '}'", "did not find expected '-' indicator",
	"did not find expected key", "did not find expected node content",
}

// syntaxRemedies say what to do about errors that usually have the same cause.
var syntaxRemedies = map[string]string{
	"did not find expected ',' or ']'":               "close the list that begins here, and quote texts in it that have one of , : [ ] { }",
	"did not find expected ',' or '}'":               "close the mapping that begins here, and quote texts in it that have one of , : [ ] { }",
	"did not find expected '-' indicator":            "begin each line of the list that begins here with `- `, and quote texts that begin with { or [",
	"did not find expected key":                      "indent the keys of the mapping that begins here alike, and quote texts that begin with { or [",
	"found character that cannot start any token":    "quote texts that begin with @, % or `",
	"found unknown escape character":                 "write \\\\ for a backslash in \"quotes\", or use 'quotes' of the other kind",
	"mapping values are not allowed in this context": "quote texts that have a colon and a blank in them",
	"could not find expected ':'":                    "write a colon behind the key, or quote the text",
}
