package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/head"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// partLevel reads the level that stands behind the part of a program which speaks, as
// Dovecot writes, or in a mnemonic of Cisco: "imap-login: Info: ...",
// "auth-worker(17): Error: ...", "%FACILITY-4-NAME: ...".
func partLevel(b []byte) severity.Level {
	n := wordEnd(b)
	if n > 0 && n < len(b) && b[n] == '(' {
		n += max(0, bytes.IndexByte(b[n:min(len(b), n+64)], ')')+1)
	}
	if n == 0 {
		return head.Mnemonic(b)
	}
	if n+2 >= len(b) || b[n] != ':' || b[n+1] != ' ' || b[n+2] < 'A' || b[n+2] > 'Z' {
		return severity.None
	}
	word := b[n+2 : min(len(b), n+12)]
	if n = bytes.IndexByte(word, ':'); n < 0 {
		return severity.None
	}
	return severity.Parse(word[:n])
}

// wordEnd returns the length of the word that b begins with, which may have hyphens.
func wordEnd(b []byte) int {
	n := 0
	for n < len(b) && n < 40 && (scan.IsWord(b[n]) || b[n] == '-') {
		n++
	}
	return n
}

// isQuotedPair reports whether b begins with a pair of a name and a quoted text.
func isQuotedPair(b []byte) bool {
	n := wordEnd(b)
	return n > 0 && n+1 < len(b) && b[n] == '=' && b[n+1] == '"'
}

// startsEvent reports whether b begins with what follows a machine's name without a tag: a
// pair of a name and a quoted text, or an event of a security product.
func startsEvent(b []byte) bool {
	return isQuotedPair(b) || bytes.HasPrefix(b, cefMark) || bytes.HasPrefix(b, leefMark)
}

// isRsyslogStamp reports whether a stamp and a tag without a process number are as
// rsyslog writes them in its own file format: microseconds, and hours and minutes of the
// zone. Applications do not write both and a name.
func isRsyslogStamp(b, tag []byte) bool {
	return len(b) == len("2006-01-02T15:04:05.000000+00:00") && b[10] == 'T' && b[19] == '.' && (b[26] == '+' || b[26] == '-') && tag[0] >= 'a' && tag[0] <= 'z'
}
