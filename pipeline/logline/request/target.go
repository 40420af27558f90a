// Package request finds HTTP requests and their outcomes in text: in request lines, in
// sentences, and in the phrases of frameworks.
//
// Invariant: it returns parts of the text, and a status only if the text says that a
// client got it; a number in a sentence is not a status, nor is what another server
// answered. The package refuses to know formats: where in a line to look, and what else
// the line says, is up to the caller.
package request

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// IsMethod reports whether b looks like an HTTP method: 3 to 16 capital letters,
// hyphens or underscores.
func IsMethod(b []byte) bool {
	switch string(b) {
	case "GET", "POST", "PUT", "DELETE", "PATCH":
		return true
	}
	if len(b) < 3 || len(b) > 16 || b[0] < 'A' || b[0] > 'Z' {
		return false
	}
	for _, c := range b[1:] {
		if !inMethod[c] {
			return false
		}
	}
	return true
}

// inMethod holds the bytes of methods.
var inMethod = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= 'A' && c <= 'Z' || c == '-' || c == '_'
	}
	return is
}()

var methods = [...][]byte{[]byte("GET"), []byte("POST"), []byte("PUT"), []byte("PATCH"), []byte("DELETE"), []byte("HEAD"), []byte("OPTIONS")}

// Method returns the method that b is, in capitals, or nil.
func Method(b []byte) []byte {
	if IsMethod(b) {
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

// Path returns the path of a request target or URL, without scheme, host, query and
// fragment. It returns nil for what is not a target, such as "-".
func Path(target []byte) []byte {
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

// Split splits a request line, "GET / HTTP/1.1"; a target alone has no method.
func Split(text []byte) (method, target []byte) {
	i := bytes.IndexByte(text, ' ')
	if i < 0 {
		return nil, text
	}
	method, target = text[:i], text[i+1:]
	if !IsMethod(method) {
		return nil, nil
	}
	if i = bytes.IndexByte(target, ' '); i >= 0 {
		target = target[:i]
	}
	return method, target
}

// Host returns the host of a URL, nil if it has none.
func Host(target []byte) []byte {
	i := bytes.Index(target, schemeMark)
	if i <= 0 || i > 8 {
		return nil
	}
	host := target[i+len(schemeMark):]
	if j := bytes.IndexAny(host, "/?#"); j >= 0 {
		host = host[:j]
	}
	return host[bytes.LastIndexByte(host, '@')+1:]
}

// VirtualHost returns the name before the client's address at the beginning of an access
// log's line, nil if there is none.
func VirtualHost(head []byte) []byte {
	name, rest := scan.Token(head)
	next, _ := scan.Token(rest)
	if IsAddress(name) || bytes.IndexByte(name, '.') <= 0 || !IsAddress(next) {
		return nil
	}
	return name
}
