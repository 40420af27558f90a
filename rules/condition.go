package rules

import (
	"slices"
	"strings"
)

// together returns a and b in one list: one of them where the other is empty, as mostly,
// so that thousands of signatures share the lists of their groups.
func together[T any](a, b []T) []T {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return slices.Concat(a, b)
}

// all reads a list of conditions: texts, or @name for any word of a list.
func (b *builder) all(list []string, path ...any) [][]Marker {
	var out [][]Marker
	for i, text := range list {
		if words := b.texts(text, append(slices.Clone(path), i)...); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// none reads what rules a failure out. It must be what the text is about, not a
// name or a path that happens to stand in it: so words of lists, and with prose
// all texts, count only as words of a sentence.
func (b *builder) none(prose bool, list []string, path ...any) []Marker {
	var out []Marker
	for i, text := range list {
		for _, m := range b.texts(text, append(slices.Clone(path), i)...) {
			m.Prose = prose || text[0] == '@'
			out = append(out, m)
		}
	}
	return out
}

// noneTogether returns what must not stand beside a marker: that of its group, and its
// own. Markers with the same have one list, since there are thousands of them and the
// lists are long.
func (b *builder) noneTogether(group []Marker, own []string, path ...any) []Marker {
	if len(own) == 0 {
		return group
	}
	key := listKey{own: strings.Join(own, "\n")}
	if len(group) > 0 {
		key.first = &group[0]
	}
	list, ok := b.lists[key]
	if !ok {
		faults := len(b.faults)
		list = together(group, b.none(false, own, path...))
		if faults == len(b.faults) {
			b.lists[key] = list
		}
	}
	return list
}

// listKey is what a list is made of.
type listKey struct {
	first *Marker // of the list that it begins with
	own   string  // what is added, as it is written; asProse where its words are to be of a sentence
}

// asProse is no text of a list: a word list has a name.
const asProse = "@"

// prose returns lists of conditions whose words count as those of none do.
func (b *builder) prose(all [][]Marker) [][]Marker {
	out := make([][]Marker, len(all))
	for i, list := range all {
		key := listKey{first: &list[0], own: asProse}
		if out[i] = b.lists[key]; out[i] != nil {
			continue
		}
		out[i] = slices.Clone(list)
		for j := range list {
			out[i][j].Prose = len(list) > 1
		}
		b.lists[key] = out[i]
	}
	return out
}
