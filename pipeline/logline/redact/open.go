package redact

import "bytes"

// AppendOpen is Append for text that continues elsewhere. If a credential begins at its
// end, or would begin if text continued like one, that is replaced too: by something
// that Append finds once the rest is there. So the parts of a split line can be kept
// until the line is complete.
func AppendOpen(dst, text []byte) []byte {
	start := len(text)
	var whole []byte
	for _, rest := range rests {
		whole = append(append(whole[:0], text...), rest...)
		start = min(start, reaching(whole, len(text)))
	}
	dst = Append(dst, text[:start])
	begun := text[start:]
	switch {
	case len(begun) == 0:
		return dst
	case bytes.HasPrefix(begun, pemStart):
		return append(dst, pemOpen...)
	}
	name := schemeName(begun)
	if dst = append(dst, begun[:name]...); name == len(begun) {
		return dst
	}
	return append(dst, hidden...)
}

// Rest returns the length of the first word of text if it may be the rest of a
// credential whose beginning is unknown, 0 if it does not look like one or is a date.
func Rest(text []byte) int {
	n := run(text, 0, &tokenByte)
	if word := text[:n]; n >= 8 && looksSecret(word) && bytes.ContainsAny(word, "0123456789") && !isDate(word) {
		return n
	}
	return 0
}

// isDate reports whether word begins like 2006-01-02 or 2006/01/02.
func isDate(word []byte) bool {
	for i, b := range word[:8] {
		if isDigit := b >= '0' && b <= '9'; isDigit == (i == 4 || i == 7) {
			return false
		}
	}
	return true
}

// schemeName returns the length of the scheme, or of a part of its name, that a
// credential begins with. The scheme is no secret.
func schemeName(begun []byte) int {
	for _, s := range schemes {
		if len(begun) <= len(s) && bytes.EqualFold(begun, []byte(s[:len(begun)])) {
			return len(begun)
		}
		if hasWord(begun, s) && isFill(begun[len(s)]) {
			n := len(s)
			for n < len(begun) && isFill(begun[n]) {
				n++
			}
			return n
		}
	}
	return 0
}

// rests are ways in which credentials continue: letters and digits, the parts of a
// token, the end of a URL's password, the digits of a hash. Their first letter completes
// no beginning of a token.
var rests = [...]string{
	"B1c2D3e4F5g6H7b8C1d2E3f4G5h6B7c8",
	"B1C2D3E4F5G6H7B8.C1D2E3F4G5H6B7C8.B1C2D3E4F5G6H7B8",
	"B1C2D3E4@h",
	"b1c2d3e4f5b6c7d8b1c2d3e4f5b6c7d8",
}

var (
	hidden   = []byte("eyJxxxxxxxxxxxxxxxxxxxxxxxxxxxx") // is one wherever one may stand
	pemStart = []byte("-----BEGIN ")
	pemOpen  = []byte("-----BEGIN x")
)

// reaching returns the start of the credential that extends beyond text[end-1], or end
// if none does.
func reaching(text []byte, end int) int {
	for at := 0; at < end; {
		start, stop := next(text[at:])
		if start < 0 || at+start >= end {
			break
		}
		if at+stop > end {
			return at + start
		}
		at += stop
	}
	return end
}
