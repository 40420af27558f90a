package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// levelAt reads a level at the beginning of b. A word in lower case is a level only if
// punctuation follows it, or after a timestamp, so that sentences survive.
func levelAt(b []byte, stamped bool) (level severity.Level, n int) {
	n = scan.Letters(b, 14)
	if n == 1 {
		return letterLevel(b, stamped)
	}
	if n == 2 && stamped && len(b) > 4 && b[2] == '(' && scan.IsDigit(b[3]) {
		return pairLevel(b)
	}
	if n > 0 && n < len(b) && (isChannel(b[n]) || scan.IsDigit(b[n])) {
		if level, end := channelLevel(b); end > 0 {
			return level, end
		}
	}
	if level = severity.Parse(b[:n]); level == severity.None {
		return severity.None, 0
	}
	if n == len(b) {
		return level, n
	}
	upper := b[1] >= 'A' && b[1] <= 'Z'
	switch ch := b[n]; ch {
	case ':':
		return level, n + 1 + pythonLogger(b[n+1:], upper)
	case '|', ';', ']', '\t', ')', '>':
		return level, n + 1
	case '[', '(':
		if end := scan.Closing(b[n:]); upper && end > 0 {
			if end > 10 && scan.IsDigit(b[n+1]) {
				return level, n // WARN[2006-01-02 15:04:05]
			}
			return level, n + end + 1
		}
		return severity.None, 0
	case ' ', '-', '/', ',':
		if upper || n+1 < len(b) && (b[n+1] == ' ' || b[n+1] == '-' || b[n+1] == '|' || b[n+1] == '[' || b[n+1] == ':') {
			return level, n
		}
		if stamped && ch == '/' && n+1 < len(b) && b[n+1] >= 'A' && b[n+1] <= 'Z' {
			return level, n + 1 // Icinga: "notice/Process: ..."
		}
		if stamped && ch == ' ' && (level < severity.Error) && b[0] != 'n' && b[0] != 'f' && b[0] != 's' && b[0] != 'c' && b[0] != 'l' {
			return level, n
		}
	}
	return severity.None, 0
}

// letterLevel reads a level of one letter: after a timestamp, or like Ruby's "I, ".
func letterLevel(b []byte, stamped bool) (level severity.Level, n int) {
	if len(b) < 3 {
		return severity.None, 0
	}
	switch {
	case b[1] == ',' && b[2] == ' ':
		n = 2
	case len(b) > 3 && b[1] == ' ' && b[2] == '|' && scan.IsDigit(b[3]):
		n = 3 // oatpp: "I |2006-01-02 15:04:05 ..."
	case stamped && (b[1] == ' ' || b[1] == '/' || b[1] == '|'):
		n = 1
	}
	if level = severity.Capital(b[0]); n == 0 || level == severity.None {
		return severity.None, 0
	}
	return level, n
}

// Mnemonic reads the level in what Cisco devices write before a message:
// %FACILITY-4-NAME: ...
func Mnemonic(b []byte) severity.Level {
	if len(b) < 8 || b[0] != '%' || b[1] < 'A' || b[1] > 'Z' {
		return severity.None
	}
	end := bytes.IndexByte(b[:min(len(b), 48)], ':')
	for i := 1; i+2 < end && b[i] > ' '; i++ {
		if b[i] == '-' && b[i+2] == '-' && scan.IsDigit(b[i+1]) {
			return severity.Syslog(int(b[i+1] - '0'))
		}
	}
	return severity.None
}

// pairLevel reads a level of two letters followed by the syslog priority, as VMware
// writes it: "Wa(180) ".
func pairLevel(b []byte) (level severity.Level, n int) {
	n = 3 + scan.Digits(b[3:])
	if n+1 >= len(b) || b[n] != ')' || b[n+1] != ' ' && b[n+1] != '[' {
		return severity.None, 0
	}
	switch string(b[:2]) {
	case "Db":
		level = severity.Debug
	case "In", "No":
		level = severity.Info
	case "Wa":
		level = severity.Warn
	case "Er":
		level = severity.Error
	case "Cr", "Al", "Em":
		level = severity.Fatal
	default:
		return severity.None, 0
	}
	return level, n + 1
}

// pythonLogger returns the length of the logger's name in LEVEL:name:message.
func pythonLogger(b []byte, upper bool) int {
	n := 0
	for n < len(b) && n < 80 && (scan.IsWord(b[n]) || b[n] == '.') {
		n++
	}
	if !upper || n == 0 || n == len(b) || b[n] != ':' {
		return 0
	}
	return n + 1
}

// channelLevel reads Monolog's channel.LEVEL:
func channelLevel(b []byte) (level severity.Level, n int) {
	if len(b) > 5 && b[4] == '[' && scan.IsDigit(b[3]) && string(b[:3]) == "LOG" {
		return severity.Syslog(int(b[3] - '0')), 4 // stunnel: LOG3[17:140093368055552]: ...
	}
	for n < len(b) && n < 40 && channelBytes[b[n]] {
		n++
	}
	i := bytes.LastIndexByte(b[:n], '.')
	if i < 1 || n >= len(b) || b[n] != ':' || i+1 == n || b[i+1] < 'A' || b[i+1] > 'Z' {
		return severity.None, 0
	}
	if level = severity.Parse(b[i+1 : n]); level == severity.None {
		return severity.None, 0
	}
	return level, n + 1
}

// channelBytes are the bytes of a channel's name.
var channelBytes = func() (is [256]bool) {
	for b := range is {
		is[b] = scan.IsWord(byte(b)) || isChannel(byte(b))
	}
	return is
}()

// isChannel reports whether a byte other than letters and digits may be part of a
// channel's name.
func isChannel(b byte) bool {
	return b == '.' || b == '_' || b == '-' || b == '[' || b == ']'
}

// spacedLevel reads a level of one letter set off by two blanks, as WebSphere writes it
// after thread and component.
func spacedLevel(b []byte) severity.Level {
	if len(b) < 3 || b[1] != ' ' || b[2] != ' ' {
		return severity.None
	}
	return severity.Capital(b[0])
}
