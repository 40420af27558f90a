package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// head is what an application's logger puts before a message.
type head struct {
	stamp  stamp.Time
	level  severity.Level
	outer  severity.Level // that of another logger's head before this one's
	app    []byte         // the application, where the layout is known to name it
	host   []byte         // the machine, likewise
	rest   []byte         // the message
	fields int            // how many things were taken off
}

// maxHead bounds the things taken off the beginning of a line.
const maxHead = 10

// readHead takes off the front of line what is not the message.
func (d *Decoder) readHead(line []byte) head {
	h := head{rest: skipArrow(scan.SkipBlank(line))}
	if ns, n := stamp.EpochPrefix(h.rest); n >= 10 && n < len(h.rest) && (n >= 12 && h.rest[10] == '.' && !scan.IsWord(h.rest[n]) || h.rest[n] == ':') {
		h.stamp = stamp.Time{UnixNano: ns, Len: n, Full: true}
		h.rest, h.fields = skipSeparator(h.rest[n:]), 1
	}
	if bytes.HasPrefix(h.rest, []byte("####<")) { // WebLogic
		h.rest = h.rest[4:]
	}
	d.headSteps(&h)
	if h.fields == 0 { // something unknown stands first
		for i, ch := range h.rest[:min(len(h.rest), 64)] {
			if ch == '[' && d.stamps.Read(h.rest[i+1:]).Full {
				h.rest = h.rest[i:]
				d.headSteps(&h)
				break
			}
			if ch == '|' && i > 0 && h.rest[i-1] == ' ' { // what runs several programs names them
				named := head{rest: scan.SkipBlank(h.rest[i+1:])}
				if d.headSteps(&named); named.stamp.Len > 0 && named.level != severity.None {
					h = named
				}
				break
			}
		}
	}
	if h.level == severity.None {
		h.level = h.outer
	}
	if h.level != severity.None || h.stamp.Len > 0 {
		h.rest = skipLogger(h.rest)
	}
	return h
}

// headSteps takes off what it can.
func (d *Decoder) headSteps(h *head) {
	for range maxHead {
		if len(h.rest) == 0 || !d.headStep(h) {
			break
		}
		h.fields++
		h.rest = skipSeparator(h.rest)
	}
}

// headStep takes one thing off h.rest: a stamp, a group in brackets, a level, or
// words between which a level follows.
func (d *Decoder) headStep(h *head) bool {
	b := h.rest
	if s := d.stamps.Read(b); s.Len > 0 {
		if h.stamp.Len > 0 && h.fields == 1 {
			return false // a line with its own stamp behind another's
		}
		h.take(s)
		h.rest = b[s.Len:]
		return true
	}
	switch b[0] {
	case '[', '(', '<':
		return d.headGroup(h)
	case '*': // *ERROR*
		if end := bytes.IndexByte(b[1:min(len(b), 12)], '*'); end > 0 && h.level == severity.None {
			if level := severity.Parse(b[1 : 1+end]); level != severity.None {
				h.level, h.rest = level, b[end+2:]
				return true
			}
		}
	case '#':
		if h.level == severity.None {
			return headSign(h)
		}
	case '{':
		return (h.stamp.Len > 0 || h.level != severity.None) && headPlace(h)
	}
	if h.level == severity.None {
		if level, n := headLevel(b, h.stamp.Len > 0); n > 0 {
			h.level, h.rest = level, b[n:]
			return true
		}
		return h.outer == severity.None && d.headWords(h)
	}
	if level, n := headLevel(b, false); level == h.level && b[n-1] >= 'A' && b[n-1] <= 'Z' {
		h.rest = b[n:] // Ruby says it twice
		return true
	}
	return headNumber(h) || headOrigin(h) || d.headColumn(h)
}

// headPlace takes off a place in the source in braces: {file.py:12}.
func headPlace(h *head) bool {
	end := scan.Closing(h.rest)
	if end < 2 || bytes.ContainsAny(h.rest[:end], "\" =") {
		return false
	}
	h.rest = h.rest[end+1:]
	return true
}

// take notes a stamp, the last one with a date before others.
func (h *head) take(s stamp.Time) {
	if h.stamp.Len > 0 && s.Full && h.level != severity.None {
		h.outer, h.level = h.level, severity.None // a head behind another's
	}
	if h.stamp.Len == 0 || s.Full {
		h.stamp = s
	}
}

// headGroup takes off a group in brackets. One that says nothing known is taken
// off only next to a stamp or a level.
func (d *Decoder) headGroup(h *head) bool {
	b := h.rest
	end := scan.Closing(b)
	if end < 0 {
		return false
	}
	inside := scan.SkipBlank(b[1:end])
	found := d.headInside(h, inside)
	if !found && (len(scan.SkipBlank(b[end+1:])) == 0 || len(inside) > 0 && inside[0] == '"') {
		return false // the message itself
	}
	if !found && b[0] == '<' && (len(inside) == 0 || !scan.IsDigit(inside[0])) {
		next := head{rest: skipSeparator(b[end+1:]), stamp: h.stamp}
		if h.stamp.Len == 0 || h.level != severity.None || len(next.rest) == 0 || !d.headWords(&next) {
			return false
		}
	}
	if !found && h.stamp.Len == 0 && h.level == severity.None {
		next := skipSeparator(b[end+1:])
		next = skipSeparator(next[scan.Digits(next)*min(scan.Spaces(next[scan.Digits(next):]), 1):])
		if len(next) == 0 || d.stamps.Read(next).Len == 0 && next[0] != '[' {
			if _, n := headLevel(next, false); n == 0 {
				return false
			}
		}
	}
	if !found && h.app == nil && h.level != severity.None {
		h.app = springApp(b, end)
	}
	if !found && h.app == nil {
		h.app = programAndPID(inside)
	}
	if host := pinoHost(inside); host != nil {
		h.host = host
	}
	h.rest = b[end+1:]
	return true
}

