package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readAccess reads the access logs that grew out of the Common Log Format:
//
//	host ident user [stamp] "request" status bytes ...
//
// of Apache, nginx, Tomcat, Gunicorn, Traefik, S3 and many more, with anything before
// the stamp and after the status, and Envoy's, which begins with the stamp.
func readAccess(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 24 || line[4] == '-' && line[7] == '-' || line[0] > '9' && (beginsWithLevel(line) || d.beginsWithMachine(line)) {
		return false
	}
	at := 0
	for range 3 {
		i := bytes.IndexByte(line[at:], '[')
		if i < 0 || at+i > maxAccessHead {
			return false
		}
		at += i + 1
		s := d.stamps.Read(line[at:])
		if s.Len == 0 {
			if ns, n := stamp.EpochPrefix(line[at:]); n >= 10 {
				s = stamp.Time{UnixNano: ns, Len: n, Full: true}
			}
		}
		end := at + s.Len
		if s.Len == 0 || end >= len(line) || line[end] != ']' {
			continue
		}
		rest := line[end+1:]
		if len(rest) < 2 {
			return false
		}
		if !isAccessHead(line[:at-1]) || (rest[1] == '[' && statesLevel(rest) || scan.IsLetter(rest[1]) && beginsWithLevel(rest[1:])) || !readAccessRequest(rest, e) {
			return false
		}
		if s.Full {
			e.setTime(s.UnixNano)
		}
		if d.host {
			e.setHost(request.VirtualHost(line[:at-1]))
		}
		e.Format = formatAccess
		return true
	}
	return false
}

// beginsWithMachine reports whether line begins like a syslog line without a tag: a stamp
// that starts with a month, then a machine.
func (d *Decoder) beginsWithMachine(line []byte) bool {
	if line[3] != ' ' || line[0] > 'S' {
		return false
	}
	s := d.stamps.Read(line)
	if s.Len == 0 || s.Full || s.Len >= len(line) {
		return false
	}
	host, _ := scan.Token(scan.SkipBlank(line[s.Len:]))
	return namesMachine(host)
}

// isAccessHead reports whether b may precede the stamp of an access log: it has no
// label, pair or column, which would mean that there is something to strip first.
func isAccessHead(b []byte) bool {
	if n := len(b) - len(emptyUser); n > 0 && n < 40 && string(b[n:]) == emptyUser && scan.IsDigit(b[0]) && bytes.IndexByte(b, ' ') == n {
		return true // an address and nothing else, as mostly
	}
	start := 0
	for i, ch := range b {
		switch ch {
		case '|', '=', '"', '\t':
			return false
		case ' ':
			if isLevelWord(b[start:i]) {
				return false
			}
			start = i + 1
		case ':':
			if i+1 < len(b) && b[i+1] == ' ' && string(b[i+1:]) != emptyUser { // unix: - -
				return false
			}
		}
	}
	return true
}

// isLevelWord reports whether word is a level in capitals.
func isLevelWord(word []byte) bool {
	word = bytes.Trim(word, "[]")
	return len(word) > 3 && word[0] < 'a' && word[1] < 'a' && severity.Parse(word) != severity.None
}

// statesLevel reports whether there is a level in brackets between the stamp and the
// request, written by a logger before the line of the access log.
func statesLevel(rest []byte) bool {
	for range 3 {
		if len(rest) < 4 || rest[0] != ' ' || rest[1] != '[' {
			return false
		}
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			return false
		}
		if isLevelWord(rest[1 : end+1]) {
			return true
		}
		rest = rest[end+1:]
	}
	return false
}

const formatAccess = "access"

// maxAccessHead bounds the bytes before the stamp of an access log.
const maxAccessHead = 512

// readBareAccess reads access logs whose stamp has no brackets:
//
//	host - user stamp "request" status
func readBareAccess(d *Decoder, line []byte, e *Entry) bool {
	word, rest := scan.Token(line)
	if !request.IsAddress(word) {
		return false
	}
	for range 3 {
		if word, rest = scan.Token(rest); len(word) == 0 || len(rest) == 0 {
			return false
		}
		s := d.stamps.Read(rest)
		if s.Len == 0 {
			continue
		}
		if !s.Full || !readAccessRequest(rest[s.Len:], e) {
			return false
		}
		e.setTime(s.UnixNano)
		e.Format = formatAccess
		return true
	}
	return false
}

// readAccessRequest reads what follows the stamp of an access log.
func readAccessRequest(rest []byte, e *Entry) bool {
	q := 0
	for range 3 {
		i := bytes.IndexByte(rest[q:], '"')
		if i < 0 || i > maxAccessHead {
			break
		}
		q += i
		end := scan.QuoteEnd(rest, q+1, '"')
		if end == len(rest) {
			break // cut off
		}
		method, target := request.Line(rest[q+1 : end])
		status, seen := statusField(rest[end+1:])
		if rest[q+1] == '/' && !seen { // METHOD upstream "/path" HTTP/1.1 "agent" status
			if readSplitRequest(rest, q, end, e) {
				return true
			}
		}
		if !seen && method == nil {
			q = end + 1
			continue
		}
		if before := statusBefore(rest[:q]); before != 0 && (!seen || status == 0) {
			status = before
		}
		if e.Status = status; !seen && method != nil {
			if e.Status = request.Outcome(rest[end+1:]); e.Status == 0 {
				e.Status = statusInside(rest[q+1 : end])
			}
		}
		if method == nil {
			target = request.OddTarget(rest[q+1 : end])
		}
		e.setTarget(method, target)
		return true
	}
	if r, ok := request.Find(rest[:min(len(rest), maxAccessHead)]); ok && q == 0 && r.At == 1 {
		e.setTarget(r.Method, r.Target) // a request without quotes
		e.Status = r.Status
		return true
	}
	return readAccessCut(rest, q, e)
}

