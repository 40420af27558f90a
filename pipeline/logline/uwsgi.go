package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readUWSGI reads the request log of uWSGI, whose status follows the protocol:
//
//	[pid: 7|app: 0|req: 1/2] client (user) {44 vars in 9 bytes} [stamp] GET /path => generated 9 bytes in 2 msecs (HTTP/1.1 200) ...
//
// A report of the process' memory may precede it.
func readUWSGI(d *Decoder, line []byte, e *Entry) bool {
	if bytes.HasPrefix(line, memoryReport) {
		line = line[max(0, bytes.Index(line[:min(len(line), maxAccessHead)], uwsgiMark)):]
	}
	if !bytes.HasPrefix(line, uwsgiMark) {
		return false
	}
	rest := line
	for range 4 {
		i := bytes.IndexByte(rest[1:], '[')
		if i < 0 || i > maxAccessHead {
			return false
		}
		rest = rest[1+i:]
		s := d.stamps.Read(rest[1:])
		if s.Len == 0 || 1+s.Len >= len(rest) || rest[1+s.Len] != ']' {
			continue
		}
		method, target := scan.Token(scan.SkipBlank(rest[2+s.Len:]))
		target, tail := scan.Token(target)
		if !request.IsMethod(method) {
			return false
		}
		if s.Full {
			e.setTime(s.UnixNano)
		}
		e.setTarget(method, target)
		e.Status, e.Format = protocolStatus(tail), "uwsgi"
		return true
	}
	return false
}

var (
	uwsgiMark    = []byte("[pid: ")
	memoryReport = []byte("{address space usage: ") // where it is asked for
	protocolMark = []byte("(HTTP/")
)

// protocolStatus reads the status after a protocol in parentheses: (HTTP/1.1 401).
func protocolStatus(b []byte) int {
	i := bytes.Index(b, protocolMark)
	if i < 0 {
		return 0
	}
	_, rest := scan.Token(b[i:])
	return request.Status(rest)
}
