package logline

import "bytes"

// readHAProxy reads HAProxy's HTTP log, also with columns added in the middle:
//
//	client:port [stamp] frontend backend/server timers status bytes ... "request"
func readHAProxy(d *Decoder, line []byte, e *Entry) bool {
	rest := line
	if line[0] != '[' { // with it, the client is on a socket
		var client []byte
		if client, rest = token(line); bytes.IndexByte(client, ':') < 0 {
			return false
		}
	}
	if len(rest) < 20 || rest[0] != '[' || !isDigit(rest[1]) {
		return false
	}
	s := d.clock.read(rest[1:])
	if s.n == 0 || s.n+2 >= len(rest) || rest[s.n+1] != ']' {
		return false
	}
	rest = skipBlank(rest[s.n+2:])
	slashes := 0
	for i := 0; i < 8 && slashes < 2; i++ { // frontend, backend/server, perhaps more, timers
		var word []byte
		word, rest = token(rest)
		slashes = countTimers(word)
	}
	status, _ := token(rest)
	if slashes < 2 || len(status) == 0 || !isDigit(status[0]) && status[0] != '-' {
		return false
	}
	if s.full {
		e.setTime(s.ns)
	}
	e.Format = "haproxy"
	if slashes == 4 { // fewer are the log of a TCP connection
		e.Status = wholeStatus(status)
	}
	if q := bytes.LastIndex(rest, []byte(` "`)); q >= 0 {
		end := quoteEnd(rest, q+2, '"')
		e.setTarget(requestLine(rest[q+2 : end]))
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
		} else if !isDigit(ch) && ch != '-' && ch != '+' {
			return 0
		}
	}
	return slashes
}
