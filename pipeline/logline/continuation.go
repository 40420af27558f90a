package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// lineKind is what a line without a stamp of its own looks like: how likely it goes
// on with the line before it.
type lineKind uint8

const (
	shapePlain    lineKind = iota // anything
	shapeName                     // an exception's name, perhaps with its message: the first line of a trace, or the second behind a logger's
	shapeTrace                    // opens a Python traceback, whose exception comes last
	shapeIndented                 // goes on for certain
	shapeFrame                    // so does a call in a trace
	shapeChain                    // so does what announces the next of several traces
)

// lineShape says what line looks like. It looks at the line's first bytes, and at
// a name that it may begin with.
func lineShape(line []byte) lineKind {
	text := scan.SkipBlank(line)
	if len(text) == 0 {
		return shapePlain
	}
	if isFrame(text) {
		return shapeFrame
	}
	for i := range openings[text[0]] {
		if o := &openings[text[0]][i]; bytes.HasPrefix(text, o.text) {
			return o.shape
		}
	}
	switch {
	case len(text) < len(line):
		return shapeIndented
	case text[0] == '}' || text[0] == ')' || text[0] == ']':
		return shapeIndented
	case isExceptionName(text):
		return shapeName
	}
	return shapePlain
}

type opening struct {
	text  []byte
	shape lineKind
}

// openings are beginnings of lines, by their first byte.
var openings = func() (table [256][]opening) {
	for _, o := range []struct {
		shape lineKind
		texts []string
	}{
		{shapeTrace, []string{"Traceback (most recent call last)"}},
		{shapeChain, []string{"During handling of the above exception", "The above exception was the direct cause", "+ Exception Group Traceback"}},
		{shapeFrame, []string{
			"Caused by: ", "Suppressed: ", "Wrapped by: ", "nested exception is ", // Java
			"---> ", "--- End of ", // .NET
			"#0 ", "#1 ", "#2 ", "#3 ", "#4 ", "#5 ", "#6 ", "#7 ", "#8 ", "#9 ", "Stack trace:", "[stacktrace]", "thrown in /", // PHP
			"goroutine ", "created by ", "runtime.goexit", "[signal ", // Go
			"stack backtrace:", "note: run with `RUST_BACKTRACE", "note: Some details are omitted", // Rust
			"from /", "from (", // Ruby
		}},
		{shapeIndented, []string{
			"kid: '", "token: '", "Exceptions caught:", "Exception caught:", "Number of keys in ", "InternalId: ", "Keys tried: ", // Microsoft's IDX messages
			"#011", "\\t", // a tab, as syslog daemons and shippers escape it
		}},
		{shapeName, []string{
			"Error: ", "Uncaught ", "UnhandledPromiseRejection", "Unhandled exception", "Exception in thread ", "** (", "panic: ", "thread '", "fatal error: ",
		}},
	} {
		for _, text := range o.texts {
			table[text[0]] = append(table[text[0]], opening{[]byte(text), o.shape})
		}
	}
	return table
}()

// isFrame reports whether text, without the blanks before it, is a call in a
// stack trace:
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

// isExceptionName reports whether text begins with the name of an exception's
// class, which its message or nothing follows.
func isExceptionName(text []byte) bool {
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
