package logline

import (
	"bytes"
	"encoding/binary"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// An object is what the decoder knows about the JSON objects at one path: the keys met
// there, and which one tends to come first. It only holds knowledge about layouts; what a
// record says never depends on it.
type object struct {
	lexicon.Scope
	parent *object         // around it, nil for the line's
	depth  int             // of parents
	keys   map[string]*key // by literal
	then   *key            // what came first last
	first  []follower
}

// A key is one key as one logger writes it at one path, with the keys that tend
// to follow it. Lines whose layout is new, or that leave it, are read by guessing the
// next key and comparing its literal with the bytes at hand: no hash and no look-up.
// Layouts that were met before are read by places, which are faster still.
type key struct {
	word, mask   uint64 // the literal's first eight bytes
	word2, mask2 uint64 // the next eight
	then         *key   // what followed last
	meaning      lexicon.Meaning
	isString     bool    // the literal ends with the quote of a string
	literal      string  // from the value before to the value: `,"level":"`, with the logger's own white space
	child        *object // where the value may be an object that matters, nil otherwise
	next         []follower
}

const (
	maxGuesses = 24   // followers remembered per key
	maxUnknown = 1024 // keys without meaning remembered per object
	maxLiteral = 256  // longer keys are not remembered
	maxKeys    = 8192 // keys remembered in all, then the decoder forgets and learns anew
)

// layouts is what a decoder has learned.
type layouts struct {
	table *lexicon.Table
	root  *object
	pairs *object // keys of key=value lines and of attributes, by name
	// Keys of the attributes of a resource.
	resource *object
	keys     int

	plain, quoted place // the roots of the trees of places: of lines, and of objects in strings
	places, lines int

	strayed struct { // where walk took a string for a value of another kind
		place *place // nil for nowhere
		at    int    // where its text begins
	}
	left struct { // where walk left the line that was read last
		place  *place // nil where it did not come so far
		behind int32  // in its text, -1 for behind its value
		names  bool   // no namespace was met yet
	}
}

// void stands for any key that means nothing and is not remembered.
var void key

func (l *layouts) init(t *lexicon.Table) {
	l.table, l.keys = t, 0
	l.root, l.pairs, l.resource = newObject(lexicon.Root(""), nil), newObject(lexicon.Root(""), nil), newObject(lexicon.Root("resource."), nil)
	l.places, l.lines = 0, 0
	l.plain, l.quoted = place{in: l.root}, place{in: l.root}
}

// A follower is a key that may come next, with what distinguishes it from most others.
type follower struct {
	word, mask uint64 // as in key
	key        *key
}

// guess returns the key of next with whose literal p begins, or nil.
func guess(next []follower, p []byte) *key {
	if len(p) < 16 {
		return nil
	}
	w, w2 := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
	for n := range next {
		f := &next[n]
		if w&f.mask != f.word {
			continue
		}
		if k := f.key; w2&k.mask2 == k.word2 && k.ends(p) {
			if n > 0 {
				next[n], next[n-1] = next[n-1], next[n]
			}
			return k
		}
	}
	return nil
}

// ends reports whether p, which has the literal's first sixteen bytes, has the rest too.
func (k *key) ends(p []byte) bool {
	n := len(k.literal)
	return n <= 16 || n <= len(p) && string(p[16:n]) == k.literal[16:]
}

// remember returns the key of object o whose literal is given, with the index of the
// quote before its name, and remembers it as a follower of last, or as a first key where last is nil.
func (l *layouts) remember(o *object, last *key, literal []byte, quote int) *key {
	k := l.key(o, literal, quote)
	if k == &void || len(literal) > maxLiteral {
		return k
	}
	if last == nil {
		o.first = addGuess(o.first, k)
	} else {
		last.next = addGuess(last.next, k)
	}
	return k
}

// key returns the key of object o whose literal is given.
func (l *layouts) key(o *object, literal []byte, quote int) *key {
	if k := o.keys[string(literal)]; k != nil {
		return k
	}
	k := l.newKey(o, literal, quote)
	if k != &void && len(literal) <= maxLiteral {
		o.keys[k.literal] = k
		l.keys++
	}
	return k
}

func addGuess(next []follower, k *key) []follower {
	f := follower{k.word, k.mask, k}
	if len(next) == maxGuesses {
		next[maxGuesses-1] = f
		return next
	}
	return append(next, f)
}

// newKey looks up what a key means.
func (l *layouts) newKey(o *object, literal []byte, quote int) *key {
	name := literal[quote+1:]
	m, child := l.lookUp(o, name[:bytes.IndexByte(name, '"')])
	if m.Field == lexicon.None && child == nil && len(o.keys) >= maxUnknown {
		return &void
	}
	k := &key{literal: string(literal), meaning: m, child: child, isString: literal[len(literal)-1] == '"'}
	k.word, k.mask = maskedWord(literal)
	k.word2, k.mask2 = maskedWord(literal[min(8, len(literal)):])
	return k
}

// maskedWord returns the first eight bytes of b as a word, and the mask of those
// that b has.
func maskedWord(b []byte) (word, mask uint64) {
	var w [8]byte
	n := copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:]), ^uint64(0) >> (64 - 8*n)
}

// named returns the key of a key=value pair, or of an attribute, among pairs.
func (l *layouts) named(pairs *object, name []byte) *key {
	if k := pairs.keys[string(name)]; k != nil {
		return k
	}
	m, _ := l.lookUp(pairs, name)
	if m.Field == lexicon.None && len(pairs.keys) >= maxUnknown {
		return &void
	}
	k := &key{literal: string(name), meaning: m}
	pairs.keys[k.literal] = k
	l.keys++
	return k
}

// lookUp returns the meaning of the key called name in o, and the object that its value
// may be, nil if nothing in that matters.
func (l *layouts) lookUp(o *object, name []byte) (lexicon.Meaning, *object) {
	m, inner, ok := l.table.LookUp(&o.Scope, name)
	if !ok {
		return m, nil
	}
	return m, newObject(inner, o)
}

func newObject(s lexicon.Scope, parent *object) *object {
	o := &object{Scope: s, parent: parent, keys: map[string]*key{}}
	if parent != nil {
		o.depth = parent.depth + 1
	}
	return o
}