const emptyUser = " - - "

// readSplitRequest reads a request whose path alone is quoted, at rest[q+1:end],
// as oauth2-proxy writes it: host METHOD upstream "/path" protocol "agent" status.
func readSplitRequest(rest []byte, q, end int, e *Entry) bool {
	before := rest[:q]
	var method []byte
	for len(before) > 0 && method == nil {
		var word []byte
		if word, before = scan.Token(scan.SkipBlank(before)); request.IsKnownMethod(word) {
			method = word
		}
	}
	next := bytes.IndexByte(rest[end+1:], '"')
	if method == nil || next < 0 {
		return false
	}
	agent := scan.QuoteEnd(rest, end+next+2, '"')
	if agent == len(rest) {
		return false
	}
	e.setTarget(method, rest[q+1:end])
	if e.Status, _ = statusField(rest[agent+1:]); e.Status == 0 {
		e.Status = statusBeforeDash(rest[:q])
	}
	return true
}

// statusBeforeDash reads the status that Nginx Proxy Manager writes before a dash and
// the method: "... 401 - GET https host "/path"".
func statusBeforeDash(b []byte) int {
	if i := bytes.Index(b, dashMark); i > 3 && b[i-4] == ' ' {
		if word, _ := scan.Token(b[i+len(dashMark):]); request.IsKnownMethod(word) {
			return request.Status(b[i-3:])
		}
		return statusBeforeDash(b[i+1:])
	} else if i >= 0 {
		return statusBeforeDash(b[i+1:])
	}
	return 0
}

var dashMark = []byte(" - ")

// readAccessCut reads what Python's http.server writes about a request it refuses, and
// the request of a line that was cut off inside it.
func readAccessCut(rest []byte, q int, e *Entry) bool {
	if text, ok := bytes.CutPrefix(rest, codeMark); ok {
		if status := request.Status(text); status != 0 {
			e.Status = status
			if i := bytes.Index(text, messageMark); i >= 0 {
				e.Message = text[i+len(messageMark):]
			}
			return true
		}
	}
	if q < len(rest) && rest[q] == '"' {
		if method, target := request.Line(rest[q+1:]); request.IsKnownMethod(method) {
			e.setTarget(method, target)
			return true
		}
	}
	return false
}

var (
	codeMark    = []byte(" code ")
	messageMark = []byte(", message ")
)

// statusField reads the status that follows a request line, bare or in quotes; seen
// says that there is such a field, although it may be empty.
func statusField(b []byte) (status int, seen bool) {
	if len(b) > 1 && (b[0] == ',' || b[0] == ';') {
		return statusColumn(b)
	}
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	if i < len(b) && b[i] == '"' {
		i++
	}
	if i == 0 || i == len(b) {
		return 0, false
	}
	if status = request.Status(b[i:]); status != 0 {
		return status, true
	}
	switch end := i + 1; {
	case end < len(b) && b[end] != ' ' && b[end] != '"':
		return 0, len(b) >= i+3 && string(b[i:i+3]) == "000"
	case b[i] == '-' || b[i] == '0':
		return 0, true
	}
	return 0, false
}

// statusInside reads a status within the quotes of a request line, followed by a
// length: "GET /path HTTP/1.1 401 0".
func statusInside(line []byte) int {
	i := bytes.LastIndex(line, []byte(" HTTP/"))
	if i < 0 {
		return 0
	}
	_, rest := scan.Token(line[i+1:])
	status, length := scan.Token(rest)
	if scan.Digits(length) != len(length) && string(length) != "-" {
		return 0
	}
	return request.WholeStatus(status)
}

// statusColumn is statusField for columns separated by commas, some of which may be
// empty before the status.
func statusColumn(b []byte) (status int, seen bool) {
	comma := b[0]
	for range 4 {
		if len(b) == 0 || b[0] != comma {
			break
		}
		var word []byte
		word, b = request.Column(b)
		word = bytes.Trim(word, ` "`)
		if status = request.WholeStatus(word); status != 0 {
			return status, true
		}
		if len(word) > 1 || len(word) == 1 && word[0] != '-' && word[0] != '0' {
			break
		}
		seen = true
	}
	return 0, seen
}

// statusBefore reads a status directly before a quoted request.
func statusBefore(b []byte) int {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	if len(b) < 4 || b[len(b)-4] != ' ' {
		return 0
	}
	return request.Status(b[len(b)-3:])
}

// beginsWithLevel reports whether line's first word is a level.
func beginsWithLevel(line []byte) bool {
	n := 0
	for n < len(line) && n < 14 && scan.IsLetter(line[n]) {
		n++
	}
	return severity.Parse(line[:n]) != severity.None
}
