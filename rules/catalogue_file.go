package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authspike/authspike/detector"
)

// noFailure stands in a catalogue for texts that look like failures and are none.
const noFailure = "none"

// catalogueFile is a catalogue as it is written.
type catalogueFile struct {
	Words  map[string][]string `yaml:"words"`
	Kid    []string            `yaml:"kid"`
	Groups []groupEntry        `yaml:"groups"`
}

// groupEntry is one verifier, or a family of phrases that many print. What
// stands in the group holds for each of its markers.
type groupEntry struct {
	Verifier string                        `yaml:"verifier"`
	Family   string                        `yaml:"family"`
	About    string                        `yaml:"about"`
	First    bool                          `yaml:"first"`
	Last     bool                          `yaml:"last"`
	Seen     []string                      `yaml:"seen"`
	Keys     *Keys                         `yaml:"keys"`
	All      []string                      `yaml:"all"`
	None     []string                      `yaml:"none"`
	Beside   []string                      `yaml:"beside"`
	Kid      []string                      `yaml:"kid"`
	Failures map[failureName][]markerEntry `yaml:"failures"`
}

// failureName is the name of a failure, or "none".
type failureName string

func (f *failureName) UnmarshalText(text []byte) error {
	*f = failureName(text)
	if s, ok := detector.ParseSignal(string(text)); string(text) == noFailure || ok && s.IsFailure() {
		return nil
	}
	names := []string{noFailure}
	for s := detector.FirstFailure; s <= detector.LastFailure; s++ {
		names = append(names, s.String())
	}
	return fmt.Errorf("unknown failure %s: known are %s", quote(string(text)), strings.Join(names, ", "))
}

// markerEntry is a marker with its conditions, or a text alone.
type markerEntry struct {
	Text      string   `yaml:"text"`
	All       []string `yaml:"all"`
	None      []string `yaml:"none"`
	Kid       []string `yaml:"kid"`
	Ambiguous bool     `yaml:"ambiguous"`
	Weak      bool     `yaml:"weak"`
}

// alone returns what a text alone stands for.
func (m *markerEntry) alone() any { return &m.Text }

// builder turns a catalogueFile into a Catalogue and notes what is wrong with it.
type builder struct {
	doc    *Document
	out    *Catalogue
	faults Faults
	layer  int
	named  map[string]bool // groups seen in this file
	added  []*Signature    // of this file, in its order
	places [][]any         // their paths
}

func newBuilder(base *Catalogue, doc *Document, faults Faults) *builder {
	b := &builder{doc: doc, faults: faults, named: map[string]bool{}}
	b.out = &Catalogue{Verifiers: slices.Clone(base.Verifiers), words: maps.Clone(base.words)}
	for i := range base.Signatures {
		b.layer = max(b.layer, base.Signatures[i].layer+1)
	}
	if b.out.words == nil {
		b.out.words = map[string]wordList{}
	}
	return b
}

func (b *builder) fault(what, remedy string, path ...any) {
	b.faults = append(b.faults, b.doc.Fault(what, remedy, path...))
}

// markerFault adds the fault of what ParseMarker refused.
func (b *builder) markerFault(what string, err error, path ...any) {
	var remedy string
	if e, ok := errors.AsType[*markerError](err); ok {
		remedy = e.remedy
	}
	b.fault(what+": "+err.Error(), remedy, path...)
}

// faulty reports whether a fault is known of the line that path leads to.
func (b *builder) faulty(path ...any) bool {
	line := b.doc.Fault("", "", path...).Line
	return slices.ContainsFunc(b.faults, func(f Fault) bool { return f.Line == line })
}

// under returns the path of what stands steps below path.
func under(path []any, steps ...any) []any { return slices.Concat(path, steps) }

func (b *builder) wordLists(lists map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[name]) == 0 {
			b.fault("word list "+quote(name)+" is empty", "name a word or remove it", "words", name)
		}
		for i, word := range lists[name] {
			if other, ok := strings.CutPrefix(word, "@"); ok && lists[other] != nil {
				b.fault("a word list has no lists in it: "+quote(word), "write its words", "words", name, i)
			}
		}
		b.out.words[name] = newWordList(b.literals(lists[name], 2, "words", name))
	}
}

func (b *builder) group(g *groupEntry, path ...any) {
	name := cmp.Or(g.Verifier, g.Family)
	switch {
	case name == "":
		b.fault("a group needs a name", "add `verifier:`, or `family:` for phrases that many print", path...)
	case g.Verifier != "" && g.Family != "":
		b.fault("a group is a verifier or a family", "remove one of the two names", under(path, "family")...)
	case len(g.Failures) == 0 && len(g.Seen) == 0 && g.Keys == nil:
		b.fault("group "+quote(name)+" says nothing", "add `failures:`, or remove it", path...)
	}
	if g.First && g.Last {
		b.fault("a group decides first or last", "remove one of the two keys", under(path, "last")...)
	}
	if name != "" && b.named[name] {
		b.fault("group "+quote(name)+" stands twice", "put the two together", path...)
	}
	b.named[name] = true
	if g.Verifier != "" {
		b.verifier(g, path...)
	} else if g.Keys != nil || g.Seen != nil {
		b.fault("a family has no keys and is not seen", "only a verifier has `keys:` and `seen:`", path...)
	}
	shared := Signature{
		Verifier: g.Verifier, Family: g.Family, First: g.First, Last: g.Last, layer: b.layer,
		None: b.none(true, g.None, path, "none"),
		Kid:  b.captures(g.Kid, path, "kid"),
	}
	all := b.all(g.All, path, "all")
	beside := b.beside(g.Beside, path, "beside")
	for _, failure := range slices.Sorted(maps.Keys(g.Failures)) {
		s := shared
		s.Failure, _ = detector.ParseSignal(string(failure))
		s.All = needed(all, s.Failure == detector.NoSignal)
		if len(g.Failures[failure]) == 0 {
			b.fault("no marker means "+string(failure), "write one, or remove the key", under(path, "failures", string(failure))...)
		}
		for i := range g.Failures[failure] {
			b.marker(s, beside, &g.Failures[failure][i], under(path, "failures", string(failure), i)...)
		}
	}
}

