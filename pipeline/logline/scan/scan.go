// Package scan looks at the beginning of a text: what kind of byte stands there,
// how many digits or blanks, where a word or a quoted string ends.
//
// Invariant: what is returned is a part of the argument, or counts its bytes;
// nothing is copied. The package refuses to know what a text means, and any byte
// outside ASCII.
package scan

import "bytes"

// IsLetter says whether ch is a letter.
func IsLetter(ch byte) bool { return ch|0x20 >= 'a' && ch|0x20 <= 'z' }

// IsDigit says whether ch is a decimal digit.
func IsDigit(ch byte) bool { return ch-'0' <= 9 }

// IsWord says whether ch may be part of a word: a letter, a digit or an
// underscore.
func IsWord(ch byte) bool { return IsLetter(ch) || IsDigit(ch) || ch == '_' }

// IsPrinted says whether ch is a character that is to be seen.
func IsPrinted(ch byte) bool { return ch > ' ' && ch < 0x80 }

// Letters returns how many letters b begins with, at most limit.
func Letters(b []byte, limit int) int {
	b = b[:min(len(b), limit)]
	for n, ch := range b {
		if !isLetter[ch] {
			return n
		}
	}
	return len(b)
}

var isLetter = func() (is [256]bool) {
	for b := range is {
		is[b] = IsLetter(byte(b))
	}
	return is
}()

// Digits returns how many digits b begins with, at most 20.
func Digits(b []byte) int {
	n := 0
	for n < len(b) && n < 20 && IsDigit(b[n]) {
		n++
	}
	return n
}

// Number returns the value of b, which is all digits and at most nine of them.
func Number(b []byte) int {
	v := 0
	for _, ch := range b {
		v = v*10 + int(ch-'0')
	}
	return v
}

// Integer reads one to nine digits.
func Integer(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if !IsDigit(c) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// IsNumber reports whether b is digits, with or without decimals.
func IsNumber(b []byte) bool {
	for _, ch := range b {
		if !IsDigit(ch) && ch != '.' {
			return false
		}
	}
	return len(b) > 0
}

// Token returns the bytes of b up to the first blank, and what follows the
// blanks behind it.
func Token(b []byte) (word, rest []byte) {
	i := 0
	for i < len(b) && b[i] != ' ' && b[i] != '\t' {
		i++
	}
	return b[:i], SkipBlank(b[i:])
}

// Name returns the length of the name or number that b begins with, or of the place
// in a source.
func Name(b []byte) int {
	n := 0
	for n < len(b) && n < 80 && nameBytes[b[n]] {
		n++
	}
	if n > 0 && n+1 < len(b) && b[n] == '(' && b[n+1] == ')' {
		n += 2 // file.go:12:Name()
	}
	return n
}

// nameBytes are the bytes of which names are made.
var nameBytes = func() (is [256]bool) {
	for b := range is {
		is[b] = IsWord(byte(b)) || bytes.IndexByte([]byte(".-$:/#@*="), byte(b)) >= 0
	}
	return is
}()

// Spaces returns how many blanks b begins with, at most 3.
func Spaces(b []byte) int {
	n := 0
	for n < len(b) && n < 3 && b[n] == ' ' {
		n++
	}
	return n
}

// SkipBlank returns b without the spaces and tabs it begins with.
func SkipBlank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// TrimSpace is bytes.TrimSpace, at once for what has nothing to trim.
func TrimSpace(b []byte) []byte {
	if n := len(b); n > 0 && IsPrinted(b[0]) && IsPrinted(b[n-1]) {
		return b
	}
	return bytes.TrimSpace(b)
}

// UnlessDash returns nil for the dash that stands for nothing.
func UnlessDash(b []byte) []byte {
	if len(b) == 1 && b[0] == '-' {
		return nil
	}
	return b
}

// QuoteEnd returns the index of the quote that ends the string whose content
// begins at i, or len(b). A quote after a backslash does not end it.
func QuoteEnd(b []byte, i int, quote byte) int {
	for i < len(b) {
		j := bytes.IndexByte(b[i:], quote)
		if j < 0 {
			return len(b)
		}
		i += j
		n := 0
		for i-n > 0 && b[i-n-1] == '\\' {
			n++
		}
		if n%2 == 0 {
			return i
		}
		i++
	}
	return len(b)
}

// Closing returns the index of the bracket that closes the one b begins with,
// -1 where it is missing, or 256 bytes away and more.
func Closing(b []byte) int {
	open, shut := b[0], b[0]+2
	if open == '(' {
		shut = ')'
	}
	depth := 0
	for i := 0; i < len(b) && i < maxClosing; i++ {
		switch b[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// maxClosing is how far Closing looks.
const maxClosing = 256
