package rules

import "bytes"

// Fold returns how markers and texts are compared: letters without their case,
// digits and punctuation as they are. It returns 0 for bytes that do not count:
// blanks, `_`, `-`, quotes, backslashes, control characters and everything
// outside ASCII. So "no matching key" stands for NO_MATCHING_KEY, NoMatchingKey
// and `no matching \"key\"` as well.
func Fold(b byte) byte { return folded[b] }

var folded = func() (table [256]byte) {
	for b := byte('!'); b <= '~'; b++ {
		table[b] = b
	}
	for _, b := range []byte("_-\"'`\\") {
		table[b] = 0
	}
	for b := byte('A'); b <= 'Z'; b++ {
		table[b] = b + 'a' - 'A'
	}
	return table
}()

// WordStart reports whether a word begins at text[i]: at the start of the text,
// after anything but a letter or digit, at a hump of camelCase, and after the
// escapes \n, \r and \t of JSON.
func WordStart(text []byte, i int) bool {
	if i == 0 || !alnum(text[i]) || !alnum(text[i-1]) {
		return true
	}
	if upper(text[i]) && (!upper(text[i-1]) || i+1 < len(text) && lower(text[i+1])) {
		return true
	}
	return i > 1 && text[i-2] == '\\' && (text[i-1] == 'n' || text[i-1] == 'r' || text[i-1] == 't')
}

// WordEnd reports whether a word ends before text[end].
func WordEnd(text []byte, end int) bool {
	return end == len(text) || !alnum(text[end]) || WordStart(text, end)
}

// ClauseEnd reports whether nothing follows text[:end] that goes on with its last word:
// the text or a part of a sentence ends there, or a name=value or an address follows.
// "invalid signature: no key", "invalid signature ip=10.0.0.1" and InvalidSignatureError,
// but not "invalid signature of a package" and invalid_signature_count.
func ClauseEnd(text []byte, end int) bool {
	if end < len(text) && text[end] == 'E' { // by far most texts go on with something else
		for _, name := range [...]string{"Error", "Exception"} { // the rest of a type's name
			if rest, ok := bytes.CutPrefix(text[end:], []byte(name)); ok && (len(rest) == 0 || !alnum(rest[0])) {
				end += len(name)
				break
			}
		}
	}
	if end < len(text) && alnum(text[end]) || end+1 < len(text) && (text[end] == '_' || text[end] == '-') && alnum(text[end+1]) {
		return false // the name goes on
	}
	for end < len(text) && text[end] == ' ' {
		end++
	}
	if end == len(text) || !alnum(text[end]) {
		return true
	}
	for end < len(text) && (alnum(text[end]) || text[end] == '_' || text[end] == '.' || text[end] == '-') {
		end++
	}
	return end < len(text) && (text[end] == '=' || end+1 < len(text) && text[end] == ':' && text[end+1] == '/')
}

// Prose reports whether text[start:end] stands as a word of a sentence, and not
// within a name, a path or an address: "ssh: key refused", but not "ssh-gateway",
// "/api/ssh" or "ssh.example.com". What follows the word's beginning may be more
// letters.
func Prose(text []byte, start, end int) bool {
	if start > 0 {
		switch b := text[start-1]; {
		case alnum(b), b == '/', b == '.', b == '-', b == '_', b == '=', b == '@', b == '$':
			return false
		}
	}
	for end < len(text) && alnum(text[end]) {
		end++
	}
	if end+1 >= len(text) {
		return true
	}
	switch text[end] {
	case '=':
		return false
	case '/', '.', '-', '_', '@':
		return !alnum(text[end+1])
	}
	return true
}

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }
func lower(b byte) bool { return b >= 'a' && b <= 'z' }
func alnum(b byte) bool { return alnums[b] }

var alnums = func() (table [256]bool) {
	for b := range table {
		b8 := byte(b)
		table[b] = upper(b8) || lower(b8) || b8 >= '0' && b8 <= '9'
	}
	return table
}()
