package logline

import (
	"bytes"
	"os"
	"regexp"
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
