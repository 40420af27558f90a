package logline

import (
	"bytes"
	"slices"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/rules"
)

// taps are the values at mapped paths of the record that is being read.
type taps struct {
	found  uint64
	values []value // by number of the path, from 1
	saved  []savedTaps
}

// savedTaps are the values that the events of a batch have in common.
type savedTaps struct {
	found  uint64
	values []value
}

// save keeps what the events of a batch have in common.
func (t *taps) save() {
	t.saved = append(t.saved, savedTaps{t.found, slices.Clone(t.values)})
}

// drop discards what save stored last.
func (t *taps) drop() { t.saved = t.saved[:len(t.saved)-1] }

// restore brings back what save stored last, or nothing if there is no batch.
func (t *taps) restore() {
	if n := len(t.saved); n > 0 {
		t.found = t.saved[n-1].found
		copy(t.values, t.saved[n-1].values)
		return
	}
	t.clear()
}

// clear discards the previous record. Only values marked in found are valid.
func (t *taps) clear() { t.found = 0 }

// tap handles a value whose key is mapped or traced. For a traced one it does everything,
// and returns true.
func (d *Decoder) tap(m *lexicon.Meaning, v value, e *Entry) (done bool) {
	if m.Tap&keyBit != 0 {
		d.trace.set(d, m, v, e)
		return true
	}
	d.take(m.Tap, v)
	return false
}

// take stores the value of a mapped path unless it has one.
func (d *Decoder) take(path uint16, v value) {
	bit := uint64(1) << (path - 1)
	if v.kind != kindArray && len(v.raw) > 0 && d.taps.found&bit == 0 {
		d.taps.found |= bit
		d.taps.values[path] = v
	}
}

// tapsSettled reports whether nothing in the rest of the record changes what is
// mapped.
func (d *Decoder) tapsSettled() bool { return d.taps.found&d.mapping.Need == d.mapping.Need }

// applyMapping sets what is mapped.
func (d *Decoder) applyMapping(e *Entry) {
	d.mapped = nil
	for i := range d.mapping.Rules {
		t := &d.mapping.Rules[i]
		for i, parts := range t.Templates {
			if text := d.render(parts); len(text) > 0 && d.assign(t.Target, text, e) {
				if d.trace != nil {
					d.trace.mapped(t.Target, i, e)
				}
				break
			}
		}
	}
}

// mappedText returns the text of the first template of a target that has one.
func (d *Decoder) mappedText(target mapping.Target) []byte {
	for i := range d.mapping.Rules {
		if d.mapping.Rules[i].Target != target {
			continue
		}
		for _, parts := range d.mapping.Rules[i].Templates {
			if text := d.render(parts); len(text) > 0 {
				return text
			}
		}
	}
	return nil
}

// render returns the text made of the parts, nil unless all of them are present.
func (d *Decoder) render(parts []mapping.Part) []byte {
	var texts [mapping.MaxParts][]byte
	for i := range parts {
		if texts[i] = d.partText(&parts[i]); len(texts[i]) == 0 {
			return nil
		}
	}
	if len(parts) == 1 {
		return texts[0]
	}
	start := len(d.scratch)
	for _, text := range texts[:len(parts)] {
		d.scratch = append(d.scratch, text...)
	}
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// partText returns the text of one part, nil where it is not there.
func (d *Decoder) partText(p *mapping.Part) []byte {
	switch p.Kind {
	case mapping.Words:
		return p.Words
	case mapping.Line:
		if d.taps.found&(1<<(p.Path-1)) == 0 {
			return nil
		}
		return d.text(d.taps.values[p.Path])
	case mapping.Topic:
		return d.env.Topic
	case mapping.Key:
		return d.env.Key
	case mapping.Header:
		return d.env.Headers.Find(p.Name)
	}
	return nil
}

// assign sets a target, and reports whether text is a value of its kind.
func (d *Decoder) assign(t mapping.Target, text []byte, e *Entry) bool {
	switch text = bytes.TrimSpace(text); t {
	case mapping.Namespace:
		return assign(&e.Namespace, naming.Known(text))
	case mapping.Service:
		if !assign(&e.Service, naming.Service(text)) {
			return false
		}
		e.ServiceFrom = ServiceMapped
		return true
	case mapping.Pod:
		return assign(&e.Pod, naming.Known(text))
	case mapping.Method:
		return assign(&e.Method, request.Method(text))
	case mapping.Path:
		return assign(&e.Path, request.Path(text))
	case mapping.RequestID:
		return assign(&e.RequestID, naming.Known(text))
	case mapping.Time:
		ns, ok := d.time(value{text, kindString, false})
		if ok {
			e.setTime(ns)
		}
		return ok
	case mapping.Status:
		status := statusOf(text)
		if status != 0 {
			e.Status = status
		}
		return status != 0
	case mapping.Level:
		level := levelOf(value{text, kindString, false})
		if level != severity.None {
			e.Level = level
		}
		return level != severity.None
	case mapping.Message:
		if len(text) > 0 && e.Message != nil {
			d.addText(value{e.Message, kindString, false}) // it may still say why a token was refused
		}
		return assign(&e.Message, text)
	case mapping.Kid:
		if rules.NoKid(text) || rules.Placeholder(text) {
			return false
		}
		d.mapped = text
		return true
	}
	return false
}

// assign sets *to unless text is empty, and reports whether it did.
func assign(to *[]byte, text []byte) bool {
	if len(text) > 0 {
		*to = text
	}
	return len(text) > 0
}