func (b *builder) verifier(g *groupEntry, path ...any) {
	v := Verifier{Name: g.Verifier}
	i, known := slices.BinarySearchFunc(b.out.Verifiers, v.Name, func(v Verifier, name string) int { return cmp.Compare(v.Name, name) })
	if known {
		v = b.out.Verifiers[i]
	} else {
		b.out.Verifiers = slices.Insert(b.out.Verifiers, i, v)
	}
	if g.About != "" {
		v.About = g.About
	}
	if g.Seen != nil {
		v.Seen = b.literals(g.Seen, 4, under(path, "seen")...)
	}
	if g.Keys != nil {
		b.keys(g.Keys, under(path, "keys")...)
		v.Keys = *g.Keys
	}
	b.out.Verifiers[i] = v
}

// expand returns the texts that a marker stands for: @name in it is each word of
// that list in turn.
func (b *builder) expand(text string, path ...any) []string {
	before, rest, ok := strings.Cut(text, "@")
	if !ok || before != "" && !strings.HasSuffix(before, " ") {
		return []string{text}
	}
	name, after, _ := strings.Cut(rest, " ")
	list, ok := b.words("@"+name, path...)
	if !ok {
		return nil
	}
	tails := b.expand(after, path...)
	var out []string
	for i := range list.words {
		for _, tail := range tails {
			out = append(out, strings.TrimSpace(before+list.words[i].Text+" "+tail))
		}
	}
	return out
}

// minLetters is how many letters a marker needs to mean something by itself.
const minLetters = 8

// marker adds the signatures that an entry stands for: one, or one for each text
// that word lists make of it. They share the conditions of s, which are the group's,
// and those of the entry.
func (b *builder) marker(s Signature, beside wordList, m *markerEntry, path ...any) {
	s.Ambiguous, s.Weak = m.Ambiguous, m.Weak
	least := minLetters
	if len(s.All)+len(m.All) > 0 {
		least = 2
	}
	s.All = together(s.All, needed(b.all(m.All, path, "all"), s.Failure == detector.NoSignal))
	s.None = together(s.None, b.none(false, m.None, path, "none"))
	s.Kid = together(b.captures(m.Kid, path, "kid"), s.Kid)
	if s.Ambiguous && s.Failure != detector.SignatureInvalid {
		b.fault("marker "+quote(m.Text)+" cannot be ambiguous", "only `signature_invalid` may stand for a missing key", path...)
	}
	if len(m.All) > 0 {
		beside = wordList{}
	}
	texts := b.expand(m.Text, path...)
	s.expanded = len(texts) > 1
	for _, text := range texts {
		b.signature(s, beside, text, least, path...)
	}
}

// signature adds s with text as its marker, which must have so many letters. What
// must stand beside it may be missing where the marker ends a part of a sentence.
func (b *builder) signature(s Signature, beside wordList, text string, least int, path ...any) {
	var err error
	if s.Marker, err = ParseMarker(text); err != nil {
		if text != "" || !b.faulty(path...) {
			b.markerFault("marker "+quote(text), err, path...)
		}
		return
	}
	s.Marker.Name = s.Verifier != "" && s.Marker.IsName()
	if s.Marker.Letters() < least {
		b.fault(fmt.Sprintf("marker %s is too short to mean anything", quote(text)), fmt.Sprintf("write at least %d letters, or name under `all:` what must stand beside it", minLetters), path...)
		return
	}
	if s.Marker.open() && !s.Marker.says(beside) {
		s.Beside = beside.words
	}
	s.order = len(b.added)
	b.added, b.places = append(b.added, &s), append(b.places, path)
}

// literals reads texts that stand for themselves, without gaps.
func (b *builder) literals(list []string, letters int, path ...any) []Marker {
	out := make([]Marker, 0, len(list))
	for i, text := range list {
		m, err := ParseMarker(text)
		switch {
		case err != nil:
			b.markerFault(quote(text), err, under(path, i)...)
		case len(m.Pieces) > 1:
			b.fault(quote(text)+" has a gap", "write only text here", under(path, i)...)
		case m.Letters() < letters:
			b.fault(fmt.Sprintf("%s is too short", quote(text)), fmt.Sprintf("write at least %d letters", letters), under(path, i)...)
		default:
			out = append(out, m)
		}
	}
	return out
}

// captures reads markers that say where a kid stands, which are written under a key.
func (b *builder) captures(list []string, path []any, key string) []Marker {
	if len(list) == 0 { // of most markers
		return nil
	}
	path = under(path, key)
	out := make([]Marker, 0, len(list))
	for i, text := range list {
		m, err := ParseMarker(text)
		switch {
		case err != nil:
			b.markerFault("capture "+quote(text), err, under(path, i)...)
		case m.Kid < 0:
			b.fault("capture "+quote(text)+" has no {kid}", "write {kid} where the key id stands", under(path, i)...)
		case len(m.Pieces[0]) < 3:
			b.fault("capture "+quote(text)+" has too little text before {kid}", "write at least 3 letters", under(path, i)...)
		default:
			out = append(out, m)
		}
	}
	return out
}
