// Package head takes off what an application's logger puts before a message: stamp,
// level, thread, process and logger, in any order and any brackets.
//
// Invariant: a line in which nothing is recognised stays whole; what is taken off
// stands in front of what stays. The package refuses to look at the message, and to
// take off what may be one.
package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// Line is a line of an application's log, taken apart.
type Line struct {
	Stamp  stamp.Time
	Level  severity.Level
	App    []byte // the application, where the layout is known to name it
	Host   []byte // the machine, likewise
	Rest   []byte // the message
	Fields int    // how many things were taken off
	Status int16  // of an exception of HTTP in a group, as Yii writes it

	outer  severity.Level // that of another logger's head before this one's
	stamps *stamp.Reader

	behindProgram bool // a program and its number were taken off last
}

// maxHead bounds the things taken off the beginning of a line.
const maxHead = 10

// Read takes off the front of line what is not the message.
func Read(stamps *stamp.Reader, line []byte) Line {
	h := Line{stamps: stamps, Rest: skipArrow(scan.SkipBlank(line))}
	if ns, n := stamp.EpochPrefix(h.Rest); n >= 10 && n < len(h.Rest) && isEpoch(h.Rest, n) {
		h.Stamp = stamp.Time{UnixNano: ns, Len: n, Full: true}
		h.Rest, h.Fields = skipSeparator(h.Rest[n:]), 1
	}
	h.steps()
	if h.Fields == 0 && !h.columns() {
		h.lookFurther()
	}
	if h.Level == severity.None {
		if h.Level = h.outer; h.Level == severity.None && h.Fields > 0 {
			h.Level = Mnemonic(h.Rest)
		}
	}
	if h.Level != severity.None || h.Stamp.Len > 0 {
		h.Rest = skipLogger(h.Rest)
	}
	return h
}

// steps takes off what it can.
func (h *Line) steps() {
	for range maxHead {
		if len(h.Rest) == 0 || !h.step() {
			break
		}
		h.Fields++
		h.Rest = skipSeparator(h.Rest)
	}
}

// step takes one thing off h.Rest: a stamp, a group in brackets, a level, or
// words between which a level follows.
func (h *Line) step() bool {
	b := h.Rest
	if s := h.stamps.Read(b); s.Len > 0 {
		if h.Stamp.Len > 0 && h.Fields == 1 {
			return false // a line with its own stamp behind another's
		}
		h.take(s)
		h.Rest = b[s.Len:]
		return true
	}
	switch b[0] {
	case '[', '(', '<':
		return h.group()
	case '"':
		return h.quoted()
	case '*': // *ERROR*
		if end := bytes.IndexByte(b[1:min(len(b), 12)], '*'); end > 0 && h.Level == severity.None {
			if level := severity.Parse(b[1 : 1+end]); level != severity.None {
				h.Level, h.Rest = level, b[end+2:]
				return true
			}
		}
	case '=':
		return h.Level == severity.None && h.report()
	case '{':
		return (h.Stamp.Len > 0 || h.Level != severity.None) && h.place()
	}
	if h.Level == severity.None {
		if level, n := levelAt(b, h.Stamp.Len > 0); n > 0 {
			h.Level, h.Rest = level, b[n:]
			return true
		}
		return h.outer == severity.None && (h.words() || scan.IsDigit(b[0]) && h.share())
	}
	if level, n := levelAt(b, false); n > 0 {
		if level == h.Level && b[n-1] >= 'A' && b[n-1] <= 'Z' {
			h.Rest = b[n:] // Ruby says it twice
			return true
		}
		if h.behindProgram {
			h.behindProgram, h.Level, h.Rest = false, level, b[n:] // "In(14) api[17]: debug [...": the program's own
			return true
		}
		if h.Level == severity.Debug && h.Fields == 2 && bytes.HasPrefix(b[n:], barMark) {
			h.Level, h.Rest = level, b[n:] // "| TRACE | INFO |": the first is a program of Datadog's agent
			return true
		}
	}
	return h.number() || h.origin() || h.column() || h.program() || h.processAndThread()
}

// report takes off what Erlang put before an event: =ERROR REPORT==== stamp ===
func (h *Line) report() bool {
	n := bytes.Index(h.Rest[:min(len(h.Rest), 32)], reportMark)
	if n < 0 {
		return false
	}
	if h.Level = severity.Parse(h.Rest[1:n]); h.Level == severity.None {
		return false
	}
	h.Rest = h.Rest[n+len(reportMark):]
	if s := h.stamps.Read(h.Rest); s.Len > 0 {
		h.take(s)
		h.Rest = bytes.TrimPrefix(h.Rest[s.Len:], []byte(" ==="))
	}
	return true
}

var reportMark = []byte(" REPORT==== ")

// place takes off a place in the source in braces: {file.py:12}.
func (h *Line) place() bool {
	end := scan.Closing(h.Rest)
	if end < 2 || bytes.ContainsAny(h.Rest[:end], "\" =") {
		return false
	}
	h.Rest = h.Rest[end+1:]
	return true
}

