package request

import (
	"bytes"
	"slices"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Part is a request found in a text, with its outcome. What is not stated is nil.
type Part struct {
	Method, Target []byte
	Status         int // 0 where the text states none
	At             int // index of the method
}

// Find looks in text for a request: a method, blanks, and a path or a URL.
func Find(text []byte) (r Part, ok bool) {
	for i := 0; i < len(text); i++ {
		j := bytes.IndexByte(text[i:], '/')
		if j < 0 {
			return r, false
		}
		i += j
		start := i
		if i >= 5 && text[i-1] == ':' && i+1 < len(text) && text[i+1] == '/' {
			for start = i - 1; start > 0 && i-start < 7 && scan.IsLetter(text[start-1]); start-- {
			}
		}
		if method := methodBefore(text[:start]); method > 0 {
			r = requestAt(text, method-1, start)
			return r, true
		}
	}
	return r, false
}

// methodBefore returns one more than the index of the method that b ends with, ignoring
// blanks, quotes and a column's bar, and 0 if it ends otherwise.
func methodBefore(b []byte) int {
	b = beforeHost(beforeStatus(b))
	end := len(b)
	if end > 6 && b[end-1] == ' ' && (b[end-2] == ']' && b[end-6] == '[' || b[end-2] == ')' && b[end-6] == '(') && Status(b[end-5:]) != 0 {
		end -= 6 // GET [401] /path, of Dart's shelf; GET (401) /path, of Symfony's
	}
	for end > 0 && len(b)-end < 16 && mayFollowMethod[b[end-1]] {
		end--
	}
	if end > 6 && string(b[end-3:end]) == "] [" {
		end -= 2 // [GET] [/path]
	}
	if end < len(b) && end > 4 && b[end-1] == ']' {
		end-- // [GET] /path, of Nitro
		if i := bytes.LastIndexByte(b[:end], '['); i < 0 || !IsKnownMethod(b[i+1:end]) {
			return 0
		}
	}
	if end == len(b) || end == 0 {
		return 0
	}
	start := end
	for start > 0 && end-start < 10 && b[start-1] >= 'A' && b[start-1] <= 'Z' {
		start--
	}
	if !IsKnownMethod(b[start:end]) || start > 0 && (scan.IsWord(b[start-1]) || b[start-1] == '-' || b[start-1] >= 0x80) {
		return 0
	}
	return start + 1
}

// beforeHost returns b without a scheme and a host at its end: "GET http host:80 /path", as
// written by GoFrame.
func beforeHost(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] != ' ' {
		return b
	}
	rest := b[max(0, len(b)-128) : len(b)-1]
	i := bytes.LastIndexByte(rest, ' ')
	if i < 8 || i+1 == len(rest) {
		return b
	}
	for _, scheme := range [...]string{" http", " https"} {
		if bytes.HasSuffix(rest[:i], []byte(scheme)) {
			return b[:len(b)-1-len(rest)+i-len(scheme)+1]
		}
	}
	return b
}

// mayFollowMethod are the bytes that may be between a method and its target.
var mayFollowMethod = [256]bool{' ': true, '\t': true, '"': true, '\'': true, '|': true, '-': true, ',': true, ';': true, '^': true}

// beforeStatus returns b without a status, a duration and an address at its end, if a
// status is among them: "GET 401 12ms 203.0.113.9 " of Hanami.
func beforeStatus(b []byte) []byte {
	if n := len(b); n < 8 || b[n-1] != ' ' || !scan.IsDigit(b[n-2]) && b[n-2] != 's' {
		return b
	}
	rest, addressed := b[max(0, len(b)-64):], false
	for i := range 3 {
		rest = bytes.TrimRight(rest, " ")
		behind := min(len(b), 64) - len(rest)
		word := rest[bytes.LastIndexByte(rest, ' ')+1:]
		switch {
		case i == 1 && IsKnownMethod(word) && addressed:
			return b[:len(b)-behind+1] // POST 203.0.113.9 /path
		case len(word) == len(rest):
			return b
		case WholeStatus(word) != 0:
			return b[:len(b)-behind-len(word)]
		case !isTimed(word) && !IsAddress(word):
			return b
		}
		addressed = IsAddress(word)
		rest = rest[:len(rest)-len(word)]
	}
	return b
}

// requestAt parses the request whose method is at text[at:] and whose target is at
// text[start:].
func requestAt(text []byte, at, start int) Part {
	end := start
	for end < len(text) && text[end] > ' ' && text[end] != '"' && text[end] != '\'' && text[end] != '|' && text[end] != '`' {
		end++
	}
	comma := columnComma(text[at:start])
	if comma != 0 {
		if i := bytes.IndexByte(text[start:end], comma); i >= 0 {
			end = start + i
		}
	}
	target := bytes.TrimRight(text[start:end], ":,;)]")
	method, between := scan.Token(text[at:start])
	r := Part{Method: bytes.TrimRight(method, `"|',;-]^`), Target: target, At: at}
	if comma != 0 {
		if r.Status = columnStatus(text[end:], comma); r.Status == 0 {
			r.Status = columnBefore(text[:at], comma)
		}
		return r
	}
	if r.Status = Status(between); r.Status != 0 {
		return r
	}
	if len(between) == 6 && (between[0] == '[' || between[0] == '(') {
		r.Status = Status(between[1:])
		return r
	}
	tail := text[start+len(target):]
	if bytes.Contains(text[:at], finishedMark) {
		r.Status = finishedStatus(tail)
		return r
	}
	if before, ok := bytes.CutSuffix(text[:at], forHTTPMark); ok { // Spring: [a1-1] 500 Server Error for HTTP GET "/path"
		r.Status = Status(bytes.TrimLeft(skipTags(before), " "))
		return r
	}
	if isOutgoing(text[:at], target, tail) {
		return r
	}
	if r.Status = Outcome(tail); r.Status == 0 {
		if r.Status = statusAhead(text[:at]); r.Status == 0 {
			r.Status = arrowStatus(text[:at])
		}
	}
	return r
}

