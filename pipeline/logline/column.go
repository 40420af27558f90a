package logline

import "bytes"

// readHAProxy reads HAProxy's HTTP log, also with columns added in the middle:
//
//	client:port [stamp] frontend backend/server timers status bytes ... "request"
func readHAProxy(d *Decoder, line []byte, e *Entry) bool {
	client, rest := token(line)
	if len(rest) < 20 || rest[0] != '[' || bytes.IndexByte(client, ':') < 0 {
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

// readELB reads the logs of AWS load balancers. An Application Load Balancer
// puts the type before the stamp, a Classic one does not:
//
//	type stamp name client:port target:port t t t elb_status target_status bytes bytes "request"
func readELB(d *Decoder, line []byte, e *Entry) bool {
	rest := line
	if isLetter(line[0]) {
		var kind []byte
		kind, rest = token(line)
		switch string(kind) {
		case "http", "https", "h2", "grpcs", "ws", "wss":
		default:
			return false
		}
	}
	s, rest := d.leadingStamp(rest)
	if s.n == 0 {
		return false
	}
	var field [7][]byte // name, client, target, three times, status
	for i := range field {
		field[i], rest = token(rest)
	}
	if bytes.IndexByte(field[1], ':') < 0 || !isSeconds(field[3]) || !isSeconds(field[4]) || !isSeconds(field[5]) {
		return false
	}
	if s.full {
		e.setTime(s.ns)
	}
	e.Status, e.Format = wholeStatus(field[6]), "elb"
	if q := bytes.IndexByte(rest, '"'); q >= 0 {
		end := quoteEnd(rest, q+1, '"')
		e.setTarget(requestLine(rest[q+1 : end]))
	}
	return true
}

// isSeconds reports whether b is a time with decimals, or -1.
func isSeconds(b []byte) bool {
	return string(b) == "-1" || len(b) > 2 && isDigit(b[0]) && bytes.IndexByte(b, '.') > 0
}

// readW3C reads the W3C logs of IIS and CloudFront: date and time, then columns
// whose order the line itself does not tell. The method and the path beside it
// are found by their form, the status by what stands around it.
func readW3C(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || line[4] != '-' || line[10] != ' ' && line[10] != '\t' || bytes.IndexByte(line, '"') >= 0 {
		return false
	}
	s := d.clock.read(line)
	if s.n != 19 || line[19] != ' ' && line[19] != '\t' {
		return false
	}
	var method, target []byte
	rest := skipBlank(line[s.n:])
	for i := range 7 {
		var word []byte
		if word, rest = token(rest); len(word) == 0 || len(word) != wordEnd(word) || word[len(word)-1] == ':' || parseLevel(word) != LevelNone {
			return false
		}
		if i > 0 && isKnownMethod(word) {
			method = word
			break
		}
	}
	if method == nil || len(rest) == 0 {
		return false
	}
	status := 0
	if rest[0] == '/' {
		target, rest = token(rest)
		status = w3cStatus(rest)
	} else { // CloudFront has the host between
		_, rest = token(rest)
		target, rest = token(rest)
		word, _ := token(rest)
		status = wholeStatus(word)
	}
	if len(target) == 0 || target[0] != '/' || status == 0 {
		return false
	}
	e.setTime(s.ns)
	e.setTarget(method, target)
	e.Status, e.Format = status, "w3c"
	return true
}

// w3cStatus finds the status among the columns behind the path. It is followed by
// substatus and Windows status where these are logged; else it is the last
// column of its form that is no port.
func w3cStatus(b []byte) int {
	status, candidate, run := 0, 0, 0
	for len(b) > 0 {
		var word []byte
		word, b = token(b)
		n := digitRun(word)
		switch {
		case n != len(word):
			run, candidate = 0, 0
		case run > 0:
			if run++; run == 3 {
				return candidate
			}
		case wholeStatus(word) != 0:
			candidate, run = wholeStatus(word), 1
			if candidate != 443 {
				status = candidate
			}
		}
	}
	return status
}

// readSquid reads Squid's own access log:
//
//	epoch elapsed client CODE/status bytes method url user hierarchy type
func readSquid(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || line[10] != '.' {
		return false
	}
	ns, n := epochPrefix(line)
	if n < 12 || line[n] != ' ' {
		return false
	}
	_, rest := token(skipBlank(line[n:]))
	client, rest := token(rest)
	code, rest := token(rest)
	i := bytes.IndexByte(code, '/')
	if i < 0 || !isAddress(client) {
		return false
	}
	_, rest = token(rest)
	method, rest := token(rest)
	target, _ := token(rest)
	e.setTime(ns)
	e.Status, e.Format = wholeStatus(code[i+1:]), "squid"
	if isKnownMethod(method) {
		e.setTarget(method, target)
	}
	return true
}
