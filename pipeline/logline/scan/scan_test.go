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

func TestLetters(t *testing.T) {
	for text, want := range map[string]int{"": 0, "1": 0, "Ab_": 2, "abcdef": 4} {
		if n := Letters([]byte(text), 4); n != want {
			t.Errorf("Letters(%q, 4) = %d, want %d", text, n, want)
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

func TestIntegers(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "007": 7, "123456789": 123456789, "": -1, "1234567890": -1, "1.5": -1, "-1": -1} {
		n, ok := Integer([]byte(text))
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("Integer(%q) = %d, want %d", text, n, want)
		}
	}
	for text, want := range map[string]bool{"1": true, "1.5": true, "": false, "1s": false} {
		if IsNumber([]byte(text)) != want {
			t.Errorf("IsNumber(%q) is not %v", text, want)
		}
	}
}

func TestClosing(t *testing.T) {
	for text, want := range map[string]int{"[a]b": 2, "(a(b)c)": 6, "{a": -1, "<>": 1, "[]]": 1} {
		if got := Closing([]byte(text)); got != want {
			t.Errorf("Closing(%q) = %d, want %d", text, got, want)
		}
	}
	far := append(append([]byte{'['}, bytes.Repeat([]byte("a"), 300)...), ']')
	if got := Closing(far); got != -1 {
		t.Errorf("a bracket far away is at %d", got)
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{"api-1 x": "api-1", "a.go:12:Read() x": "a.go:12:Read()", "[x]": "", "a,b": "a"} {
		if got := text[:Name([]byte(text))]; got != want {
			t.Errorf("the name of %q is %q, want %q", text, got, want)
		}
	}
	if UnlessDash([]byte("-")) != nil || string(UnlessDash([]byte("--"))) != "--" {
		t.Error("UnlessDash takes something else for a dash")
	}
}
