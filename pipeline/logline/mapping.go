package logline

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/rules"
)

// Target is a value of an entry that a Mapping can set.
type Target uint8

// The targets.
const (
	MapNamespace Target = iota
	MapService
	MapPod
	MapTime
	MapStatus
	MapMethod
	MapPath
	MapLevel
	MapMessage
	MapKid
	MapRequestID
	NumTargets
)

var targetNames = [NumTargets]string{"namespace", "service", "pod", "time", "status", "method", "path", "level", "message", "kid", "request_id"}

// String returns the target's name as it stands in configurations.
func (t Target) String() string { return targetNames[t] }

// Mapping says where values are to be taken from, by target. Of a target's
// templates the first whose fields a record has, all of them, gives the value, in
// place of what was recognised; where none has, or what it gives is no such value,
// what was recognised stays. A field that a record has more than once is the one
// met first: the outermost wrapper's.
type Mapping [NumTargets][]Template

// maxPaths bounds the paths into the line that a mapping names.
const maxPaths = 64

// mapping is a Mapping ready to be applied.
type mapping struct {
	targets []mappedTarget
	paths   map[string]uint16 // folded paths into the line, by number from 1
	need    uint64            // the paths, a bit each, whose values settle all
	whole   bool              // lines have to be read to their end
}

type mappedTarget struct {
	target    Target
	templates [][]mappedPart
}

type mappedPart struct {
	kind  partKind
	words []byte
	path  uint16
	name  string // of a header
}

// compileMapping returns m ready to be applied, nil where it maps nothing.
func compileMapping(m *Mapping) (*mapping, error) {
	c := &mapping{paths: map[string]uint16{}}
	if m == nil {
		return nil, nil //nolint:nilnil // no mapping is none
	}
	for target, templates := range m {
		if len(templates) == 0 {
			continue
		}
		t := mappedTarget{target: Target(target)}
		settled := false
		for i := range templates {
			parts, paths, sure := c.template(&templates[i])
			if t.templates = append(t.templates, parts); !settled {
				c.need |= paths
			}
			settled = settled || sure
		}
		c.targets = append(c.targets, t)
		// What else a refusal says is read to the end of its line, and whether it is
		// one is not known before the mapping was applied.
		c.whole = c.whole || t.target == MapStatus
	}
	if len(c.paths) > maxPaths {
		return nil, fmt.Errorf("a mapping names %d fields of a line, at most %d", len(c.paths), maxPaths)
	}
	if len(c.targets) == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	return c, nil
}

// template returns the parts of t and its paths; sure says that it gives a value
// wherever these paths have one.
func (c *mapping) template(t *Template) (parts []mappedPart, paths uint64, sure bool) {
	sure = true
	for _, p := range t.parts {
		m := mappedPart{kind: p.kind}
		switch p.kind {
		case partWords:
			m.words = []byte(p.text)
		case partLine:
			n, ok := c.paths[p.text]
			if !ok {
				n = uint16(len(c.paths) + 1)
				c.paths[p.text] = n
			}
			m.path = n
			paths |= 1 << (n - 1)
		case partHeader:
			m.name = p.text
			sure = false
		case partTopic, partKey:
			sure = false
		}
		parts = append(parts, m)
	}
	return parts, paths, sure
}

// taps are the values at mapped paths of the record that is being read.
type taps struct {
	found  uint64
	values []value // by number of the path, from 1
	saved  []savedTaps
}

// savedTaps are what the events of a batch have in common.
type savedTaps struct {
	found  uint64
	values []value
}

// save keeps what the events of a batch have in common.
func (t *taps) save() {
	t.saved = append(t.saved, savedTaps{t.found, slices.Clone(t.values)})
}

// drop forgets what save kept last.
func (t *taps) drop() { t.saved = t.saved[:len(t.saved)-1] }

