package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
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

// value is a value as it appears in the line. A string still has its escapes if escaped
// is set; an array has its brackets.
type value struct {
	raw     []byte
	kind    kind
	escaped bool
}

// set handles a value whose key has a meaning. If the effect depends on the value itself,
// a glance has to give up (follow), because it treats all values of a place alike.
func (d *Decoder) set(m *lexicon.Meaning, v value, e *Entry) {
	l := &d.layer
	l.marks |= m.Mark
	if v.kind == kindScalar && (len(v.raw) == 0 || v.raw[0] == 'n') {
		return
	}
	if m.Tap != 0 && d.tap(m, v, e) {
		return
	}
	if v.kind == kindArray {
		v = only(m.Field, v)
	}
	if m.Field < lexicon.NumLayered {
		if d.takes(m) {
			d.setLayered(m, v, e)
		} else if m.Field == lexicon.Message {
			d.addText(v)
		}
		return
	}
	switch m.Field {
	case lexicon.Service:
		switch {
		case v.kind != kindString:
		case m.Rank == lexicon.RankServiceName && isErrorClass(v.raw):
			if !beginsWithMethod(v.raw) {
				d.addText(v)
			}
		default:
			d.setService(naming.Service(d.text(v)), m, e)
		}
	case lexicon.Unit:
		if v.kind == kindString {
			d.setService(naming.Unit(d.text(v)), m, e)
		}
	case lexicon.Program:
		if v.kind == kindString {
			d.setService(program(d.text(v)), m, e)
		}
	case lexicon.Pod:
		if v.kind == kindString {
			d.settle(m, e.setPod(d.text(v), m.Rank))
		}
	case lexicon.Labels:
		d.labels(v, e)
	case lexicon.Nano:
		if n, ok := scan.Integer(v.raw); ok && n < 1e9 {
			if l.nano = int64(n); l.have[lexicon.Time] != 0 && e.Time%1e9 == 0 {
				e.Time += l.nano
			}
		}
	case lexicon.LogGroup:
		if v.kind == kindString {
			name := d.text(v)
			e.setService(name[bytes.LastIndexByte(name, '/')+1:], m.Rank)
		}
	case lexicon.File:
		if v.kind == kindString {
			e.setFile(d.text(v))
		}
	case lexicon.Host:
		if v.kind == kindString {
			if l.host == nil {
				l.host, l.hostRank = d.text(v), m.Rank
			}
		}
	case lexicon.Namespace:
		if v.kind == kindString {
			d.settle(m, e.setNamespace(d.text(v), m.Rank))
		}
	case lexicon.RequestID:
		if v.kind == kindArray {
			d.addText(v) // "trace":["no such key"] is one of errors
		} else {
			e.setRequestID(d.text(v), m.Rank)
		}
	case lexicon.Stream:
		d.seen.stderr = string(v.raw) == "stderr"
	case lexicon.Tag, lexicon.Partial, lexicon.Last:
		l.setPart(m.Field, v)
	case lexicon.Severity:
		if level := severity.OpenTelemetry(v.raw); level != severity.None && l.beats(lexicon.Level, m.Rank) {
			e.Level = level
			l.note(lexicon.Level, m.Rank)
		}
	case lexicon.HTTPHost:
		if v.kind == kindString {
			e.setHost(d.text(v))
		}
	case lexicon.Kid:
		if v.kind == kindString && len(d.kid) == 0 {
			d.kid = d.text(v)
		}
	case lexicon.Error:
		d.addText(v)
	case lexicon.Batch:
		if v.kind == kindArray && l.batch == nil && (m.Mark != 0 || holdsObjects(v.raw)) {
			l.batch, l.batchKind = v.raw, m.Mark
		}
	case lexicon.Zone:
		if v.kind == kindString {
			d.setZone(d.text(v), e)
		}
	case lexicon.Attributes:
		if v.kind == kindArray {
			d.attributes(v.raw, m.Mark&lexicon.MarkResource != 0, e)
		}
	}
}

// only returns the element of an array that has just one, as Elasticsearch returns fields;
// v itself if it is anything else, or if its key expects arrays.
func only(f lexicon.Field, v value) value {
	switch f {
	case lexicon.Error, lexicon.Batch, lexicon.Attributes, lexicon.RequestID, lexicon.Labels:
		return v
	}
	i := jsontext.SkipSpace(v.raw, 1)
	end := jsontext.ValueEnd(v.raw, i)
	if end <= i || jsontext.SkipSpace(v.raw, end) != len(v.raw)-1 || f == lexicon.Message && v.raw[i] != '"' {
		return v
	}
	return valueOf(v.raw[i:end])
}

// takes reports whether a value of a field that is decided by layers is useful.
func (d *Decoder) takes(m *lexicon.Meaning) bool {
	l := &d.layer
	return (l.beats(m.Field, m.Rank) || l.isCopy(m)) && (d.missing&lexicon.NeedStatus != 0 || !l.isFixed(m.Field, m.Rank))
}

// setLevel is set for a level that was read before.
func (d *Decoder) setLevel(level severity.Level, m *lexicon.Meaning, e *Entry) {
	d.layer.marks |= m.Mark
	if d.takes(m) {
		e.Level = level
		d.layer.note(lexicon.Level, m.Rank)
	}
}

