package logline

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape returns the text of a JSON string's inside: raw itself where it has no
// escapes, otherwise a slice of scratch memory that holds until the next Decode.
// A lone surrogate becomes U+FFFD, an unknown escape the byte behind the backslash.
func (d *Decoder) unescape(raw []byte) []byte {
	i := bytes.IndexByte(raw, '\\')
	if i < 0 {
		return raw
	}
	start := len(d.scratch)
	dst := d.scratch
	for i >= 0 {
		dst = append(dst, raw[:i]...)
		raw = raw[i+1:]
		if len(raw) == 0 {
			break
		}
		c := unescaped[raw[0]]
		if c == 0 {
			dst, raw = appendRune(dst, raw)
		} else {
			dst = append(dst, c)
			raw = raw[1:]
		}
		i = -1
		for j, c := range raw {
			if c == '\\' {
				i = j
				break
			}
		}
	}
	d.scratch = append(dst, raw...)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// appendRune appends the rune of the escape whose first byte behind the backslash
// is raw[0] == 'u', and returns what follows it in raw.
func appendRune(dst, raw []byte) (_, rest []byte) {
	r, ok := hex4(raw[1:])
	if !ok {
		return append(dst, raw[0]), raw[1:]
	}
	raw = raw[5:]
	if utf16.IsSurrogate(r) {
		low := rune(-1)
		if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
			low, _ = hex4(raw[2:])
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			raw = raw[6:]
		}
	}
	return utf8.AppendRune(dst, r), raw
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
