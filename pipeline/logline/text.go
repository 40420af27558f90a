package logline

import (
	"github.com/authspike/authspike/pipeline/logline/head"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readText reads text of a layout without a name: stamp, level, thread, process and
// logger in any order and any brackets, then the message. A line in which it recognizes
// nothing is left to other formats.
func readText(d *Decoder, line []byte, e *Entry) bool {
	if plain := d.plain(line); len(plain) != len(line) {
		d.inner(plain, e)
		return true
	}
	h := head.Read(&d.stamps, line)
	if h.Fields == 0 || h.Stamp.Len == 0 && h.Level == severity.None {
		return false
	}
	if len(h.Rest) == 0 {
		h.Rest = line // nothing but a stamp is a message
	}
	if h.Stamp.Full {
		e.setTime(h.Stamp.UnixNano)
	}
	if h.Level != severity.None {
		e.Level = h.Level
	}
	if h.Fields == 1 && h.Level == severity.None && h.Stamp.Full {
		h.ReadOrigin()
	}
	e.setService(h.App, lexicon.RankServiceApp)
	e.setPod(h.Host, lexicon.RankPodHost)
	e.Format = "text"
	if h.Fields == 1 && h.Level == severity.None && len(h.Rest) < len(line) && d.nested(h.Rest, e) {
		return true
	}
	if d.request(h.Rest, e) {
		return true
	}
	d.body(h.Rest, e)
	if h.Status >= 400 && h.Status < 600 && e.Status == 0 {
		e.Status = int(h.Status)
	}
	return true
}

// headed reads the stamp and the level of a message that begins with both: a collector
// may state a level of its own next to a whole line of text.
func (d *Decoder) headed(text []byte, e *Entry) bool {
	if text[0] != '[' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	h := head.Read(&d.stamps, text)
	if !h.Stamp.Full || h.Level == severity.None || len(h.Rest) == 0 {
		return false
	}
	if more := e.Time - h.Stamp.UnixNano; e.TimeFrom != TimeLine || more < 0 || more >= 1e6 { // else the same, with more decimals
		e.setTime(h.Stamp.UnixNano)
	}
	e.Level = h.Level
	e.Message = scan.TrimSpace(h.Rest)
	return true
}

// nested reads what follows a bare stamp if that is a line of its own: JSON, or a format
// with a name.
func (d *Decoder) nested(rest []byte, e *Entry) bool {
	if len(rest) == 0 {
		return false
	}
	before := *e
	if !e.wrap("stamp") {
		*e = before
		return false
	}
	if rest[0] == '{' {
		e.Format = ""
		d.inner(rest, e)
		return true
	}
	for _, f := range d.formats[rest[0]] {
		if f.name == "request" || f.name == "text" && d.stamps.Read(rest).Len == 0 && d.stamps.Read(rest[1:]).Len == 0 {
			continue
		}
		if f.read(d, rest, e) {
			return true
		}
	}
	*e = before
	return false
}

// request reads text if it is a line of an access log.
func (d *Decoder) request(text []byte, e *Entry) bool {
	if len(text) == 0 {
		return false
	}
	for _, f := range d.formats[text[0]] {
		if f.request && f.name != "request" && f.read(d, text, e) {
			return true
		}
	}
	return false
}
