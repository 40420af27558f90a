package logline

import (
	"bytes"
	"net/http"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// body reads a message whose stamp and level were taken off: a request and its
// outcome where the grammar of one is met, pairs, and an object. It touches e
// last through d.message.
func (d *Decoder) body(text []byte, e *Entry) {
	if r, ok := findRequest(text); ok {
		e.setTarget(r.method, r.target)
		e.Status = r.status
		if e.Status == 0 && bytes.HasPrefix(skipTags(text), startedMark) {
			e.Status = completedStatus(text[r.at:])
		}
		if i := bytes.Index(text[:r.at], deniedMark); i >= 0 && e.Status == 0 {
			e.Status = statusAt(text[i+len(deniedMark):])
		}
		d.stampBefore(text[:r.at], e)
	} else if status := phraseStatus(text); status != 0 {
		e.Status = status
		if rest, ok := bytes.CutPrefix(text, completedMark[1:]); ok && rest[0] == '/' {
			word, _ := scan.Token(rest)
			e.Path = pathOf(word)
		}
	} else if path := refusedPath(text); path != nil {
		e.Path = path
	} else if r, ok := flaskFault(text); ok {
		e.setTarget(r.method, r.target)
	}
	if e.TimeFrom != TimeLine {
		d.startedAt(text, e)
	}
	d.pairs(text, e)
	d.message(text, e)
}

// stampBefore reads the stamp in brackets right before a quoted request: the
// line of an access log that something stands before.
func (d *Decoder) stampBefore(text []byte, e *Entry) {
	text, ok := bytes.CutSuffix(text, []byte(`] "`))
	if !ok {
		return
	}
	if i := bytes.LastIndexByte(text, '['); i >= 0 {
		if s := d.stamps.Read(text[i+1:]); s.Full && i+1+s.Len == len(text) {
			e.setTime(s.UnixNano)
		}
	}
}

// startedAt reads the stamp at the end of Rails' line about a request that began:
// Started GET "/path" for 192.0.2.1 at 2021-03-04 05:06:07 +0000
func (d *Decoder) startedAt(text []byte, e *Entry) {
	if !bytes.HasPrefix(skipTags(text), startedMark) {
		return
	}
	if i := bytes.LastIndex(text, []byte(" at ")); i >= 0 {
		if s := d.stamps.Read(text[i+4:]); s.Full {
			e.setTime(s.UnixNano)
		}
	}
}

var startedMark = []byte("Started ")

// readRequestText reads a line that is a request and its outcome, with neither
// stamp nor level: "GET /path 401 5 ms".
func readRequestText(d *Decoder, line []byte, e *Entry) bool {
	r, ok := findRequest(line)
	status := r.status
	if !ok {
		status = phraseStatus(line)
	}
	if status == 0 && (!ok && refusedPath(line) == nil || r.at > 0 && !announces(line)) {
		return !ok && d.requestPairs(line, e)
	}
	e.Format = "request"
	if e.TimeFrom != TimeLine {
		word := line[bytes.LastIndexByte(line, ' ')+1:]
		if ns, n := stamp.EpochPrefix(word); n == len(word) && n >= 14 && word[10] == '.' {
			e.setTime(ns) // nginx's $msec
		}
	}
	d.body(line, e)
	return true
}

// announces reports whether line is of a request that began.
func announces(line []byte) bool {
	line = skipTags(scan.SkipBlank(line))
	return bytes.HasPrefix(line, startedMark) || bytes.HasPrefix(line, startingMark)
}

// skipTags returns b without the groups in brackets that it begins with, the tags
// of Rails.
func skipTags(b []byte) []byte {
	for len(b) > 0 && b[0] == '[' {
		end := closing(b)
		if end < 0 || end+1 == len(b) || b[end+1] != ' ' {
			return b
		}
		b = b[end+2:]
	}
	return b
}

// completedStatus reads the status in Rails' lines about one request where they
// were joined to one.
func completedStatus(text []byte) int {
	if i := bytes.Index(text, completedMark); i >= 0 {
		return statusAt(text[i+len(completedMark):])
	}
	return 0
}

var (
	startingMark  = []byte("Request starting ")
	completedMark = []byte(" Completed ")
	deniedMark    = []byte("ModSecurity: Access denied with code ")
)

// requestPairs reads a line in which pairs make up a request and its outcome.
func (d *Decoder) requestPairs(line []byte, e *Entry) bool {
	before := *e
	e.Status = 0
	d.pairs(line, e)
	if e.Status == 0 || e.Path == nil {
		*e = before
		return false
	}
	e.Format = "request"
	d.message(line, e)
	return true
}

// phraseStatus reads the status in the lines by which frameworks end a request
// without naming it again.
func phraseStatus(text []byte) int {
	text = skipTags(bytes.TrimLeft(text, ">= \t"))
	if status := statusAt(text); status != 0 && isReason(status, text[3:]) {
		return status
	}
	if rest, ok := bytes.CutPrefix(text, completedMark[1:]); ok && len(rest) > 0 && rest[0] == '/' {
		_, rest = scan.Token(rest) // Completed /path 401 Unauthorized in 1ms
		return statusAt(rest)
	}
	for _, p := range phrases {
		if rest, ok := bytes.CutPrefix(text, p.before); ok {
			status := statusAt(rest)
			for range p.skip {
				if status == 0 {
					_, rest = scan.Token(rest)
					status = statusAt(rest)
				}
			}
			if status != 0 && p.before[0] == 'C' && isCapitals(rest[3:]) {
				return status // Spring: Completed 401 UNAUTHORIZED
			}
			if status != 0 && (p.after == nil || bytes.Contains(rest[:min(len(rest), 64)], p.after)) {
				return status
			}
		}
	}
	return 0
}

// isReason reports whether text is what HTTP calls the status and a duration in
// parentheses, as Mojolicious writes.
func isReason(status int, text []byte) bool {
	reason := http.StatusText(status)
	return len(text) > len(reason)+3 && reason != "" && string(text[1:1+len(reason)]) == reason && string(text[1+len(reason):3+len(reason)]) == " ("
}

// isCapitals reports whether b is one word of capitals after a blank.
func isCapitals(b []byte) bool {
	word, rest := scan.Token(scan.SkipBlank(b))
	for _, ch := range word {
		if (ch < 'A' || ch > 'Z') && ch != '_' {
			return false
		}
	}
	return len(word) > 1 && len(rest) == 0
}

// phrases are the beginnings of such lines; skip says how many words may
// stand before the status, and after is what must follow it.
var phrases = [...]struct {
	before, after []byte
	skip          int
}{
	{[]byte("Completed "), []byte(" in "), 0},                     // Rails
	{[]byte("Sent "), []byte(" in "), 0},                          // Phoenix
	{[]byte("Chunked "), []byte(" in "), 0},                       // Phoenix
	{[]byte("Request finished in "), nil, 1},                      // ASP.NET Core up to 3
	{[]byte("code "), []byte(", message "), 0},                    // Python's http.server
	{[]byte("Outcoming response to "), []byte(" status code"), 2}, // the dashboard of Kubernetes
	{deniedMark, []byte("(phase "), 0},
	{[]byte("Outcome: Success("), []byte(")"), 0},
	{[]byte("Outcome: Error("), []byte(")"), 0}, // Rocket
	{[]byte("Outcome: Failure("), []byte(")"), 0},
}

// refusedPath returns the path in Django's lines about refused requests, which
// do not say which status it was.
func refusedPath(text []byte) []byte {
	for _, p := range refusals {
		if rest, ok := bytes.CutPrefix(text, p); ok {
			word, _ := scan.Token(rest)
			return pathOf(word)
		}
	}
	return nil
}

// flaskFault reads the request in Flask's line about a handler that failed:
// Exception on /path [POST]
func flaskFault(text []byte) (r requestPart, ok bool) {
	i := bytes.Index(text[:min(len(text), 64)], flaskMark)
	if i < 0 {
		return r, false
	}
	target, rest := scan.Token(text[i+len(flaskMark):])
	if len(rest) < 5 || rest[0] != '[' {
		return r, false
	}
	method, _, _ := bytes.Cut(rest[1:], []byte("]"))
	return requestPart{method: method, target: target}, isKnownMethod(method)
}

var flaskMark = []byte("Exception on ")

var refusals = [...][]byte{
	[]byte("Unauthorized: "), []byte("Forbidden: "), []byte("Not Found: "), []byte("Bad Request: "), []byte("Internal Server Error: "),
	[]byte("Forbidden (CSRF cookie not set.): "), []byte("Method Not Allowed (GET): "), []byte("Method Not Allowed (POST): "),
}
