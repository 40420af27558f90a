// Package jsontext finds where values end in the text of JSON, eight bytes at a
// step, and what strings say that have escapes; likewise in JSON that stands in a
// string itself.
//
// Invariant: no text is too broken: an end that is missing is said to be missing, and
// what is read lies within the text. The package refuses to validate: it looks at
// quotes, brackets and what parts values, and at nothing else.
package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// The words of the eight-bytes-at-a-step scan: a byte of w equals c exactly where
// (w ^ c*ones) has a zero byte, and zeroBytes marks the lowest zero byte (bytes
// above it may be marked falsely, which bits.TrailingZeros64 does not see).
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func zeroBytes(x uint64) uint64 { return (x - ones) &^ x & highs }

// exactZeroBytes marks every zero byte of x and no other.
func exactZeroBytes(x uint64) uint64 { return ^((x&^highs + ^uint64(highs)) | x | ^uint64(highs)) }

// quotes marks, like zeroBytes, the lowest byte of w that is a quote or a backslash.
// Both are below 0x80, so that the high bits of w itself tell borrow from match.
func quotes(w uint64) uint64 {
	q, s := w^'"'*ones, w^'\\'*ones
	return ((q - ones) | (s - ones)) &^ w & highs
}

// ShortStringEnd is StringEnd for a string that ends within eight bytes, small
// enough to be inlined; -1 says that it does not, or has escapes.
func ShortStringEnd(b []byte, i int) int {
	if p := b[i:]; len(p) >= 8 {
		if m := quotes(binary.LittleEndian.Uint64(p)); m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; b[i] == '"' {
				return i
			}
		}
	}
	return -1
}

// These loops are written so that the compiler proves their bounds: with i not
// below 0 and eight bytes left, b[i:i+8:i+8] costs one load.

// TextEnd returns the index of the first quote or backslash in b from i on, or -1.
func TextEnd(b []byte, i int) int {
	if i < 0 {
		return -1
	}
	for ; i <= len(b)-8; i += 8 {
		if m := quotes(binary.LittleEndian.Uint64(b[i : i+8 : i+8])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for ; i < len(b); i++ {
		if b[i] == '"' || b[i] == '\\' {
			return i
		}
	}
	return -1
}

// PathEnd returns the index of the first byte in b from i on that ends a path, or
// a string, or begins an escape; or -1.
func PathEnd(b []byte, i int) int {
	if i < 0 {
		return -1
	}
	for ; i <= len(b)-8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i : i+8 : i+8])
		q, s := w^'?'*ones, w^'#'*ones
		if m := quotes(w) | ((q-ones)|(s-ones))&^w&highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for ; i < len(b); i++ {
		if b[i] == '"' || b[i] == '\\' || b[i] == '?' || b[i] == '#' {
			return i
		}
	}
	return -1
}

// StringEnd returns the index of the quote that ends the JSON string whose first
// byte is b[i], and whether the string has escapes. It returns -1 where b ends first.
func StringEnd(b []byte, i int) (end int, escaped bool) {
	for {
		if i = TextEnd(b, i); i < 0 || b[i] == '"' {
			return i, escaped
		}
		if escaped = true; len(b)-i < 2 {
			return -1, true
		}
		i += 2
	}
}

// NestedEnd returns the index behind the object or array that begins at b[i], or
// -1 where b ends first. It looks at brackets and strings only.
func NestedEnd(b []byte, i int) int {
	depth := 0
	for {
		for i >= 0 && i <= len(b)-8 {
			w := binary.LittleEndian.Uint64(b[i : i+8 : i+8])
			folded := w | 0x20*ones // brackets to braces
			m := zeroBytes(w^('"'*ones)) | zeroBytes(folded^('{'*ones)) | zeroBytes(folded^('}'*ones))
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return -1
		}
		switch b[i] {
		case '"':
			if i, _ = StringEnd(b, i+1); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// ScalarEnd returns the index behind the number or word that begins at b[i].
func ScalarEnd(b []byte, i int) int {
	for j, c := range b[i:] {
		if !inScalar[c] {
			return i + j
		}
	}
	return len(b)
}

// inScalar holds the bytes that do not end a number or word.
var inScalar = func() (t [256]bool) {
	for i := range t {
		t[i] = i > ' ' && i != ',' && i != '}' && i != ']'
	}
	return t
}()

// SkipSpace returns the index of the first byte of b from i on that is no white
// space, or len(b).
func SkipSpace(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' {
		i++
	}
	return i
}

// ValueEnd returns the index behind the JSON value that begins at b[i], or -1
// where b ends first.
func ValueEnd(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		if i, _ = StringEnd(b, i+1); i >= 0 {
			i++
		}
		return i
	case '{', '[':
		return NestedEnd(b, i)
	}
	return ScalarEnd(b, i)
}

// ValueAt returns the index of the value whose key begins at b[i], at least len(b)
// where the line breaks off, -1 where there is none.
func ValueAt(b []byte, i int) int {
	end, _ := StringEnd(b, i+1)
	if end < 0 {
		return len(b)
	}
	j := SkipSpace(b, end+1)
	if j < len(b) && b[j] != ':' {
		return -1
	}
	return SkipSpace(b, min(j+1, len(b)))
}

// startsScalar holds the first bytes of numbers and words.
var startsScalar = func() (t [256]bool) {
	for c := range t {
		t[c] = inScalar[c] && c != '"' && c != '{' && c != '['
	}
	return t
}()

// StartsScalar reports whether a number or a word may begin with c.
func StartsScalar(c byte) bool { return startsScalar[c] }

// LooseScalarEnd returns the index of what parts the next member from a value without
// quotes that is no JSON, as templates of web servers write them: "took": 0.1, 0.2, 0
// where what stands at b[i] may be anything else.
func LooseScalarEnd(b []byte, i int) int {
	if b[i-1] == '"' {
		return 0 // a quote within a string
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case ',':
			if j := SkipSpace(b, i+1); j < len(b) && b[j] == '"' {
				return i
			}
		case '}':
			return i
		case '"', '{', '[':
			return 0
		}
	}
	return 0
}

// IsStrings reports whether b is an array of strings and nothing else.
func IsStrings(b []byte) bool {
	for i := 1; ; i++ {
		if i = SkipSpace(b, i); i >= len(b) || b[i] != '"' {
			return false
		}
		end, _ := StringEnd(b, i+1)
		if end < 0 {
			return false
		}
		if i = SkipSpace(b, end+1); i >= len(b) || b[i] != ',' {
			return i == len(b)-1 && b[i] == ']'
		}
	}
}