// arrowStatus reads a status after an arrow to the client, before a request that comes
// last, as Verdaccio writes it: "<-- 401, user: a, req: 'GET /path'".
func arrowStatus(b []byte) int {
	i := bytes.Index(b, arrowMark)
	if i < 0 || !bytes.HasSuffix(b, reqMark) {
		return 0
	}
	return Status(b[i+len(arrowMark):])
}

var (
	arrowMark = []byte("<-- ")
	reqMark   = []byte(", req: '")
)

// isOutgoing reports whether a request was sent rather than served, so that its status
// is the response of another server: as HTTP clients log it, and in errors.
func isOutgoing(before, target, tail []byte) bool {
	if target[0] != '/' {
		return beginsWithAny(tail, answerMarks[:]) || endsWithAny(before, sentMarks[:])
	}
	i := bytes.LastIndex(before, schemeMark) // https://host:443 "GET /path
	return i >= 0 && len(before)-i < 128 && bytes.IndexByte(bytes.TrimRight(before[i+3:], " \""), ' ') < 0
}

var forHTTPMark = []byte(" for HTTP ")

// What follows and precedes a URL in lines about a request that was sent and its answer.
var (
	answerMarks = [...][]byte{[]byte(":"), []byte(" failed"), []byte(" returned "), []byte(" (status: "), []byte(" -> "), []byte(" → ")}
	sentMarks   = [...][]byte{[]byte("HTTP Request: "), []byte("response to "), []byte("[")}
)

func beginsWithAny(text []byte, marks [][]byte) bool {
	return slices.ContainsFunc(marks, func(m []byte) bool { return bytes.HasPrefix(text, m) })
}

func endsWithAny(text []byte, marks [][]byte) bool {
	return slices.ContainsFunc(marks, func(m []byte) bool { return bytes.HasSuffix(text, m) })
}

var finishedMark = []byte("Request finished ")

// finishedStatus reads the status in ASP.NET Core's line about a finished request,
// which follows content type, length and a dash.
func finishedStatus(tail []byte) int {
	i := bytes.Index(tail, []byte(" - "))
	for i >= 0 {
		if status := Status(tail[i+3:]); status != 0 {
			return status
		}
		j := bytes.Index(tail[i+2:], []byte(" - "))
		if j < 0 {
			break
		}
		i += 2 + j
	}
	return 0
}

// statusAhead reads a status before the method that is set off so that it can be
// nothing else: "401 GET /", "[401]: GET /", "| 401 | 1ms | ::1 | GET /".
func statusAhead(b []byte) int {
	if status := Status(b); status != 0 && len(b) > 5 {
		if name := bytes.TrimRight(b[4:], ": "); string(name) == reason(status) {
			return status // 401 Unauthorized: GET - /, of Ktor
		}
	}
	end := len(b)
	quoted := end > 2 && b[end-1] == '"' && b[end-2] == ' '
	for range 8 {
		column := false
		for end > 0 && bytes.IndexByte([]byte(" \t|\":]-("), b[end-1]) >= 0 {
			end--
			column = column || b[end] == '|'
		}
		start := end
		for start > 0 && end-start < 64 && b[start-1] > ' ' && b[start-1] != '|' && b[start-1] != '[' {
			start--
		}
		word := b[start:end]
		if status := WholeStatus(word); status != 0 {
			if start > 0 && b[start-1] != '|' && b[start-1] != '[' {
				if before := bytes.TrimRight(b[:start], " \t"); len(before) == start || len(before) > 0 && scan.IsLetter(before[len(before)-1]) && (!quoted || !isSize(before)) {
					return 0 // "order 401 GET /"
				}
			}
			return status
		}
		if len(word) == 0 || !column && !isTimed(word) && !IsAddress(word) {
			return 0
		}
		end = start
	}
	return 0
}

// isSize reports whether b ends with a number of bytes and its unit: 12B.
func isSize(b []byte) bool {
	word := bytes.TrimRight(b[bytes.LastIndexByte(b, ' ')+1:], "kKMGBib")
	return len(word) > 0 && len(word) < len(b) && scan.IsNumber(word)
}

// IsDuration reports whether b is a number with a unit of time: 9ms, 1.5s.
func IsDuration(b []byte) bool {
	i := 0
	for i < len(b) && (scan.IsDigit(b[i]) || b[i] == '.') {
		i++
	}
	if i == 0 {
		return false
	}
	switch string(b[i:]) {
	case "ms", "s", "us", "µs", "μs", "ns", "m", "h", "msec", "sec", "secs", "millis":
		return true
	}
	return i == len(b)
}
