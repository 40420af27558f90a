package logline

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestReadme sees that README.md has a row for each text format and no others,
// in the order in which they are tried.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	seen := map[string]bool{}
	for _, f := range textFormats {
		if !seen[f.name] {
			seen[f.name] = true
			want = append(want, f.name)
		}
	}
	_, page, _ = bytes.Cut(page, []byte("## Text formats\n"))
	page, _, _ = bytes.Cut(page, []byte("\n## "))
	rows := regexp.MustCompile("(?m)^\\| `([a-z0-9]+)` \\|").FindAllSubmatch(page, -1)
	if len(rows) != len(want) {
		t.Fatalf("README.md has %d formats, there are %d", len(rows), len(want))
	}
	for i, row := range rows {
		if string(row[1]) != want[i] {
			t.Errorf("row %d of README.md is %s, want %s", i, row[1], want[i])
		}
	}
}

// TestReadmePackages sees that README.md has a row for each package beneath this one,
// and that each builds on those that its row names, and on no other.
func TestReadmePackages(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Dir(file)
		uses := strings.FieldsFunc(want[name], func(r rune) bool { return r == ',' || r == ' ' })
		for _, spec := range parsed.Imports {
			at, _ := strconv.Unquote(spec.Path.Value)
			if beneath := path.Base(at); strings.HasSuffix(at, "/pipeline/logline/"+beneath) && !slices.Contains(uses, beneath) {
				uses = append(uses, beneath)
			}
		}
		slices.Sort(uses)
		want[name] = strings.Join(uses, ", ")
	}
	_, page, _ = bytes.Cut(page, []byte("## Where things are\n"))
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9]+)` \\|.*\\|(.*)\\|$").FindAllSubmatch(page, -1) {
		name, uses := string(row[1]), strings.TrimSpace(string(row[2]))
		if built, ok := want[name]; !ok || built != uses {
			t.Errorf("%s builds on %q, README.md says %q", name, built, uses)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("README.md has no row for %s", name)
	}
}
