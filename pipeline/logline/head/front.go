package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// isEpoch reports whether the number of n bytes that b begins with is a time: it has
// decimals of a second, or is followed by a colon or a level.
func isEpoch(b []byte, n int) bool {
	if b[n] == ':' || n >= 12 && (b[10] == '.' || b[1] == '.') && !scan.IsWord(b[n]) {
		return true
	}
	if b[n] != ' ' {
		return false
	}
	_, length := levelAt(scan.SkipBlank(b[n:]), false)
	return length > 1
}

// lookFurther strips what it can if the line begins with something unknown: a group
// followed by a timestamp, a name that a timestamp is glued to, or a program and a bar.
func (h *Line) lookFurther() {
	for i, ch := range h.Rest[:min(len(h.Rest), maxFront)] {
		if !isMark[ch] {
			continue
		}
		switch ch {
		case '@':
			if i < 2 || h.Rest[i-1] != ' ' || !h.stamps.Read(h.Rest[i+1:]).Full {
				continue
			}
			before := h.Rest[:i-1] // Dancer: [app:17] error @2006-01-02 15:04:05> ...
			h.Level, h.Rest = severity.Parse(before[bytes.LastIndexByte(before, ' ')+1:]), h.Rest[i+1:]
			h.steps()
			h.Rest = bytes.TrimPrefix(h.Rest, promptMark)
			return
		case '[':
			if h.behindBracket(i) {
				h.steps()
				return
			}
		case ':', ',':
			if i == 0 || i+1 == len(h.Rest) || !scan.IsDigit(h.Rest[i+1]) || bytes.IndexByte(h.Rest[:i], ' ') >= 0 || !h.stamps.Read(h.Rest[i+1:]).Full {
				continue
			}
			h.Rest = h.Rest[i+1:] // name:2006-01-02 15:04:05 ..., 1,2006-01-02 15:04:05,...
			h.steps()
			return
		case '|':
			if i == 2 && h.kafkaClient() {
				return
			}
			if i == 0 || h.Rest[i-1] != ' ' {
				continue
			}
			named := Line{stamps: h.stamps, Rest: scan.SkipBlank(h.Rest[i+1:])} // what runs several programs names them
			if named.steps(); named.Stamp.Len > 0 && named.Level != severity.None {
				*h = named
			}
			return
		}
	}
}

// kafkaClient strips what librdkafka writes before its messages: a syslog severity and
// seconds since 1970, "%7|1614834367.123|CONNECT|rdkafka#consumer-1| ".
func (h *Line) kafkaClient() bool {
	b := h.Rest
	if b[0] != '%' || !scan.IsDigit(b[1]) {
		return false
	}
	ns, n := stamp.EpochPrefix(b[3:])
	if n == 0 || len(b) <= 3+n || b[3+n] != '|' {
		return false
	}
	h.Stamp, h.Level = stamp.Time{UnixNano: ns, Len: n, Full: true}, severity.Syslog(int(b[1]-'0'))
	h.Rest, h.Fields = b[4+n:], 2
	return true
}

// isMark holds the bytes that lookFurther examines.
var isMark = [256]bool{'@': true, '[': true, ':': true, ',': true, '|': true}

// maxFront bounds the bytes before the head of a line.
const maxFront = 64

var (
	promptMark = []byte("> ")
	colonMark  = []byte(":")
)

// behindBracket strips what precedes the bracket at h.Rest[i], if the bracket contains a
// timestamp, or is a process id between a program and a timestamp:
// "api[17]: 2006-01-02 15:04:05 ...".
func (h *Line) behindBracket(i int) bool {
	b := h.Rest
	if h.stamps.Read(b[i+1:]).Full {
		h.Rest = b[i:]
		return true
	}
	if i == 0 && h.trace() {
		return true
	}
	n := i + 1 + scan.Digits(b[i+1:])
	if i < 2 || n == i+1 || n == len(b) || b[n] != ']' || scan.Name(b) != i {
		return false
	}
	rest := scan.SkipBlank(bytes.TrimPrefix(b[n+1:], colonMark))
	if !h.stamps.Read(rest).Full {
		return false
	}
	h.App, h.Rest = b[:i], rest
	return true
}

// trace strips thread, connection, transaction, stamp and level, as written by SAP HANA:
// "[17]{-1}[-1/-1] 2006-01-02 15:04:05.000000 w Component ...".
func (h *Line) trace() bool {
	b := h.Rest
	for _, open := range []byte("[{[") {
		end := 1
		for end < len(b) && (scan.IsDigit(b[end]) || b[end] == '-' || b[end] == '/') {
			end++
		}
		if len(b) < 2 || b[0] != open || end == len(b) || b[end] != open+2 {
			return false
		}
		b = b[end+1:]
	}
	b = scan.SkipBlank(b)
	s := h.stamps.Read(b)
	if !s.Full || s.Len+2 >= len(b) || b[s.Len] != ' ' || b[s.Len+2] != ' ' {
		return false
	}
	h.take(s)
	h.Level, h.Rest, h.Fields = severity.Letter(b[s.Len+1]), b[s.Len+2:], 2
	return true
}

// share strips a percentage between a timestamp and a group, FreeSWITCH's idle time:
// "82.43% [WARNING] ...".
func (h *Line) share() bool {
	b, n := h.Rest, scan.Digits(h.Rest)
	if n == 0 || h.Stamp.Len == 0 || n+5 >= len(b) || b[n] != '.' || b[n+3] != '%' || b[n+4] != ' ' || b[n+5] != '[' {
		return false
	}
	h.Rest = b[n+5:]
	return true
}
