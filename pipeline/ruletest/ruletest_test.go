package ruletest

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

// run runs the tests of a file with the given rules.
func run(t *testing.T, f *File, list []detector.Rule) []Result {
	t.Helper()
	if faults := f.Check(list); len(faults) > 0 {
		t.Fatal(faults)
	}
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	results, err := f.Run(Options{
		Detector: detector.Config{Rules: list, Lateness: 10},
		Worker:   pipeline.WorkerOptions{Logline: logline.Options{Matcher: matcher}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func parse(t *testing.T, name, text string) *File {
	t.Helper()
	f, faults := Parse(name, []byte(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return f
}

// TestExamples: the examples that are shipped hold.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../rules/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := parse(t, name, string(text))
		list := rules.Default()
		for i, own := range f.RuleFiles {
			text, err := os.ReadFile(filepath.Join(filepath.Dir(name), own))
			if err != nil {
				t.Fatal(err)
			}
			parsed, faults := rules.ParseRules(own, text)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if i == 0 {
				list = nil
			}
			list = append(list, parsed...)
		}
		for _, r := range run(t, f, list) {
			for _, m := range r.Misses {
				t.Errorf("%s: %s: expected %s, got: %s", m.Place, m.Alert, m.Expected, m.Got)
			}
		}
	}
}

// TestMisses: each kind of expectation fails where it should.
func TestMisses(t *testing.T) {
	f := parse(t, "t.yaml", `
tests:
  - name: all wrong
    input:
      - &well {service: api, to: 30m, requests: 20/s, unauthorized: 1%}
      - {service: api, from: 30m, to: 40m, requests: 20/s, unauthorized: 50%}
    alerts:
      - {at: 10m, alertname: UnauthorizedRateSpike}
      - {at: 30m, within: 9m, alertname: UnauthorizedRateSpike, state: resolved}
      - {at: 0s, within: 40m, state: absent}
      - {at: 30m, within: 9m, alertname: UnauthorizedRateSpike, labels: {severity: page}}
      - {at: 35m, alertname: UnauthorizedRateSpike}
  - name: good
    input: [*well]
    alerts: [{at: 30m, alertname: KidMismatchBurst, state: absent}]
`)
	results := run(t, f, rules.Default())
	if len(results) != 2 || results[0].Name != "all wrong" || len(results[1].Misses) != 0 {
		t.Fatalf("results are %+v", results)
	}
	fires := regexp.MustCompile(`fires at 30m[1-9]s`)
	for i := range results[0].Misses {
		results[0].Misses[i].Got = fires.ReplaceAllString(results[0].Misses[i].Got, "fires in time")
	}
	want := []Miss{
		{"t.yaml:8:9", "UnauthorizedRateSpike at 10m", Firing, "fires in time"},
		{"t.yaml:9:9", "UnauthorizedRateSpike at 30m within 9m", Resolved, "fires in time"},
		{"t.yaml:10:9", "any alert at 0s within 40m", Absent, "fires in time"},
		{"t.yaml:11:9", `UnauthorizedRateSpike{severity="page"} at 30m within 9m`, Firing, "it never fires"},
	}
	if diff := cmp.Diff(want, results[0].Misses); diff != "" {
		t.Error(diff)
	}
}

// TestFaults: every fault is found at once, at its place.
func TestFaults(t *testing.T) {
	_, faults := Parse("t.yaml", []byte(`
tests:
  - name: a
    input:
      - {service: api, to: 2m, requests: 5%}
      - {service: api, from: 2m, to: 1m, requests: 5/s, unauthorised: 1%}
      - {to: 2m, requests: 5/s, unauthorized: 6/s, failures: {requests: 1/s}}
      - {service: api, to: 2m, failures: {kid_mismatch: 1%}}
    alerts:
      - {at: 1500ms}
      - {at: 1m, alertname: X, labels: {service: shop}}
      - {at: 1m, state: fired}
  - name: a
`))
	var got []string
	for _, f := range faults {
		got = append(got, f.Error())
	}
	want := []string{
		`t.yaml:5:42: requests are a rate (write for example 20/s)`,
		`t.yaml:6:57: unknown key "unauthorised" in tests[0].input[1] (did you mean "unauthorized"?)`,
		`t.yaml:7:9: an input needs a service`,
		`t.yaml:7:47: more requests are unauthorized than there are`,
		`t.yaml:7:73: "requests" is no failure (known are ` + failures() + `)`,
		`t.yaml:8:57: a share of no requests (write a rate, for example 1/s)`,
		`t.yaml:10:9: which alert is expected? (write ` + "`alertname:`; only `absent` is meant for all where there is none)",
		`t.yaml:10:14: times in a test are whole seconds, up to 31d`,
		`t.yaml:11:50: no input has the service "shop"`,
		`t.yaml:12:25: tests[0].alerts[2].state: "fired" is no state: firing, resolved, absent`,
		`t.yaml:13:5: the test has no traffic (write ` + "`input:` or `lines:`)",
		`t.yaml:13:5: the test expects nothing (write ` + "`alerts:`)",
		`t.yaml:13:11: a test needs a name of its own`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	f := parse(t, "t.yaml", "tests:\n  - name: a\n    lines: [x]\n    alerts: [{at: 1m, alertname: KidMismatchBrust, state: absent}]\n")
	if got := f.Check(rules.Default()).Error(); !strings.HasPrefix(got, `t.yaml:4:34: no rule has the alert "KidMismatchBrust" (known are UnauthorizedRateSpike, `) {
		t.Error(got)
	}
}

// TestTraffic: what is asked for is counted, to the event, whatever the pods, and
// no pod refuses more requests in a second than it has.
func TestTraffic(t *testing.T) {
	for _, pods := range [][]string{nil, {"a"}, {"a", "b", "c"}} {
		for _, requests := range []float64{0.3, 7, 1.0 / 60, 123.4} {
			s := newStream(&Input{
				To: time.Hour, Service: "api", Pods: pods, Requests: Amount{Value: requests},
				Unauthorized: Amount{Value: requests / 8}, Failures: map[string]Amount{"kid_mismatch": {Value: 0.1}, "token_expired": {Value: 1, Share: true}},
			}, 1000)
			var sum detector.Counts
			for second := int64(900); second < 5000; second++ {
				for _, sample := range s.appendSecond(nil, second) {
					if sample.Counts[detector.Unauthorized] > sample.Counts[detector.Requests] {
						t.Fatalf("second %d has %v", second, sample.Counts)
					}
					sum.Add(&sample.Counts)
				}
			}
			all := uint32(requests*3600 + 0.01)
			if sum[detector.Requests] != all || sum[detector.TokenExpired] != all || sum[detector.KidMismatch] != 360 {
				t.Errorf("%v at %v/s: %v", pods, requests, sum)
			}
			if off := int(sum[detector.Unauthorized]) - int(all/8); off < -1 || off > 2 {
				t.Errorf("%v at %v/s: %d unauthorized of %d", pods, requests, sum[detector.Unauthorized], all)
			}
		}
	}
}

func TestAmount(t *testing.T) {
	for text, want := range map[string]Amount{"20/s": {Value: 20}, "3/m": {Value: 0.05}, "36/h": {Value: 0.01}, "2.5%": {Value: 0.025, Share: true}} {
		var got Amount
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "20", "/s", "%", "2%/s", "1/d", "-1/s", "101%", "NaN/s", "Inf/s", "2e6/s"} {
		if err := new(Amount).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// TestJudge: the moments that an expectation is about.
func TestJudge(t *testing.T) {
	start := time.Unix(1000, 0)
	alert := detector.Alert{Labels: []detector.Label{{Name: "alertname", Value: "A"}}}
	ended := alert
	ended.State = detector.Resolved
	changes := []detector.Transition{{Time: 1010, Alert: alert}, {Time: 1020, Alert: ended}, {Time: 1030, Alert: alert}}
	for _, c := range []struct {
		at, within int
		met        string // the states that are met, by their first letters
	}{
		{9, 0, "a"}, {10, 0, "f"}, {19, 0, "f"}, {20, 0, "ra"}, {29, 0, "ra"}, {30, 0, "f"}, {99, 0, "f"},
		{5, 4, "a"}, {5, 5, "f"}, {5, 15, "fr"}, {20, 9, "ra"}, {20, 10, "fr"}, {19, 1, "fr"},
	} {
		got := ""
		for _, state := range []State{Firing, Resolved, Absent} {
			e := Expectation{At: time.Duration(c.at) * time.Second, Within: time.Duration(c.within) * time.Second, Alertname: "A", State: state}
			if _, met := (&Test{Start: start}).judge(&e, changes); met {
				got += state.String()[:1]
			}
		}
		if got != c.met {
			t.Errorf("at %d within %d: %q is met, not %q", c.at, c.within, got, c.met)
		}
	}
}

// TestLinesOutside: a line that no second of the test can hold is refused.
func TestLinesOutside(t *testing.T) {
	f := parse(t, "t.yaml", "tests:\n  - name: a\n    lines: ['{\"time\":\"2025-12-31T00:00:00Z\",\"service\":\"api\",\"status\":401}']\n    alerts: [{at: 1m, state: absent}]\n")
	if _, err := f.Run(Options{Detector: detector.Config{Rules: rules.Default()}}); err == nil || !strings.Contains(err.Error(), "a line is of 2025-12-31T00:00:00Z: it has to follow start") {
		t.Error(err)
	}
}

// TestReadmeNamesEveryKey: the page's section about tests has every key of a test
// file and no other.
func TestReadmeNamesEveryKey(t *testing.T) {
	page, err := os.ReadFile("../../rules/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, ok := bytes.Cut(page, []byte("\n## Unit tests\n"))
	if !ok {
		t.Fatal("no section about tests")
	}
	var named, keys []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllSubmatch(page, -1) {
		named = append(named, string(m[1]))
	}
	for prefix, of := range map[string]reflect.Type{
		"": reflect.TypeFor[File](), "tests[].": reflect.TypeFor[Test](), "input[].": reflect.TypeFor[Input](), "alerts[].": reflect.TypeFor[Expectation](),
	} {
		for i := range of.NumField() {
			if key := of.Field(i).Tag.Get("yaml"); key != "" {
				keys = append(keys, prefix+key)
			}
		}
	}
	slices.Sort(named)
	slices.Sort(keys)
	if diff := cmp.Diff(keys, named); diff != "" {
		t.Error(diff)
	}
}
