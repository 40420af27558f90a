package logline

import (
	"slices"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// expand reads the events of a batch, a raw JSON array inside a line or the line itself,
// each into an entry of its own that starts with what the events have in common. e is
// the last entry of d.out and is replaced by them.
func (d *Decoder) expand(raw []byte, kind lexicon.Mark, e *Entry) {
	if d.batches == maxBatches {
		e.Err = ErrTooDeep
		return
	}
	d.batches++
	defer func() { d.batches-- }()
	if name := batchName(raw, kind); name != "" && (e.NWrappers == 0 || e.Wrappers[e.NWrappers-1] != name) && !e.wrap(name) {
		return
	}
	e.Format = ""
	if d.mapping != nil {
		d.taps.save()
		defer d.taps.drop()
	}
	base, start, i := *e, len(d.out)-1, 1
	d.out = d.out[:start]
	for {
		for i < len(raw) && (raw[i] <= ' ' || raw[i] == ',') {
			i++
		}
		if i >= len(raw) || raw[i] == ']' {
			break
		}
		end := jsontext.ValueEnd(raw, i)
		if end <= i { // broken off: read what there is
			end = len(raw)
		}
		if len(d.out) >= d.limit {
			d.out[len(d.out)-1].Err = ErrTooMany
			break
		}
		d.event(recordValue(raw[i:end], kind), kind, &base)
		i = end
	}
	if len(d.out) == start {
		base.Err = ErrEmpty
		d.out = append(d.out, base)
	}
	d.expanded = true
}

// holdsObjects reports whether the first element of a raw array is an object.
func holdsObjects(raw []byte) bool {
	i := jsontext.SkipSpace(raw, 1)
	return i < len(raw) && raw[i] == '{'
}

// maxBatches bounds batches within batches; OTLP has three, Loki two.
const maxBatches = 6

// event reads one event of a batch, or with kind 0 a line of any kind, into a new entry
// that starts as a copy of base, or empty if base is nil.
func (d *Decoder) event(raw []byte, kind lexicon.Mark, base *Entry) {
	d.expanded = false
	d.start()
	at := len(d.out)
	d.out = slices.Grow(d.out, 1)[:at+1]
	e := &d.out[at]
	learns := base == nil && raw[0] == '{' && d.mayGlance()
	if base == nil {
		*e = Entry{}
	} else {
		*e = *base
	}
	switch {
	case raw[0] == '[' && kind != 0:
		d.stampedLine(raw, e)
	case raw[0] == '"' && kind != 0:
		if end, escaped := jsontext.StringEnd(raw, 1); end > 0 {
			text := d.text(value{raw[1:end], kindString, escaped})
			if line, ok := d.decoded(text); ok {
				text = line
			}
			d.inner(text, e)
		}
	default:
		d.inner(raw, e)
	}
	if learns && !d.expanded {
		d.learnOutcome(raw, e)
	}
	d.done(at)
}

// done completes the event in d.out[at], unless it was expanded into several.
func (d *Decoder) done(at int) {
	if d.expanded {
		return
	}
	e := &d.out[at]
	if e.Role == Held {
		*e = Entry{Role: Held}
		return
	}
	d.finish(e)
	if d.join != nil && (d.line != nil || d.seen.loose || len(d.join.byKey) > 0) {
		d.join.place(e)
	}
}

// start clears the state of the previous event.
func (d *Decoder) start() {
	d.stamps.Forget()
	d.texts, d.kid, d.line, d.spoken, d.json, d.jsonQuoted, d.harmless = d.texts[:0], nil, nil, nil, nil, nil, nil
	if d.mapping != nil {
		d.taps.restore()
	}
	d.seen = joinNotes{}
}

// stampedLine reads an event that is an array of a stamp and a line, as in Loki's push
// API.
func (d *Decoder) stampedLine(raw []byte, e *Entry) {
	i := jsontext.SkipSpace(raw, 1)
	end := jsontext.ValueEnd(raw, i)
	if end <= i {
		return
	}
	stamp := raw[i:end]
	if len(stamp) > 2 && stamp[0] == '"' {
		stamp = stamp[1 : len(stamp)-1]
	}
	if ns, ok := d.time(value{stamp, kindString, false}); ok {
		e.Time, e.TimeFrom = ns, TimeWrapper
	}
	for i = end; i < len(raw) && raw[i] != '"'; i++ {
	}
	if i < len(raw) {
		if end, escaped := jsontext.StringEnd(raw, i+1); end > 0 {
			d.inner(d.text(value{raw[i+1 : end], kindString, escaped}), e)
		}
	}
}
