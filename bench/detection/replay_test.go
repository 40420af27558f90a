package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/app"
	"github.com/authspike/authspike/rules"
)

// TestReplayAgrees plays scenarios twice: as samples into the detector, and as
// log lines through the whole pipeline. Both must say the same at the same time.
func TestReplayAgrees(t *testing.T) {
	for _, tt := range []struct {
		name string
		seed uint64
	}{{"rotation", 1}, {"verifier_only", 1}, {"rotation_low", 1}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := direct(t, tt.name, tt.seed)
			if len(want) == 0 {
				t.Fatal("nothing fired: the scenario compares nothing")
			}
			if diff := cmp.Diff(want, replayed(t, tt.name, tt.seed), cmp.AllowUnexported(firing{})); diff != "" {
				t.Errorf("samples (-) and lines (+) differ:\n%s", diff)
			}
		})
	}
}

// most keeps the scenarios small enough to be printed, in requests per second.
const most = 5

// direct returns what the detector says about a scenario's samples.
func direct(t *testing.T, name string, seed uint64) []firing {
	t.Helper()
	sc, err := build(name, seed)
	if err != nil {
		t.Fatal(err)
	}
	sc.slow(most)
	a, err := newAuthspike(subject, rules.Default())
	if err != nil {
		t.Fatal(err)
	}
	var fs []firing
	sc.play(func(second int64, arrived []detector.Sample) {
		fs = collect(fs, a.step(second, arrived))
	})
	return bare(fs)
}

// replayed returns what the pipeline says about the same scenario's lines.
func replayed(t *testing.T, name string, seed uint64) []firing {
	t.Helper()
	var said bytes.Buffer
	if err := app.Replay(t.Context(), app.ReplayOptions{Files: []string{linesOf(t, name, seed)}, Format: app.JSONL, Out: &said}); err != nil {
		t.Fatal(err)
	}
	fs, err := readTransitions(&said)
	if err != nil {
		t.Fatal(err)
	}
	return bare(fs)
}

// TestReadmeShowsTheReplay: the front page shows what a replay of the lines of
// rotation with seed 3 prints, and what it answers to the question asked there.
func TestReadmeShowsTheReplay(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, "rotation", 3)
	replay := func(questions ...app.Question) string {
		var said bytes.Buffer
		opts := app.ReplayOptions{Files: []string{lines}, Format: app.Text, Explain: questions, Out: &said}
		if err := app.Replay(t.Context(), opts); err != nil {
			t.Fatal(err)
		}
		return said.String()
	}
	if said := replay(); said == "" || !strings.Contains(string(page), said) {
		t.Errorf("the README does not show what a replay prints:\n%s", said)
	}
	asked := regexp.MustCompile("(?s)\n\\$ authspike replay --explain (\\S+) checkout.jsonl\n(.*?)```").FindSubmatch(page)
	if asked == nil {
		t.Fatal("the README does not explain a replay")
	}
	question, err := app.ParseQuestion(string(asked[1]))
	if err != nil {
		t.Fatal(err)
	}
	said := replay(question)
	for line := range strings.Lines(string(asked[2])) {
		if !strings.Contains(said, line) {
			t.Errorf("the README shows a line that is not in the answer:\n%s", line)
		}
	}
}

// linesOf returns a file with the lines of a scenario.
func linesOf(t *testing.T, name string, seed uint64) string {
	t.Helper()
	sc, err := build(name, seed)
	if err != nil {
		t.Fatal(err)
	}
	sc.slow(most)
	var lines bytes.Buffer
	if err := sc.print(&lines); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "lines.jsonl")
	if err := os.WriteFile(file, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// bare leaves out the texts.
func bare(fs []firing) []firing {
	for i := range fs {
		fs[i].detail = ""
	}
	return fs
}
