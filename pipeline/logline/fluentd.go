package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readFluentd strips what Fluentd writes before a record on standard output and in files;
// its tag may be the name of a container's log file:
//
//	2006-01-02 15:04:05.000000000 +0000 tag: {...}
func readFluentd(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 32 || line[4] != '-' || line[10] != ' ' {
		return false
	}
	i := bytes.Index(line[:min(len(line), maxTag)], tagMark)
	if i < 24 {
		return false
	}
	s := d.stamps.Read(line)
	if !s.Full || s.Len >= i || line[s.Len] != ' ' {
		return false
	}
	tag, rest := scan.Token(line[s.Len+1:])
	if len(rest) != len(line)-i-len(": ") || bytes.IndexByte(tag, '.') < 0 {
		return false
	}
	e.setTime(s.UnixNano)
	e.setFile(tag[:len(tag)-1])
	if e.wrap("fluentd") {
		d.inner(rest, e)
	}
	return true
}

var tagMark = []byte(`: {"`)

// maxTag bounds the bytes before the object.
const maxTag = 384
