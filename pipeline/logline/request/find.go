package request

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Part is a request found in a text, and what became of it. What is not stated is nil.
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

// methodBefore returns one more than the index of the method that b ends with,
// apart from blanks, quotes and a column's bar, and 0 where it ends otherwise.
func methodBefore(b []byte) int {
	b = beforeStatus(b)
	end := len(b)
	if end > 6 && b[end-1] == ' ' && (b[end-2] == ']' && b[end-6] == '[' || b[end-2] == ')' && b[end-6] == '(') && Status(b[end-5:]) != 0 {
		end -= 6 // GET [401] /path, of Dart's shelf; GET (401) /path, of Symfony's
	}
	for end > 0 && len(b)-end < 16 && mayFollowMethod[b[end-1]] {
		end--
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

// mayFollowMethod are the bytes that may stand between a method and its target.
var mayFollowMethod = [256]bool{' ': true, '\t': true, '"': true, '\'': true, '|': true, '-': true, ',': true, ';': true}

// beforeStatus returns b without a status, a duration and an address at its end,
// where a status is among them: "GET 401 12ms 203.0.113.9 " of Hanami.
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

// requestAt takes apart the request whose method is at text[at:] and whose
// target is at text[start:].
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
	r := Part{Method: bytes.TrimRight(method, `"|',;`), Target: target, At: at}
	if comma != 0 {
		r.Method = r.Method[:bytes.IndexAny(text[at:start], `"',;`)]
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

// arrowStatus reads a status behind an arrow to the client before a request that is
// named at last, as Verdaccio writes it: "<-- 401, user: a, req: 'GET /path'".
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

// isOutgoing reports whether a request was sent rather than served, so that its
// status is what another server said: as HTTP clients log it, and in errors.
func isOutgoing(before, target, tail []byte) bool {
	if target[0] != '/' {
		return len(tail) > 0 && tail[0] == ':' || bytes.HasPrefix(tail, failedMark) || bytes.HasSuffix(before, httpxMark)
	}
	i := bytes.LastIndex(before, schemeMark) // https://host:443 "GET /path
	return i >= 0 && len(before)-i < 128 && bytes.IndexByte(bytes.TrimRight(before[i+3:], " \""), ' ') < 0
}

var forHTTPMark = []byte(" for HTTP ")

var failedMark = []byte(" failed")

var httpxMark = []byte("HTTP Request: ")

var finishedMark = []byte("Request finished ")

// finishedStatus reads the status in ASP.NET Core's line about a finished
// request, which stands behind content type, length and a dash.
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

// Outcome reads the status that follows a request's target. Between them may
// stand the protocol, punctuation, durations, the client's address and the verbs
// by which logs connect the two; anything else ends the search.
func Outcome(tail []byte) int {
	for range 10 {
		if len(tail) > 0 && tail[0] == '"' {
			if tail = tail[1:]; len(tail) > 2 && (tail[0] == ',' || tail[0] == ';') && tail[1] != ' ' {
				return columnStatus(tail, tail[0])
			}
		}
		if rest := behindQuoted(tail); len(rest) > 0 {
			return statusAmongNumbers(rest)
		}
		tail = skipPunctuation(skipHandler(tail))
		if len(tail) == 0 {
			return 0
		}
		word := tail[:outcomeWord(tail)]
		if rest := tail[len(word):]; scan.IsNumber(word) && beginsWithUnit(rest) {
			_, tail = scan.Token(rest[1:]) // 12 ms
			continue
		}
		if rest := tail[len(word):]; len(word) > 3 && len(rest) > 0 && rest[0] == ')' && scan.IsNumber(word) {
			tail = rest // (8080)
			continue
		}
		if status := Status(tail); status != 0 {
			if isCount(tail[3:]) {
				return 0
			}
			return status
		}
		if label, _, ok := bytes.Cut(word, []byte(":")); ok && len(label)+4 == len(word) && connects(label) {
			tail = tail[len(label)+1:] // status:401
			continue
		}
		if len(word) > 0 && len(word) < len(tail) && tail[len(word)] == '=' && !connects(word) {
			tail = skipWord(tail) // user=17
			continue
		}
		if string(word) == "for" { // the client's address
			if next, rest := scan.Token(scan.SkipBlank(tail[len(word):])); isClient(bytes.TrimRight(next, ",;")) {
				tail = rest
				continue
			}
		}
		if len(word) == 0 || !connects(word) {
			return 0
		}
		tail = tail[len(word):]
	}
	return 0
}

// isCount reports whether the words behind a number make it a count rather than
// a status: "GET / 401 times". What follows a status is not a plain word in small
// letters, but for those of statuses themselves and those that lead on.
func isCount(b []byte) bool {
	if len(b) < 2 || b[0] != ' ' || b[1] < 'a' || b[1] > 'z' {
		return false
	}
	word, _ := scan.Token(b[1:])
	if word[len(word)-1] == ':' || bytes.IndexByte(word, '=') > 0 {
		return false // a label
	}
	for _, ch := range bytes.TrimRight(word, ".,;:") {
		if ch < 'a' || ch > 'z' {
			return false
		}
	}
	switch string(bytes.TrimRight(word, ".,;:")) {
	case "in", "ok", "took", "with", "from", "for", "by", "after", "to", "and", "status", "response", "time", "duration", "error",
		"unauthorized", "forbidden", "not", "bad", "internal", "created", "accepted", "no", "moved", "found", "service", "gateway", "too", "conflict", "gone":
		return false
	}
	return true
}

// isClient reports whether b is the address of a client, or a name with a port.
func isClient(b []byte) bool {
	i := bytes.LastIndexByte(b, ':')
	return IsAddress(b) || i > 0 && len(b)-i > 3 && scan.Digits(b[i+1:]) == len(b)-i-1
}

// behindQuoted returns what follows the quoted texts that b begins with, referrer
// and agent, nil where it begins with none.
func behindQuoted(b []byte) (rest []byte) {
	for range 4 {
		n := len(b)
		for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '|') {
			b = b[1:]
		}
		if len(b) < 2 || len(b) == n || b[0] != '"' {
			break
		}
		end := scan.QuoteEnd(b, 1, '"')
		if inside := b[1:min(end, len(b))]; end == len(b) || Status(inside) != 0 || bytes.HasPrefix(inside, httpMark) {
			return nil
		}
		b = b[end+1:]
		rest = b
	}
	return rest
}

var httpMark = []byte("HTTP")

// statusAmongNumbers reads a status that b begins with where a number or a dash
// follows it: alone it could be a length.
func statusAmongNumbers(b []byte) int {
	b = bytes.TrimLeft(b, " |\t")
	status := Status(b)
	if status == 0 {
		return 0
	}
	if next, _ := scan.Token(bytes.TrimLeft(b[3:], " |\t")); string(next) == "-" || scan.IsNumber(next) {
		return status
	}
	return 0
}

// skipHandler returns what follows the name of a handler in parentheses before an
// arrow: "GET / (index) => 200 OK".
func skipHandler(tail []byte) []byte {
	rest := scan.SkipBlank(tail)
	if len(rest) == 0 || rest[0] != '(' {
		return tail
	}
	if end := scan.Closing(rest); end > 0 && bytes.HasPrefix(rest[end:], handlerMark) {
		return rest[end+1:]
	}
	return tail
}

var handlerMark = []byte(") =>")

// skipWord returns what follows the next blank in b.
func skipWord(b []byte) []byte {
	_, rest := scan.Token(b)
	return rest
}

// beginsWithUnit reports whether b is a blank and a unit of what is measured in
// logs beside a status.
func beginsWithUnit(b []byte) bool {
	if len(b) < 2 || b[0] != ' ' {
		return false
	}
	switch unit := b[1 : 1+outcomeWord(b[1:])]; string(unit) {
	case "ms", "s", "us", "µs", "ns", "sec", "secs", "seconds", "second", "milliseconds", "millis", "msec", "bytes", "B", "KB", "kB", "MB", "mb":
		return true
	}
	return false
}

// skipPunctuation returns b without the punctuation between request and status.
func skipPunctuation(b []byte) []byte {
	for len(b) > 0 {
		switch b[0] {
		case ' ', '\t', '"', '\'', '`', '-', '>', '=', ':', ';', ',', '|', '[', ']', '(', ')':
			b = b[1:]
			continue
		}
		if len(b) >= 3 && (string(b[:3]) == "→" || string(b[:3]) == "⇒" || string(b[:3]) == "←") {
			b = b[3:]
			continue
		}
		return b
	}
	return b
}

// outcomeWord returns the length of the word that b begins with.
func outcomeWord(b []byte) int {
	n := 0
	for n < len(b) && n < 64 && b[n] > ' ' && bytes.IndexByte([]byte(`"'|=,()[]>`), b[n]) < 0 {
		n++
	}
	return n
}

// connects reports whether word may stand between a request and its status.
func connects(word []byte) bool {
	word = bytes.TrimRight(word, ":")
	switch string(word) {
	case "responded", "returned", "completed", "finished", "failed", "answered", "ended", "handled", "sent", "Sent", "response", "respond", "Response", "Responded",
		"Completed", "Returned", "with", "status", "Status", "status_code", "statusCode", "StatusCode", "code", "STATUS", "from", "in", "took", "and", "by", "http", "HTTP", "result", "was", "is", "1.1", "1.0", "2.0":
		return true
	}
	return isProtocol(word) || len(word) > 0 && word[0] == '/' || bytes.Contains(word, schemeMark) || isTimed(word) || IsAddress(word)
}

// isTimed reports whether word is a duration with its unit, or a number with decimals.
func isTimed(word []byte) bool {
	return len(word) > 0 && scan.IsDigit(word[0]) && (bytes.IndexByte(word, '.') > 0 || !scan.IsDigit(word[len(word)-1])) && IsDuration(word)
}

// statusAhead reads a status that stands before the method, set off so that it
// can be nothing else: "401 GET /", "[401]: GET /", "| 401 | 1ms | ::1 | GET /".
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
