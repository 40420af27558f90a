package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readAzureStorage reads Azure's Storage Analytics log, which names operations and
// no methods:
//
//	version;stamp;operation;outcome;status;ms;ms;kind;requester;owner;service;"url";...
func readAzureStorage(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || line[1] != '.' || line[3] != ';' || !scan.IsDigit(line[2]) {
		return false
	}
	s := d.stamps.Read(line[4:])
	if !s.Full {
		return false
	}
	rest, ok := bytes.CutPrefix(line[4+s.Len:], semicolon)
	for range 2 { // operation, outcome
		if ok {
			_, rest, ok = bytes.Cut(rest, semicolon)
		}
	}
	word, rest, ok := bytes.Cut(rest, semicolon)
	status := request.WholeStatus(word)
	if !ok || status == 0 {
		return false
	}
	e.setTime(s.UnixNano)
	e.Status, e.Format = status, "azurestorage"
	for range 6 { // durations, kind, requester, owner, service
		if _, rest, ok = bytes.Cut(rest, semicolon); !ok {
			return true
		}
	}
	end := semicolon
	if rest, ok = bytes.CutPrefix(rest, quote); ok {
		end = quote
	}
	url, _, _ := bytes.Cut(rest, end)
	e.setTarget(nil, url)
	return true
}

var (
	semicolon = []byte(";")
	quote     = []byte(`"`)
)