// setLayered sets a value of a field that is decided by layers, one that beats what is
// set. A value that is invalid for the field leaves it to another key.
func (d *Decoder) setLayered(m *lexicon.Meaning, v value, e *Entry) {
	l := &d.layer
	switch m.Field {
	case lexicon.Time:
		if ns, ok := d.time(v); ok {
			if d.setTime(ns, m, e); m.Rank%64 == lexicon.RankDated {
				l.halves.date = v.raw // a zone may follow
			}
		} else if v.kind == kindString && !v.escaped {
			l.halves.take(v.raw)
		}
	case lexicon.Level:
		if v.escaped {
			v.raw = d.plain(d.unescape(v.raw)) // words in colours
		}
		if level := levelOf(v); level != severity.None {
			if e.Level = level; l.marks&lexicon.MarkOrdinal != 0 && len(v.raw) == 1 {
				e.Level = severity.Ordinal(v.raw[0], level)
			} else if m.Mark&lexicon.MarkLager != 0 && v.kind == kindScalar && len(v.raw) == 1 {
				e.Level = severity.Lager(v.raw[0], level)
			}
			l.note(lexicon.Level, m.Rank)
		}
	case lexicon.Status:
		if status := statusOf(v.raw); status != 0 && v.kind != kindArray {
			d.setStatus(status, m, e)
		} else if v.kind == kindString && l.beats(lexicon.Level, 250) {
			if level := severity.Parse(v.raw); level != severity.None && !isResult(v.raw) {
				e.Level = level
				l.note(lexicon.Level, 250)
			}
		}
	case lexicon.WeakStatus:
		if status := statusOf(v.raw); status != 0 && v.kind != kindArray {
			l.weakStatus = status
			l.note(lexicon.WeakStatus, m.Rank)
		} else if v.kind == kindString {
			d.addText(v)
		}
	case lexicon.Method:
		if method := request.Method(v.raw); method != nil && v.kind == kindString {
			e.Method = method
			l.note(lexicon.Method, m.Rank)
			d.settle(m, true)
		}
	case lexicon.Path:
		if v.kind == kindString {
			text := d.text(v)
			if d.host {
				e.setHost(request.Host(text))
			}
			if p := request.Path(text); len(p) > 0 {
				e.Path = p
				l.note(lexicon.Path, m.Rank)
				l.url = text[0] != '/'
				d.settle(m, !l.url)
			} else if len(text) > 0 {
				d.setRequest(text, m, e) // "route":"GET /path"
			}
		}
	case lexicon.Request:
		if v.kind == kindString {
			d.setRequest(d.text(v), m, e)
		}
	case lexicon.Message:
		if v.kind == kindString || v.kind == kindArray && m.Mark|l.marks&lexicon.MarkJournald != 0 {
			d.setMessage(v, m)
		}
	}
}

// isResult reports whether a status is a result, not a level.
func isResult(status []byte) bool {
	switch string(bytes.ToLower(status)) {
	case "success", "fail", "failure", "default":
		return true
	}
	return false
}

// setTime takes a stamp.
func (d *Decoder) setTime(ns int64, m *lexicon.Meaning, e *Entry) {
	l := &d.layer
	l.copied = l.have[lexicon.Time] != 0 && ns == e.Time && e.TimeFrom == TimeLine
	if l.nano > 0 && ns%1e9 == 0 {
		ns += l.nano
	}
	e.setTime(ns)
	l.note(lexicon.Time, m.Rank)
	d.missing &^= m.Settles
}

// setStatus takes a status.
func (d *Decoder) setStatus(status int, m *lexicon.Meaning, e *Entry) {
	e.Status = status
	d.layer.note(lexicon.Status, m.Rank)
	d.missing &^= m.Settles
	if d.mayRefuse(status) {
		d.missing |= lexicon.NeedAll
	}
}

// setMessage takes a message.
func (d *Decoder) setMessage(v value, m *lexicon.Meaning) {
	l := &d.layer
	if l.message != nil && !l.messageArray {
		d.addText(value{l.message, kindString, l.messageEscaped})
	}
	l.message, l.messageEscaped, l.messageArray, l.noted = v.raw, v.escaped, v.kind == kindArray, false
	l.note(lexicon.Message, m.Rank)
}

// settle records that a value settled what its key settles, if ok.
func (d *Decoder) settle(m *lexicon.Meaning, ok bool) {
	if ok {
		d.missing &^= m.Settles
	}
}

// setRequest sets a request line, or a path alone.
func (d *Decoder) setRequest(text []byte, m *lexicon.Meaning, e *Entry) {
	method, target := request.Split(text)
	if len(target) == 0 {
		return
	}
	if len(method) > 0 && d.layer.beats(lexicon.Method, m.Rank) {
		e.Method = method
		d.layer.note(lexicon.Method, m.Rank)
	}
	if p := request.Path(target); len(p) > 0 && d.layer.beats(lexicon.Path, m.Rank) {
		e.Path = p
		d.layer.note(lexicon.Path, m.Rank)
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
	if len(v.raw) == 0 {
		return 0, false
	}
	raw := v.raw
	if v.kind == kindArray {
		return d.stamps.Numbers(raw)
	}
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
		raw = bytes.TrimSuffix(bytes.TrimPrefix(raw, jsonDate), jsonDateEnd)
	}
	return stamp.Epoch(raw)
}

// What .NET's old serializer writes around milliseconds since 1970.
var jsonDate, jsonDateEnd = []byte("/Date("), []byte(")/")

// levelOf parses a level; an array is none.
func levelOf(v value) severity.Level {
	if v.kind == kindArray {
		return severity.None
	}
	return severity.Of(v.raw)
}

// unescape returns the text of the inside of a JSON string: raw itself if it has no
// escapes, otherwise a slice of scratch memory that is valid until the next Decode.
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
