package logline

import "github.com/authspike/authspike/pipeline/logline/jsontext"

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

// attribute reads one pair: the first string behind "key", and the scalar behind
// "value", bare or in an object that names its type.
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
