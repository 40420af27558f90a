package lexicon

import (
	"bytes"
	"strings"
)

// A Scope is the place of keys in a line: the object around them.
type Scope struct {
	path  string // folded keys from the line's root, each with a dot behind: "http.response."
	bare  string // the same without contexts
	said  string // bare, as the line writes it
	shown string // path, as the line writes it
	tier  uint8
	// InNamespace says that the path names a namespace.
	InNamespace bool
	around      string // what stands before the paths that a mapping knows these keys by
}

// Root returns the scope of a line's own keys. In mappings, their paths begin with
// around.
func Root(around string) Scope { return Scope{tier: TierLine, around: around} }

// LookUp returns the meaning of the key called name in o, and the scope of its value in
// case that is an object; ok says that either matters.
func (t *Table) LookUp(o *Scope, name []byte) (m Meaning, inner Scope, ok bool) {
	if o.path == "" && len(name) > 1 && name[0] == '$' {
		name = name[1:] // a variable of a server, by whose name the value is called
	}
	t.buf = Fold(append(t.buf[:0], o.path...), name)
	folded := string(t.buf[len(o.path):])
	m, known := t.meanings[o.path+folded]
	at := uint8(TierLine)
	if !known && o.bare != o.path {
		m, at = t.meanings[o.bare+folded], o.tier
	}
	if first, rest, dotted := strings.Cut(folded, "."); dotted && m == (Meaning{}) && o.path == "" {
		if tier, ok := contexts[first]; ok { // as if the object were nested
			m, at = t.meanings[rest], tier
		}
	}
	said := o.said + string(name)
	if m.Field == None && m.Mark == 0 {
		if w, ok := wordMeaning(said); ok {
			m, at = w, o.tier
		}
	}
	if m.Field == Namespace && !o.InNamespace && !bytes.Contains(name, NamespaceWord) {
		m = Meaning{} // a spelling that isSettled does not look for
	}
	if m.Field != None {
		m.Rank = m.Field.rankAt(m.Rank, at)
		m.Settles = m.Field.settledBy(m.Rank)
	}
	if t.taps != nil {
		if m.Tap = t.taps[o.around+o.path+folded]; m.Tap != 0 && m.Field == None {
			m.Field = Tapped
		}
	}
	if t.OnKey != nil {
		t.OnKey(o.around+o.shown+string(name), &m)
	}
	if m.Mark == markSplunk && len(name) == len("source_type") {
		m.Mark = markVector
	}
	tier, bare := o.tier, o.bare+folded+"."
	if ctx, ok := contexts[folded]; ok && o.bare == "" {
		bare, said = "", ""
		if ctx == TierContext && (m.Field == None || m.Field == Tapped) {
			m.Field = Inside
		}
		if ctx == TierContext || o.tier == TierContext {
			tier = TierContext
		} else {
			tier = ctx
		}
	}
	path := o.path + folded + "."
	if said += "."; bare == "" {
		said = ""
	} else if !t.prefixes[bare] && !t.prefixes[path] && !wordObject(said) {
		return m, Scope{}, false
	}
	within := o.InNamespace || bytes.Contains(name, NamespaceWord)
	if t.OnObject != nil {
		t.OnObject(m.Tap)
	}
	shown := o.shown + string(name) + "."
	return m, Scope{path: path, bare: bare, said: said, shown: shown, tier: tier, InNamespace: within}, true
}

// rankAt returns the rank that a value of rank r has in an object of a tier.
func (f Field) rankAt(r Rank, tier uint8) Rank {
	if f < NumLayered {
		return r + Rank(tier)*64
	}
	if tier == TierContext {
		return r + 2
	}
	return r
}
