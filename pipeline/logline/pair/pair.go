// Package pair finds key=value pairs in text, with quoted or bare values: in logfmt, in
// events with extensions, and in sentences.
//
// Invariant: pairs are found from left to right, do not overlap, and are parts of the
// text; finding all of them takes time linear in its length. The package refuses to know
// what keys mean, and to unescape values.
package pair

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// MaxName is the maximum length of a key, in bytes.
const MaxName = 64

// Pair is one key=value of a line. A quoted value is what is between the quotes, still
// with its escapes if Escaped is set.
type Pair struct {
	Key, Value []byte
	Escaped    bool
	Bare       bool // without quotes
	Start, End int  // where Key begins, and what follows the value
}

// Next returns the first pair in text that begins at from or later. In loose
// text a value without quotes also ends at a comma or closing bracket.
func Next(text []byte, from int, loose bool) (p Pair, ok bool) {
	for i := from; i < len(text); i++ {
		j := bytes.IndexByte(text[i:], '=')
		if j < 0 {
			return p, false
		}
		i += j
		start := i
		for start > from && i-start <= MaxName && IsKeyByte(text[start-1]) {
			start--
		}
		if start == i || scan.IsDigit(text[start]) || start > 0 && !MayFollow(text[start-1]) {
			continue
		}
		p = Pair{Key: text[start:i], Start: start}
		if p.ReadValue(text, i+1, loose) {
			return p, true
		}
	}
	return p, false
}

// ReadValue reads the value at text[i:], and reports whether it may be one.
func (p *Pair) ReadValue(text []byte, i int, loose bool) bool {
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		end := scan.QuoteEnd(text, i+1, text[i])
		p.Value, p.End = text[i+1:end], min(end+1, len(text))
		p.Escaped = bytes.IndexByte(p.Value, '\\') >= 0
		return true
	}
	end, inValue := i+goMapLen(text[i:]), &valueBytes
	if loose {
		inValue = &looseBytes
	}
	for end < len(text) && inValue[text[end]] {
		end++
	}
	p.Value, p.End, p.Bare = text[i:end], end, true
	for n := len(p.Value); !loose && n > 0 && (p.Value[n-1] == ',' || p.Value[n-1] == ';'); n-- {
		p.Value = p.Value[:n-1]
	}
	return end == i || text[i] != '=' && text[i] != '>'
}

// IsKeyByte reports whether ch may be part of the key of a pair.
func IsKeyByte(ch byte) bool { return keyBytes[ch] }

// The bytes of keys, and of values without quotes in text that is pairs and nothing
// else, and in loose text.
var keyBytes, valueBytes, looseBytes = func() (key, value, loose [256]bool) {
	for b := range key {
		ch := byte(b)
		key[b] = scan.IsWord(ch) || bytes.IndexByte([]byte(".-@/"), ch) >= 0
		value[b] = ch > ' '
		loose[b] = ch > ' ' && bytes.IndexByte([]byte(",})];|"), ch) < 0
	}
	return key, value, loose
}()

// MayFollow reports whether a pair may follow ch.
func MayFollow(ch byte) bool {
	return ch <= ' ' || ch == ',' || ch == '{' || ch == '(' || ch == '[' || ch == ';' || ch == '|' || ch == '"'
}

// goMapLen returns the length of the map, as printed by Go, that b begins with; 0 if
// there is none or it is too long.
func goMapLen(b []byte) int {
	if !bytes.HasPrefix(b, goMapMark) {
		return 0
	}
	depth := 0
	for i, ch := range b[:min(len(b), maxGoMap)] {
		switch ch {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// maxGoMap bounds the length of a map without quotes.
const maxGoMap = 4096

var goMapMark = []byte("map[")
