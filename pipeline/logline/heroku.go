package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// readHeroku strips what Heroku writes before a line of a drain or of its CLI:
//
//	stamp heroku[router]: line
//	stamp app[web.1]: line
func readHeroku(d *Decoder, line []byte, e *Entry) bool {
	s, rest := d.leadingStamp(line)
	if s.Len == 0 {
		return false
	}
	app := bytes.HasPrefix(rest, []byte("app["))
	if !app && !bytes.HasPrefix(rest, []byte("heroku[")) {
		return false
	}
	i := bytes.Index(rest[:min(len(rest), 80)], []byte("]:"))
	if i < 0 {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	if app {
		e.setPod(rest[4:i], lexicon.RankPodName)
	}
	if e.wrap("heroku") {
		d.inner(scan.SkipBlank(rest[i+2:]), e)
	}
	return true
}

// readCloudFoundry strips what Cloud Foundry's loggregator writes before a line:
//
//	stamp [APP/PROC/WEB/0] OUT line
func readCloudFoundry(d *Decoder, line []byte, e *Entry) bool {
	s, rest := d.leadingStamp(line)
	if s.Len == 0 || len(rest) == 0 || rest[0] != '[' {
		return false
	}
	i := bytes.IndexByte(rest[:min(len(rest), 80)], ']')
	if i < 0 || bytes.IndexByte(rest[:i], '/') < 0 {
		return false
	}
	stream, inner := scan.Token(scan.SkipBlank(rest[i+1:]))
	if name := string(stream); name != "OUT" && name != "ERR" {
		return false
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	if e.wrap("cloudfoundry") {
		d.inner(inner, e)
	}
	return true
}

// leadingStamp reads an RFC 3339 stamp at the beginning of line, and returns it and what
// follows it and a blank.
func (d *Decoder) leadingStamp(line []byte) (stamp.Time, []byte) {
	if len(line) < 24 || line[4] != '-' || line[10] != 'T' {
		return stamp.Time{}, nil
	}
	s := d.stamps.Read(line)
	if s.Len == 0 || s.Len >= len(line) || line[s.Len] != ' ' {
		return stamp.Time{}, nil
	}
	return s, scan.SkipBlank(line[s.Len:])
}
