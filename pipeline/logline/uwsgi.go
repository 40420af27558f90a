package logline

import "bytes"

// readUWSGI reads the request log of uWSGI, whose status stands behind the
// protocol:
//
//	[pid: 7|app: 0|req: 1/2] client (user) {44 vars in 9 bytes} [stamp] GET /path => generated 9 bytes in 2 msecs (HTTP/1.1 200) ...
func readUWSGI(d *Decoder, line []byte, e *Entry) bool {
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
		s := d.clock.read(rest[1:])
		if s.n == 0 || 1+s.n >= len(rest) || rest[1+s.n] != ']' {
			continue
		}
		method, target := token(skipBlank(rest[2+s.n:]))
		target, tail := token(target)
		if !isMethod(method) {
			return false
		}
		if s.full {
			e.setTime(s.ns)
		}
		e.setTarget(method, target)
		e.Status, e.Format = protocolStatus(tail), "uwsgi"
		return true
	}
	return false
}

var (
	uwsgiMark    = []byte("[pid: ")
	protocolMark = []byte("(HTTP/")
)

// protocolStatus reads the status behind a protocol in parentheses: (HTTP/1.1 401).
func protocolStatus(b []byte) int {
	i := bytes.Index(b, protocolMark)
	if i < 0 {
		return 0
	}
	_, rest := token(b[i:])
	return statusAt(rest)
}
