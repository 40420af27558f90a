package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readODL reads Oracle's diagnostic logs, of Fusion Middleware and its HTTP server:
//
//	[stamp] [component] [TYPE:level] [message id] [module] [name: value] ... message
func readODL(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 32 || !scan.IsDigit(line[1]) {
		return false
	}
	s := d.stamps.Read(line[1:])
	if !s.Full || !bytes.HasPrefix(line[1+s.Len:], nextColumn) {
		return false
	}
	var column [4][]byte // component, type, message id, module
	rest, ok := groups(column[:], '[', line[s.Len+3:])
	if !ok {
		return false
	}
	kind, _, _ := bytes.Cut(column[1], colonMark)
	level := odlLevel(kind)
	if level == severity.None || len(rest) == 0 || rest[0] != '[' {
		return false
	}
	var host []byte
	for len(rest) > 0 && rest[0] == '[' {
		end := scan.Closing(rest)
		if end < 0 {
			break
		}
		name, value, ok := bytes.Cut(rest[1:end], []byte(": "))
		if !ok && end > 1 {
			break
		}
		if string(name) == "host_id" {
			host = value
		}
		rest = scan.SkipBlank(rest[end+1:])
	}
	e.setTime(s.UnixNano)
	e.setPod(host, lexicon.RankPodHost)
	e.Level, e.Format = level, "odl"
	d.body(rest, e)
	return true
}

var nextColumn = []byte("] [")

// odlLevel returns the level of a type of message.
func odlLevel(kind []byte) severity.Level {
	switch string(kind) {
	case "INCIDENT_ERROR":
		return severity.Fatal
	case "ERROR":
		return severity.Error
	case "WARNING":
		return severity.Warn
	case "NOTIFICATION":
		return severity.Info
	case "TRACE":
		return severity.Debug
	}
	return severity.None
}
