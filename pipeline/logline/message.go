package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// message sets text, the application's own words after stamp, level and logger have been
// stripped, as the entry's message, and reads the object at its end, if any.
func (d *Decoder) message(text []byte, e *Entry) {
	e.Message = bytes.TrimSpace(text)
	if i := bytes.IndexByte(text, '{'); i >= 0 {
		if j := jsontext.SkipSpace(text, i+1); j < len(text) && text[j] == '"' {
			d.embedded(text[i:], e)
			if e.Path == nil && e.Method != nil {
				before := bytes.TrimRight(text[:i], " \t")
				if at := bytes.LastIndexByte(before, ' ') + 1; at < len(before) && before[at] == '/' {
					e.Path = request.Path(before[at:])
				}
			}
		}
	}
}

// embedded reads an object within a text. Unless it is a line itself it is context: its
// stamps are not the line's, and a status counts only next to a method or a path. An
// endpoint is as often another server's.
func (d *Decoder) embedded(object []byte, e *Entry) {
	before := *e
	d.begin(e)
	d.missing |= lexicon.NeedAll
	d.fault = ""
	d.object(object, jsontext.SkipSpace(object, 1), d.layouts.root, e)
	d.fault = ""
	l := &d.layer
	if l.isLine() {
		d.end(e, "json")
		return
	}
	if before.TimeFrom != TimeNone {
		e.Time, e.TimeFrom = before.Time, before.TimeFrom
	}
	if e.Method == nil && (e.Path == nil || before.Path == nil && lexicon.Rank(255-l.have[lexicon.Path])%64 >= lexicon.RankRoute) {
		e.Status = before.Status
	}
	if l.weakStatus != 0 && l.have[lexicon.Status] == 0 && l.isRequest() {
		e.Status = l.weakStatus
	}
}

// field handles one pair of a key=value line, which means what it would mean as a member
// of a JSON object. The value has no quotes and no escapes.
func (d *Decoder) field(name, text []byte, e *Entry) {
	d.pairValue(d.layouts.pairs, name, value{text, kindString, false}, e)
}

// pairValue handles a pair with its full key, dotted if it is nested.
func (d *Decoder) pairValue(pairs *object, name []byte, v value, e *Entry) {
	if len(v.raw) == 0 || len(name) > pair.MaxName {
		return
	}
	if k := d.layouts.named(pairs, name); k.meaning.Field != lexicon.None {
		d.set(&k.meaning, v, e)
	}
}

// addText keeps a text that may say why a request was refused, up to eight per line.
func (d *Decoder) addText(v value) {
	if len(v.raw) > 0 && len(d.texts) < 8 {
		d.texts = append(d.texts, v)
	}
}

// namesRequest reads method and path from the message of a structured line that has a
// status but not them: "GET /path done", a path alone, Django's words about a refused
// one.
func (d *Decoder) namesRequest(text []byte, e *Entry) {
	l := &d.layer
	if len(text) == 0 || l.have[lexicon.Path] != 0 {
		return
	}
	if text[0] == '/' {
		if word, rest := scan.Token(text); len(rest) == 0 {
			e.Path = request.Path(word)
		}
		return
	}
	if l.have[lexicon.Method] != 0 {
		return
	}
	if r, ok := request.Find(text); ok {
		if r.At <= maxLead && (r.Target[0] == '/' || r.At == 6 && string(text[:6]) == "HTTP: ") {
			e.setTarget(r.Method, r.Target)
		}
	} else if path := request.RefusedPath(text); path != nil {
		e.Path = path
	}
}

// maxLead bounds what may stand before a request in such a message.
const maxLead = 16
