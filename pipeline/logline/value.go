package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// kind is the kind of a JSON value.
type kind uint8

const (
	kindString kind = iota
	kindScalar      // a number, true, false or null
	kindArray
)

// value is a value as it stands in the line. The text of a string has its
// escapes where escaped says so; an array has its brackets.
type value struct {
	raw     []byte
	kind    kind
	escaped bool
}

// set takes a value whose key has a meaning.
func (d *Decoder) set(m *meaning, v value, e *Entry) {
	l := &d.layer
	l.marks |= m.mark
	if v.kind == kindScalar && (len(v.raw) == 0 || v.raw[0] == 'n') {
		return
	}
	if m.tap != 0 && d.tap(m, v, e) {
		return
	}
	if m.field < numLayered {
		if d.takes(m) {
			d.setLayered(m, v, e)
		} else if m.field == fieldMessage {
			d.addText(v)
		}
		return
	}
	switch m.field {
	case fieldService:
		switch {
		case v.kind != kindString:
		case m.rank == rankServiceName && isErrorClass(v.raw):
			d.addText(v)
		default:
			d.setService(naming.Service(d.text(v)), m, e)
		}
	case fieldUnit:
		if v.kind == kindString {
			d.setService(naming.Unit(d.text(v)), m, e)
		}
	case fieldPod:
		if v.kind == kindString {
			e.setPod(d.text(v), m.rank)
			d.settle(m, len(v.raw) > 0)
		}
	case fieldNano:
		if n, ok := scan.Integer(v.raw); ok && n < 1e9 && e.TimeFrom == TimeLine && e.Time%1e9 == 0 {
			e.Time += int64(n)
		}
	case fieldLogGroup:
		if v.kind == kindString {
			name := d.text(v)
			e.setService(name[bytes.LastIndexByte(name, '/')+1:], m.rank)
		}
	case fieldFile:
		if v.kind == kindString {
			e.setFile(d.text(v))
		}
	case fieldHost:
		if v.kind == kindString {
			if l.host == nil {
				l.host, l.hostRank = d.text(v), m.rank
			}
		}
	case fieldNamespace:
		if v.kind == kindString {
			e.setNamespace(d.text(v), m.rank)
			d.settle(m, len(v.raw) > 0)
		}
	case fieldRequestID:
		if v.kind != kindArray {
			e.setRequestID(d.text(v), m.rank)
		}
	case fieldStream:
		d.seen.stderr = string(v.raw) == "stderr"
	case fieldTag, fieldPartial, fieldLast:
		l.setPart(m.field, v)
	case fieldSeverity:
		if level := severity.OpenTelemetry(v.raw); level != severity.None && l.beats(fieldLevel, m.rank) {
			e.Level = level
			l.note(fieldLevel, m.rank)
		}
	case fieldHTTPHost:
		if v.kind == kindString {
			e.setHost(d.text(v))
		}
	case fieldKid:
		if v.kind == kindString && len(d.kid) == 0 {
			d.kid = d.text(v)
		}
	case fieldError:
		d.addText(v)
	case fieldBatch:
		if v.kind == kindArray && l.batch == nil && (m.mark != 0 || holdsObjects(v.raw)) {
			l.batch, l.batchKind = v.raw, m.mark
		}
	case fieldAttributes:
		if v.kind == kindArray {
			d.attributes(v.raw, m.mark&markResource != 0, e)
		}
	}
}

// takes reports whether a value of a field that layers decide is of use.
func (d *Decoder) takes(m *meaning) bool {
	l := &d.layer
	return (l.beats(m.field, m.rank) || l.isCopy(m)) && (d.missing&needStatus != 0 || !l.isFixed(m.field, m.rank))
}

// setLevel is set for a level that was read before.
func (d *Decoder) setLevel(level severity.Level, m *meaning, e *Entry) {
	d.layer.marks |= m.mark
	if d.takes(m) {
		e.Level = level
		d.layer.note(fieldLevel, m.rank)
	}
}

// setName is set for a text that is taken as it stands: a service, pod, namespace
// or request id.
func (d *Decoder) setName(name []byte, m *meaning, e *Entry) {
	switch m.field {
	case fieldService:
		if m.rank == rankServiceName && isErrorClass(name) {
			d.addText(value{name, kindString, false})
		} else {
			e.setService(name, m.rank)
		}
	case fieldPod:
		e.setPod(name, m.rank)
	case fieldNamespace:
		e.setNamespace(name, m.rank)
	default:
		e.setRequestID(name, m.rank)
	}
	d.layer.marks |= m.mark
	d.missing &^= m.settles
}

