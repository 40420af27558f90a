// Package head strips what an application's logger writes before a message: timestamp,
// level, thread, process and logger, in any order and any brackets.
//
// Invariant: a line in which nothing is recognized stays whole; what is stripped
// precedes what is left. The package refuses to look at the message, and to strip what
// may be one.
package head

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// Line is a parsed line of an application's log.
type Line struct {
	Stamp  stamp.Time
	Level  severity.Level
	App    []byte // the application, where the layout is known to name it
	Host   []byte // the machine, likewise
	Rest   []byte // the message
	Fields int    // how many things were taken off
	Status int16  // of an exception of HTTP in a group, as Yii writes it

	outer  severity.Level // that of another logger's head before this one's
	stamps *stamp.Reader

	behindProgram bool // a program and its number were taken off last
}

// maxHead bounds the things taken off the beginning of a line.
const maxHead = 10

// Read strips from the front of line what is not the message.
func Read(stamps *stamp.Reader, line []byte) Line {
	h := Line{stamps: stamps, Rest: skipArrow(scan.SkipBlank(line))}
	if ns, n := stamp.EpochPrefix(h.Rest); n >= 10 && n < len(h.Rest) && isEpoch(h.Rest, n) {
		h.Stamp = stamp.Time{UnixNano: ns, Len: n, Full: true}
		h.Rest, h.Fields = skipSeparator(h.Rest[n:]), 1
	}
	if n := uptime(h.Rest); n > 0 {
		h.Rest = h.Rest[n:]
	}
	h.steps()
	if h.Fields == 0 && !h.columns() {
		h.lookFurther()
	}
	if h.Level == severity.None {
		if h.Level = h.outer; h.Level == severity.None && h.Fields > 0 {
			if h.Level = Mnemonic(h.Rest); h.Level == severity.None {
				h.beforeDashes()
			}
		}
	}
	if h.Level != severity.None || h.Stamp.Len > 0 {
		h.Rest = skipLogger(h.Rest)
	}
	return h
}

// steps strips as much as it can.
func (h *Line) steps() {
	for range maxHead {
		if len(h.Rest) == 0 || !h.step() {
			break
		}
		h.Fields++
		h.Rest = skipSeparator(h.Rest)
	}
}

// step strips one thing from h.Rest: a timestamp, a group in brackets, a level, or
// words followed by a level.
func (h *Line) step() bool {
	b := h.Rest
	if s := h.stamps.Read(b); s.Len > 0 {
		if h.Stamp.Len > 0 && h.Fields == 1 {
			return false // a line with its own stamp behind another's
		}
		h.take(s)
		h.Rest = b[s.Len:]
		return true
	}
	switch b[0] {
	case '[', '(', '<':
		return h.group()
	case '"':
		return h.quoted()
	case '*':
		if h.Level == severity.None && h.starred() {
			return true
		}
	case ',':
		return h.Level == severity.None && h.Stamp.Len > 0 && h.comma()
	case '=':
		return h.Level == severity.None && h.report()
	case '{':
		return (h.Stamp.Len > 0 || h.Level != severity.None) && h.place()
	}
	if h.Level == severity.None {
		if level, n := levelAt(b, h.Stamp.Len > 0); n > 0 {
			h.Level, h.Rest = level, b[n:]
			return true
		}
		return h.outer == severity.None && (h.words() || scan.IsDigit(b[0]) && h.share())
	}
	return h.secondLevel() || h.number() || h.origin() || h.column() || h.program() || h.processAndThread()
}

// secondLevel strips a level that follows another one, if it is known why it is there.
func (h *Line) secondLevel() bool {
	level, n := levelAt(h.Rest, false)
	switch {
	case n == 0:
		return false
	case level == h.Level && h.Rest[n-1] >= 'A' && h.Rest[n-1] <= 'Z': // Ruby says it twice
	case h.behindProgram: // "In(14) api[17]: debug [...": the program's own
		h.behindProgram = false
	case h.Level == severity.Debug && h.Fields == 2 && bytes.HasPrefix(h.Rest[n:], barMark): // "| TRACE | INFO |": the first is a program of Datadog's agent
	default:
		return false
	}
	h.Level, h.Rest = level, h.Rest[n:]
	return true
}

var barMark = []byte(" |")

// starred strips a level between asterisks: *ERROR*.
func (h *Line) starred() bool {
	end := bytes.IndexByte(h.Rest[1:min(len(h.Rest), 12)], '*')
	if end <= 0 {
		return false
	}
	level := severity.Parse(h.Rest[1 : 1+end])
	if level == severity.None {
		return false
	}
	h.Level, h.Rest = level, h.Rest[end+2:]
	return true
}

// report strips what Erlang writes before an event: =ERROR REPORT==== timestamp ===
func (h *Line) report() bool {
	n := bytes.Index(h.Rest[:min(len(h.Rest), 32)], reportMark)
	if n < 0 {
		return false
	}
	if h.Level = severity.Parse(h.Rest[1:n]); h.Level == severity.None {
		return false
	}
	h.Rest = h.Rest[n+len(reportMark):]
	if s := h.stamps.Read(h.Rest); s.Len > 0 {
		h.take(s)
		h.Rest = bytes.TrimPrefix(h.Rest[s.Len:], []byte(" ==="))
	}
	return true
}

var reportMark = []byte(" REPORT==== ")

// place strips a source location in braces: {file.py:12}.
func (h *Line) place() bool {
	end := scan.Closing(h.Rest)
	if end < 2 || bytes.ContainsAny(h.Rest[:end], "\" =") {
		return false
	}
	h.Rest = h.Rest[end+1:]
	return true
}

// take records a timestamp; the last one with a date takes precedence.
func (h *Line) take(s stamp.Time) {
	if h.Stamp.Len > 0 && s.Full && h.Level != severity.None {
		h.outer, h.Level = h.Level, severity.None // a head behind another's
	}
	if h.Stamp.Len == 0 || s.Full {
		h.Stamp = s
	}
}
