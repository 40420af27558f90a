package logline

import "bytes"

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
