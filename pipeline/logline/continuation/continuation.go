// Package continuation determines how likely a line without a timestamp of its own
// continues the previous one: stack traces of many languages, indented lines, closing
// braces.
//
// Invariant: the answer depends on the line alone, and only on its beginning, except
// for the parentheses of a call. The package refuses to remember lines: whether a line
// is a continuation is up to whoever knows the previous one.
package continuation

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Shape is what a line without a timestamp of its own looks like: how likely it
// continues the previous one.
type Shape uint8

// The shapes. All but Plain say that a line may continue the previous one.
const (
	Plain    Shape = iota // anything
	Name                  // an exception's name, perhaps with its message: the first line of a trace, or the second behind a logger's
	Trace                 // opens a Python traceback, whose exception comes last
	Indented              // goes on for certain
	Frame                 // so does a call in a trace
	Chain                 // so does what announces the next of several traces
)

// Of returns the shape of a line. It looks at the line's first bytes, and at a name
// that it may begin with.
func Of(line []byte) Shape {
	text := scan.SkipBlank(line)
	if len(text) == 0 {
		return Plain
	}
	if isFrame(text) {
		return Frame
	}
	for i := range openings[text[0]] {
		if o := &openings[text[0]][i]; bytes.HasPrefix(text, o.text) {
			return o.shape
		}
	}
	switch {
	case len(text) < len(line):
		return Indented
	case text[0] == '}' || text[0] == ')' || text[0] == ']':
		return Indented
	case IsExceptionName(text):
		return Name
	}
	return Plain
}

type opening struct {
	text  []byte
	shape Shape
}

// openings are beginnings of continuation lines, by their first byte.
var openings = func() (table [256][]opening) {
	for _, o := range []struct {
		shape Shape
		texts []string
	}{
		{Trace, []string{"Traceback (most recent call last)"}},
		{Chain, []string{"During handling of the above exception", "The above exception was the direct cause", "+ Exception Group Traceback"}},
		{Frame, []string{
			"Caused by: ", "Suppressed: ", "Wrapped by: ", "nested exception is ", // Java
			"---> ", "--- End of ", // .NET
			"#0 ", "#1 ", "#2 ", "#3 ", "#4 ", "#5 ", "#6 ", "#7 ", "#8 ", "#9 ", "Stack trace:", "[stacktrace]", "thrown in /", // PHP
			"goroutine ", "created by ", "runtime.goexit", "[signal ", // Go
			"stack backtrace:", "note: run with `RUST_BACKTRACE", "note: Some details are omitted", // Rust
			"from /", "from (", // Ruby
		}},
		{Indented, []string{
			"kid: '", "token: '", "Exceptions caught:", "Exception caught:", "Number of keys in ", "InternalId: ", "Keys tried: ", // Microsoft's IDX messages
			"#011", "\\t", // a tab, as syslog daemons and shippers escape it
		}},
		{Name, []string{
			"Error: ", "Uncaught ", "UnhandledPromiseRejection", "Unhandled exception", "Exception in thread ", "** (", "panic: ", "thread '", "fatal error: ",
		}},
	} {
		for _, text := range o.texts {
			table[text[0]] = append(table[text[0]], opening{[]byte(text), o.shape})
		}
	}
	return table
}()

// isFrame reports whether text, without leading blanks, is a call in a stack trace:
//
//	at com.example.Filter.check(Filter.java:12)   Java, Node, .NET
//	... 12 more
//	File "/app/check.py", line 3, in check        Python
//	app/check.rb:12:in `verify'                   Ruby
//	main.(*server).check(0xc000, 0x1)             Go
//	/app/check.go:12 +0x1d
func isFrame(text []byte) bool {
	switch {
	case bytes.HasPrefix(text, atMark):
		return len(text) > len(atMark) && (scan.IsWord(text[3]) || text[3] >= 0x80 || bytes.IndexByte([]byte("/<(@*["), text[3]) >= 0) && bytes.ContainsAny(text, "(:./")
	case bytes.HasPrefix(text, moreMark):
		return len(text) > len(moreMark) && scan.IsDigit(text[len(moreMark)])
	case bytes.HasPrefix(text, fileMark):
		return bytes.Contains(text, lineMark)
	}
	if text[0] != '/' && text[0] != '.' && text[0] != '_' && !scan.IsLetter(text[0]) {
		return false
	}
	word, rest := scan.Token(text)
	if i := bytes.LastIndexByte(word, ':'); i > 0 && (bytes.HasPrefix(word[i+1:], inMark) || scan.IsNumber(word[i+1:]) && len(rest) > 3 && rest[0] == '+' && rest[1] == '0') {
		return len(rest) > 0
	}
	if end := len(text) - 1; text[end] != ')' || bytes.IndexByte(word, '.') < 0 {
		return false
	}
	i := bytes.IndexByte(text, '(')
	if i+2 < len(text) && text[i+1] == '*' { // a method of a pointer
		j := bytes.IndexByte(text[i+1:], '(')
		if j < 0 {
			return false
		}
		i += 1 + j
	}
	return i > 0 && i < len(text)-1 && bytes.IndexByte(text[:i], ' ') < 0 && (text[i+1] == ')' || text[i+1] == '0' || text[i+1] == '.' || text[i+1] == '{')
}

var (
	atMark   = []byte("at ")
	moreMark = []byte("... ")
	fileMark = []byte("File \"")
	lineMark = []byte("\", line ")
	inMark   = []byte("in")
)

// maxException bounds the length of an exception's name.
const maxException = 160

// IsExceptionName reports whether text begins with the name of an exception class,
// followed by its message or nothing.
func IsExceptionName(text []byte) bool {
	n := 0
	for n < len(text) && n < maxException && (scan.IsWord(text[n]) || text[n] == '.' || text[n] == '$' || text[n] == '\\' || text[n] == '/' || text[n] == ':' && n+1 < len(text) && text[n+1] == ':' || text[n] == ':' && n > 0 && text[n-1] == ':') {
		n++
	}
	if n < len(text) && text[n] != ':' && text[n] != ' ' && text[n] != ',' {
		return false
	}
	if n < len(text) && text[n] == ' ' && (n+1 == len(text) || text[n+1] != '(' && text[n+1] != '[') {
		return false
	}
	for _, end := range exceptionEnds {
		if n > len(end) && bytes.HasSuffix(text[:n], end) {
			return true
		}
	}
	return false
}

var exceptionEnds = [...][]byte{[]byte("Exception"), []byte("Error"), []byte("Throwable"), []byte("Failure"), []byte("Invalid"), []byte("Expired"), []byte("Mismatch"), []byte("NotFound")}
