package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// body reads a message whose stamp and level have been stripped: a request and its
// outcome if it has the grammar of one, pairs, and an object. Its last access to e is
// through d.message.
func (d *Decoder) body(text []byte, e *Entry) {
	if r, ok := request.Find(text); ok {
		e.setTarget(r.Method, r.Target)
		e.Status = r.Status
		if e.Status == 0 {
			e.Status = request.StatusBeside(text, r.At)
		}
		d.stampBefore(text[:r.At], e)
	} else if r, ok := request.Phrase(text); ok {
		e.setTarget(r.Method, r.Target)
		if r.Status != 0 {
			e.Status = r.Status
		}
	} else if r, ok := request.Fault(text); ok {
		e.setTarget(r.Method, r.Target)
	}
	if e.TimeFrom != TimeLine {
		d.startedAt(text, e)
	}
	if e.TimeFrom == TimeNone {
		d.stampGrouped(text, e)
	}
	status := e.Status
	d.pairs(text, e)
	if bytes.Contains(text, nginxRequest) {
		e.Status = status // what nginx's module was told by another server
	}
	d.message(text, e)
}

// nginxRequest stands in nginx's errors before the request.
var nginxRequest = []byte(`, request: "`)

// stampBefore reads the stamp in brackets directly before a quoted request: the line of
// an access log after something else.
func (d *Decoder) stampBefore(text []byte, e *Entry) {
	text, ok := bytes.CutSuffix(text, []byte(`] "`))
	if !ok {
		return
	}
	if i := bytes.LastIndexByte(text, '['); i >= 0 {
		if s := d.stamps.Read(text[i+1:]); s.Full && i+1+s.Len == len(text) {
			e.setTime(s.UnixNano)
		}
	}
}

// stampGrouped reads the first stamp with a date that is alone in brackets, for a line
// without any other time: "Server [pid=17] [2006-01-02 15:04:05 +0000]".
func (d *Decoder) stampGrouped(text []byte, e *Entry) {
	text = text[:min(len(text), maxAccessHead)]
	for i := bytes.IndexByte(text, '['); i >= 0 && i+12 < len(text); {
		if s := d.stamps.Read(text[i+1:]); s.Full && i+1+s.Len < len(text) && text[i+1+s.Len] == ']' {
			e.setTime(s.UnixNano)
			return
		}
		next := bytes.IndexByte(text[i+1:], '[')
		if next < 0 {
			return
		}
		i += 1 + next
	}
}

// stampWithin reads the first stamp with a date in text that is in a column of its own:
// after a bar, a comma, a quote or a bracket.
func (d *Decoder) stampWithin(text []byte, e *Entry) {
	text = text[:min(len(text), maxAccessHead)]
	for i := 1; i+19 < len(text); i++ {
		if !scan.IsDigit(text[i]) || scan.IsDigit(text[i-1]) || !beginsColumn(text[:i]) {
			continue
		}
		if s := d.stamps.Read(text[i:]); s.Full {
			e.setTime(s.UnixNano)
			return
		}
	}
}

// beginsColumn reports whether a column begins behind b.
func beginsColumn(b []byte) bool {
	switch b[len(b)-1] {
	case '|', ',', '"', '[':
		return true
	case ' ':
		return len(b) > 1 && b[len(b)-2] == '|'
	}
	return false
}

// startedAt reads the stamp at the end of Rails' line about a request that began:
// Started GET "/path" for 192.0.2.1 at 2021-03-04 05:06:07 +0000
func (d *Decoder) startedAt(text []byte, e *Entry) {
	if !request.Began(text) {
		return
	}
	if i := bytes.LastIndex(text, []byte(" at ")); i >= 0 {
		if s := d.stamps.Read(text[i+4:]); s.Full {
			e.setTime(s.UnixNano)
		}
	}
}

// readRequestText reads a line that is a request and its outcome, with neither
// stamp nor level: "GET /path 401 5 ms".
func readRequestText(d *Decoder, line []byte, e *Entry) bool {
	if r, ok := request.Find(line); ok {
		if r.Status == 0 && !request.Announced(line) && !request.Leads(line, r) {
			if r.Target[0] == '/' {
				d.mention = r
			}
			return false
		}
	} else if _, ok = request.Phrase(line); !ok {
		return d.requestPairs(line, e)
	}
	e.Format = "request"
	if e.TimeFrom != TimeLine {
		d.stampWithin(line, e)
	}
	if e.TimeFrom != TimeLine && line[0] == '"' && scan.Digits(line[1:]) == 16 {
		if ns, ok := stamp.Epoch(line[1:17]); ok {
			e.setTime(ns) // Google Cloud Storage's usage log
		}
	}
	if e.TimeFrom != TimeLine {
		for word, rest := scan.Token(line); len(word) > 0; word, rest = scan.Token(rest) {
			if len(word) == 14 && word[10] == '.' {
				if ns, ok := stamp.Epoch(word); ok {
					e.setTime(ns) // nginx's $msec
				}
			}
		}
	}
	d.body(line, e)
	return true
}

// requestPairs reads a line whose pairs make up a request and its outcome.
func (d *Decoder) requestPairs(line []byte, e *Entry) bool {
	before := *e
	e.Status = 0
	d.pairs(line, e)
	if e.Status == 0 || e.Path == nil {
		*e = before
		return false
	}
	e.Format = "request"
	d.message(line, e)
	return true
}
