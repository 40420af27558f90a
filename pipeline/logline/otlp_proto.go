package logline

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// OTLP in protobuf: ExportLogsServiceRequest{resource_logs=1: ResourceLogs{
// resource=1: {attributes=1}, scope_logs=2: {log_records=2: LogRecord}}}.

// protoField is one field of a protobuf message: bytes for wire type 2, the
// number for the others.
type protoField struct {
	num, wire int
	bytes     []byte
	number    uint64
}

// protoNext takes the first field off b.
func protoNext(b []byte) (f protoField, rest []byte, ok bool) {
	tag, n := binary.Uvarint(b)
	if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<16 {
		return f, nil, false
	}
	f.num, f.wire, b = int(tag>>3), int(tag&7), b[n:]
	switch f.wire {
	case 0:
		if f.number, n = binary.Uvarint(b); n <= 0 {
			return f, nil, false
		}
		return f, b[n:], true
	case 1:
		if len(b) < 8 {
			return f, nil, false
		}
		f.number = binary.LittleEndian.Uint64(b)
		return f, b[8:], true
	case 2:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return f, nil, false
		}
		f.bytes = b[n : n+int(size)]
		return f, b[n+int(size):], true
	case 5:
		if len(b) < 4 {
			return f, nil, false
		}
		return f, b[4:], true
	}
	return f, nil, false
}

// protoIs reports whether b is a message whose fields have numbers up to last and
// are messages or strings.
func protoIs(b []byte, last int) bool {
	for len(b) > 0 {
		f, rest, ok := protoNext(b)
		if !ok || f.wire != 2 || f.num > last {
			return false
		}
		b = rest
	}
	return true
}

// readOTLP reads a record that is a request of the OTLP logs exporter. It returns
// false, and has done nothing, where the record is something else.
func (d *Decoder) readOTLP(record []byte) bool {
	if record[0] != 1<<3|2 || !protoIs(record, 1) {
		return false
	}
	for b := record; len(b) > 0; {
		f, rest, _ := protoNext(b)
		if !protoIs(f.bytes, 3) {
			return false
		}
		b = rest
	}
	start := len(d.out)
	for b := record; len(b) > 0; {
		f, rest, _ := protoNext(b)
		d.protoResource(f.bytes)
		b = rest
	}
	if len(d.out) == start {
		d.out = append(d.out, Entry{Err: ErrEmpty})
	}
	return true
}

// protoResource reads a ResourceLogs message.
func (d *Decoder) protoResource(b []byte) {
	at := len(d.out)
	d.out = append(d.out, Entry{})
	base := &d.out[at]
	if d.mapping != nil {
		d.taps.clear()
	}
	d.begin(base)
	for rest := b; len(rest) > 0; {
		var f protoField
		f, rest, _ = protoNext(rest)
		if f.num == 1 {
			d.protoAttributes(f.bytes, 1, d.layouts.resource, base)
		}
	}
	if d.mapping != nil {
		d.taps.save()
		defer d.taps.drop()
	}
	resource := *base
	d.out = d.out[:at]
	for rest := b; len(rest) > 0; {
		var f protoField
		if f, rest, _ = protoNext(rest); f.num == 2 {
			d.protoScope(f.bytes, &resource)
		}
	}
}

// protoScope reads a ScopeLogs message.
func (d *Decoder) protoScope(b []byte, resource *Entry) {
	for len(b) > 0 {
		f, rest, ok := protoNext(b)
		if !ok {
			return
		}
		if f.num == 2 && f.wire == 2 {
			if len(d.out) >= d.limit {
				d.out[len(d.out)-1].Err = ErrTooMany
				return
			}
			d.protoRecord(f.bytes, resource)
		}
		b = rest
	}
}

// protoRecord reads a LogRecord message.
func (d *Decoder) protoRecord(b []byte, resource *Entry) {
	d.expanded = false
	d.start()
	at := len(d.out)
	d.out = append(d.out, *resource)
	e := &d.out[at]
	d.begin(e)
	d.layer.marks |= lexicon.MarkOTLP
	d.protoAttributes(b, 6, d.layouts.pairs, e)
	for len(b) > 0 {
		f, rest, ok := protoNext(b)
		if !ok {
			e.Err = ErrTruncated
			break
		}
		switch {
		case (f.num == 1 || f.num == 11) && f.wire == 1:
			if m := (lexicon.Meaning{Field: lexicon.Time, Rank: lexicon.Rank(64 + f.num)}); f.number > 0 && f.number < math.MaxInt64 && d.layer.beats(lexicon.Time, m.Rank) {
				e.setTime(int64(f.number))
				d.layer.note(lexicon.Time, m.Rank)
			}
		case f.num == 2 && f.wire == 0:
			d.set(&lexicon.Meaning{Field: lexicon.Severity, Rank: 64 + 20}, d.decimal(f.number), e)
		case f.num == 3 && f.wire == 2:
			d.set(&lexicon.Meaning{Field: lexicon.Level, Rank: 64}, value{f.bytes, kindString, false}, e)
		case f.num == 5 && f.wire == 2:
			d.protoBody(f.bytes, e)
		}
		b = rest
	}
	d.end(e, "otlp")
	d.done(at)
}

// protoBody reads the body of a record: text, or a map whose members mean what
// they mean in a JSON line.
func (d *Decoder) protoBody(b []byte, e *Entry) {
	f, _, ok := protoNext(b)
	switch {
	case !ok:
	case f.num == 1 && f.wire == 2:
		d.set(&lexicon.Meaning{Field: lexicon.Message, Rank: 64}, value{f.bytes, kindString, false}, e)
	case f.num == 6 && f.wire == 2:
		d.protoAttributes(f.bytes, 1, d.layouts.pairs, e)
	}
}

// protoAttributes reads the KeyValue messages that are fields num of b.
func (d *Decoder) protoAttributes(b []byte, num int, pairs *object, e *Entry) {
	for len(b) > 0 {
		f, rest, ok := protoNext(b)
		if !ok {
			return
		}
		b = rest
		if f.num != num || f.wire != 2 {
			continue
		}
		key, tail, ok := protoNext(f.bytes)
		if !ok || key.num != 1 || key.wire != 2 {
			continue
		}
		if val, _, ok := protoNext(tail); ok && val.num == 2 && val.wire == 2 {
			d.protoValue(pairs, key.bytes, val.bytes, e)
		}
	}
}

// protoValue takes one attribute with its AnyValue message.
func (d *Decoder) protoValue(pairs *object, key, b []byte, e *Entry) {
	f, _, ok := protoNext(b)
	switch {
	case !ok:
	case f.num == 1 && f.wire == 2:
		d.pairValue(pairs, key, value{f.bytes, kindString, false}, e)
	case f.num == 3 && f.wire == 0:
		d.pairValue(pairs, key, d.decimal(f.number), e)
	}
}

// decimal returns a number as it would stand in a line.
func (d *Decoder) decimal(n uint64) value {
	start := len(d.scratch)
	d.scratch = strconv.AppendInt(d.scratch, int64(n), 10)
	return value{d.scratch[start:len(d.scratch):len(d.scratch)], kindScalar, false}
}
