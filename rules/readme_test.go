package rules_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/authspike/authspike/detector"
)

// TestReadmeNamesEveryTemplateField: the page has each field and method that a
// template may use, and no other.
func TestReadmeNamesEveryTemplateField(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`\\.[A-Z].*?) \\|").FindAllSubmatch(page, -1) {
		for _, m := range regexp.MustCompile("`\\.([A-Za-z]+)`").FindAllSubmatch(row[1], -1) {
			named[string(m[1])] = true
		}
	}
	facts := reflect.TypeFor[detector.Facts]()
	var want []string
	for i := range facts.NumField() {
		want = append(want, facts.Field(i).Name)
	}
	for i := range facts.NumMethod() {
		if m := facts.Method(i); m.Type.NumIn() == 1 { // Amount takes a value, and stands below the table
			want = append(want, m.Name)
		}
	}
	for _, name := range want {
		if !named[name] {
			t.Errorf("the page does not name .%s", name)
		}
	}
	for name := range named {
		if !slices.Contains(want, name) {
			t.Errorf("the page names .%s, which there is not", name)
		}
	}
}
