package logline

import (
	"math"
	"strconv"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/protobuf"
)

// OTLP in protobuf: ExportLogsServiceRequest{resource_logs=1: ResourceLogs{
// resource=1: {attributes=1}, scope_logs=2: {log_records=2: LogRecord}}}.

// readOTLP reads a record that is a request of the OTLP logs exporter. It returns false,
// without having done anything, if the record is something else.
func (d *Decoder) readOTLP(record []byte) bool {
	if record[0] != 1<<3|2 || !protobuf.Holds(record, 1) {
		return false
	}
	for b := record; len(b) > 0; {
		f, rest, _ := protobuf.Next(b)
		if !protobuf.Holds(f.Bytes, 3) {
			return false
		}
		b = rest
	}
	start := len(d.out)
	for b := record; len(b) > 0; {
		f, rest, _ := protobuf.Next(b)
		d.protoResource(f.Bytes)
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
		var f protobuf.Field
		f, rest, _ = protobuf.Next(rest)
		if f.Num == 1 {
			d.protoAttributes(f.Bytes, 1, d.layouts.resource, base)
		}
	}
	if d.mapping != nil {
		d.taps.save()
		defer d.taps.drop()
	}
	resource := *base
	d.out = d.out[:at]
	for rest := b; len(rest) > 0; {
		var f protobuf.Field
		if f, rest, _ = protobuf.Next(rest); f.Num == 2 {
			d.protoScope(f.Bytes, &resource)
		}
	}
}

// protoScope reads a ScopeLogs message.
func (d *Decoder) protoScope(b []byte, resource *Entry) {
	for len(b) > 0 {
		f, rest, ok := protobuf.Next(b)
		if !ok {
			return
		}
		if f.Num == 2 && f.Wire == 2 {
			if len(d.out) >= d.limit {
				d.out[len(d.out)-1].Err = ErrTooMany
				return
			}
			d.protoRecord(f.Bytes, resource)
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
		f, rest, ok := protobuf.Next(b)
		if !ok {
			e.Err = ErrTruncated
			break
		}
		switch {
		case (f.Num == 1 || f.Num == 11) && f.Wire == 1:
			if m := (lexicon.Meaning{Field: lexicon.Time, Rank: lexicon.Rank(64 + f.Num)}); f.Number > 0 && f.Number < math.MaxInt64 && d.layer.beats(lexicon.Time, m.Rank) {
				e.setTime(int64(f.Number))
				d.layer.note(lexicon.Time, m.Rank)
			}
		case f.Num == 2 && f.Wire == 0:
			d.set(&lexicon.Meaning{Field: lexicon.Severity, Rank: 64 + 20}, d.decimal(f.Number), e)
		case f.Num == 3 && f.Wire == 2:
			d.set(&lexicon.Meaning{Field: lexicon.Level, Rank: 64}, value{f.Bytes, kindString, false}, e)
		case f.Num == 5 && f.Wire == 2:
			d.protoBody(f.Bytes, e)
		}
		b = rest
	}
	d.end(e, "otlp")
	d.done(at)
}

// protoBody reads the body of a record: text, or a map whose members mean what they mean
// in a JSON line.
func (d *Decoder) protoBody(b []byte, e *Entry) {
	f, _, ok := protobuf.Next(b)
	switch {
	case !ok:
	case f.Num == 1 && f.Wire == 2:
		d.set(&lexicon.Meaning{Field: lexicon.Message, Rank: 64}, value{f.Bytes, kindString, false}, e)
	case f.Num == 6 && f.Wire == 2:
		d.protoAttributes(f.Bytes, 1, d.layouts.pairs, e)
	}
}

// protoAttributes reads the KeyValue messages that are fields num of b.
func (d *Decoder) protoAttributes(b []byte, num int, pairs *object, e *Entry) {
	for len(b) > 0 {
		f, rest, ok := protobuf.Next(b)
		if !ok {
			return
		}
		b = rest
		if f.Num != num || f.Wire != 2 {
			continue
		}
		key, tail, ok := protobuf.Next(f.Bytes)
		if !ok || key.Num != 1 || key.Wire != 2 {
			continue
		}
		if val, _, ok := protobuf.Next(tail); ok && val.Num == 2 && val.Wire == 2 {
			d.protoValue(pairs, key.Bytes, val.Bytes, e)
		}
	}
}

// protoValue handles one attribute with its AnyValue message.
func (d *Decoder) protoValue(pairs *object, key, b []byte, e *Entry) {
	f, _, ok := protobuf.Next(b)
	switch {
	case !ok:
	case f.Num == 1 && f.Wire == 2:
		d.pairValue(pairs, key, value{f.Bytes, kindString, false}, e)
	case f.Num == 3 && f.Wire == 0:
		d.pairValue(pairs, key, d.decimal(f.Number), e)
	}
}

// decimal returns a number as it would appear in a line.
func (d *Decoder) decimal(n uint64) value {
	start := len(d.scratch)
	d.scratch = strconv.AppendInt(d.scratch, int64(n), 10)
	return value{d.scratch[start:len(d.scratch):len(d.scratch)], kindScalar, false}
}

// attributes reads an array of {"key":..., "value":...} objects as OpenTelemetry
// writes them, of a line or of a resource: each pair means what it would mean as a
// member of the line.
func (d *Decoder) attributes(raw []byte, resource bool, e *Entry) {
	pairs := d.layouts.pairs
	if resource {
		pairs = d.layouts.resource
	}
	for i := 1; i < len(raw); {
		if raw[i] != '{' {
			i++
			continue
		}
		end := jsontext.NestedEnd(raw, i)
		if end < 0 {
			return
		}
		d.attribute(raw[i:end], pairs, e)
		i = end
	}
}

// attribute reads one pair: the first string after "key", and the scalar after "value",
// bare or in an object that names its type.
func (d *Decoder) attribute(raw []byte, pairs *object, e *Entry) {
	var key []byte
	var val value
	for i := 1; i < len(raw); {
		if raw[i] != '"' {
			i++
			continue
		}
		end, _ := jsontext.StringEnd(raw, i+1)
		if end < 0 {
			return
		}
		name := raw[i+1 : end]
		i = jsontext.SkipSpace(raw, end+1)
		if i >= len(raw) || raw[i] != ':' {
			return
		}
		if i = jsontext.SkipSpace(raw, i+1); i < len(raw) && raw[i] == '{' {
			i++ // {"stringValue": ...}: its one member is read next
			continue
		}
		end = jsontext.ValueEnd(raw, i)
		if end <= i {
			return
		}
		if string(name) == "key" && key == nil {
			if key = raw[i:end]; key[0] == '"' {
				key = key[1 : len(key)-1]
			}
		} else {
			val = valueOf(raw[i:end])
		}
		i = end
	}
	if len(key) > 0 && len(val.raw) > 0 {
		d.pairValue(pairs, key, val, e)
	}
}

// valueOf returns the value that raw, one whole JSON value, is.
func valueOf(raw []byte) value {
	switch raw[0] {
	case '"':
		_, escaped := jsontext.StringEnd(raw, 1)
		return value{raw[1 : len(raw)-1], kindString, escaped}
	case '[', '{':
		return value{raw, kindArray, false}
	}
	return value{raw, kindScalar, false}
}
