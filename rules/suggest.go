package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// suggest returns a remedy for an unknown name: the nearest known one or, if none is
// near, all of them; kind says what they are.
func suggest[V any](name string, known map[string]V, kind string) string {
	names := slices.Sorted(maps.Keys(known))
	if near, ok := Nearest(name, names); ok {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(names) == 0 {
		return "no " + kind + " are known here"
	}
	return "known " + kind + ": " + strings.Join(names, ", ")
}

// Nearest returns the name that text is most likely a misspelling of, if one is near
// enough: the one that takes the fewest changes, if these are at most a third of its
// letters or two, and no more than half of them. Among equals it returns the first.
func Nearest(text string, names []string) (name string, ok bool) {
	best, least := "", len(text)+1
	if len(text) > 64 {
		return "", false
	}
	for _, known := range names {
		if n := distance(strings.ToLower(text), known); n < least {
			best, least = known, n
		}
	}
	return best, best != "" && least <= max(2, len(best)/3) && 2*least <= len(best)
}

// distance returns how many bytes must be inserted, removed, replaced or swapped with
// their neighbor to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
