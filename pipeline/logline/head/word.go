package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// column strips a column between bars that a timestamp follows:
// "INFO | jvm 1 | 2006/01/02 15:04:05 | ...".
func (h *Line) column() bool {
	i := bytes.IndexByte(h.Rest[:min(len(h.Rest), maxColumn)], '|')
	if i <= 0 || h.Stamp.Len > 0 || bytes.ContainsAny(h.Rest[:i], `"=`) {
		return false
	}
	next := scan.SkipBlank(h.Rest[i+1:])
	if len(next) == 0 || h.stamps.Read(next).Len == 0 {
		return false
	}
	h.Rest = next
	return true
}

// maxColumn bounds the length of a column that is stripped.
const maxColumn = 48

// words strips up to three words, names and numbers that a level follows.
func (h *Line) words() bool {
	b, worse, numbers := h.Rest, severity.None, 0
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
		if number {
			numbers++
		}
		if numbers == 2 && len(b) > 2 && b[1] == ' ' && h.Stamp.Len > 0 && severity.Capital(b[0]) != severity.None {
			h.Level, h.Rest = severity.Capital(b[0]), b[1:] // process, thread and level, as Android writes them
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

// number strips a process or thread id between level and message:
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

// pairsEnd returns the length of the pairs that b begins with, joined by commas,
// as in "user=app,db=app,client=10.0.0.1 FATAL: ..." and "app@app,app=[unknown] ..." of
// PostgreSQL.
func pairsEnd(b []byte, n int) int {
	if n == len(b) || b[n] != ',' || bytes.IndexByte(b[:n], '=') < 0 && bytes.IndexByte(b[:n], '@') < 0 {
		return n
	}
	word, _ := scan.Token(b[:min(len(b), maxGroup)])
	return len(word)
}

// ReadOrigin reads host and program if these, and no colon, are between the timestamp
// and the line of an access log: "timestamp host program ... - - "GET /path ...".
func (h *Line) ReadOrigin() {
	host, rest := scan.Token(h.Rest)
	if !naming.IsHost(host) || bytes.IndexByte(host, '.') < 0 || !scan.IsLetter(host[0]) || bytes.IndexByte(host, ':') >= 0 {
		return
	}
	program, rest := scan.Token(rest)
	for _, ch := range program {
		if (ch < 'a' || ch > 'z') && !scan.IsDigit(ch) && ch != '-' && ch != '_' {
			return
		}
	}
	if i := bytes.Index(rest[:min(len(rest), maxGroup)], originMark); i < 0 || len(program) < 2 {
		return
	}
	h.Host, h.App = host, program
}

var originMark = []byte(` - - "`)

// origin strips program, process and machine after a level, as bunyan prints them:
// "api/17 on host: ...", "api/17 on host (file.js:1 in f): ...".
func (h *Line) origin() bool {
	name, rest := scan.Token(h.Rest[:min(len(h.Rest), maxGroup)])
	program, pid, ok := bytes.Cut(name, []byte("/"))
	if !ok {
		return false
	}
	on, rest := scan.Token(rest)
	if string(on) != "on" || len(program) == 0 || len(pid) == 0 || scan.Digits(pid) != len(pid) {
		return false
	}
	host, _ := scan.Token(rest)
	host = bytes.TrimSuffix(host, []byte(":"))
	if !naming.IsHost(host) {
		return false
	}
	h.App, h.Host = program, host
	h.Rest = scan.SkipBlank(h.Rest[len(h.Rest[:min(len(h.Rest), maxGroup)])-len(rest)+len(host):])
	if len(h.Rest) > 0 && h.Rest[0] == '(' {
		if end := scan.Closing(h.Rest); end > 0 {
			h.Rest = h.Rest[end+1:]
		}
	}
	return true
}
