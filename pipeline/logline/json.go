package logline

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// maxNest bounds how deep objects are looked into; deeper ones are skipped.
const maxNest = 24

// readJSON reads line, which begins with a brace, into e. It returns false if line is not
// a JSON object at all. For a line that breaks off, or turns out to be something else
// later, it keeps what was read and sets e.Err.
func (d *Decoder) readJSON(line []byte, e *Entry) bool {
	i := jsontext.SkipSpace(line, 1)
	if i < len(line) && line[i] != '"' && line[i] != '}' {
		return false
	}
	d.begin(e)
	d.fault, d.json = "", line
	i = d.members(line, i, e)
	d.json = line[:min(i, len(line))] // what follows is another event
	if d.fault == ErrInvalid && isRubyHash(line) {
		return false
	}
	if d.fault != "" {
		e.Err = d.fault
	} else if e.NWrappers == 0 {
		if i = jsontext.SkipSpace(line, i); i < len(line) && line[i] == '{' {
			d.rest = line[i:]
		}
	}
	d.end(e, "json")
	return true
}

// isRubyHash reports whether line is a Ruby hash rather than an object: its first key and
// value are not separated by a colon. Nothing of it has been read as an object.
func isRubyHash(line []byte) bool {
	i := jsontext.SkipSpace(line, 1)
	if i >= len(line) || line[i] != '"' {
		return false
	}
	end, _ := jsontext.StringEnd(line, i+1)
	return end > 0 && bytes.HasPrefix(line[jsontext.SkipSpace(line, end+1):], hashRocket)
}

// members reads the members of the line's object, the first of which, or the end, is at
// b[i], and returns the index after the object. As far as the layout is known it takes
// the fast path, and learns the rest.
func (d *Decoder) members(b []byte, i int, e *Entry) int {
	l := &d.layouts
	l.left.place, l.strayed.place = nil, nil
	if d.trace != nil {
		return d.object(b, i, l.root, e)
	}
	end, at := d.walk(b, i, e)
	if q := l.strayed.place; q != nil {
		l.learn(b, l.strayed.at, q.parent, nil)
	}
	switch {
	case at == nil:
	case at.op != opEnd:
		from := end
		if end = d.resume(b, from, at.in, e); d.fault == "" {
			l.learn(b, from, at, nil)
		}
	case at.trial > 0:
		l.compile(b, i, &l.plain, at)
	}
	return end
}

// object reads the members of the object o whose first member, or end, is at or after
// b[i], and returns the index after the object. If the object does not end, it sets
// d.fault and returns len(b); if the rest need not be read, it returns len(b) too.
func (d *Decoder) object(b []byte, i int, o *object, e *Entry) int {
	last, guesses, then := (*key)(nil), &o.first, &o.then
	var none struct {
		guesses []follower
		then    *key
	}
	for {
		if i > len(b) {
			i = len(b)
		}
		k, p := *then, b[i:]
		if k == nil || len(p) < 16 || binary.LittleEndian.Uint64(p)&k.mask != k.word || binary.LittleEndian.Uint64(p[8:])&k.mask2 != k.word2 || !k.ends(p) {
			if k = guess(*guesses, p); k == nil {
				start, done := d.nextMember(b, i)
				if done {
					if start == len(b) && d.fault == ErrInvalid {
						if j := jsontext.LooseScalarEnd(b, i); j > i {
							d.looseStamp(b, i, j, o, e)
							i = j
							continue
						}
					}
					return start
				}
				if k = d.newMember(b, i, start, o, last); k == nil {
					return len(b)
				}
				if k == &void { // not remembered: it has no literal and no followers
					none.guesses, none.then = nil, nil
					last, guesses, then = nil, &none.guesses, &none.then
					i = jsontext.ValueAt(b, start)
					if i = d.member(b, i, k, o, e); i >= len(b) {
						return d.broken(b)
					}
					continue
				}
			}
			if len(k.literal) <= maxLiteral {
				*then = k
			}
		}
		i += len(k.literal)
		last, guesses, then = k, &k.next, &k.then
		if k.isString {
			if k.meaning.Field == lexicon.Message && i+1 < len(b) && b[i] == '{' && b[i+1] == '\\' {
				i = d.objectInString(b, i, &k.meaning, e)
				continue
			}
			if k.meaning.Field == lexicon.Inside {
				if i = d.inside(b, i, k, o, e); i >= len(b) {
					return d.broken(b)
				}
				continue
			}
			end, escaped := jsontext.ShortStringEnd(b, i), false
			if end < 0 {
				if end, escaped = jsontext.StringEnd(b, i); end < 0 {
					return d.brokenString(b[i:], k, e)
				}
			}
			if k.meaning.Field != lexicon.None {
				d.set(&k.meaning, value{b[i:end], kindString, escaped}, e)
			}
			i = end + 1
		} else if i = d.member(b, i, k, o, e); i >= len(b) {
			return d.broken(b)
		}
		if k.meaning.Settles != 0 && d.missing&^lexicon.NeedNamespace == 0 && d.isSettled(b[i:], o.InNamespace) {
			d.missing = 0
			return len(b)
		}
	}
}

