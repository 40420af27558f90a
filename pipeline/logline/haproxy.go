package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readHAProxy reads HAProxy's HTTP log, also with columns added in the middle:
//
//	client:port [stamp] frontend backend/server timers status bytes ... "request"
func readHAProxy(d *Decoder, line []byte, e *Entry) bool {
	rest := line
	if line[0] != '[' { // with it, the client is on a socket
		var client []byte
		if client, rest = scan.Token(line); bytes.IndexByte(client, ':') < 0 {
			return false
		}
	}
	if len(rest) < 20 || rest[0] != '[' || !scan.IsDigit(rest[1]) {
		return false
	}
	s := d.stamps.Read(rest[1:])
	if s.Len == 0 || s.Len+2 >= len(rest) || rest[s.Len+1] != ']' {
		return false
	}
	rest = scan.SkipBlank(rest[s.Len+2:])
	slashes := 0
	for i := 0; i < 8 && slashes < 2; i++ { // frontend, backend/server, perhaps more, timers
		var word []byte
		word, rest = scan.Token(rest)
		slashes = countTimers(word)
	}
	status, _ := scan.Token(rest)
	if slashes < 2 || len(status) == 0 || !scan.IsDigit(status[0]) && status[0] != '-' {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	e.Format = "haproxy"
	if slashes == 4 { // fewer are the log of a TCP connection
		e.Status = request.WholeStatus(status)
	}
	if q := bytes.LastIndex(rest, []byte(` "`)); q >= 0 {
		end := scan.QuoteEnd(rest, q+2, '"')
		e.setTarget(request.Line(rest[q+2 : end]))
	}
	return true
}

// countTimers returns the number of slashes between the timers that b is, 0 where
// it is something else.
func countTimers(b []byte) int {
	slashes := 0
	for _, ch := range b {
		if ch == '/' {
			slashes++
		} else if !scan.IsDigit(ch) && ch != '-' && ch != '+' {
			return 0
		}
	}
	return slashes
}
