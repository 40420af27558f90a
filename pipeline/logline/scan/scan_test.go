package scan

import (
	"bytes"
	"testing"
)

func TestClasses(t *testing.T) {
	for c := range 256 {
		ch := byte(c)
		letter, digit := ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9'
		if IsLetter(ch) != letter || IsDigit(ch) != digit || IsWord(ch) != (letter || digit || ch == '_') || IsPrinted(ch) != (ch >= '!' && ch <= 0x7F) {
			t.Errorf("%q is of another class", ch)
		}
	}
}

func TestToken(t *testing.T) {
	for _, tt := range [][3]string{{"", "", ""}, {"a", "a", ""}, {"a \tb c", "a", "b c"}, {" a", "", "a"}} {
		if word, rest := Token([]byte(tt[0])); string(word) != tt[1] || string(rest) != tt[2] {
			t.Errorf("Token(%q) = %q, %q", tt[0], word, rest)
		}
	}
}

func TestTrimSpace(t *testing.T) {
	for _, text := range []string{"", " ", "a", "a b", " a\n", "\u00a0a", "a\u2003", "\u00e9", "\x00a\x7f"} {
		if got, want := TrimSpace([]byte(text)), bytes.TrimSpace([]byte(text)); !bytes.Equal(got, want) {
			t.Errorf("TrimSpace(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestQuoteEnd(t *testing.T) {
	for text, want := range map[string]int{`"a"b`: 2, `"a\"b"`: 5, `"a\\"b`: 4, `"a`: 2, `"\"`: 3} {
		if got := QuoteEnd([]byte(text), 1, '"'); got != want {
			t.Errorf("QuoteEnd(%s) = %d, want %d", text, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	if n := Digits([]byte("0123x")); n != 4 {
		t.Errorf("Digits = %d", n)
	}
	if n := Digits(bytes.Repeat([]byte("1"), 30)); n != 20 {
		t.Errorf("Digits of 30 = %d", n)
	}
	if n := Number([]byte("00420")); n != 420 {
		t.Errorf("Number = %d", n)
	}
	if n := Spaces([]byte("     a")); n != 3 {
		t.Errorf("Spaces = %d", n)
	}
}
