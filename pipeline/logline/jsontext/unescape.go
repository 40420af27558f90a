package jsontext

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendText appends the text of the JSON string whose first byte is raw[0] to dst,
// and finds the string's end in the same pass: the index of the quote, or len(raw).
// A lone surrogate becomes U+FFFD, an unknown escape the byte behind the backslash.
//
// JSON in a string is a backslash before each quote and little else. Words that
// hold nothing worse are stored with the backslashes shifted out, whatever their
// places, without a branch that could be mispredicted.
func AppendText(dst, raw []byte) (text []byte, end int) {
	// What is written is never longer than what was read; eight bytes more let
	// whole words be stored.
	start := len(dst)
	text = slices.Grow(dst, len(raw)+8)
	dst = text[start : start+len(raw)+8]
	i, n := 0, 0
	for {
		for i+8 <= len(raw) {
			w := binary.LittleEndian.Uint64(raw[i:])
			slash, quote := exactZeroBytes(w^('\\'*ones)), exactZeroBytes(w^('"'*ones))
			last := slash >> 63 // a backslash whose next byte is not in this word waits for the next
			if slash<<8 != quote {
				break
			}
			slash &= highs >> 8
			first := slash & -slash
			rest := slash ^ first
			if rest&(rest-1) != 0 {
				break
			}
			below := first>>7 - 1 // the bytes below the backslash; all where there is none
			w = w&below | w>>8&^below
			below = rest>>15 - 1
			w = w&below | w>>8&^below
			binary.LittleEndian.PutUint64(dst[n:], w)
			i += 8 - int(last)
			n += 8 - int(last) - bits.OnesCount64(slash)
		}
		if i >= len(raw) {
			break
		}
		// One byte or one escape, then words again.
		switch c := raw[i]; {
		case c == '"':
			return text[:start+n], i
		case c != '\\':
			dst[n] = c
			i, n = i+1, n+1
		case i+1 == len(raw):
			i++
		case unescaped[raw[i+1]] != 0:
			dst[n] = unescaped[raw[i+1]]
			i, n = i+2, n+1
		default:
			r, size := escapedRune(raw[i:])
			n += utf8.EncodeRune(dst[n:], r)
			i += size
		}
	}
	return text[:start+n], len(raw)
}

// escapedRune returns the rune of the escape sequence that raw begins with, a
// backslash and an u, and its length; two sequences where they are one pair.
func escapedRune(raw []byte) (r rune, size int) {
	r, ok := hex4(raw[2:])
	if !ok {
		return 'u', 2
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		if low, ok := hex4(raw[8:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
	}
	return utf8.RuneError, 6
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescaped maps the byte behind a backslash to what it stands for; 0 for 'u'.
var unescaped = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	t['b'], t['f'], t['n'], t['r'], t['t'], t['u'] = '\b', '\f', '\n', '\r', '\t', 0
	return t
}()