// headInside looks for a stamp and a level among the words of a group.
func (d *Decoder) headInside(h *head, b []byte) (found bool) {
	if ns, n := stamp.EpochPrefix(b); n >= 10 && n == len(b) && h.stamp.Len == 0 {
		h.take(stamp.Time{UnixNano: ns, Len: n, Full: true})
		return true
	}
	for range 6 {
		b = skipSeparator(b)
		if len(b) == 0 {
			break
		}
		if s := d.stamps.Read(b); s.Len > 0 {
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
		if n == 1 && (len(b) == 1 || len(b) > 2 && d.stamps.Read(b[2:]).Len > 0) {
			level = severity.Capital(b[0]) // [W], [W 2006-01-02 15:04:05 app]
		}
		if level != severity.None && h.level == severity.None {
			h.level, found = level, true
		}
		b = b[n:]
		if len(b) > 0 && b[0] == '/' {
			b = b[1:]
		}
	}
	return found
}

// headWords takes off up to three words, names and numbers, behind which a level
// follows.
func (d *Decoder) headWords(h *head) bool {
	b, worse := h.rest, severity.None
	for words := 0; words < 3; {
		n := headPairs(b, scan.Name(b))
		if n == 0 || n == len(b) {
			return false
		}
		if h.stamp.Len == 0 || bytes.IndexByte(b[:n], '=') < 0 || len(h.rest)-len(b) > maxGroup {
			words++ // pairs before a level do not count
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
				h.rest = b
				return true
			}
			if end < 0 || h.stamp.Len == 0 && !number {
				return false
			}
			b = skipSeparator(b[end+1:])
			if len(b) == 0 {
				return false
			}
		}
		if _, m := headLevel(b, false); m > 1 && (b[1] >= 'A' && b[1] <= 'Z' || h.stamp.Len > 0) {
			h.rest = b
			if worse != severity.None {
				h.level, h.rest = worse, b[m:]
			}
			return true
		}
		if level := spacedLevel(b); level != severity.None && h.stamp.Len > 0 {
			h.level, h.rest = level, b[1:]
			return true
		}
		if h.stamp.Len == 0 {
			if s := d.stamps.Read(b); s.Full {
				h.rest = b
				return true
			}
		}
	}
	return false
}

// headNumber takes off a process or thread number between level and message:
// "123 --- ", "123#123: ", "12345 --".
func headNumber(h *head) bool {
	n := 0
	for n < len(h.rest) && (scan.IsDigit(h.rest[n]) || n > 0 && (h.rest[n] == '#' || h.rest[n] == ':')) {
		n++
	}
	if n == 0 || n == len(h.rest) || h.rest[n] != ' ' {
		return false
	}
	rest := scan.SkipBlank(h.rest[n:])
	if dashes, ok := bytes.CutPrefix(rest, []byte("---")); ok {
		h.rest = scan.SkipBlank(dashes)
		if len(h.rest) > 0 && h.rest[0] == '[' { // [app] [thread]
			if end := scan.Closing(h.rest); end > 0 {
				if next := scan.SkipBlank(h.rest[end+1:]); len(next) > 0 && next[0] == '[' {
					h.app = h.rest[1:end]
				}
			}
		}
		return true
	}
	if bytes.IndexByte(h.rest[:n], '#') > 0 || len(rest) > 0 && rest[0] == '[' {
		h.rest = rest
		return true
	}
	return false
}

// skipSeparator returns b without blanks and the punctuation that loggers put
// between the things before a message.
func skipSeparator(b []byte) []byte {
	for {
		b = scan.SkipBlank(b)
		n := 0
		for n < len(b) && n < 4 && (b[n] == '-' || b[n] == '|' || b[n] == ':' || b[n] == ';' || b[n] == ',' || b[n] == '*') {
			n++
		}
		if n == 0 && len(b) > 3 && (string(b[:3]) == "▶" || string(b[:3]) == "›") {
			b = b[3:]
			continue
		}
		if n == 0 || n < len(b) && b[n] != ' ' && b[n] != '\t' && b[n] != '[' && b[n-1] != '|' && b[n-1] != ':' {
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
	if b[n-1] == ':' && dots > 0 && !bytes.Contains(b[:n], []byte("://")) {
		return rest
	}
	if dots > 0 && (b[n] == '\t' || b[n-1] == ']' && scan.IsDigit(b[n-2])) {
		return rest
	}
	return b
}

// maxGroup bounds the length of a group in brackets.
const maxGroup = 256