// restore brings back what save kept last, or nothing where there is no batch.
func (t *taps) restore() {
	if n := len(t.saved); n > 0 {
		t.found = t.saved[n-1].found
		copy(t.values, t.saved[n-1].values)
		return
	}
	t.clear()
}

// clear forgets the record before. The values are looked at where found says so.
func (t *taps) clear() { t.found = 0 }

// tap takes a value whose key is mapped, or traced: then it does all that is to be
// done with it, and says so.
func (d *Decoder) tap(m *lexicon.Meaning, v value, e *Entry) (done bool) {
	if m.Tap&keyBit != 0 {
		d.trace.set(d, m, v, e)
		return true
	}
	d.take(m.Tap, v)
	return false
}

// take keeps the value of a mapped path unless it has one.
func (d *Decoder) take(path uint16, v value) {
	bit := uint64(1) << (path - 1)
	if v.kind != kindArray && len(v.raw) > 0 && d.taps.found&bit == 0 {
		d.taps.found |= bit
		d.taps.values[path] = v
	}
}

// tapsSettled reports whether nothing in the rest of the record changes what is
// mapped.
func (d *Decoder) tapsSettled() bool { return d.taps.found&d.mapping.need == d.mapping.need }

// applyMapping sets what is mapped.
func (d *Decoder) applyMapping(e *Entry) {
	d.mapped = nil
	for i := range d.mapping.targets {
		t := &d.mapping.targets[i]
		for i, parts := range t.templates {
			if text := d.render(parts); len(text) > 0 && d.assign(t.target, text, e) {
				if d.trace != nil {
					d.trace.mapped(t.target, i, e)
				}
				break
			}
		}
	}
}

// value returns the text of the first template of a target that has one.
func (c *mapping) value(d *Decoder, target Target) []byte {
	for i := range c.targets {
		if c.targets[i].target != target {
			continue
		}
		for _, parts := range c.targets[i].templates {
			if text := d.render(parts); len(text) > 0 {
				return text
			}
		}
	}
	return nil
}

// render returns the text that the parts give, nil unless all are there.
func (d *Decoder) render(parts []mappedPart) []byte {
	var texts [maxParts][]byte
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
func (d *Decoder) partText(p *mappedPart) []byte {
	switch p.kind {
	case partWords:
		return p.words
	case partLine:
		if d.taps.found&(1<<(p.path-1)) == 0 {
			return nil
		}
		return d.text(d.taps.values[p.path])
	case partTopic:
		return d.env.Topic
	case partKey:
		return d.env.Key
	case partHeader:
		return d.env.Headers.find(p.name)
	}
	return nil
}

// assign sets a target, and reports whether text is a value of its kind.
func (d *Decoder) assign(t Target, text []byte, e *Entry) bool {
	switch text = bytes.TrimSpace(text); t {
	case MapNamespace:
		return assign(&e.Namespace, scan.UnlessDash(text))
	case MapService:
		if !assign(&e.Service, naming.Service(text)) {
			return false
		}
		e.ServiceFrom = ServiceMapped
		return true
	case MapPod:
		return assign(&e.Pod, scan.UnlessDash(text))
	case MapMethod:
		return assign(&e.Method, request.Method(text))
	case MapPath:
		return assign(&e.Path, request.Path(text))
	case MapRequestID:
		return assign(&e.RequestID, scan.UnlessDash(text))
	case MapTime:
		ns, ok := d.time(value{text, kindString, false})
		if ok {
			e.setTime(ns)
		}
		return ok
	case MapStatus:
		status := statusOf(text)
		if status != 0 {
			e.Status = status
		}
		return status != 0
	case MapLevel:
		level := levelOf(value{text, kindString, false})
		if level != severity.None {
			e.Level = level
		}
		return level != severity.None
	case MapMessage:
		if len(text) > 0 && e.Message != nil {
			d.addText(value{e.Message, kindString, false}) // it may still say why a token was refused
		}
		return assign(&e.Message, text)
	case MapKid:
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
