package logline

import (
	"encoding/binary"
	"math"
)

// maxNest bounds how deep objects are looked into; deeper ones are skipped.
const maxNest = 24

// readJSON reads line, which begins with a brace, into e. It returns false where
// line is no JSON object at all. A line that breaks off or turns out to be
// something else later gives what was read, and sets e.Err.
func (d *Decoder) readJSON(line []byte, e *Entry) bool {
	i := skipSpace(line, 1)
	if i < len(line) && line[i] != '"' && line[i] != '}' {
		return false
	}
	if d.layouts.keys > maxKeys {
		d.layouts.init(d.layouts.table)
	}
	d.begin(e)
	d.fault = ""
	i = d.object(line, i, d.layouts.root, e, 0)
	if d.fault != "" {
		e.Err = d.fault
	} else if e.NWrappers == 0 && i < len(line) && (line[i] == '\n' || line[i] == '\r') {
		if i = skipSpace(line, i); line[i] == '{' {
			d.rest = line[i:]
		}
	}
	d.end(e, "json")
	return true
}

// object reads the members of the object o whose first member, or end, is at or
// behind b[i], and returns the index behind the object. Where the object does not
// end, it sets d.fault and returns len(b); where the rest need not be read, it
// returns len(b) too.
func (d *Decoder) object(b []byte, i int, o *object, e *Entry, nest int) int {
	last, guesses, then := (*key)(nil), &o.first, &o.then
	var forgotten key
	for {
		if i < len(b) && b[i] == ',' {
			i++
		}
		if i < len(b) && b[i] != '"' {
			if i = skipSpace(b, i); i < len(b) {
				switch b[i] {
				case '"':
				case '}':
					return i + 1
				case ',':
					continue
				default:
					d.fault = ErrInvalid
					return len(b)
				}
			}
		}
		if i >= len(b) {
			d.fault = ErrTruncated
			return len(b)
		}
		k, p := *then, b[i:]
		if k == nil || len(p) < 16 || binary.LittleEndian.Uint64(p)&k.mask != k.word || binary.LittleEndian.Uint64(p[8:])&k.mask2 != k.word2 || !k.ends(p) {
			k = guess(*guesses, p)
			if k == nil {
				if k = d.newMember(b, i, o, last); k == nil {
					return len(b)
				}
			}
			if k != &void {
				*then = k
			}
		}
		i += len(k.literal)
		last, guesses, then = k, &k.next, &k.then
		if k == &void { // not remembered: it has no literal and no followers
			i, forgotten = d.valueAt(b, i), key{}
			last, guesses, then = nil, &forgotten.next, &forgotten.then
		}
		if i < len(b) && b[i] == '"' {
			if k.meaning.field == fieldMessage && i+2 < len(b) && b[i+1] == '{' && b[i+2] == '\\' {
				i = d.objectInString(b, i+1, k, e)
				continue
			}
			end, escaped := shortStringEnd(b, i+1)
			if end < 0 {
				if end, escaped = stringEnd(b, i+1); end < 0 {
					return d.brokenString(b[i+1:], k, e)
				}
			}
			if k.meaning.field != fieldNone {
				d.set(&k.meaning, value{b[i+1 : end], kindString, escaped}, e)
			}
			i = end + 1
		} else if i = d.member(b, i, k, e, nest); i >= len(b) {
			if d.missing != 0 && d.fault == "" {
				d.fault = ErrTruncated
			}
			return len(b)
		}
		if k.meaning.settles != 0 && d.missing&^needNamespace == 0 && d.isSettled(b[i:], o) {
			d.missing = 0
			return len(b)
		}
	}
}

// objectInString takes a message that is an object in a string, whose first byte
// is b[i], and returns the index behind it.
func (d *Decoder) objectInString(b []byte, i int, k *key, e *Entry) int {
	text, n := d.unescapeString(b[i:])
	d.set(&k.meaning, value{text, kindString, false}, e)
	return i + n + 1
}

// brokenString takes the beginning of a string that does not end, where a
// beginning is of use, and returns an index behind the line's end.
func (d *Decoder) brokenString(raw []byte, k *key, e *Entry) int {
	d.fault = ErrTruncated
	if k.meaning.field.isText() {
		d.set(&k.meaning, value{raw, kindString, true}, e)
	}
	return math.MaxInt
}

// newMember returns the key at b[i] that was not guessed; nil where there is none,
// with d.fault set.
func (d *Decoder) newMember(b []byte, i int, o *object, last *key) *key {
	j := d.valueAt(b, i)
	if j >= len(b) {
		if d.fault == "" {
			d.fault = ErrTruncated
		}
		return nil
	}
	return d.layouts.learn(o, last, b[i:j])
}

// valueAt returns the index of the value whose key begins at b[i], len(b) where
// there is none.
func (d *Decoder) valueAt(b []byte, i int) int {
	end, _ := stringEnd(b, i+1)
	if end < 0 {
		return len(b)
	}
	j := skipSpace(b, end+1)
	if j < len(b) && b[j] != ':' {
		d.fault = ErrInvalid
		return len(b)
	}
	return skipSpace(b, min(j+1, len(b)))
}

// member reads the value at b[i] of key k, which is no string, and returns the
// index behind it, at least len(b) where it does not end.
func (d *Decoder) member(b []byte, i int, k *key, e *Entry, nest int) int {
	if i = skipSpace(b, i); i >= len(b) {
		return i
	}
	var end int
	switch b[i] {
	case '"': // the literal that was guessed is one with less white space
		stop, escaped := stringEnd(b, i+1)
		if stop < 0 {
			return d.brokenString(b[i+1:], k, e)
		}
		if k.meaning.field != fieldNone {
			d.set(&k.meaning, value{b[i+1 : stop], kindString, escaped}, e)
		}
		end = stop + 1
	case '{':
		if k.child != nil && nest < maxNest {
			d.layer.marks |= k.meaning.mark
			return d.object(b, i+1, k.child, e, nest+1) // len(b) where all is settled
		}
		end = nestedEnd(b, i)
	case '[':
		end = nestedEnd(b, i)
		if k.meaning.field != fieldNone {
			stop := end
			if stop < 0 {
				stop = len(b)
			}
			d.set(&k.meaning, value{b[i:stop], kindArray, false}, e)
		}
	default:
		if end = scalarEnd(b, i); end == i {
			d.fault = ErrInvalid
			return len(b)
		}
		if k.meaning.field != fieldNone && end < len(b) {
			d.set(&k.meaning, value{b[i:end], kindScalar, false}, e)
		}
	}
	if end < 0 {
		d.fault = ErrTruncated
		return len(b)
	}
	return end
}
