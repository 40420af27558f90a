package naming

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// AppendRoute appends the route that a path belongs to: the path with {id} for each
// part that identifies one thing among others of its kind, such as numbers, UUIDs,
// hashes, dates, email addresses, and other words that nobody would choose.
// "/api/orders/1007/items" belongs to the route "/api/orders/{id}/items". The route of a
// route is itself. In doubt a part is an id: routes are kept and counted, so there have
// to be few, and they must not reveal who was there.
func AppendRoute(dst, path []byte) []byte {
	start := len(dst)
	for n := 0; len(path) > 0; n++ {
		if path[0] == '/' {
			dst = append(dst, '/')
			path = path[1:]
			continue
		}
		end := bytes.IndexByte(path, '/')
		if end < 0 {
			end = len(path)
		}
		part := path[:end]
		if i := bytes.IndexAny(part, ";?#"); i >= 0 {
			part = part[:i] // parameters
		}
		if n >= 2*maxRouteParts || len(dst)-start > maxRoute {
			return append(dst, "..."...)
		}
		if isRoutePart(part) {
			dst = append(dst, part...)
		} else {
			dst = append(dst, "{id}"...)
		}
		path = path[end:]
	}
	return dst
}

// maxRouteParts bounds the parts of a route, and maxRoute about its bytes.
const (
	maxRouteParts = 10
	maxRoute      = 160
)

// isRoutePart reports whether a part of a path is common to all paths of its route.
func isRoutePart(part []byte) bool {
	switch string(part) {
	case "", "{id}", "...", "*", ".well-known":
		return true
	}
	if len(part) > 40 {
		return false
	}
	for words := 0; len(part) > 0; words++ {
		end := bytes.IndexAny(part, "-_.~:")
		if end < 0 {
			end = len(part)
		}
		if word := part[:end]; words == 5 || !isRouteWord(word) {
			return false
		}
		part = part[min(end+1, len(part)):]
	}
	return true
}

// isRouteWord reports whether people chose a word: letters, with up to two digits at the
// end.
func isRouteWord(word []byte) bool {
	for _, c := range word {
		if !scan.IsLetter(c) && !scan.IsDigit(c) {
			return false
		}
	}
	letters := len(word)
	for letters > 0 && scan.IsDigit(word[letters-1]) {
		letters--
	}
	switch digits := len(word) - letters; {
	case len(word) == 0:
		return true // two separators in a row
	case digits > 2 || letters == 0:
		return false
	case digits > 0 && len(word) > 3 && isHexWord(word):
		return false
	case len(word) <= 3:
		return scan.IsLetter(word[0]) // k8s, v2, 2fa is none
	}
	vowelless, humps, inside := 0, 0, 0
	for i, c := range word[:letters] {
		if scan.IsDigit(c) {
			inside++
		}
		if inside > 1 || inside > 0 && (len(word) > 5 || i == 0) {
			return false
		}
		if i > 0 && c < 'a' && word[i-1] >= 'a' {
			humps++
		}
		if vowelless++; bytes.IndexByte(vowels, c|0x20) >= 0 {
			vowelless = 0
		}
		if vowelless > 6 {
			return false
		}
	}
	return letters <= 24 && humps <= 3
}
