package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readBunny reads the access log of Bunny's CDN, which has no method:
//
//	CACHE|status|epoch|bytes|zone|client|referrer|url|...
func readBunny(_ *Decoder, line []byte, e *Entry) bool {
	i := bytes.IndexByte(line[:min(len(line), 16)], '|')
	if i < 1 || len(line) < i+40 || line[i+4] != '|' || scan.Digits(line[i+5:]) != 13 || line[i+18] != '|' {
		return false
	}
	status := request.WholeStatus(line[i+1 : i+4])
	ns, ok := stamp.Epoch(line[i+5 : i+18])
	if status == 0 || !ok {
		return false
	}
	e.setTime(ns)
	e.Status, e.Format = status, "bunny"
	rest := line[i+19:]
	for range 4 { // bytes, zone, client, referrer
		if _, rest, ok = bytes.Cut(rest, bar); !ok {
			return true
		}
	}
	url, _, _ := bytes.Cut(rest, bar)
	e.setTarget(nil, url)
	return true
}

var bar = []byte("|")
