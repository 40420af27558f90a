package logline

import (
	"bytes"

	"github.com/authspike/authspike/detector"
)

// finish does what is due once an entry is complete: it finds out why a token was
// refused, if one was.
func (d *Decoder) finish(e *Entry) {
	if e.Message == nil && len(d.texts) > 0 {
		e.Message = bytes.TrimSpace(d.text(d.texts[0]))
	}
	if len(e.Message) == 0 {
		e.Message = nil
	}
	if d.matcher == nil || e.Status != 0 && !mayRefuse(e.Status) {
		return
	}
	text := d.evidence(e)
	if len(text) == 0 {
		return
	}
	m := d.matcher.Match(text)
	e.Failure, e.Ambiguous, e.Verifier, e.Kid = m.Failure, m.Ambiguous, m.Verifier, m.Kid
	if e.Failure == detector.KidMismatch && e.Kid == nil && len(d.kid) > 0 {
		e.Kid = d.kid
	}
}

// evidence returns all that the entry's line says about a refusal: the innermost
// line as a whole where it is text, otherwise message and errors, one a line.
func (d *Decoder) evidence(e *Entry) []byte {
	if d.line != nil {
		return d.line
	}
	if len(d.texts) == 0 {
		return e.Message
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, e.Message...)
	for _, t := range d.texts {
		d.scratch = append(d.scratch, '\n')
		if t.escaped {
			d.unescape(t.raw) // which appends to scratch
		} else {
			d.scratch = append(d.scratch, t.raw...)
		}
	}
	return d.scratch[start:]
}
