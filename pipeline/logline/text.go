package logline

import "github.com/authspike/authspike/pipeline/logline/severity"

// readText reads text of a layout that is not known by name: stamp, level,
// thread, process and logger in any order and any brackets, then the message.
// It leaves a line alone in which it recognises nothing.
func readText(d *Decoder, line []byte, e *Entry) bool {
	if plain := d.plain(line); len(plain) != len(line) {
		d.inner(plain, e)
		return true
	}
	h := d.readHead(line)
	if h.fields == 0 || h.stamp.Len == 0 && h.level == severity.None {
		return false
	}
	if len(h.rest) == 0 {
		h.rest = line // nothing but a stamp is a message
	}
	if h.stamp.Full {
		e.setTime(h.stamp.UnixNano)
	}
	if h.level != severity.None {
		e.Level = h.level
	}
	if h.fields == 1 && h.level == severity.None && h.stamp.Full {
		h.readOrigin()
	}
	e.setService(h.app, rankServiceApp)
	e.setPod(h.host, rankPodHost)
	e.Format = "text"
	if h.fields == 1 && h.level == severity.None && d.nested(h.rest, e) {
		return true
	}
	if d.request(h.rest, e) {
		return true
	}
	d.body(h.rest, e)
	return true
}

// nested reads what follows a bare stamp where it is a line of its own: JSON, or
// of a format with a name.
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

// request reads text where it is a line of an access log.
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
