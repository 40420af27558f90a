package rules

import (
	"slices"
	"strings"
)

// wordList is what @name stands for. Thousands of signatures share it.
type wordList struct {
	words []Marker
	prose []Marker // the same words where they must be words of a sentence
}

func newWordList(words []Marker) wordList {
	return wordList{words, asProse(words)}
}

// asProse returns markers that count only as words of a sentence. What rules a
// failure out must be what the text is about, not a name or a path that happens to
// stand in it.
func asProse(markers []Marker) []Marker {
	out := slices.Clone(markers)
	for i := range out {
		out[i].Prose = true
	}
	return out
}

// words returns the list that a text of a condition names as @name.
func (b *builder) words(text string, path ...any) (list wordList, ok bool) {
	name := strings.TrimPrefix(text, "@")
	if list, ok = b.out.words[name]; !ok {
		b.fault("unknown word list "+quote(text), suggest(name, b.out.words, "word lists"), path...)
	}
	return list, ok && len(list.words) > 0
}

// all reads a list of conditions that is written under a key: texts, or @name for any
// word of a list.
func (b *builder) all(texts []string, path []any, key string) []wordList {
	if len(texts) == 0 { // of most markers
		return nil
	}
	path = under(path, key)
	var out []wordList
	for i, text := range texts {
		if strings.HasPrefix(text, "@") {
			if list, ok := b.words(text, under(path, i)...); ok {
				out = append(out, list)
			}
		} else if words := b.literals([]string{text}, 2, under(path, i)...); len(words) > 0 {
			out = append(out, wordList{words: words})
		}
	}
	return out
}

// beside reads texts and lists of words of which one must stand beside a marker.
func (b *builder) beside(texts []string, path []any, key string) (one wordList) {
	for _, list := range b.all(texts, path, key) {
		one.words = together(one.words, list.words)
	}
	return one
}

// needed returns the lists of which a word each must stand beside a marker. What
// makes a text a look-alike rules a failure out, so it must be what the text is
// about; a single text was chosen with care.
func needed(lists []wordList, lookAlike bool) [][]Marker {
	var out [][]Marker
	for _, list := range lists {
		if lookAlike && len(list.words) > 1 {
			out = append(out, list.prose)
		} else {
			out = append(out, list.words)
		}
	}
	return out
}

// none reads what rules a failure out: texts, which make a list, with prose as words
// of a sentence, and lists of words, which always are.
func (b *builder) none(prose bool, texts []string, path []any, key string) [][]Marker {
	if len(texts) == 0 { // of most markers
		return nil
	}
	path = under(path, key)
	var out [][]Marker
	var own []Marker
	for i, text := range texts {
		if !strings.HasPrefix(text, "@") {
			own = append(own, b.literals([]string{text}, 2, under(path, i)...)...)
		} else if list, ok := b.words(text, under(path, i)...); ok {
			out = append(out, list.prose)
		}
	}
	if prose {
		own = asProse(own)
	}
	if len(own) > 0 {
		out = append(out, own)
	}
	return out
}

// together returns a and b in one list, which is one of them where the other is
// empty: so that signatures share what they have from their group.
func together[T any](a, b []T) []T {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return slices.Concat(a, b)
}
