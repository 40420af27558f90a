package request

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// skipTags returns b without the groups in brackets that it begins with, the tags
// of Rails.
func skipTags(b []byte) []byte {
	for len(b) > 0 && b[0] == '[' {
		end := scan.Closing(b)
		if end < 0 || end+1 == len(b) || b[end+1] != ' ' {
			return b
		}
		b = b[end+2:]
	}
	return b
}

// StatusBeside returns the status of the request at text[at:] if it is neither right
// before nor right after it: in Rails' lines about one request that were joined, and in
// ModSecurity's.
func StatusBeside(text []byte, at int) int {
	if Began(text) {
		if i := bytes.Index(text[at:], completedMark); i >= 0 {
			if status := Status(text[at+i+len(completedMark):]); status != 0 {
				return status
			}
		}
	}
	if i := bytes.Index(text[:at], deniedMark); i >= 0 {
		return Status(text[i+len(deniedMark):])
	}
	return 0
}

// Began reports whether text is Rails' line about a request that began.
func Began(text []byte) bool { return bytes.HasPrefix(skipTags(text), startedMark) }

// Phrase reads the lines in which frameworks refer to a request that they name
// elsewhere: how it ended, or which path was refused.
func Phrase(text []byte) (r Part, ok bool) {
	if r, ok = responded(text); ok {
		return r, true
	}
	if r, ok = barred(text); ok {
		return r, true
	}
	if r.Status = phraseStatus(text); r.Status == 0 {
		r.Target = RefusedPath(text)
		return r, r.Target != nil
	}
	if rest, ok := bytes.CutPrefix(text, completedMark[1:]); ok && rest[0] == '/' {
		r.Target, _ = scan.Token(rest)
	} else if _, rest, ok := bytes.Cut(text, notFoundMark); ok && len(rest) > 0 && rest[0] == '/' {
		r.Target, _ = scan.Token(rest)
	}
	return r, true
}

// responded reads hapi's line about a response, which writes methods in lower case:
// http://host: get /path {query} 401 (12ms)
func responded(text []byte) (r Part, ok bool) {
	i := bytes.Index(text[:min(len(text), 128)], schemeMark)
	if i < 0 {
		return r, false
	}
	url, rest := scan.Token(text[i:])
	word, rest := scan.Token(rest)
	if url[len(url)-1] != ':' || len(word) == 0 || word[0] < 'a' {
		return r, false
	}
	r.Method = Method(word)
	r.Target, rest = scan.Token(rest)
	r.Target, _, _ = bytes.Cut(r.Target, []byte("{"))
	if end := bytes.LastIndex(rest, []byte(" (")); end >= 3 {
		rest = bytes.TrimRight(rest[:end], " ")
		r.Status = WholeStatus(rest[max(0, len(rest)-3):])
	}
	return r, r.Status != 0 && r.Method != nil
}

// barred reads Supabase's line about a request, which begins with method and status:
// GET | 401 | client | id | https://host/path | agent
func barred(text []byte) (r Part, ok bool) {
	method, rest, ok := bytes.Cut(text[:min(len(text), 256)], barMark)
	if !ok || !IsKnownMethod(method) {
		return r, false
	}
	status, _, _ := bytes.Cut(rest, barMark)
	i := bytes.Index(rest, barredURLMark)
	if r.Status = WholeStatus(status); r.Status == 0 || i < 0 {
		return r, false
	}
	r.Method = method
	r.Target, _ = scan.Token(text[len(method)+len(barMark)+i+len(barMark):])
	return r, true
}

var (
	barMark       = []byte(" | ")
	barredURLMark = []byte(" | http")
)

