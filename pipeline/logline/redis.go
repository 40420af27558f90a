package logline

import (
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readRedis reads the log of Redis and Valkey, and what they wrote before version 3:
//
//	process:role stamp sign message
//	[process] stamp sign message
func readRedis(d *Decoder, line []byte, e *Entry) bool {
	rest := line
	if rest[0] == '[' {
		rest = rest[1:]
	}
	n := scan.Digits(rest)
	if n == 0 || n > 8 || n+3 >= len(rest) {
		return false
	}
	if rest = rest[n:]; line[0] == '[' && rest[0] == ']' && rest[1] == ' ' {
		rest = rest[2:]
	} else if line[0] != '[' && rest[0] == ':' && (rest[1] == 'M' || rest[1] == 'S' || rest[1] == 'C' || rest[1] == 'X') && rest[2] == ' ' {
		rest = rest[3:]
	} else {
		return false
	}
	s := d.stamps.Read(rest)
	if rest = scan.SkipBlank(rest[s.Len:]); s.Len == 0 || len(rest) < 3 || rest[1] != ' ' {
		return false
	}
	switch rest[0] {
	case '.', '-':
		e.Level = severity.Debug
	case '*':
		e.Level = severity.Info
	case '#':
		e.Level = severity.Warn
	default:
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	e.Format = "redis"
	d.message(rest[2:], e)
	return true
}