// setLayered takes a value of a field that layers decide, one that beats what is
// set. A value that cannot be one of the field leaves it to another key.
func (d *Decoder) setLayered(m *meaning, v value, e *Entry) {
	l := &d.layer
	switch m.field {
	case fieldTime:
		if ns, ok := d.time(v); ok {
			d.setTime(ns, m, e)
		}
	case fieldLevel:
		if v.escaped {
			v.raw = d.plain(d.unescape(v.raw)) // words in colours
		}
		if level := levelOf(v); level != severity.None {
			e.Level = level
			l.note(fieldLevel, m.rank)
		}
	case fieldStatus:
		if status := statusOf(v.raw); status != 0 && v.kind != kindArray {
			d.setStatus(status, m, e)
		} else if v.kind == kindString && l.beats(fieldLevel, 250) {
			if level := severity.Parse(v.raw); level != severity.None {
				e.Level = level
				l.note(fieldLevel, 250)
			}
		}
	case fieldWeakStatus:
		if status := statusOf(v.raw); status != 0 && v.kind != kindArray {
			l.weakStatus = status
			l.note(fieldWeakStatus, m.rank)
		} else if v.kind == kindString {
			d.addText(v)
		}
	case fieldMethod:
		if method := request.Method(v.raw); method != nil && v.kind == kindString {
			e.Method = method
			l.note(fieldMethod, m.rank)
			d.settle(m, true)
		}
	case fieldPath:
		if v.kind == kindString {
			text := d.text(v)
			if d.host {
				e.setHost(request.Host(text))
			}
			if p := request.Path(text); len(p) > 0 {
				e.Path = p
				l.note(fieldPath, m.rank)
				d.settle(m, true)
			} else if len(text) > 0 {
				d.setRequest(text, m, e) // "route":"GET /path"
			}
		}
	case fieldRequest:
		if v.kind == kindString {
			d.setRequest(d.text(v), m, e)
		}
	case fieldMessage:
		if v.kind == kindString || v.kind == kindArray && m.mark|l.marks&markJournald != 0 {
			d.setMessage(v, m)
		}
	}
}

// setTime takes a stamp.
func (d *Decoder) setTime(ns int64, m *meaning, e *Entry) {
	l := &d.layer
	l.copied = l.have[fieldTime] != 0 && ns == e.Time && e.TimeFrom == TimeLine
	e.setTime(ns)
	l.note(fieldTime, m.rank)
	d.missing &^= m.settles
}

// setStatus takes a status.
func (d *Decoder) setStatus(status int, m *meaning, e *Entry) {
	e.Status = status
	d.layer.note(fieldStatus, m.rank)
	d.missing &^= m.settles
	if mayRefuse(status) {
		d.missing |= needAll
	}
}

// setMessage takes a message.
func (d *Decoder) setMessage(v value, m *meaning) {
	l := &d.layer
	if l.message != nil && !l.messageArray {
		d.addText(value{l.message, kindString, l.messageEscaped})
	}
	l.message, l.messageEscaped, l.messageArray, l.noted = v.raw, v.escaped, v.kind == kindArray, false
	l.note(fieldMessage, m.rank)
}

// settle notes that a value settled what its key settles, if it was one.
func (d *Decoder) settle(m *meaning, ok bool) {
	if ok {
		d.missing &^= m.settles
	}
}

// isErrorClass reports whether a name is that of an error, as a JavaScript error
// has it, and not of a service.
func isErrorClass(name []byte) bool {
	return bytes.HasSuffix(name, []byte("Error")) || bytes.HasSuffix(name, []byte("Exception"))
}

func (d *Decoder) setService(name []byte, m *meaning, e *Entry) {
	e.setService(name, m.rank)
	d.settle(m, len(name) > 0)
}

// setRequest takes a request line, or a path alone.
func (d *Decoder) setRequest(text []byte, m *meaning, e *Entry) {
	method, target := request.Split(text)
	if len(target) == 0 {
		return
	}
	if len(method) > 0 && d.layer.beats(fieldMethod, m.rank) {
		e.Method = method
		d.layer.note(fieldMethod, m.rank)
	}
	if p := request.Path(target); len(p) > 0 && d.layer.beats(fieldPath, m.rank) {
		e.Path = p
		d.layer.note(fieldPath, m.rank)
	}
}

// text returns the text of v without escapes.
func (d *Decoder) text(v value) []byte {
	if v.escaped {
		return d.unescape(v.raw)
	}
	return v.raw
}

// time reads a stamp with a date, or an epoch.
func (d *Decoder) time(v value) (ns int64, ok bool) {
	if v.kind == kindArray || len(v.raw) == 0 {
		return 0, false
	}
	raw := v.raw
	if v.escaped {
		raw = d.unescape(raw)
	}
	if v.kind == kindString {
		if raw[0] == '[' {
			raw = raw[1:]
		}
		if s := d.stamps.Read(raw); s.Len > 0 {
			return s.UnixNano, s.Full
		}
	}
	return stamp.Epoch(raw)
}

// statusOf returns the HTTP status that text begins with, 0 where it begins with
// none: 401, 401.0, "401", "401 Unauthorized".
func statusOf(text []byte) int {
	if len(text) < 3 || text[0] < '1' || text[0] > '5' || !scan.IsDigit(text[1]) || !scan.IsDigit(text[2]) {
		return 0
	}
	if len(text) > 3 {
		if c := text[3]; c != ' ' && c != '.' || c == '.' && string(text[3:]) != ".0" {
			return 0
		}
	}
	return int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
}

// levelOf reads a level, which an array states none of.
func levelOf(v value) severity.Level {
	if v.kind == kindArray {
		return severity.None
	}
	return severity.Of(v.raw)
}

// unescape returns the text of a JSON string's inside: raw itself where it has no
// escapes, otherwise a slice of scratch memory that holds until the next Decode.
func (d *Decoder) unescape(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	text, _ := d.unescapeString(raw)
	return text
}

// unescapeString is unescape for a string whose first byte is raw[0], and finds
// its end.
func (d *Decoder) unescapeString(raw []byte) (text []byte, end int) {
	start := len(d.scratch)
	d.scratch, end = jsontext.AppendText(d.scratch, raw)
	return d.scratch[start:len(d.scratch):len(d.scratch)], end
}
