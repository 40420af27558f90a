package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readKnox reads the audit log of Apache Knox:
//
//	06/01/02 15:04:05 ||id|audit|client|service|user|...|access|uri|/path|outcome|message
func readKnox(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 32 || line[2] != '/' || line[5] != '/' || line[17] != ' ' || line[18] != '|' {
		return false
	}
	s := d.stamps.Read(line)
	i := bytes.Index(line, knoxMark)
	if !s.Full || i < 0 || !bytes.Contains(line[:i], knoxAudit) {
		return false
	}
	e.setTime(s.UnixNano)
	target, rest, _ := bytes.Cut(line[i+len(knoxMark):], barByte)
	e.Path = request.Path(target)
	_, e.Message, _ = bytes.Cut(rest, barByte)
	e.Format = "knox"
	if status, ok := bytes.CutPrefix(e.Message, []byte("Response status: ")); ok {
		e.Status = request.Status(status)
	} else if method, ok := bytes.CutPrefix(e.Message, []byte("Request method: ")); ok {
		method, _ = scan.Token(method)
		e.Method = request.Method(method)
	}
	return true
}

var (
	knoxMark  = []byte("|access|uri|")
	knoxAudit = []byte("|audit|")
	barByte   = []byte("|")
)
