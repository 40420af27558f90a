package logline

import "bytes"

// isMethod reports whether b looks like an HTTP method: 3 to 16 capital letters,
// hyphens or underscores.
func isMethod(b []byte) bool {
	if len(b) < 3 || len(b) > 16 {
		return false
	}
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return b[0] >= 'A' && b[0] <= 'Z'
}

// pathOf returns the path of a request target or URL: no scheme, host, query or
// fragment. It returns nil for what is none, such as "-".
func pathOf(target []byte) []byte {
	if i := bytes.Index(target, schemeMark); i > 0 && i < 8 && target[0] != '/' {
		target = target[i+len(schemeMark):]
		if j := bytes.IndexAny(target, "/?#"); j < 0 {
			return rootPath
		} else if target[j] != '/' {
			return rootPath
		} else {
			target = target[j:]
		}
	}
	if len(target) == 0 || target[0] != '/' {
		if len(target) == 1 && target[0] == '*' {
			return target
		}
		return nil
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
