package web

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// The README names every path that is served, and no other.
func TestReadmeNamesEveryPath(t *testing.T) {
	read := func(file, pattern string) (found []string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			found = append(found, string(m[1]))
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	served := read("handler.go", `"((?:GET|PUT|POST) /[^"]*)"`)
	served = slices.DeleteFunc(served, func(s string) bool { // pages below the index
		return regexp.MustCompile(`/debug/pprof/.`).MatchString(s)
	})
	if i := slices.Index(served, "GET /{$}"); i >= 0 {
		served[i] = "GET /"
	}
	slices.Sort(served)
	if named := read("README.md", "(?m)^\\| `((?:GET|PUT|POST) /[^`]*)`"); !slices.Equal(served, named) {
		t.Errorf("served:\n%q\nin the README:\n%q", served, named)
	}
}
