package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readWebLogic reads the server log of WebLogic:
//
//	####<stamp> <level> <subsystem> <machine> <server> <thread> <user> ... <message>
func readWebLogic(d *Decoder, line []byte, e *Entry) bool {
	rest, ok := bytes.CutPrefix(line, webLogicMark)
	if !ok {
		return false
	}
	s := d.stamps.Read(rest)
	if s.Len == 0 || s.Len >= len(rest) || rest[s.Len] != '>' {
		return false
	}
	rest = scan.SkipBlank(rest[s.Len+1:])
	var column [3][]byte // level, subsystem, machine
	for i := range column {
		if len(rest) == 0 || rest[0] != '<' {
			return false
		}
		end := scan.Closing(rest)
		if end < 0 {
			return false
		}
		column[i], rest = rest[1:end], scan.SkipBlank(rest[end+1:])
	}
	level := severity.Parse(column[0])
	if level == severity.None {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	e.Level, e.Format = level, "weblogic"
	e.setPod(column[2], lexicon.RankPodHost)
	d.body(lastColumn(rest), e)
	return true
}

var webLogicMark = []byte("####<")

// lastColumn returns what stands in the last of the angle brackets that b is made of.
func lastColumn(b []byte) []byte {
	for len(b) > 0 && b[0] == '<' {
		end := scan.Closing(b)
		if end < 0 {
			return bytes.TrimSuffix(b[1:], []byte(">"))
		}
		next := scan.SkipBlank(b[end+1:])
		if len(next) == 0 {
			return b[1:end]
		}
		b = next
	}
	return b
}
