package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// headColumn takes off a column between bars behind which a stamp follows:
// "INFO | jvm 1 | 2006/01/02 15:04:05 | ...".
func (d *Decoder) headColumn(h *head) bool {
	i := bytes.IndexByte(h.rest[:min(len(h.rest), maxColumn)], '|')
	if i <= 0 || h.stamp.Len > 0 || bytes.ContainsAny(h.rest[:i], `"=`) {
		return false
	}
	next := scan.SkipBlank(h.rest[i+1:])
	if len(next) == 0 || d.stamps.Read(next).Len == 0 {
		return false
	}
	h.rest = next
	return true
}

// maxColumn bounds the length of a column that is taken off.
const maxColumn = 48

// headSign takes off the sign before a level: "# WARNING: ...", as Redis writes.
func headSign(h *head) bool {
	if h.stamp.Len == 0 || len(h.rest) < 6 || h.rest[1] != ' ' {
		return false
	}
	level, n := headLevel(h.rest[2:], false)
	if n == 0 {
		return false
	}
	h.level, h.rest = level, h.rest[2+n:]
	return true
}

// headPairs returns the length of the pairs that b begins with, joined by commas,
// as in "user=app,db=app,client=10.0.0.1 FATAL: ..." of PostgreSQL.
func headPairs(b []byte, n int) int {
	if n == len(b) || b[n] != ',' || bytes.IndexByte(b[:n], '=') < 0 {
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

// readOrigin notes host and program where these, and no colon, stand between the
// stamp and the line of an access log: "stamp host program ... - - "GET /path ...".
func (h *head) readOrigin() {
	host, rest := scan.Token(h.rest)
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
	h.host, h.app = host, program
}

var originMark = []byte(` - - "`)

// headOrigin takes off program, process and machine behind a level, as bunyan
// prints them: "api/17 on host: ...", "api/17 on host (file.js:1 in f): ...".
func headOrigin(h *head) bool {
	name, rest := scan.Token(h.rest[:min(len(h.rest), maxGroup)])
	on, rest := scan.Token(rest)
	program, pid, ok := bytes.Cut(name, []byte("/"))
	if !ok || string(on) != "on" || len(program) == 0 || len(pid) == 0 || scan.Digits(pid) != len(pid) {
		return false
	}
	host, _ := scan.Token(rest)
	host = bytes.TrimSuffix(host, colon)
	if !naming.IsHost(host) {
		return false
	}
	h.app, h.host = program, host
	h.rest = scan.SkipBlank(h.rest[len(h.rest[:min(len(h.rest), maxGroup)])-len(rest)+len(host):])
	if len(h.rest) > 0 && h.rest[0] == '(' {
		if end := scan.Closing(h.rest); end > 0 {
			h.rest = h.rest[end+1:]
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
