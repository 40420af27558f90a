package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// group strips a group in brackets. A group without known content is stripped only
// next to a timestamp or a level.
func (h *Line) group() bool {
	b := h.Rest
	end := scan.Closing(b)
	if end < 0 {
		return false
	}
	if h.dateAndTime(end) {
		return true
	}
	inside, behind := scan.SkipBlank(b[1:end]), b[end+1:]
	if !h.inside(inside) {
		if isMessage(inside, behind) || !h.goesOn(b[0], inside, behind) {
			return false
		}
		if h.App == nil && (h.Level != severity.None || isTraced(inside)) {
			h.App = springApp(b, end)
		}
		if h.App == nil {
			h.App = programAndPID(inside)
		}
	}
	if n := len(inside) - 3; n > len(faultMark) && inside[n-1] == ':' && scan.Digits(inside[n:]) == 3 && bytes.HasSuffix(inside[:n], faultMark) {
		h.Status = int16(scan.Number(inside[n:]))
	}
	if host := pinoHost(inside); host != nil {
		h.Host = host
	}
	h.Rest = behind
	return true
}

var faultMark = []byte("HttpException:")

// maxGroup bounds the length of a group in brackets.
const maxGroup = 256

// dateAndTime strips two groups of which the first, up to h.Rest[end], is a date and
// the other a time, as fern prints them: [2006-01-02][15:04:05].
func (h *Line) dateAndTime(end int) bool {
	b := h.Rest
	if end != 11 || len(b) <= 20 || b[12] != '[' || h.Stamp.Len > 0 {
		return false
	}
	s := h.stamps.Read(b[1:])
	if !s.Full || 1+s.Len >= len(b) || b[1+s.Len] != ']' {
		return false
	}
	h.take(s)
	h.Rest = b[2+s.Len:]
	return true
}

// isMessage reports whether a group without known content is the message, or the
// request that the message begins with: nothing follows it, it is a quoted text, or it
// has a status or a method.
func isMessage(inside, behind []byte) bool {
	return len(scan.SkipBlank(behind)) == 0 || len(inside) > 0 && inside[0] == '"' || isStatusBeforeMethod(inside, behind) || endsWithRequest(inside) ||
		isMethodBefore(inside, behind)
}

// isMethodBefore reports whether a group is a method that a target follows.
func isMethodBefore(inside, behind []byte) bool {
	if len(inside) < 3 || len(inside) > 7 || len(behind) < 2 || behind[0] != ' ' || behind[1] != '/' && !bytes.HasPrefix(behind, urlMark) && !bytes.HasPrefix(behind, pathMark) {
		return false
	}
	for _, ch := range inside {
		if ch < 'A' || ch > 'Z' {
			return false
		}
	}
	return severity.Parse(inside) == severity.None
}

var urlMark, pathMark = []byte(" http"), []byte(" [/")

// goesOn reports whether the head continues after a group without known content: a
// timestamp or a level precedes or follows it, and a name in <> is followed by a level.
func (h *Line) goesOn(open byte, inside, behind []byte) bool {
	next := skipSeparator(behind)
	if open == '<' && (len(inside) == 0 || !scan.IsDigit(inside[0])) {
		named := Line{stamps: h.stamps, Rest: next, Stamp: h.Stamp}
		return h.Stamp.Len > 0 && h.Level == severity.None && len(next) > 0 && named.words()
	}
	if h.Stamp.Len > 0 || h.Level != severity.None {
		return true
	}
	if n := scan.Digits(next); scan.Spaces(next[n:]) > 0 { // a process between group and stamp
		next = skipSeparator(next[n:])
	}
	if len(next) == 0 {
		return false
	}
	if next[0] == '[' || next[0] == '(' && h.stamps.Read(next[1:]).Full || h.stamps.Read(next).Len > 0 {
		return true
	}
	_, n := levelAt(next, false)
	return n > 0
}

// inside looks for a timestamp and a level among the words of a group.
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
			if level == severity.None && b[0] == 'N' && len(b) > 2 && h.stamps.Read(b[2:]).Full {
				level = severity.Info // Passenger's notice
			}
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

// groupLevel returns the level that a group between two words names: a word, or a
// capital.
func groupLevel(inside []byte) severity.Level {
	inside = bytes.TrimSpace(inside)
	if len(inside) == 1 {
		return severity.Capital(inside[0])
	}
	return severity.Parse(inside)
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

// springApp returns the name in a group that Spring Boot writes after the level:
// [app,trace,span], or [app] after "---" and before the thread's.
func springApp(b []byte, end int) []byte {
	name, rest, ok := bytes.Cut(b[1:end], []byte(","))
	if !ok || bytes.IndexByte(rest, ',') < 0 || bytes.IndexByte(rest, ' ') >= 0 || len(name) == 0 || bytes.ContainsAny(name, " =:") {
		return nil
	}
	return name
}

// isTraced reports whether a group ends with a trace or span id.
func isTraced(inside []byte) bool {
	i := bytes.LastIndexByte(inside, ',')
	if i < 0 || len(inside)-i < 9 {
		return false
	}
	for _, ch := range inside[i+1:] {
		if !scan.IsDigit(ch) && (ch < 'a' || ch > 'f') {
			return false
		}
	}
	return true
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

// endsWithRequest reports whether a group ends with a method and a path, as Egg writes
// them: [-/203.0.113.9/-/5ms GET /path].
func endsWithRequest(inside []byte) bool {
	i := bytes.LastIndexByte(inside, ' ')
	if i < 3 || i+1 == len(inside) || inside[i+1] != '/' {
		return false
	}
	n := i
	for n > 0 && inside[n-1] >= 'A' && inside[n-1] <= 'Z' {
		n--
	}
	return i-n >= 3 && i-n <= 7 && (n == 0 || inside[n-1] == ' ')
}

// isStatusBeforeMethod reports whether three digits in brackets are a status, which
// a request follows, and not a process before a level.
func isStatusBeforeMethod(inside, rest []byte) bool {
	if len(inside) != 3 || scan.Digits(inside) != 3 || !isCapital(rest) {
		return false
	}
	_, n := levelAt(scan.SkipBlank(rest), true)
	return n == 0
}

// isCapital reports whether b begins, after blanks, with two capitals.
func isCapital(b []byte) bool {
	b = scan.SkipBlank(b)
	return len(b) > 2 && b[0] >= 'A' && b[0] <= 'Z' && b[1] >= 'A' && b[1] <= 'Z'
}
