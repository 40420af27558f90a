package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// ClosingQuote returns the index of the quote that ends the string b, of which
// nothing but white space follows from b[i] on, -1 where something else does.
func ClosingQuote(b []byte, i int) int {
	for i < len(b) && b[i] != '"' {
		switch {
		case b[i] <= ' ':
			i++
		case b[i] != '\\' || i+1 == len(b):
			return -1
		case b[i+1] == 'n' || b[i+1] == 'r' || b[i+1] == 't':
			i += 2
		case b[i+1] != 'u':
			return -1
		default:
			if r, ok := hex4(b[i+2:]); !ok || r > ' ' {
				return -1
			}
			i += 6
		}
	}
	if i >= len(b) {
		return -1
	}
	return i
}

// QuotedStringEnd returns the index of the escaped quote that ends the string
// whose first byte is b[i], which stands in a string itself; -1 where that ends
// before, or there are other escapes.
func QuotedStringEnd(b []byte, i int) int {
	for ; i+8 < len(b); i += 8 {
		if m := quotes(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; b[i] == '\\' && b[i+1] == '"' {
				return i
			}
			return -1
		}
	}
	return -1
}

// QuotedNestedEnd is NestedEnd in a string; -1 where that ends before, or there
// are escapes but those of quotes.
func QuotedNestedEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			return -1
		case '\\':
			if i+1 >= len(b) || b[i+1] != '"' {
				return -1
			}
			if i = QuotedStringEnd(b, i+2); i < 0 {
				return -1
			}
			i++
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// QuotedScalarEnd is ScalarEnd in a string.
func QuotedScalarEnd(b []byte, i int) int {
	end := ScalarEnd(b, i)
	for _, c := range b[i:end] {
		if c == '"' || c == '\\' {
			return -1
		}
	}
	return end
}
