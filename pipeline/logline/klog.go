package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readKlog reads lines of klog and glog:
//
//	I0304 05:06:07.123456       1 file.go:12] message
//	I20210304 05:06:07.123456 123 file.cc:12] message
//	I210304 05:06:07.123456 1 file.go:12 ⋮ message
func readKlog(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 20 {
		return false
	}
	level := severity.Capital(line[0])
	n := scan.Digits(line[1:])
	if level == severity.None || n != 4 && n != 6 && n != 8 || line[n+1] != ' ' {
		return false
	}
	at := line[n+2:]
	if stamp.TimeOfDay(at) < 8 {
		return false
	}
	i := bytes.IndexByte(at[:min(len(at), 256)], ']')
	text := at[i+1:]
	if n == 6 && (i < 0 || bytes.Contains(at[:i], cockroachMark)) {
		if i = bytes.Index(at[:min(len(at), 256)], cockroachMark); i < 0 {
			return false
		}
		if text = scan.SkipBlank(at[i+len(cockroachMark):]); len(text) > 0 && text[0] == '[' {
			text = text[1+scan.Closing(text):] // tags
		}
	} else if i < 0 {
		return false
	}
	if n != 4 { // the date has its year
		if s := d.stamps.Read(line[1:]); s.Full {
			e.setTime(s.UnixNano)
		}
	}
	e.Level, e.Format = level, "klog"
	status := e.Status
	d.body(scan.SkipBlank(text), e)
	if bytes.Contains(at[:max(i, 0)], clientMark) {
		e.Status = status // what the API server told a client
	}
	return true
}

// clientMark is where clients of Kubernetes log their requests.
var clientMark = []byte("round_trippers.go:")

// cockroachMark parts head and message where CockroachDB marks what may be secret.
var cockroachMark = []byte(" ⋮ ")
