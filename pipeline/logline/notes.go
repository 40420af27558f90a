package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/redact"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// What a Decoder notes about a line for a Joiner, which has to know more about it than its
// entry says.

// joinNotes is what is noted while a line is read.
type joinNotes struct {
	cut           cut  // whether what a wrapper holds is a whole line
	stderr        bool // it was written there
	indented      bool // blanks were taken off its beginning
	loose, margin bool // the fields of Decoder are set
	wrapped       bool // Joiner.outer is set
	blank         bool // nothing stands in its wrapper
}

// cut is whether a wrapper holds a whole line.
type cut uint8

const (
	uncut   cut = iota
	partial     // more is to come
	unended     // Docker put no line end behind it: it was cut, or whoever handed it on takes line ends off
)

// partMarks are what shippers say about parts of split lines.
type partMarks uint8

const (
	markPart partMarks = 1 << iota // more is to come, unless markLast is set
	markLast
	markWhole
)

// setPart records what a shipper says about the line being a part.
func (l *layer) setPart(f lexicon.Field, v value) {
	switch {
	case len(v.raw) == 0 || v.kind == kindArray:
	case f == lexicon.Tag && v.raw[0] == 'P' && (len(v.raw) == 1 || v.raw[1] == ':'), f == lexicon.Partial && v.raw[0] == 't':
		l.parts |= markPart
	case f == lexicon.Tag && v.raw[0] == 'F' && (len(v.raw) == 1 || v.raw[1] == ':'):
		l.parts |= markWhole
	case f == lexicon.Last && v.raw[0] == 't':
		l.parts |= markLast
	}
}

// setCut determines whether text, which a wrapper holds, is a whole line.
func (d *Decoder) setCut(text []byte) {
	d.seen.margin, d.margin = true, blankEnd(text)
	switch l := &d.layer; {
	case l.parts&markPart != 0:
		if l.parts&markLast == 0 {
			d.seen.cut = partial
		}
	case l.parts == 0 && l.marks&(lexicon.MarkLog|lexicon.MarkStream) == lexicon.MarkLog|lexicon.MarkStream && d.fault == "" && bytes.IndexByte(d.margin, '\n') < 0:
		d.seen.cut = unended
	}
}

// skipHeader returns b without the blanks after a header, and records if there is more
// than one, because continuation lines often begin that way.
func (d *Decoder) skipHeader(b []byte) []byte {
	line := scan.SkipBlank(b)
	d.seen.indented = len(b)-len(line) > 1 || len(line) < len(b) && b[0] == '\t'
	return line
}

// blankEnd returns the white space that text ends with.
func blankEnd(text []byte) []byte {
	n := len(text)
	for n > 0 && text[n-1] <= ' ' {
		n--
	}
	return text[n:]
}

// appendAround appends what is around the line and may name a pod.
func (d *Decoder) appendAround(dst []byte) []byte {
	dst = append(append(dst, d.env.Key...), 0)
	if len(d.env.Headers) > 1 {
		names := d.env.Headers.Names()
		dst = append(append(dst, names.Service...), 0)
		dst = append(append(dst, names.Pod...), 0)
		dst = append(append(dst, names.Namespace...), 0)
	}
	if d.mapping != nil {
		dst = append(dst, d.mappedText(mapping.Pod)...)
	}
	return dst
}

// around returns what e, and what is around the record, say about a line that has not been
// read yet. Its names are copies.
func (d *Decoder) around(e *Entry, stored int64) Entry {
	named := *e
	if d.mapping != nil {
		d.applyMapping(&named)
	}
	d.nameAround(&named)
	b := Entry{
		Time: named.Time, TimeFrom: named.TimeFrom, Level: named.Level, rank: e.rank, Wrappers: e.Wrappers, NWrappers: e.NWrappers, ServiceFrom: named.ServiceFrom,
		Namespace: cutName(named.Namespace), Service: cutName(named.Service), Pod: cutName(named.Pod),
	}
	if d.mapping != nil { // what is mapped yields to nothing in the line
		for _, n := range [...]struct {
			was, is []byte
			rank    *uint8
		}{{e.Namespace, named.Namespace, &b.rank.namespace}, {e.Service, named.Service, &b.rank.service}, {e.Pod, named.Pod, &b.rank.pod}} {
			if !bytes.Equal(n.was, n.is) {
				*n.rank = 255
			}
		}
	}
	if b.TimeFrom == TimeNone && stored > 0 {
		b.Time, b.TimeFrom = stored*1e6, TimeWrapper
	}
	return b
}

func cutName(name []byte) []byte {
	if len(name) == 0 {
		return nil
	}
	name = redact.Append(nil, name)
	return name[:min(len(name), maxCutName)]
}
