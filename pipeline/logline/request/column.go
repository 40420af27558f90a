package request

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// columnComma returns the byte that separates a method from its target if they are
// columns of a table: GET,/path or "GET";"/path". It is 0 if they are not.
func columnComma(b []byte) byte {
	if len(b) < 4 || !mayFollowMethod[b[len(b)-1]] || b[len(b)-1] == ' ' {
		return 0
	}
	switch b = bytes.TrimRight(b, `"'`); b[len(b)-1] {
	case ',', ';', '^':
		return b[len(b)-1]
	}
	return 0
}

// columnStatus reads the status among the columns after a target, at most six. A number
// that is no status, except for 0, ends the search: the columns have no names, so what
// follows it may be anything.
func columnStatus(tail []byte, comma byte) int {
	tail = bytes.TrimLeft(tail, `"'`)
	for range 6 {
		if len(tail) == 0 || tail[0] != comma {
			return 0
		}
		var word []byte
		word, tail = Column(tail)
		word = bytes.Trim(word, ` "'`)
		if status := WholeStatus(word); status != 0 {
			return status
		}
		if len(word) > 1 && scan.Digits(word) == len(word) || len(word) == 1 && scan.IsDigit(word[0]) && word[0] != '0' {
			return 0
		}
	}
	return 0
}

// Column returns what is between the comma that b begins with and the next one, and the
// rest from that one on.
func Column(b []byte) (word, rest []byte) {
	word = b[1:]
	if end := bytes.IndexByte(word, b[0]); end >= 0 {
		word = word[:end]
	}
	return word, b[1+len(word):]
}

// columnBefore reads a status in the column right before the method.
func columnBefore(b []byte, comma byte) int {
	b = bytes.TrimRight(b, ` "'`)
	if len(b) < 5 || b[len(b)-1] != comma {
		return 0
	}
	b = bytes.TrimRight(b[:len(b)-1], ` "'`)
	return WholeStatus(bytes.TrimLeft(b[bytes.LastIndexByte(b, comma)+1:], ` "'`))
}