// looseStamp sets the unquoted stamp that ends at b[end], which has been read up to b[i]
// as a number.
func (d *Decoder) looseStamp(b []byte, i, end int, o *object, e *Entry) {
	quote := bytes.LastIndexByte(b[:i], '"')
	if quote < 0 || quote+1 >= i || b[quote+1] != ':' {
		return
	}
	name, start := bytes.LastIndexByte(b[:quote], '"'), jsontext.SkipSpace(b, quote+2)
	if name < 0 || start >= i {
		return
	}
	if k := d.layouts.key(o, b[name:start], 0); k.meaning.Field == lexicon.Time {
		d.set(&k.meaning, value{b[start:end], kindString, false}, e)
	}
}

// nextMember returns the index of the next member's key, after the separator at b[i];
// done says that there is none, and that the index is what object returns.
func (d *Decoder) nextMember(b []byte, i int) (start int, done bool) {
	for i = jsontext.SkipSpace(b, i); i < len(b) && b[i] == ','; {
		i = jsontext.SkipSpace(b, i+1)
	}
	switch {
	case i >= len(b):
		d.cutOff()
		return len(b), true
	case b[i] == '"':
		return i, false
	case b[i] == '}':
		return i + 1, true
	}
	d.fault = ErrInvalid
	return len(b), true
}

// broken returns the end of a line that ends within an object, and records that fault
// unless everything has been settled.
func (d *Decoder) broken(b []byte) int {
	if d.missing != 0 {
		d.cutOff()
	}
	return len(b)
}

// cutOff records that the line ends within its object, unless it has a fault already.
func (d *Decoder) cutOff() {
	if d.fault == "" {
		d.fault = ErrTruncated
	}
}

// brokenString sets the beginning of a string that does not end, if a beginning is useful,
// and returns an index after the line's end.
func (d *Decoder) brokenString(raw []byte, k *key, e *Entry) int {
	d.cutOff()
	if k.meaning.Field.IsText() {
		d.set(&k.meaning, value{raw, kindString, true}, e)
	}
	return math.MaxInt
}

// newMember returns the key at b[start] that was not guessed, whose literal begins at
// b[i] with the separator after the previous member; nil, with d.fault set, if there is
// none.
func (d *Decoder) newMember(b []byte, i, start int, o *object, last *key) *key {
	end := jsontext.ValueAt(b, start)
	switch {
	case end < 0:
		d.fault = ErrInvalid
		return nil
	case end >= len(b):
		d.cutOff()
		return nil
	}
	if b[end] == '"' {
		end++
	}
	return d.layouts.remember(o, last, b[i:end], start-i)
}

// member reads the value at b[i] of key k, which is not a string, and returns the index
// after it, at least len(b) if it does not end.
func (d *Decoder) member(b []byte, i int, k *key, o *object, e *Entry) int {
	if i = jsontext.SkipSpace(b, i); i >= len(b) {
		return i
	}
	var end int
	switch b[i] {
	case '"': // other white space than where the key was learned, or another kind of value
		if k.meaning.Field == lexicon.Inside {
			return d.inside(b, i+1, k, o, e)
		}
		stop, escaped := jsontext.StringEnd(b, i+1)
		if stop < 0 {
			return d.brokenString(b[i+1:], k, e)
		}
		if k.meaning.Field != lexicon.None {
			d.set(&k.meaning, value{b[i+1 : stop], kindString, escaped}, e)
		}
		end = stop + 1
	case '{':
		if k.child != nil && o.depth < maxNest {
			d.layer.marks |= k.meaning.Mark
			return d.object(b, i+1, k.child, e) // len(b) where all is settled
		}
		end = jsontext.NestedEnd(b, i)
	case '[':
		end = jsontext.NestedEnd(b, i)
		if k.meaning.Field != lexicon.None {
			stop := end
			if stop < 0 {
				stop = len(b)
			}
			d.set(&k.meaning, value{b[i:stop], kindArray, false}, e)
		}
	default:
		if end = jsontext.ScalarEnd(b, i); end == i {
			if d.fault = ErrInvalid; b[i] == ']' {
				return len(b)
			}
			return i // no value at all
		}
		if k.meaning.Field != lexicon.None && end < len(b) {
			d.set(&k.meaning, value{b[i:end], kindScalar, false}, e)
		}
	}
	if end < 0 {
		d.cutOff()
		return len(b)
	}
	return end
}
