package logline

import "bytes"

// isMethod reports whether b looks like an HTTP method: 3 to 16 capital letters,
// hyphens or underscores.
func isMethod(b []byte) bool {
	if len(b) < 3 || len(b) > 16 || b[0] < 'A' || b[0] > 'Z' {
		return false
	}
	for _, c := range b[1:] {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

var methods = [...][]byte{[]byte("GET"), []byte("POST"), []byte("PUT"), []byte("PATCH"), []byte("DELETE"), []byte("HEAD"), []byte("OPTIONS")}

// methodOf returns the method that b is, in capitals, or nil.
func methodOf(b []byte) []byte {
	if isMethod(b) {
		return b
	}
	if len(b) < 3 || len(b) > 7 || b[0] < 'a' {
		return nil
	}
	for _, m := range methods {
		if bytes.EqualFold(b, m) {
			return m
		}
	}
	return nil
}

// pathOf returns the path of a request target or URL: no scheme, host, query or
// fragment. It returns nil for what is none, such as "-".
func pathOf(target []byte) []byte {
	if len(target) == 0 {
		return nil
	}
	if target[0] != '/' {
		i := bytes.Index(target, schemeMark)
		if i <= 0 || i > 8 {
			if len(target) == 1 && target[0] == '*' {
				return target
			}
			return nil
		}
		target = target[i+len(schemeMark):]
		for i = 0; i < len(target) && target[i] != '/' && target[i] != '?' && target[i] != '#'; i++ {
		}
		if i == len(target) || target[i] != '/' {
			return rootPath
		}
		target = target[i:]
	}
	for i, c := range target {
		if c == '?' || c == '#' {
			return target[:i]
		}
	}
	return target
}

var (
	schemeMark = []byte("://")
	rootPath   = []byte("/")
)

// splitRequest takes a request line apart, "GET / HTTP/1.1"; a target alone has
// no method.
func splitRequest(text []byte) (method, target []byte) {
	i := bytes.IndexByte(text, ' ')
	if i < 0 {
		return nil, text
	}
	method, target = text[:i], text[i+1:]
	if !isMethod(method) {
		return nil, nil
	}
	if i = bytes.IndexByte(target, ' '); i >= 0 {
		target = target[:i]
	}
	return method, target
}

// serviceName returns a service or container name without the slash that Docker
// puts before it; nil for a
// placeholder and for the names that Python gives to what has none.
func serviceName(b []byte) []byte {
	if len(b) > 0 && b[0] == '/' {
		b = b[1:]
	}
	switch string(b) {
	case "-", "__main__", "root":
		return nil
	}
	return b
}

// trimUnit returns the name of a systemd unit without its kind.
func trimUnit(b []byte) []byte { return bytes.TrimSuffix(b, unitSuffix) }

var unitSuffix = []byte(".service")
