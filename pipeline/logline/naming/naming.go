// Package naming distinguishes names from ids: words that people chose for services,
// routes and machines from what software generated for one request, person or replica.
//
// Invariant: in doubt a word is an id, because whatever is taken for a name is kept and
// counted for good. The package refuses to have a list of names.
package naming

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// IsService reports whether a key names what wrote the line rather than whom or what it
// is about: words of letters, not an id, UUID, hash, address, machine or number. In
// doubt it returns false, because every key that it accepts becomes a service.
func IsService(key []byte) bool {
	if len(key) < 2 || len(key) > 63 || !scan.IsLetter(key[0]) {
		return false
	}
	for len(key) > 0 {
		n := bytes.IndexAny(key, "-_")
		if n < 0 {
			n = len(key)
		}
		if !isNameWord(key[:n]) {
			return false
		}
		key = key[min(n+1, len(key)):]
	}
	return true
}

// isNameWord reports whether word may be part of a name: letters, with a vowel in any
// seven of them and possibly a digit at the end. A short word may have a digit anywhere
// but in front: k8s, s3, v2.
func isNameWord(word []byte) bool {
	if len(word) == 0 || len(word) > 24 || !scan.IsLetter(word[0]) {
		return false
	}
	vowelless, digits, humps := 0, 0, 0
	for i, c := range word {
		switch {
		case scan.IsDigit(c):
			if digits++; len(word) > 5 && i < len(word)-1 {
				return false
			}
		case !scan.IsLetter(c):
			return false
		case bytes.IndexByte(vowels, c|0x20) >= 0:
			vowelless = -1
		}
		if i > 0 && c < 'a' && c >= 'A' && word[i-1] >= 'a' {
			humps++
		}
		if vowelless++; vowelless > 6 {
			return false
		}
	}
	return digits <= 1 && humps <= 3 && (len(word) <= 3 || !isHexWord(word))
}

var vowels = []byte("aeiouy")

// isHexWord reports whether word consists of hexadecimal digits, at least one of them a
// decimal one.
func isHexWord(word []byte) bool {
	digit := false
	for _, c := range word {
		digit = digit || scan.IsDigit(c)
		if !scan.IsDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return digit
}

// IsReplica reports whether b is the name of a pod of a Kubernetes
// Deployment: a name, the hash of the template and a suffix.
func IsReplica(b []byte) bool {
	i := bytes.LastIndexByte(b, '-')
	if i < 0 || len(b)-i != 6 {
		return false
	}
	j := bytes.LastIndexByte(b[:i], '-')
	return j > 0 && i-j >= 8 && i-j <= 11 && isSafeHash(b[j+1:i]) && isSafeHash(b[i+1:])
}

// IsDaemon reports whether b may be the name of a pod of a Kubernetes DaemonSet or Job:
// a name and a suffix that ordinary words rarely have.
func IsDaemon(b []byte) bool {
	i := bytes.LastIndexByte(b, '-')
	return i > 1 && len(b)-i == 6 && isSafeHash(b[i+1:]) && bytes.IndexByte(b[i:], 'y') < 0 && IsHost(b)
}

// isSafeHash reports whether b consists of the characters with which Kubernetes encodes
// hashes: no vowels, and none that look alike.
func isSafeHash(b []byte) bool {
	for _, ch := range b {
		if !scan.IsDigit(ch) && (ch < 'b' || ch > 'z') || bytes.IndexByte([]byte("eioualy"), ch) >= 0 && ch != 'l' && ch != 'y' {
			return false
		}
	}
	return true
}

// Workload returns the name of the workload whose replica is called pod.
func Workload(pod []byte) []byte {
	i := bytes.LastIndexByte(pod, '-')
	return pod[:bytes.LastIndexByte(pod[:i], '-')]
}

// IsHost reports whether b may name a machine.
func IsHost(b []byte) bool {
	if len(b) == 0 || len(b) > 255 {
		return false
	}
	for _, ch := range b {
		if !scan.IsWord(ch) && ch != '-' && ch != '.' && ch != ':' {
			return false
		}
	}
	return scan.IsWord(b[0]) && severity.Parse(b) == severity.None
}

// Service returns a service or container name without the slash that Docker puts before
// it; nil for a placeholder and for Python's names for what has none.
func Service(b []byte) []byte {
	if len(b) > 0 && b[0] == '/' {
		b = b[1:]
	}
	switch string(b) {
	case "__main__", "root":
		return nil
	}
	return Known(b)
}

// Known returns b, or nil if it is a placeholder that programs print for an unknown
// name.
func Known(b []byte) []byte {
	if len(b) > 0 && startsUnknown[b[0]] {
		return unlessUnknown(b)
	}
	return b
}

func unlessUnknown(b []byte) []byte {
	switch string(b) {
	case "-", "null", "NULL", "nil", "None", "none", "N/A", "n/a", "undefined", "<nil>", "<none>", "<null>", "(null)", "(none)", "(nil)":
		return nil
	}
	return b
}

// startsUnknown holds the first bytes of placeholders.
var startsUnknown = [256]bool{'-': true, 'n': true, 'N': true, 'u': true, '<': true, '(': true}

// Unit returns the name of a systemd unit without its kind.
func Unit(b []byte) []byte { return bytes.TrimSuffix(b, unitSuffix) }

var unitSuffix = []byte(".service")
