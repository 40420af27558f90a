package jsontext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

var values = []string{
	`""`, `"a"`, `"a long text of more than eight bytes"`, `"q\"uote"`, `"back\\"`, `"\\\""`, `"\u00e9\ud83d\ude00\n\/"`, `"\ud83d"`, `"\ud83dx\u12"`, `"é日本"`, `"{}[],:"`,
	`0`, `-1.5e+3`, `true`, `null`, `{}`, `[]`, `{"a":{"b":[1,"]}",{}]},"c\"":"}"}`, `[[],[{"x":"\\"}]]`, `{"long key of many bytes":"and a long value"}`,
}

func TestEnds(t *testing.T) {
	for _, v := range values {
		for _, before := range []string{"", " ", "12345678"} {
			for _, behind := range []string{",", "}", `]"`, ` ,"next":"and more bytes"`} {
				b := []byte(before + v + behind)
				if got, want := ValueEnd(b, len(before)), len(before)+len(v); got != want {
					t.Errorf("ValueEnd(%s, %d) = %d, want %d", b, len(before), got, want)
				}
			}
		}
		for cut := 1; cut < len(v); cut++ { // what breaks off has no end, unless nothing tells
			if end := ValueEnd([]byte(v[:cut]), 0); end >= 0 && strings.ContainsAny(v[:1], `"{[`) {
				t.Errorf("ValueEnd(%s) = %d", v[:cut], end)
			}
		}
	}
}

// TestQuoted compares the ends of values that stand in a string with those of the
// same values outside.
func TestQuoted(t *testing.T) {
	for _, v := range values {
		if strings.Contains(v, `\`) {
			continue // escapes in escapes are not read
		}
		quoted := strings.ReplaceAll(v, `"`, `\"`)
		b := []byte(quoted + `, and what follows"`)
		var end int
		switch v[0] {
		case '"':
			if end = QuotedStringEnd(b, 2); end >= 0 {
				end += 2
			}
		case '{', '[':
			end = QuotedNestedEnd(b, 0)
		default:
			end = QuotedScalarEnd(b, 0)
		}
		if end != len(quoted) {
			t.Errorf("%s ends at %d, want %d", b, end, len(quoted))
		}
	}
	for text, want := range map[string]int{`"`: 0, ` \n\u0009"`: 9, ` x"`: -1, `\`: -1, `\u0041"`: -1, ` `: -1} {
		if got := ClosingQuote([]byte(text), 0); got != want {
			t.Errorf("ClosingQuote(%s) = %d, want %d", text, got, want)
		}
	}
}

func TestValueAt(t *testing.T) {
	for text, want := range map[string]int{`"a":1`: 4, `"a" : 1`: 6, `"a"`: 3, `"a`: 2, `"a" 1`: -1, `"a":`: 4} {
		if got := ValueAt([]byte(text), 0); got != want {
			t.Errorf("ValueAt(%s) = %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int{`: -, "b":1`: 3, `: 0.1, 0.2, "b":1`: 10, `: x}`: 3, `: {`: 0, `: x`: 0} {
		if got := LooseScalarEnd([]byte(text), 1); got != want {
			t.Errorf("LooseScalarEnd(%s) = %d, want %d", text, got, want)
		}
	}
}

// FuzzAppendText compares with encoding/json what strings say, and sees that no end
// lies outside the text.
func FuzzAppendText(f *testing.F) {
	for _, v := range values {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		dst, end := AppendText([]byte("x"), b)
		if dst[0] != 'x' || end < 0 || end > len(b) {
			t.Fatalf("AppendText(%q) = %q, %d", b, dst, end)
		}
		var want string
		if quoted := append(append([]byte{'"'}, b[:end]...), '"'); json.Unmarshal(quoted, &want) == nil && string(dst[1:]) != want && json.Valid(quoted) && bytes.Equal(bytes.ToValidUTF8(b[:end], nil), b[:end]) {
			t.Fatalf("AppendText(%q) = %q, want %q", b, dst[1:], want)
		}
		for i := range b[:min(len(b), 32)] {
			for _, e := range []int{ValueEnd(b, i), ValueAt(b, i), TextEnd(b, i), PathEnd(b, i), QuotedStringEnd(b, i), QuotedNestedEnd(b, i), QuotedScalarEnd(b, i), ClosingQuote(b, i), ShortStringEnd(b, i)} {
				if e > len(b) || e < -1 || e >= 0 && e < i {
					t.Fatalf("an end of %q at %d is %d", b, i, e)
				}
			}
		}
		if json.Valid(b) && len(b) > 0 {
			i := SkipSpace(b, 0)
			if e := ValueEnd(b, i); e != len(bytes.TrimRight(b, " \t\r\n")) {
				t.Fatalf("ValueEnd(%q) = %d", b, e)
			}
		}
	})
}
