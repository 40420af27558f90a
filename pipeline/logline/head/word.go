package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// column takes off a column between bars behind which a stamp follows:
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

// maxColumn bounds the length of a column that is taken off.
const maxColumn = 48

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

// groupLevel returns the level that a group between two words names: a word, or a
// capital.
func groupLevel(inside []byte) severity.Level {
	inside = bytes.TrimSpace(inside)
	if len(inside) == 1 {
		return severity.Capital(inside[0])
	}
	return severity.Parse(inside)
}

// ReadOrigin notes host and program where these, and no colon, stand between the
// stamp and the line of an access log: "stamp host program ... - - "GET /path ...".
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

// origin takes off program, process and machine behind a level, as bunyan
// prints them: "api/17 on host: ...", "api/17 on host (file.js:1 in f): ...".
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

// spacedLevel reads a level of one letter set off by two blanks, as WebSphere
// writes it behind thread and component.
func spacedLevel(b []byte) severity.Level {
	if len(b) < 3 || b[1] != ' ' || b[2] != ' ' {
		return severity.None
	}
	return severity.Capital(b[0])
}

// skipArrow returns b without what some tools put before a level to catch the eye:
// "==> WARNING: ...".
func skipArrow(b []byte) []byte {
	n := 0
	for n < len(b) && n < 4 && (b[n] == '=' || b[n] == '>' || b[n] == '!') {
		n++
	}
	if n > 1 && n < len(b) && b[n] == ' ' {
		return scan.SkipBlank(b[n:])
	}
	return b
}

// programAndPID returns the program in a group such as [gunicorn/17].
func programAndPID(inside []byte) []byte {
	name, pid, ok := bytes.Cut(inside, []byte("/"))
	if !ok || len(name) < 3 || len(pid) == 0 || scan.Digits(pid) != len(pid) {
		return nil
	}
	for _, ch := range name {
		if (ch < 'a' || ch > 'z') && ch != '-' && ch != '_' {
			return nil
		}
	}
	return name
}

// pinoHost returns the machine in a group of pino's pretty printer, "17 on host"
// or "app/17 on host".
func pinoHost(inside []byte) []byte {
	word, rest := scan.Token(inside)
	on, host := scan.Token(rest)
	if len(word) == 0 || !scan.IsDigit(word[len(word)-1]) || string(on) != "on" || !naming.IsHost(host) {
		return nil
	}
	return host
}

// springApp returns the name in a group that Spring Boot puts behind the level:
// [app,trace,span], or [app] after "---" and before the thread's.
func springApp(b []byte, end int) []byte {
	name, rest, ok := bytes.Cut(b[1:end], []byte(","))
	if !ok || bytes.IndexByte(rest, ',') < 0 || bytes.IndexByte(rest, ' ') >= 0 || len(name) == 0 || bytes.ContainsAny(name, " =:") {
		return nil
	}
	return name
}

// isTrace reports whether b begins with a group of trace and span, which may be
// blank: "[65a1e0b2-90ab12cd]".
func isTrace(b []byte) bool {
	n := 1
	for n < len(b) && (scan.IsDigit(b[n]) || b[n] == '-' || b[n] == ' ' || b[n]|0x20 >= 'a' && b[n]|0x20 <= 'f') {
		n++
	}
	return n < len(b) && b[n] == ']'
}
