package signature

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// TestLines reads lines as libraries and services print them, made up for this
// test, and what they mean: testdata/lines.txt says how it is written.
func TestLines(t *testing.T) {
	m := compile(t, rules.DefaultCatalogue())
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[detector.Signal]int{}
	for _, file := range files {
		checkLines(t, m, file, seen)
	}
	for s := detector.FirstFailure; s <= detector.LastFailure; s++ {
		if seen[s] == 0 {
			t.Errorf("no line means %s", s)
		}
	}
}

// checkLines reads a file's lines and counts what they mean.
func checkLines(t *testing.T, m *Matcher, name string, seen map[detector.Signal]int) {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	want, kid := detector.NoSignal, ""
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if head, ok := strings.CutPrefix(line, "== "); ok {
			name, rest, _ := strings.Cut(head, " ")
			want, ok = detector.ParseSignal(name)
			if !ok && name != "none" {
				t.Fatalf("%s:%d: no failure is called %s", file.Name(), n, name)
			}
			kid = rest
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		seen[want]++
		if got := m.Match([]byte(line)); got.Failure != want || string(got.Kid) != kid {
			t.Errorf("%s:%d: %q: %s %q, want %s %q", file.Name(), n, line, got.Failure, got.Kid, want, kid)
			if got.Signature != nil {
				t.Logf("decided by %s", got.Signature.ID())
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
