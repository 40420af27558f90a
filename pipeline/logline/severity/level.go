// Package severity reads the levels that logs state: words in any of the usual
// abbreviations, letters, and numbers of several scales.
//
// Invariant: every level of every scale is one of five, from Debug to Fatal, and
// anything else is None. The package refuses to search a text for a level: what it is
// given is a level or it is not.
package severity

import (
	"bytes"
	"strings"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Level is the severity that an entry states.
type Level uint8

// The levels. None means that the entry states none.
const (
	None Level = iota
	Debug
	Info
	Warn
	Error
	Fatal
)

var names = [...]string{"", "debug", "info", "warn", "error", "fatal"}

// String returns the level's name, "" for None.
func (l Level) String() string { return names[l] }

// Parse returns the level that all of b names, in any case and any of the usual
// abbreviations, None if it names none.
func Parse(b []byte) Level {
	if len(b) < minWord || len(b) > maxWord {
		return None
	}
	for n := range words[b[0]&0x1F] {
		if w := &words[b[0]&0x1F][n]; len(w.text) == len(b) && isFolded(b, w.text) {
			return w.level
		}
	}
	return None
}

// isFolded reports whether b, which has as many bytes, is word in any case.
func isFolded(b []byte, word string) bool {
	for i, ch := range b {
		if ch >= 'A' && ch <= 'Z' {
			ch |= 0x20
		}
		if i >= len(word) || ch != word[i] {
			return false
		}
	}
	return true
}

// The lengths of the shortest and the longest word.
const (
	minWord = 3
	maxWord = 13
)

type word struct {
	text  string
	level Level
}

// words are the words that name levels, by their first letter's place in the alphabet.
var words = func() (table [32][]word) {
	for level, list := range [...]string{
		Debug: "trace trc trac trce debug dbg deb debu dbug verbose vrb verb fine finer finest silly config debug1 debug2 debug3 debug4 debug5 trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8",
		Info:  "info inf information informational informative notice note noti ntc default log success statement",
		Warn:  "warn warning wrn warni",
		Error: "error err erro eror severe fail failure",
		Fatal: "fatal ftl fata fatl critical crit crt cri criti critic alert alrt fault emergency emerg panic pani pnc dpanic",
	} {
		for text := range strings.FieldsSeq(list) {
			table[text[0]&0x1F] = append(table[text[0]&0x1F], word{text, Level(level)})
		}
	}
	return table
}()

// Letter returns the level that a letter stands for, in either case, in formats that
// write levels as letters; None for other letters.
func Letter(ch byte) Level {
	switch ch | 0x20 {
	case 'd', 't', 'v':
		return Debug
	case 'i', 'n':
		return Info
	case 'w':
		return Warn
	case 'e':
		return Error
	case 'f', 'c', 'p', 'a':
		return Fatal
	}
	return None
}

// Syslog returns the level of a syslog severity, 0 (emergency) to 7 (debug);
// what syslog calls a notice counts as info.
func Syslog(severity int) Level {
	switch {
	case severity < 0 || severity > 7:
		return None
	case severity <= 2:
		return Fatal
	case severity == 3:
		return Error
	case severity == 4:
		return Warn
	case severity <= 6:
		return Info
	}
	return Debug
}

// Capital returns the level that a letter stands for in formats where only capitals are
// levels, like klog.
func Capital(ch byte) Level {
	switch ch {
	case 'I', 'W', 'E', 'F', 'D':
		return Letter(ch)
	}
	return None
}

// Of parses a level as structured lines state it: a word, a letter, or a number as
// written by pino, bunyan, Monolog, syslog and OpenTelemetry.
func Of(text []byte) Level {
	if len(text) == 0 {
		return None
	}
	if !scan.IsDigit(text[0]) {
		if len(text) == 1 && bytes.IndexByte(letters, text[0]|0x20) >= 0 {
			return Letter(text[0])
		}
		return Parse(text)
	}
	if n, ok := scan.Integer(text); ok {
		return number(n)
	}
	return None
}

// letters are the letters that stand for levels in structured lines.
var letters = []byte("dtinwefc")

// OpenTelemetry parses an OpenTelemetry severity number, 1 to 24.
func OpenTelemetry(text []byte) Level {
	n, ok := scan.Integer(text)
	if !ok || n < 1 || n > 24 {
		return None
	}
	return [...]Level{Debug, Debug, Info, Warn, Error, Fatal}[(n-1)/4]
}

// Ordinal returns the level of a digit from 0 for debug to 4 for fatal, and level for
// every other byte.
func Ordinal(digit byte, level Level) Level {
	if digit < '0' || digit > '4' {
		return level
	}
	return [...]Level{Debug, Info, Warn, Error, Fatal}[digit-'0']
}

// Lager reads a digit of Cloud Foundry's lager, 0 for debug, 1 for info, 2 for error, 3 for
// fatal, and returns level for every other byte.
func Lager(digit byte, level Level) Level {
	if digit < '0' || digit > '3' {
		return level
	}
	return [...]Level{Debug, Info, Error, Fatal}[digit-'0']
}

// number reads a numeric level by its size: syslog 0 to 7, pino and bunyan
// 10 to 60, Monolog 100 to 600, Logback 5000 to 40000.
func number(n int) Level {
	switch {
	case n <= 7:
		return Syslog(n)
	case n < 10:
		return None
	case n < 30:
		return Debug
	case n < 40:
		return Info
	case n < 50:
		return Warn
	case n < 60:
		return Error
	case n < 100:
		return Fatal
	case n <= 600 && n%50 != 0:
		return None // a status
	case n < 200:
		return Debug
	case n < 300:
		return Info
	case n < 400:
		return Warn
	case n < 500:
		return Error
	case n <= 600:
		return Fatal
	case n < 5000 || n > 50000:
		return None
	case n < 20000:
		return Debug
	case n < 30000:
		return Info
	case n < 40000:
		return Warn
	}
	return Error
}
