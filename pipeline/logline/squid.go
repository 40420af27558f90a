package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readSquid reads Squid's own access log:
//
//	epoch elapsed client CODE/status bytes method url user hierarchy type
func readSquid(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || line[10] != '.' && line[10] != ' ' {
		return false
	}
	ns, n := stamp.EpochPrefix(line)
	if n < 10 || line[n] != ' ' {
		return false
	}
	_, rest := scan.Token(scan.SkipBlank(line[n:]))
	client, rest := scan.Token(rest)
	code, rest := scan.Token(rest)
	i := bytes.IndexByte(code, '/')
	if i < 0 || !request.IsAddress(client) {
		return false
	}
	_, rest = scan.Token(rest)
	method, rest := scan.Token(rest)
	target, _ := scan.Token(rest)
	e.setTime(ns)
	e.Status, e.Format = request.WholeStatus(code[i+1:]), "squid"
	if request.IsKnownMethod(method) {
		e.setTarget(method, target)
	}
	return true
}
