package rules

import (
	"cmp"
	_ "embed"
	"slices"

	"github.com/authspike/authspike/detector"
)

// Catalogue says which phrases of verifiers and gateways mean which failure.
// Nobody changes a Catalogue once it was returned.
type Catalogue struct {
	// Signatures stand in the order in which they decide: of all that hold for
	// a text, the first one speaks. The order is: those of a user's file before
	// the embedded ones; look-alikes before failures; then those marked as first;
	// weak ones last; a bad signature after what may have caused it; the marker
	// with more letters first; then as they stand in the file. Those marked as last
	// follow, as they stand in the file.
	Signatures []Signature
	// Verifiers are sorted by name.
	Verifiers []Verifier
	// Kids are the captures that are tried where a signature has none that fits.
	Kids []Marker

	words map[string]wordList
}

// Signature is one phrase, under its conditions, and what it means.
type Signature struct {
	Verifier  string // "" for a phrase that many print
	Family    string // the family's name where Verifier is ""
	Failure   detector.Signal
	Ambiguous bool // the phrase does not tell a missing key from a bad signature
	First     bool // speaks before the other failures
	Weak      bool // speaks only where no other signature holds
	Last      bool // speaks after the weak ones; of these, in the order of the file
	Marker    Marker
	All       [][]Marker // of each list one must be found as well
	None      [][]Marker // of no list one may be found
	Beside    []Marker   // one must be found as well, unless the marker is found as Closed; nil where nothing must
	Kid       []Marker   // where the kid stands; the first that fits is taken

	layer    int  // how many files lie below the one it is from; higher layers decide first
	order    int  // its place among those of the file
	expanded bool // one of several that a marker with word lists stands for
}

// Closed returns the marker as it stands where a part of a sentence ends with it.
func (s *Signature) Closed() Marker {
	m := s.Marker
	m.End = EndOfClause
	return m
}

// Verifier is what is known of one verifier or gateway.
type Verifier struct {
	Name  string
	About string
	Seen  []Marker // texts that name it in a line whose phrase many print
	Keys  Keys
}

// ID names a signature for people: verifier or family, failure and marker.
func (s *Signature) ID() string {
	failure := s.Failure.String()
	if s.Failure == detector.NoSignal {
		failure = noFailure
	}
	return cmp.Or(s.Verifier, s.Family) + "/" + failure + ": " + s.Marker.Text
}

//go:embed catalogue.yaml
var defaultCatalogue []byte

// catalogueFileName is the name of the embedded catalogue in faults.
const catalogueFileName = "rules/catalogue.yaml"

// DefaultCatalogue returns the embedded catalogue. A test holds that it is free
// of faults.
func DefaultCatalogue() *Catalogue {
	b := new(Catalogue).extend(catalogueFileName, defaultCatalogue)
	if err := b.faults.Err(); err != nil {
		panic(err)
	}
	return b.out
}

// ParseCatalogue reads a catalogue that stands alone. With faults the catalogue
// is what could be read, good for reporting only.
func ParseCatalogue(file string, data []byte) (*Catalogue, Faults) {
	return new(Catalogue).Extend(file, data)
}

// Extend returns c with the user's file added: its signatures decide before
// those of c, its word lists and what it knows of a verifier replace those of
// the same name. The file may use c's word lists. c itself stays as it is.
func (c *Catalogue) Extend(file string, data []byte) (*Catalogue, Faults) {
	b := c.extend(file, data)
	b.dead()
	b.faults.Sort()
	return b.out, b.faults
}

// extend is Extend without the search for signatures that never hold or decide,
// which takes longer than all the rest.
func (c *Catalogue) extend(file string, data []byte) *builder {
	var source catalogueFile
	doc, faults := Decode(file, data, &source)
	b := newBuilder(c, doc, faults)
	b.wordLists(source.Words)
	for i := range source.Groups {
		b.group(&source.Groups[i], "groups", i)
	}
	b.out.Kids = slices.Concat(b.captures(source.Kid, nil, "kid"), c.Kids)
	b.out.Signatures = append(inOrder(b.added, len(c.Signatures)), c.Signatures...)
	return b
}

// Verifier returns what is known of the verifier called name.
func (c *Catalogue) Verifier(name string) (*Verifier, bool) {
	i, ok := slices.BinarySearchFunc(c.Verifiers, name, func(v Verifier, name string) int { return cmp.Compare(v.Name, name) })
	if !ok {
		return nil, false
	}
	return &c.Verifiers[i], true
}

// inOrder returns the signatures of one file in the order in which they decide, with
// room for so many more. There are thousands, and each is large: ranks are sorted.
func inOrder(all []*Signature, more int) []Signature {
	ranks := make([]uint64, len(all))
	for i, s := range all {
		ranks[i] = s.rank()
	}
	slices.Sort(ranks)
	out := make([]Signature, 0, len(all)+more)
	for _, rank := range ranks {
		out = append(out, *all[uint32(rank)])
	}
	return out
}

// rank returns a number that is smaller the earlier s decides among those of its file.
// Its lower half is the place in the file.
func (s *Signature) rank() uint64 {
	letters := uint64(1<<24 - 1)
	if !s.Last {
		letters -= min(letters, uint64(s.Marker.Letters()))
	}
	return uint64(s.class())<<56 | letters<<32 | uint64(uint32(s.order))
}

func (s *Signature) class() int {
	switch {
	case s.Failure == detector.NoSignal:
		return 0
	case s.Last:
		return 5
	case s.Weak:
		return 4
	case s.First:
		return 1
	case s.Failure == detector.SignatureInvalid:
		return 3
	default:
		return 2
	}
}
