package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
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
	if s.Len == 0 || s.Len >= len(rest) {
		return false
	}
	zone := bytes.IndexByte(rest[s.Len:min(len(rest), s.Len+48)], '>')
	if zone < 0 {
		return false
	}
	rest = scan.SkipBlank(rest[s.Len+zone+1:])
	if zone > 0 { // with a name like India Standard Time: the stamp stands in a column as a number too
		s = stampColumn(rest)
	}
	var column [3][]byte // level, subsystem, machine
	if rest, ok = groups(column[:], '<', rest); !ok {
		return false
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

// groups fills columns with the contents of the bracketed groups that b begins with, each
// of which begins with open, and returns what follows them.
func groups(columns [][]byte, open byte, b []byte) (rest []byte, ok bool) {
	for i := range columns {
		if len(b) == 0 || b[0] != open {
			return b, false
		}
		end := scan.Closing(b)
		if end < 0 {
			return b, false
		}
		columns[i], b = b[1:end], scan.SkipBlank(b[end+1:])
	}
	return b, true
}

var webLogicMark = []byte("####<")

// stampColumn reads the column that is milliseconds since 1970.
func stampColumn(b []byte) (s stamp.Time) {
	for len(b) > 0 && b[0] == '<' {
		end := scan.Closing(b)
		if end < 0 {
			break
		}
		if ns, n := stamp.EpochPrefix(b[1:end]); n == 13 && end == 14 {
			return stamp.Time{UnixNano: ns, Len: n, Full: true}
		}
		b = scan.SkipBlank(b[end+1:])
	}
	return s
}

// lastColumn returns the content of the last pair of angle brackets in b.
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
