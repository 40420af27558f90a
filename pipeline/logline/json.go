package logline

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
	d.object(line, i, d.layouts.root, e, 0)
	if d.fault != "" {
		e.Err = d.fault
	}
	d.end(e, "json")
	return true
}

// object reads the members of the object o whose first member, or end, is at or
// behind b[i], and returns the index behind the object. Where the object does not
// end, it sets d.fault and returns len(b); where the rest need not be read, it
// returns len(b) too.
func (d *Decoder) object(b []byte, i int, o *object, e *Entry, nest int) int {
	guesses, last := o.first, (*key)(nil)
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
		k := guess(guesses, b, i)
		if k == nil {
			if k, i = d.newMember(b, i, o, last); k == nil {
				return len(b)
			}
		} else {
			i += len(k.literal)
		}
		guesses, last = k.next, k
		if i < len(b) && b[i] <= ' ' {
			i = skipSpace(b, i)
		}
		if i < len(b) && b[i] == '"' {
			end, escaped := stringEnd(b, i+1)
			if end < 0 {
				d.fault = ErrTruncated
				end = len(b)
			}
			if k.meaning.field != fieldNone && (d.fault == "" || k.meaning.field.isText()) {
				d.set(&k.meaning, value{b[i+1 : end], kindString, escaped}, e)
			}
			i = end + 1
		} else {
			i = d.member(b, i, k, e, nest)
		}
		if i >= len(b) {
			if d.missing != 0 && d.fault == "" {
				d.fault = ErrTruncated
			}
			return len(b)
		}
		if d.missing&^needNamespace == 0 && d.isSettled(b[i:], o) {
			d.missing = 0
			return len(b)
		}
	}
}

// newMember reads the key at b[i] that was not guessed, and returns it with the
// index of its value; nil where there is none, with d.fault set.
func (d *Decoder) newMember(b []byte, i int, o *object, last *key) (*key, int) {
	end, _ := stringEnd(b, i+1)
	if end < 0 {
		d.fault = ErrTruncated
		return nil, i
	}
	j := skipSpace(b, end+1)
	if j >= len(b) {
		d.fault = ErrTruncated
		return nil, i
	}
	if b[j] != ':' {
		d.fault = ErrInvalid
		return nil, i
	}
	j = skipSpace(b, j+1)
	if j >= len(b) {
		d.fault = ErrTruncated
		return nil, i
	}
	return d.layouts.learn(o, last, b[i:j]), j
}

// member reads the value at b[i] of key k, which is no string, and returns the
// index behind it, at least len(b) where it does not end.
func (d *Decoder) member(b []byte, i int, k *key, e *Entry, nest int) int {
	if i >= len(b) {
		return i
	}
	var end int
	switch b[i] {
	case '{':
		if k.child != nil && nest < maxNest {
			d.layer.marks |= k.meaning.mark
			return d.object(b, i+1, k.child, e, nest+1)
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
