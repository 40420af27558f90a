package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readELB reads the logs of AWS load balancers. An Application Load Balancer
// puts the type before the stamp, a Classic one does not:
//
//	type stamp name client:port target:port t t t elb_status target_status bytes bytes "request"
func readELB(d *Decoder, line []byte, e *Entry) bool {
	rest := line
	if scan.IsLetter(line[0]) {
		var kind []byte
		kind, rest = scan.Token(line)
		switch string(kind) {
		case "http", "https", "h2", "grpcs", "ws", "wss":
		default:
			return false
		}
	}
	s, rest := d.leadingStamp(rest)
	if s.Len == 0 {
		return false
	}
	var field [7][]byte // name, client, target, three times, status
	for i := range field {
		if field[i], rest = scan.Token(rest); i == 1 && bytes.IndexByte(field[1], ':') < 0 {
			return false
		}
	}
	if !isSeconds(field[3]) || !isSeconds(field[4]) || !isSeconds(field[5]) {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	e.Status, e.Format = request.WholeStatus(field[6]), "elb"
	if q := bytes.IndexByte(rest, '"'); q >= 0 {
		end := scan.QuoteEnd(rest, q+1, '"')
		e.setTarget(request.Line(rest[q+1 : end]))
	}
	return true
}

// isSeconds reports whether b is a time with decimals, or -1.
func isSeconds(b []byte) bool {
	return string(b) == "-1" || len(b) > 2 && scan.IsDigit(b[0]) && bytes.IndexByte(b, '.') > 0
}
