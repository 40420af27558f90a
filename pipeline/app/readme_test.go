package app

import (
	"encoding"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/config"

	"github.com/authspike/authspike/rules"
)

// rows returns the cells of all rows of the tables in a page whose head begins
// with one of the given titles.
func rows(t *testing.T, file string, titles ...string) (found [][]string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wanted := false
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			wanted = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case slices.Contains(titles, cells[0]):
			wanted = true
		case wanted && cells[0] != "---":
			found = append(found, cells)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no table of %q", file, titles)
	}
	return found
}

var quoted = regexp.MustCompile("`([^`]*)`")

// names returns what is in backquotes.
func names(cell string) (all []string) {
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

func same(t *testing.T, what string, code, page []string) {
	t.Helper()
	for _, name := range code {
		if !slices.Contains(page, name) {
			t.Errorf("%s %s is not documented", what, name)
		}
	}
	for i, name := range page {
		if !slices.Contains(code, name) {
			t.Errorf("%s %s is documented, but does not exist", what, name)
		}
		if slices.Contains(page[:i], name) {
			t.Errorf("%s %s is documented twice", what, name)
		}
	}
}

// keysOf calls found for each key below v with its value. What follows
// the HTTP client's own keys is Prometheus' business, as is what a map holds.
func keysOf(v reflect.Value, path string, found func(key string, v reflect.Value)) {
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		field := v.Field(i)
		if option == "inline" {
			keysOf(field, path, found)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		key := path + name
		_, isText := field.Addr().Interface().(encoding.TextUnmarshaler)
		foreign := v.Type() == reflect.TypeFor[config.HTTPClientConfig]() || v.Type() == reflect.TypeFor[config.ProxyConfig]()
		switch {
		case field.Kind() == reflect.Struct && !isText && !foreign:
			keysOf(field, key+".", found)
			continue
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct && !foreign:
			one := reflect.New(field.Type().Elem()).Elem()
			keysOf(one, key+"[].", found)
		}
		found(key, field)
	}
}

// TestReadmeNamesEveryKey: the page has every key of the configuration and no other.
func TestReadmeNamesEveryKey(t *testing.T) {
	var page, code []string
	for _, row := range rows(t, "README.md", "key") {
		page = append(page, names(row[0])...)
	}
	c := DefaultConfig()
	keysOf(reflect.ValueOf(&c).Elem(), "", func(key string, _ reflect.Value) { code = append(code, key) })
	same(t, "key", code, page)
}

// TestReadmeNamesTheDefaults: the defaults on the page are those of the code.
func TestReadmeNamesTheDefaults(t *testing.T) {
	page := map[string]string{}
	for _, row := range rows(t, "README.md", "key") {
		if len(row) == 4 {
			page[names(row[0])[0]] = row[2]
		}
	}
	c := DefaultConfig()
	keysOf(reflect.ValueOf(&c).Elem(), "", func(key string, v reflect.Value) {
		cell, ok := page[key]
		if !ok || strings.Contains(key, "[]") || key == "count.skip" {
			return
		}
		got := strings.Trim(cell, "`")
		if want := shown(v); got != want && !sameDuration(got, want) {
			t.Errorf("the default of %s is %s, not %s", key, want, got)
		}
	})
	for _, row := range rows(t, "README.md", "key") {
		if names(row[0])[0] == "alerting.alertmanagers[].timeout" && row[2] != "`10s`" {
			t.Errorf("the page has %s as timeout", row[2])
		}
	}
	if one := parse(t, "alerting: {alertmanagers: [{url: http://a}]}").Alerting.Alertmanagers[0]; one.Timeout != 10*time.Second || !one.Client.FollowRedirects || !one.Client.EnableHTTP2 {
		t.Errorf("an Alertmanager's defaults are %+v", one)
	}
}

func sameDuration(a, b string) bool {
	x, errX := time.ParseDuration(a)
	y, errY := time.ParseDuration(b)
	return errX == nil && errY == nil && x == y
}

// shown returns a value as it stands on the page.
func shown(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return x.String()
	case Timezone:
		if x.Location == nil {
			return "UTC"
		}
		return x.String()
	case Secret:
		return strconv.Quote(string(x))
	}
	switch v.Kind() {
	case reflect.Map:
		return "{}"
	case reflect.String:
		if v.String() == "" {
			return `""`
		}
	}
	return fmt.Sprint(v.Interface())
}

// TestReadmeNamesEveryMetric: the page has every metric with its labels, and no other.
func TestReadmeNamesEveryMetric(t *testing.T) {
	page := map[string]string{}
	var pageNames, codeNames []string
	for _, row := range rows(t, "../README.md", "metric") {
		name := names(row[0])[0]
		pageNames = append(pageNames, name)
		labels := names(row[1])
		slices.Sort(labels)
		page[name] = strings.Join(labels, ",")
	}
	l, err := load("", Flags{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newProcess(Options{Stderr: io.Discard}, l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.server(l); err != nil {
		t.Fatal(err)
	}
	for name, labels := range described(p.registry) {
		slices.Sort(labels)
		codeNames = append(codeNames, name)
		if got, want := page[name], strings.Join(labels, ","); got != want {
			t.Errorf("%s has the labels %q, not %q", name, want, got)
		}
	}
	same(t, "metric", codeNames, pageNames)
}

var desc = regexp.MustCompile(`fqName: "(authspike_\w+)".*constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}`)

// described returns the metrics of ours that c describes, with their labels.
func described(c prometheus.Collector) map[string][]string {
	found := map[string][]string{}
	descs := make(chan *prometheus.Desc)
	go func() { c.Describe(descs); close(descs) }()
	for d := range descs {
		m := desc.FindStringSubmatch(d.String())
		if m == nil {
			continue
		}
		labels := strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' })
		for pair := range strings.SplitSeq(m[2], ",") {
			if name, _, ok := strings.Cut(pair, "="); ok {
				labels = append(labels, name)
			}
		}
		found[m[1]] = labels
	}
	return found
}

// TestReadmeNamesEveryAlert: both pages that list the alerts have those of the
// built-in rules, with their severity.
func TestReadmeNamesEveryAlert(t *testing.T) {
	for _, file := range []string{"../README.md", "../../README.md"} {
		var page, code []string
		for _, row := range rows(t, file, "alert") {
			page = append(page, names(row[0])[0]+" "+row[1])
		}
		for _, r := range rules.Default() {
			code = append(code, r.Name+" "+r.Severity)
		}
		same(t, "alert in "+file, code, page)
	}
}

// TestReadmeNamesEverySelfAlert: the page has the alerts about authspike itself
// that are shipped for Prometheus, and no other.
func TestReadmeNamesEverySelfAlert(t *testing.T) {
	shipped, err := os.ReadFile("../../deploy/prometheus/authspike.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var page, code []string
	for _, row := range rows(t, "../README.md", "self-alert") {
		page = append(page, names(row[0])[0])
	}
	for _, m := range regexp.MustCompile(`(?m)^ *- alert: (\w+)$`).FindAllSubmatch(shipped, -1) {
		code = append(code, string(m[1]))
	}
	same(t, "self-alert", code, page)
}

// TestLinksLead: what the pages link to within the project exists.
func TestLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, page := range []string{"../../README.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md", "../README.md", "README.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
