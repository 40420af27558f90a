package logline

import (
	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// inside reads the string at b[i] of key k in o, which may contain a context object, and
// returns the index after it, at least len(b) if it does not end. Azure, for example,
// writes the object of its properties into a string.
func (d *Decoder) inside(b []byte, i int, k *key, o *object, e *Entry) int {
	end, escaped := jsontext.StringEnd(b, i)
	behind := end + 1
	if end < 0 {
		d.cutOff()
		end, behind, escaped = len(b), len(b), true
	}
	v := value{b[i:end], kindString, escaped}
	isObject := i < end && b[i] == '{' && k.leadsInto(o)
	if !isObject || d.isMapped(&k.meaning) {
		d.set(&k.meaning, v, e)
	}
	if isObject {
		// What follows the string may still be needed, so nothing in it settles the line.
		all, fault := d.missing&lexicon.NeedAll, d.fault
		d.missing |= lexicon.NeedAll
		d.object(d.text(v), 1, k.child, e)
		if d.fault = fault; all == 0 && !d.mayRefuse(e.Status) {
			d.missing &^= lexicon.NeedAll
		}
	}
	return behind
}

// isMapped reports whether a mapping wants the value of a key.
func (d *Decoder) isMapped(m *lexicon.Meaning) bool {
	return m.Tap != 0 && (d.trace == nil || d.trace.keys[m.Tap&^keyBit].mapped != 0)
}
