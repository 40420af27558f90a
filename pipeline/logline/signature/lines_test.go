package signature

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// TestLines reads lines as libraries and services print them, made up for this
// test, and what they mean: testdata/lines.txt says how it is written.
func TestLines(t *testing.T) {
	file, err := os.Open("testdata/lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := compile(t, rules.DefaultCatalogue())
	lines := bufio.NewScanner(file)
	n, want, kid := 0, detector.NoSignal, ""
	seen := map[detector.Signal]int{}
	for lines.Scan() {
		n++
		line := lines.Text()
		if head, ok := strings.CutPrefix(line, "== "); ok {
			name, rest, _ := strings.Cut(head, " ")
			want, ok = detector.ParseSignal(name)
			if !ok && name != "none" {
				t.Fatalf("line %d: no failure is called %s", n, name)
			}
			kid = rest
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		seen[want]++
		got := m.Match([]byte(line))
		if got.Failure != want || string(got.Kid) != kid {
			t.Errorf("line %d: %q: %s %q, want %s %q", n, line, got.Failure, got.Kid, want, kid)
			if got.Signature != nil {
				t.Logf("decided by %s", got.Signature.ID())
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for s := detector.FirstFailure; s <= detector.LastFailure; s++ {
		if seen[s] == 0 {
			t.Errorf("no line means %s", s)
		}
	}
}
