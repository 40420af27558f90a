package request

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Outcome reads the status that follows a request's target. Between the two there may be
// the protocol, punctuation, durations, the client's address and the verbs by which logs
// connect them; anything else ends the search.
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
			if isCount(tail[3:]) || isInterim(status) {
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
		if string(word) == "took" || string(word) == "in" { // so long
			if next, rest := scan.Token(scan.SkipBlank(tail)); scan.IsNumber(next) && !beginsWithUnit(tail[len(tail)-len(rest)-min(len(rest), 1):]) {
				tail = rest
			}
		}
	}
	return 0
}

// isInterim reports whether a status does not end a request. If only its position
// suggests that a number is a status, such a number is a count.
func isInterim(status int) bool { return status < 200 && status != 101 }

// isCount reports whether the words after a number make it a count rather than a status:
// "GET / 401 times". A status is not followed by a plain word in lower case, except for
// words of reason phrases and words that lead on.
func isCount(b []byte) bool {
	if len(b) < 2 || b[0] != ' ' || b[1] < 'a' || b[1] > 'z' {
		return false
	}
	word, _ := scan.Token(b[1:])
	if word[len(word)-1] == ':' || bytes.IndexByte(word, '=') > 0 {
		return false // a label
	}
	for _, ch := range bytes.TrimRight(word, ".,;:") {
		if (ch < 'a' || ch > 'z') && ch != '/' {
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

// behindQuoted returns what follows the quoted texts that b begins with, referrer and
// user agent, nil if there are none.
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

// statusAmongNumbers reads a status at the beginning of b that a number or a dash
// follows: on its own it could be a length.
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

// beginsWithUnit reports whether b begins with a blank and a unit of measurement that
// logs write next to a status.
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

// connects reports whether word may be between a request and its status.
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
