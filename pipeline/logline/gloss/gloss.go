// Package gloss replaces the words by which programs say in Chinese, Japanese, Korean
// and Russian that a token was rejected with English ones, so that the phrases of an
// English catalogue are found in such lines.
//
// Invariant: ASCII is left unchanged, and words of other languages never join what was
// separate. The package refuses to translate: it keeps the words of a sentence that it
// knows, in their order, and drops the others.
package gloss

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// Append appends text to dst, with English words for the known ones, and reports
// whether there are any. If not, dst is returned unchanged.
func Append(dst, text []byte) (glossed []byte, some bool) {
	start, foreign := len(dst), ascii(text)
	if foreign == len(text) {
		return dst, false
	}
	dst = append(dst, text[:foreign]...)
	for i := foreign; i < len(text); {
		if text[i] < utf8.RuneSelf {
			dst = append(dst, text[i])
			i++
			continue
		}
		t, n := at(text[i:])
		if t == nil {
			_, n = utf8.DecodeRune(text[i:])
			i += n
			dst = apart(dst, start)
			continue
		}
		i += n
		some = true
		english := t.english
		if next, _ := at(text[i:]); t.ahead != "" && (next != nil || i < len(text) && text[i] < utf8.RuneSelf && text[i] > ' ') {
			english = t.ahead
		}
		dst = append(append(apart(dst, start), english...), ' ')
	}
	if !some {
		return dst[:start], false
	}
	return dst, true
}

// ascii returns the length of the ASCII prefix of text, checking eight bytes at a time
// in long runs.
func ascii(text []byte) int {
	i := 0
	for ; i+8 <= len(text) && binary.LittleEndian.Uint64(text[i:])&0x8080808080808080 == 0; i += 8 {
	}
	for ; i < len(text) && text[i] < utf8.RuneSelf; i++ {
	}
	return i
}

// apart appends a blank to dst, whose text begins at start, unless it ends with one.
func apart(dst []byte, start int) []byte {
	if len(dst) == start || dst[len(dst)-1] == ' ' {
		return dst
	}
	return append(dst, ' ')
}

// at returns the longest term that text begins with, and its length there.
func at(text []byte) (*term, int) {
	first, _ := utf8.DecodeRune(text)
	if first < utf8.RuneSelf {
		return nil, 0
	}
	terms := byRune[unicode.ToLower(first)]
	for i := range terms {
		if n := prefix(text, terms[i].word); n > 0 {
			return &terms[i], n
		}
	}
	return nil, 0
}

// prefix returns the length of word at the beginning of text, in any case, 0 if text
// does not begin with it.
func prefix(text []byte, word string) int {
	n := 0
	for _, want := range word {
		r, size := utf8.DecodeRune(text[n:])
		if unicode.ToLower(r) != want {
			return 0
		}
		n += size
	}
	return n
}