// phraseStatus reads the status in the lines by which frameworks report the end of a
// request without naming it again.
func phraseStatus(text []byte) int {
	text = skipTags(bytes.TrimLeft(text, ">=- \t"))
	if len(text) > 0 && text[0] == '(' {
		if end := scan.Closing(text); end > 0 && bytes.HasPrefix(text[end+1:], methodMark) { // API Gateway: (id) Method completed with status: 401
			return Status(text[end+1+len(methodMark):])
		}
	}
	if status := Status(text); status != 0 && (isReason(status, text[3:]) || bytes.HasPrefix(text[3:], notFoundMark)) {
		return status
	}
	if rest, ok := bytes.CutPrefix(text, completedMark[1:]); ok && len(rest) > 0 && rest[0] == '/' {
		_, rest = scan.Token(rest) // Completed /path 401 Unauthorized in 1ms
		return Status(rest)
	}
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case 'R':
		if rest, ok := bytes.CutPrefix(text, crowMark); ok { // Crow: Response: 0x7f8b /path 401 0
			_, rest = scan.Token(rest)
			_, rest = scan.Token(rest)
			return Status(rest)
		}
		if rest, ok := bytes.CutPrefix(text, dreamMark); ok { // Dream: REQ 17 401 in 217 us
			if _, rest = scan.Token(rest); bytes.HasPrefix(rest[min(3, len(rest)):], inMark) {
				return Status(rest)
			}
			return 0
		}
	case 'A':
		if bytes.HasPrefix(text, accessMark) { // Authelia
			if i := bytes.Index(text, respondingMark); i >= 0 {
				return Status(text[i+len(respondingMark):])
			}
		}
	}
	if rest, ok := bytes.CutPrefix(text, statusMark); ok { // Wai, of Haskell
		if status := Status(rest); status != 0 && isTimedReason(status, rest[3:]) {
			return status
		}
		return 0
	}
	for i := range phrases[text[0]] {
		p := &phrases[text[0]][i]
		if rest, ok := bytes.CutPrefix(text, p.before); ok {
			status := Status(rest)
			for range p.skip {
				if status == 0 {
					_, rest = scan.Token(rest)
					status = Status(rest)
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

// isTimedReason reports whether text is the reason phrase of the status and a number of
// seconds, followed by nothing.
func isTimedReason(status int, text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(" "+reason(status)+" "))
	return ok && isTimed(rest)
}

// isReason reports whether text is the reason phrase of the status and a duration in
// parentheses, as Mojolicious writes it.
func isReason(status int, text []byte) bool {
	words := reason(status)
	return len(text) > len(words)+3 && words != "" && string(text[1:1+len(words)]) == words && string(text[1+len(words):3+len(words)]) == " ("
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

// A phrase is the beginning of such a line; skip is how many words may precede the
// status, and after is what must follow it.
type phrase struct {
	before, after []byte
	skip          int
}

// phrases are listed by what they begin with.
var phrases = byFirst(func(p phrase) byte { return p.before[0] }, []phrase{
	{[]byte("Completed "), []byte(" in "), 0},                     // Rails
	{[]byte("Completed "), []byte(" vcap-request-id: "), 0},       // Cloud Foundry's controller
	{[]byte("handled: "), []byte("audit=true"), 0},                // restify
	{[]byte("Sent "), []byte(" in "), 0},                          // Phoenix
	{[]byte("Chunked "), []byte(" in "), 0},                       // Phoenix
	{[]byte("Request finished in "), nil, 1},                      // ASP.NET Core up to 3
	{[]byte("Abort."), []byte(": "), 0},                           // Vapor
	{[]byte("Sending HTTP error code "), []byte(": "), 0},         // Artifactory
	{[]byte("Response: status="), []byte(", "), 0},                // Candlepin
	{[]byte("code "), []byte(", message "), 0},                    // Python's http.server
	{[]byte("Outcoming response to "), []byte(" status code"), 2}, // the dashboard of Kubernetes
	{deniedMark, []byte("(phase "), 0},
	{[]byte("Outcome: Success("), []byte(")"), 0},
	{[]byte("Outcome: Error("), []byte(")"), 0}, // Rocket
	{[]byte("Outcome: Failure("), []byte(")"), 0},
	{[]byte("Responding with registered "), []byte(" catcher"), 2},
})

// byFirst returns list indexed by the first bytes of its elements, in its order.
func byFirst[T any](first func(T) byte, list []T) (table [256][]T) {
	for _, t := range list {
		table[first(t)] = append(table[first(t)], t)
	}
	return table
}

// RefusedPath returns the path in Django's lines about refused requests, which do not
// state the status.
func RefusedPath(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	for _, p := range refusals[text[0]] {
		if rest, ok := bytes.CutPrefix(text, p); ok {
			word, _ := scan.Token(rest)
			return Path(word)
		}
	}
	return nil
}

// Fault reads the request in Flask's line about a handler that failed:
// Exception on /path [POST]
func Fault(text []byte) (r Part, ok bool) {
	i := bytes.Index(text[:min(len(text), 64)], flaskMark)
	if i < 0 {
		return r, false
	}
	target, rest := scan.Token(text[i+len(flaskMark):])
	if len(rest) < 5 || rest[0] != '[' {
		return r, false
	}
	method, _, _ := bytes.Cut(rest[1:], []byte("]"))
	return Part{Method: method, Target: target}, IsKnownMethod(method)
}

var flaskMark = []byte("Exception on ")

var refusals = byFirst(func(p []byte) byte { return p[0] }, [][]byte{
	[]byte("Unauthorized: "), []byte("Forbidden: "), []byte("Not Found: "), []byte("Bad Request: "), []byte("Internal Server Error: "),
	[]byte("Forbidden (CSRF cookie not set.): "), []byte("Method Not Allowed (GET): "), []byte("Method Not Allowed (POST): "),
})

// Leads reports whether r is the first thing in line, except for tags before a path and
// a client's address.
func Leads(line []byte, r Part) bool {
	return r.At == 0 || r.Target[0] == '/' && len(line)-len(skipTags(line)) == r.At || IsAddress(bytes.TrimRight(line[:r.At], ": "))
}

// Served reports whether text is about a request that was served, whose outcome is in
// the pairs that follow.
func Served(text []byte) bool {
	rest := text[len(text):]
	for _, mark := range servedMarks {
		if bytes.HasPrefix(text, mark) {
			rest = text[len(mark):]
		}
	}
	for _, mark := range servedTags {
		if i := bytes.Index(text[:min(len(text), 64)], mark); i >= 0 {
			rest = text[i+len(mark):]
		}
	}
	word, _ := scan.Token(rest)
	return bytes.IndexByte(word, '=') > 0 && !bytes.Contains(rest, schemeMark)
}

// servedMarks begin such a text, servedTags are near its beginning.
var (
	servedMarks = [...][]byte{[]byte("finished processing request "), []byte("completed handling request "), []byte("request completed "), []byte("request_completed ")}
	servedTags  = [...][]byte{[]byte("=== req done "), []byte("[RESPONSE] ")}
)

// Announced reports whether line is about a request that began.
func Announced(line []byte) bool {
	line = skipTags(scan.SkipBlank(line))
	return bytes.HasPrefix(line, startedMark) || bytes.HasPrefix(line, startingMark)
}

var (
	startedMark    = []byte("Started ")
	startingMark   = []byte("Request starting ")
	completedMark  = []byte(" Completed ")
	notFoundMark   = []byte(" Page Not Found: ") // CodeIgniter: 404 Page Not Found: /path
	dreamMark      = []byte("REQ ")
	inMark         = []byte(" in ")
	statusMark     = []byte("Status: ")
	methodMark     = []byte(" Method completed with status: ")
	crowMark       = []byte("Response: 0x")
	accessMark     = []byte("Access to ")
	respondingMark = []byte(", responding with status code ")
	deniedMark     = []byte("ModSecurity: Access denied with code ")
)

// IsSending reports whether text is about a request that was sent to another server.
func IsSending(text []byte) bool {
	return beginsWithAny(text, sendingMarks[:]) || IsAnswered(text)
}

// IsAnswered reports whether text is about another server's answer, even if it names no
// URL.
func IsAnswered(text []byte) bool { return beginsWithAny(text, answeredMarks[:]) }

var answeredMarks = [...][]byte{
	[]byte("Request failed with status code"), []byte("Received HTTP response"), []byte("End processing HTTP request"), []byte("delivering "), []byte("Delivering "),
	[]byte("webhook delivery"), []byte("Webhook delivery"),
}

var sendingMarks = [...][]byte{
	[]byte("failed to fetch"), []byte("Failed to fetch"), []byte("failed to call"), []byte("Failed to call"), []byte("fetch failed"), []byte("Fetch failed"),
	[]byte("failed to send"), []byte("Failed to send"), []byte("upstream "), []byte("Error fetching"), []byte("error fetching"), []byte("Error calling"), []byte("error calling"),
	[]byte("http client"), []byte("HTTP client"), []byte("sent request"), []byte("Sent request"), []byte("sending "), []byte("Sending "), []byte("calling "), []byte("Calling "),
	[]byte("request to "), []byte("Request to "), []byte("fetching "), []byte("Fetching "), []byte("outbound"), []byte("Outbound"), []byte("webhook"), []byte("Webhook"), []byte("external "), []byte("External "),
	[]byte("outgoing request"), []byte("Outgoing request"), []byte("failed to download"), []byte("failed to get"),
}