// take notes a stamp, the last one with a date before others.
func (h *Line) take(s stamp.Time) {
	if h.Stamp.Len > 0 && s.Full && h.Level != severity.None {
		h.outer, h.Level = h.Level, severity.None // a head behind another's
	}
	if h.Stamp.Len == 0 || s.Full {
		h.Stamp = s
	}
}

// group takes off a group in brackets. One that says nothing known is taken
// off only next to a stamp or a level.
func (h *Line) group() bool {
	b := h.Rest
	end := scan.Closing(b)
	if end < 0 {
		return false
	}
	if end == 11 && len(b) > 20 && b[12] == '[' && h.Stamp.Len == 0 {
		if s := h.stamps.Read(b[1:]); s.Full && 1+s.Len < len(b) && b[1+s.Len] == ']' { // fern's [2006-01-02][15:04:05]
			h.take(s)
			h.Rest = b[2+s.Len:]
			return true
		}
	}
	inside := scan.SkipBlank(b[1:end])
	found := h.inside(inside)
	if !found && (len(scan.SkipBlank(b[end+1:])) == 0 || len(inside) > 0 && inside[0] == '"' || isStatusBeforeMethod(inside, b[end+1:])) {
		return false // the message itself, or a request
	}
	if !found && b[0] == '<' && (len(inside) == 0 || !scan.IsDigit(inside[0])) {
		next := Line{stamps: h.stamps, Rest: skipSeparator(b[end+1:]), Stamp: h.Stamp}
		if h.Stamp.Len == 0 || h.Level != severity.None || len(next.Rest) == 0 || !next.words() {
			return false
		}
	}
	if !found && h.Stamp.Len == 0 && h.Level == severity.None {
		next := skipSeparator(b[end+1:])
		next = skipSeparator(next[scan.Digits(next)*min(scan.Spaces(next[scan.Digits(next):]), 1):])
		if len(next) == 0 || h.stamps.Read(next).Len == 0 && next[0] != '[' && (next[0] != '(' || !h.stamps.Read(next[1:]).Full) {
			if _, n := levelAt(next, false); n == 0 {
				return false
			}
		}
	}
	if !found && endsWithRequest(inside) {
		return false
	}
	if !found && h.App == nil && h.Level != severity.None {
		h.App = springApp(b, end)
	}
	if !found && h.App == nil {
		h.App = programAndPID(inside)
	}
	if n := len(inside) - 3; n > len(faultMark) && inside[n-1] == ':' && scan.Digits(inside[n:]) == 3 && bytes.HasSuffix(inside[:n], faultMark) {
		h.Status = int16(scan.Number(inside[n:]))
	}
	if host := pinoHost(inside); host != nil {
		h.Host = host
	}
	h.Rest = b[end+1:]
	return true
}

var faultMark = []byte("HttpException:")

// inside looks for a stamp and a level among the words of a group.
func (h *Line) inside(b []byte) (found bool) {
	if ns, n := stamp.EpochPrefix(b); n >= 10 && n == len(b) && h.Stamp.Len == 0 {
		h.take(stamp.Time{UnixNano: ns, Len: n, Full: true})
		return true
	}
	for range 6 {
		b = skipSeparator(b)
		if len(b) == 0 {
			break
		}
		if s := h.stamps.Read(b); s.Len > 0 {
			h.take(s)
			b, found = b[s.Len:], true
			continue
		}
		n := 0
		for n < len(b) && b[n] != ' ' && b[n] != ',' && b[n] != ':' && b[n] != '/' && b[n] != '|' {
			n++
		}
		if n == 0 {
			break
		}
		level := severity.Parse(b[:n])
		if n == 1 && (len(b) == 1 || len(b) > 2 && (found && scan.IsDigit(b[2]) || h.stamps.Read(b[2:]).Len > 0)) {
			level = severity.Capital(b[0]) // [W], [W 2006-01-02 15:04:05 app], [2006-01-02 15:04:05 W 17 18]
		}
		if level != severity.None && h.Level == severity.None {
			h.Level, found = level, true
		}
		b = b[n:]
		if len(b) > 0 && b[0] == '/' {
			b = b[1:]
		}
	}
	return found
}

