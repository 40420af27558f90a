package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/spf13/pflag"
)

// The reference names every flag of run, and no other.
func TestReadmeNamesEveryFlag(t *testing.T) {
	page, err := os.ReadFile("../../pipeline/app/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var named, flags []string
	for _, m := range regexp.MustCompile("(?m)^\\| `--([^`]+)`").FindAllSubmatch(page, -1) {
		named = append(named, string(m[1]))
	}
	newRunCommand().Flags().VisitAll(func(f *pflag.Flag) {
		flags = append(flags, f.Name)
	})
	slices.Sort(named)
	slices.Sort(flags)
	if !slices.Equal(flags, named) {
		t.Errorf("flags:\n%q\nin the README:\n%q", flags, named)
	}
}
