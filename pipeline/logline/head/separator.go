package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// skipArrow returns b without what some tools write before a level to catch the eye:
// "==> WARNING: ...".
func skipArrow(b []byte) []byte {
	n := 0
	for n < len(b) && n < 4 && (b[n] == '=' || b[n] == '>' || b[n] == '!') {
		n++
	}
	if n > 1 && n < len(b) && b[n] == ' ' {
		return scan.SkipBlank(b[n:])
	}
	return b
}

// uptime returns the length of the program's uptime that b begins with, including the
// blanks before a level: "1.2s     info: ...", as written by Ruby's console.
func uptime(b []byte) int {
	n := scan.Digits(b)
	if n == 0 || n+4 >= len(b) || b[n] != '.' || !scan.IsDigit(b[n+1]) || b[n+2] != 's' || b[n+3] != ' ' {
		return 0
	}
	n = len(b) - len(scan.SkipBlank(b[n+3:]))
	if _, length := levelAt(b[n:], false); length == 0 {
		return 0
	}
	return n
}

// beforeDashes reads a level directly before three dashes, after threads and traces:
// "name - 8 [thread] - [a1,b2] .... DEBUG --- Class: message".
func (h *Line) beforeDashes() {
	i := bytes.Index(h.Rest[:min(len(h.Rest), maxGroup)], dashesMark)
	if i < 0 {
		return
	}
	word := h.Rest[bytes.LastIndexByte(h.Rest[:i], ' ')+1 : i]
	if len(word) < 4 || word[0] < 'A' || word[1] < 'A' || word[0] > 'Z' || word[1] > 'Z' {
		return
	}
	if h.Level = severity.Parse(word); h.Level != severity.None {
		h.Rest = h.Rest[i+len(dashesMark):]
	}
}

var dashesMark = []byte(" --- ")

// skipSeparator returns b without the blanks and punctuation that loggers write between
// the parts of a head.
func skipSeparator(b []byte) []byte {
	for {
		if b = scan.SkipBlank(b); len(b) == 0 || scan.IsWord(b[0]) {
			return b
		}
		n := 0
		for n < len(b) && n < 4 && (b[n] == '-' || b[n] == '|' || b[n] == ':' || b[n] == ';' || b[n] == ',' || b[n] == '*') {
			n++
		}
		if n == 0 && len(b) > 3 && (string(b[:3]) == "▶" || string(b[:3]) == "›") {
			b = b[3:]
			continue
		}
		if n == 0 || n < len(b) && b[n] != ' ' && b[n] != '\t' && b[n] != '[' && b[n-1] != '|' && b[n-1] != ':' && b[n-1] != ';' {
			return b
		}
		b = b[n:]
	}
}

// skipLogger returns b without a leading logger name or source location.
func skipLogger(b []byte) []byte {
	n, dots := 0, 0
	for n < len(b) && n < 120 && b[n] > ' ' && b[n] != '"' && b[n] != '=' && b[n] != '|' {
		if (b[n] == '.' || b[n] == ':' || b[n] == '/') && n > 0 && n+1 < len(b) && scan.IsWord(b[n+1]) || b[n] == '<' {
			dots++
		}
		n++
	}
	if n >= 3 && n < len(b) && b[n] == '|' && dots > 0 && scan.IsLetter(b[0]) {
		return scan.SkipBlank(b[n+1:])
	}
	if n < 3 || n >= len(b) || b[n] > ' ' || !scan.IsLetter(b[0]) && b[0] != '_' {
		return b
	}
	rest := scan.SkipBlank(b[n:])
	if len(rest) > 2 && (rest[0] == '-' || rest[0] == ':' || rest[0] == '|' || rest[0] == '>') && rest[1] == ' ' {
		return scan.SkipBlank(rest[1:])
	}
	if n > 4 && b[n-5] == '.' && b[n-1] == ':' && scan.Digits(b[n-4:n]) == 3 {
		return b // an error and its status: "Abort.401: ..."
	}
	if b[n-1] == ':' && dots > 0 && !bytes.Contains(b[:n], []byte("://")) {
		return rest
	}
	if dots > 0 && (b[n] == '\t' || b[n-1] == ']' && scan.IsDigit(b[n-2])) {
		return rest
	}
	return b
}
