package request

import (
	"bytes"
	"net/http" //nolint:depguard // for a table of words

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Status reads an HTTP status at the beginning of b: three digits from 100 to 599 that
// are not part of a longer word or number. It returns 0 if there is none.
func Status(b []byte) int {
	if len(b) < 3 || b[0] < '1' || b[0] > '5' || !scan.IsDigit(b[1]) || !scan.IsDigit(b[2]) {
		return 0
	}
	if len(b) > 3 {
		if scan.IsWord(b[3]) || b[3] >= 0x80 || b[3] == '%' || b[3] == '/' {
			return 0
		}
		if (b[3] == '.' || b[3] == ',' || b[3] == ':') && len(b) > 4 && scan.IsDigit(b[4]) {
			return 0
		}
	}
	if b[0] == '4' && b[1] == '4' && b[2] == '3' {
		return 0 // a port: it is no status anywhere
	}
	return int(b[0]-'0')*100 + int(b[1]-'0')*10 + int(b[2]-'0')
}

// WholeStatus parses all of b as a status, 0 if it is none.
func WholeStatus(b []byte) int {
	if len(b) != 3 {
		return 0
	}
	return Status(b)
}

// IsKnownMethod reports whether b is a method of HTTP or WebDAV. In free text only these
// are taken for methods.
func IsKnownMethod(b []byte) bool {
	switch string(b) {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE",
		"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE", "QUERY":
		return true
	}
	return false
}

// Line parses "GET /path HTTP/1.1". The target may contain spaces if the protocol ends
// the line, and is the end of the line if there is no protocol. It returns nil, nil for
// what is not a request line.
func Line(b []byte) (method, target []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 3 || !IsMethod(b[:i]) {
		return nil, nil
	}
	method, target = b[:i], scan.SkipBlank(b[i+1:])
	if j := bytes.LastIndexByte(target, ' '); j >= 0 {
		if isProtocol(target[j+1:]) {
			return method, target[:j]
		}
		target = target[:bytes.IndexByte(target, ' ')]
	}
	return method, target
}

// OddTarget returns the target of a request line whose method is not one, as servers log
// bad requests; nil if it is not a request line at all.
func OddTarget(b []byte) []byte {
	i, j := bytes.IndexByte(b, ' '), bytes.LastIndexByte(b, ' ')
	if i < 0 || i == j || b[i+1] != '/' || !isProtocol(b[j+1:]) {
		return nil
	}
	return b[i+1 : j]
}

// isProtocol reports whether b names a version of HTTP.
func isProtocol(b []byte) bool {
	return len(b) >= 6 && len(b) <= 10 && string(b[:5]) == "HTTP/" || len(b) == 2 && b[0] == 'h' && scan.IsDigit(b[1])
}

// IsAddress reports whether b looks like an IP address, with or without a port
// or brackets.
func IsAddress(b []byte) bool {
	dots, colons, digits := 0, 0, 0
	for _, ch := range b {
		switch {
		case ch == '.':
			dots++
		case ch == ':':
			colons++
		case scan.IsDigit(ch):
			digits++
		case ch|0x20 >= 'a' && ch|0x20 <= 'f' || ch == '[' || ch == ']' || ch == '%':
		default:
			return false
		}
	}
	return digits > 0 && (dots == 3 || colons >= 2)
}

// reason returns the reason phrase of a status, "" for an unknown one.
func reason(status int) string { return http.StatusText(status) }

// IsReason reports whether text is the reason phrase of a status.
func IsReason(status int, text []byte) bool { return string(text) == reason(status) }
