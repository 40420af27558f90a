package logline

import (
	"bytes"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/gloss"
	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/redact"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

// finish completes an entry after reading.
func (d *Decoder) finish(e *Entry) {
	if d.trace != nil {
		d.trace.finish(d, e)
		return
	}
	d.name(e)
	d.judge(e)
	d.clean(e)
}

// name applies the mapping, and fills in what is missing from around the record.
func (d *Decoder) name(e *Entry) {
	if d.mapping != nil {
		d.applyMapping(e)
	}
	if e.Service == nil || len(d.env.Headers) > 1 && (e.Pod == nil || e.Namespace == nil) {
		d.nameAround(e)
	}
}

// judge determines why a token was rejected, if one was.
func (d *Decoder) judge(e *Entry) {
	refusable := e.Status == 0 || d.mayRefuse(e.Status)
	switch {
	case d.lazy && !refusable:
		e.Message = nil // it was read in some lines and not in others
	case e.Message == nil && len(d.texts) > 0:
		e.Message = bytes.TrimSpace(d.text(d.sentence()))
	}
	if refusable && d.matcher != nil {
		d.classify(e)
	}
	if len(e.Message) == 0 {
		e.Message = nil
	}
}

// sentence returns the first of the texts that is more than a word, such as an error's
// message after its class, or else the first one.
func (d *Decoder) sentence() value {
	for _, t := range d.texts {
		if t.kind == kindString && bytes.IndexByte(t.raw, ' ') > 0 {
			return t
		}
	}
	return d.texts[0]
}

// classify determines why a token was rejected.
func (d *Decoder) classify(e *Entry) {
	text := d.evidence(e)
	var m signature.Match
	if d.line == nil {
		m = d.recent.match(text)
	} else {
		m = d.matcher.Match(text)
	}
	// If those did not help, all strings of a refused request are searched.
	if m.Signature == nil && d.line == nil && (e.Status == 401 || e.Status == 403) {
		text = d.strings(d.innermost(), e)
		m = d.matcher.Match(text)
	}
	if m.Signature == nil {
		text, m = d.inEnglish(text)
	}
	if e.aside = d.aside(m, text, e); e.aside {
		m = signature.Match{}
	}
	if d.trace != nil && !d.trace.done {
		d.trace.text, d.trace.aside = bytes.Clone(text), e.aside
	}
	if m.Kid != nil && redact.Suspicious(text) && !bytes.Contains(d.redacted(text), m.Kid) {
		m.Kid = nil // a credential, as the words before it tell
	}
	e.Failure, e.Ambiguous, e.Verifier, e.Kid = m.Failure, m.Ambiguous, m.Verifier, m.Kid
	if e.Failure.IsFailure() && d.mapped != nil {
		e.Kid = d.mapped
		return
	}
	if e.Failure != detector.KidMismatch || e.Kid != nil || d.kid == nil {
		return
	}
	switch {
	case rules.NoKid(d.kid):
		e.Failure = detector.TokenMalformed // no key fits a token without a kid
	case !rules.Placeholder(d.kid):
		e.Kid = d.kid
	}
}

// inEnglish returns text with its words about tokens translated from a language that the
// catalogue does not cover, in scratch memory, and the match of that; text itself and no
// match if there are no such words.
func (d *Decoder) inEnglish(text []byte) ([]byte, signature.Match) {
	start := len(d.scratch)
	glossed, some := gloss.Append(d.scratch, text)
	if !some {
		return text, signature.Match{}
	}
	d.scratch = glossed
	return glossed[start:], d.matcher.Match(glossed[start:])
}

// innermost returns the innermost line if it is an object, and what follows it.
func (d *Decoder) innermost() []byte {
	if d.json == nil && d.jsonQuoted != nil {
		d.json = d.unescape(d.jsonQuoted)
	}
	return d.json
}

// strings returns the strings that are values in object, one per line, without paths,
// addresses, stamps, numbers and what clients send, in scratch memory. Names of keys are
// left out: a field for an error is present even if none happened.
func (d *Decoder) strings(object []byte, e *Entry) []byte {
	start, isClients := len(d.scratch), false
	for i := 0; i < len(object); {
		quote := bytes.IndexByte(object[i:], '"')
		if quote < 0 {
			break
		}
		at := i + quote + 1
		end, _ := jsontext.StringEnd(object, at)
		if end < 0 {
			break
		}
		i = jsontext.SkipSpace(object, end+1)
		if i < len(object) && object[i] == ':' {
			isClients = isClientKey(object[at:end])
			if v := jsontext.SkipSpace(object, i+1); isClients && v < len(object) && (object[v] == '{' || object[v] == '[') {
				if i = jsontext.NestedEnd(object, v); i < 0 {
					break
				}
			}
			continue
		}
		if isClients || end-at < 4 || object[at] == '/' {
			continue
		}
		if text := object[at:end]; !isFigures(text) && !bytes.Contains(text[:min(len(text), 10)], schemeMark) {
			from, to := target(text, e)
			d.scratch = append(append(append(d.scratch, text[:from]...), text[to:]...), apart...)
		}
	}
	return d.scratch[start:]
}

var schemeMark = []byte("://")

// isFigures reports whether text consists of digits and the punctuation of numbers, stamps
// and addresses.
func isFigures(text []byte) bool {
	for _, ch := range text {
		if !figures[ch] {
			return false
		}
	}
	return true
}

var figures = func() (is [256]bool) {
	for _, ch := range []byte("0123456789.,:+-TZ ") {
		is[ch] = true
	}
	return is
}()

// evidence returns everything that the entry's line says about a refusal. If the innermost
// line is text, that is the whole line, with the errors of its wrappers and, for an access
// log, without what the client sent; otherwise it is message and errors, one per line. An
// object that is not a request and has neither counts as a whole.
func (d *Decoder) evidence(e *Entry) []byte {
	switch {
	case d.line != nil && d.outer == 0:
		return d.withoutClient(d.line, e)
	case d.line != nil:
		return d.joined(d.withoutClient(d.line, e), d.texts[:d.outer])
	case len(d.texts) == 0 && len(e.Message) == 0 && e.Status == 0:
		return d.innermost()
	}
	message := e.Message
	if len(message) > 0 && d.spoken != nil {
		message = d.spoken
	}
	message = d.withoutTarget(message, e)
	if len(d.texts) == 0 {
		return message
	}
	return d.joined(message, d.texts)
}

// apart separates texts: no phrase continues across it.
const apart = "; \n"

// joined returns first and texts, one per line, in scratch memory.
func (d *Decoder) joined(first []byte, texts []value) []byte {
	start := len(d.scratch)
	d.scratch = append(d.scratch, first...)
	for _, t := range texts {
		d.scratch = append(d.scratch, apart...)
		if t.escaped {
			d.unescape(t.raw) // which appends to scratch
		} else {
			d.scratch = append(d.scratch, t.raw...)
		}
	}
	return d.scratch[start:]
}