// words takes off up to three words, names and numbers, behind which a level
// follows.
func (h *Line) words() bool {
	b, worse := h.Rest, severity.None
	for words := 0; words < 3; {
		n := pairsEnd(b, scan.Name(b))
		if n == 0 || n == len(b) {
			return false
		}
		if h.Stamp.Len == 0 || bytes.IndexByte(b[:n], '=') < 0 && !scan.IsDigit(b[0]) || len(h.Rest)-len(b) > maxGroup {
			words++ // pairs, numbers and addresses before a level do not count
		}
		if level := severity.Parse(b[:n]); level != severity.None && b[0] >= 'A' && b[0] <= 'Z' && worse == severity.None {
			worse = level // "PHP Fatal error:"
		}
		number := scan.Digits(b) == n
		b = skipSeparator(b[n:])
		if len(b) == 0 {
			return false
		}
		if b[0] == '[' || b[0] == '(' {
			end := scan.Closing(b)
			if end > 0 && groupLevel(b[1:end]) != severity.None {
				h.Rest = b
				return true
			}
			if end < 0 || h.Stamp.Len == 0 && !number {
				return false
			}
			b = skipSeparator(b[end+1:])
			if len(b) == 0 {
				return false
			}
		}
		if _, m := levelAt(b, false); m > 1 && (b[1] >= 'A' && b[1] <= 'Z' || h.Stamp.Len > 0) {
			if h.Stamp.Len > 0 {
				if pod, _ := scan.Token(h.Rest); naming.IsReplica(pod) {
					h.Host = pod
				}
			}
			h.Rest = b
			if worse != severity.None {
				h.Level, h.Rest = worse, b[m:]
			}
			return true
		}
		if level := spacedLevel(b); level != severity.None && h.Stamp.Len > 0 {
			h.Level, h.Rest = level, b[1:]
			return true
		}
		if h.Stamp.Len == 0 {
			if s := h.stamps.Read(b); s.Full {
				h.Rest = b
				return true
			}
		}
	}
	return false
}

// number takes off a process or thread number between level and message:
// "123 --- ", "123#123: ", "12345 --".
func (h *Line) number() bool {
	n := 0
	for n < len(h.Rest) && (scan.IsDigit(h.Rest[n]) || n > 0 && (h.Rest[n] == '#' || h.Rest[n] == ':')) {
		n++
	}
	if n == 0 || n == len(h.Rest) || h.Rest[n] != ' ' {
		return false
	}
	rest := scan.SkipBlank(h.Rest[n:])
	if dashes, ok := bytes.CutPrefix(rest, []byte("---")); ok {
		h.Rest = scan.SkipBlank(dashes)
		if len(h.Rest) > 0 && h.Rest[0] == '[' { // [app] [thread]
			if end := scan.Closing(h.Rest); end > 0 {
				if next := scan.SkipBlank(h.Rest[end+1:]); len(next) > 0 && next[0] == '[' && !isTrace(next) {
					h.App = h.Rest[1:end]
				}
			}
		}
		return true
	}
	if bytes.IndexByte(h.Rest[:n], '#') > 0 || len(rest) > 0 && rest[0] == '[' {
		h.Rest = rest
		return true
	}
	return false
}

// skipSeparator returns b without blanks and the punctuation that loggers put
// between the things before a message.
func skipSeparator(b []byte) []byte {
	for {
		if b = scan.SkipBlank(b); len(b) == 0 || scan.IsWord(b[0]) {
			return b
		}
		n := 0
		for n < len(b) && n < 4 && (b[n] == '-' || b[n] == '|' || b[n] == ':' || b[n] == ';' || b[n] == ',' || b[n] == '*') {
			n++
		}
		if n == 0 && len(b) > 3 && (string(b[:3]) == "▶" || string(b[:3]) == "›") {
			b = b[3:]
			continue
		}
		if n == 0 || n < len(b) && b[n] != ' ' && b[n] != '\t' && b[n] != '[' && b[n-1] != '|' && b[n-1] != ':' && b[n-1] != ';' {
			return b
		}
		b = b[n:]
	}
}

// skipLogger returns b without the name of a logger or a place in the source
// that it begins with.
func skipLogger(b []byte) []byte {
	n, dots := 0, 0
	for n < len(b) && n < 120 && b[n] > ' ' && b[n] != '"' && b[n] != '=' && b[n] != '|' {
		if (b[n] == '.' || b[n] == ':' || b[n] == '/') && n > 0 && n+1 < len(b) && scan.IsWord(b[n+1]) || b[n] == '<' {
			dots++
		}
		n++
	}
	if n >= 3 && n < len(b) && b[n] == '|' && dots > 0 && scan.IsLetter(b[0]) {
		return scan.SkipBlank(b[n+1:])
	}
	if n < 3 || n >= len(b) || b[n] > ' ' || !scan.IsLetter(b[0]) && b[0] != '_' {
		return b
	}
	rest := scan.SkipBlank(b[n:])
	if len(rest) > 2 && (rest[0] == '-' || rest[0] == ':' || rest[0] == '|' || rest[0] == '>') && rest[1] == ' ' {
		return scan.SkipBlank(rest[1:])
	}
	if n > 4 && b[n-5] == '.' && b[n-1] == ':' && scan.Digits(b[n-4:n]) == 3 {
		return b // an error and its status: "Abort.401: ..."
	}
	if b[n-1] == ':' && dots > 0 && !bytes.Contains(b[:n], []byte("://")) {
		return rest
	}
	if dots > 0 && (b[n] == '\t' || b[n-1] == ']' && scan.IsDigit(b[n-2])) {
		return rest
	}
	return b
}

var barMark = []byte(" |")

// maxGroup bounds the length of a group in brackets.
const maxGroup = 256
