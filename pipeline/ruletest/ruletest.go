// Package ruletest tests rules: a YAML file describes traffic, and the alerts that are
// expected at given times.
//
// Invariant: a test is judged by the same detector and, for log lines, the same worker
// as in authspike run, and the same file gives the same verdict everywhere: counts are
// spread evenly over the seconds, nothing is random. It refuses expectations that
// cannot fail, such as the absence of an alert that no rule defines. It does no I/O
// and looks at no clock.
package ruletest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// File is a test file as it is written.
type File struct {
	// RuleFiles are what is tested, relative to the file; the caller reads them.
	RuleFiles []string `yaml:"rule_files"`
	Tests     []Test   `yaml:"tests"`

	doc *rules.Document
}

// Test is traffic and what is expected of it. All its times are relative to Start.
type Test struct {
	Name   string        `yaml:"name"`
	Start  time.Time     `yaml:"start"` // default 2026-01-05T00:00:00Z, a Monday
	Input  []Input       `yaml:"input"`
	Lines  []string      `yaml:"lines"` // of one log, in the order of their arrival
	Alerts []Expectation `yaml:"alerts"`
}

// Input is steady traffic of one service.
type Input struct {
	From         time.Duration     `yaml:"from"`
	To           time.Duration     `yaml:"to"` // the first moment without it
	Namespace    string            `yaml:"namespace"`
	Service      string            `yaml:"service"`
	Pods         []string          `yaml:"pods"` // which share it evenly
	Requests     Amount            `yaml:"requests"`
	Unauthorized Amount            `yaml:"unauthorized"`
	Failures     map[string]Amount `yaml:"failures"` // by signal
}

// State is the expected state of an alert.
type State uint8

// The states.
const (
	Firing   State = iota // one of the alerts that are meant fires
	Resolved              // one has fired, and none does
	Absent                // none fires
)

var stateNames = [...]string{"firing", "resolved", "absent"}

// String returns the state as it is written.
func (s State) String() string { return stateNames[s] }

// UnmarshalText reads a state.
func (s *State) UnmarshalText(text []byte) error {
	i := slices.Index(stateNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is no state: %s", text, strings.Join(stateNames[:], ", "))
	}
	*s = State(i)
	return nil
}

// Expectation is about one alert at one time: at some moment from At to At + Within it
// is Firing or Resolved, or it is Absent throughout.
type Expectation struct {
	At        time.Duration     `yaml:"at"`
	Within    time.Duration     `yaml:"within"`
	Alertname string            `yaml:"alertname"` // "" for every alert, with Absent only
	Labels    map[string]string `yaml:"labels"`    // those that an alert has at least
	State     State             `yaml:"state"`
}

// Bounds of one test.
const (
	maxSpan = 31 * 24 * time.Hour
	maxRate = 1e6 // per second, far below what a count of one second holds
	maxPods = 1000
)

// Parse parses a test file, or returns every fault in it.
func Parse(file string, data []byte) (*File, rules.Faults) {
	f := &File{}
	doc, faults := rules.Decode(file, data, f)
	f.doc = doc
	c := checker{doc: doc, unread: map[int]bool{}}
	for _, fault := range faults {
		c.unread[fault.Line] = true
	}
	if len(f.Tests) == 0 && len(faults) == 0 {
		c.fault("there is no test in it", "write at least one test under `tests:`", "tests")
	}
	named := map[string]bool{}
	for i := range f.Tests {
		t := &f.Tests[i]
		if t.Start.IsZero() {
			t.Start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
		}
		if t.Name == "" || named[t.Name] {
			c.fault("a test needs a name of its own", "", "tests", i, "name")
		}
		named[t.Name] = true
		c.test(t, i)
	}
	if faults = append(faults, c.faults...); len(faults) > 0 {
		faults.Sort()
		return nil, faults
	}
	return f, nil
}

// Check returns a fault for each expectation about an alert that no rule defines.
func (f *File) Check(list []detector.Rule) rules.Faults {
	c := checker{doc: f.doc}
	for i := range f.Tests {
		for j, e := range f.Tests[i].Alerts {
			if e.Alertname != "" && !slices.ContainsFunc(list, func(r detector.Rule) bool { return r.Name == e.Alertname }) {
				c.fault(fmt.Sprintf("no rule has the alert %q", e.Alertname), "known are "+alerts(list), "tests", i, "alerts", j, "alertname")
			}
		}
	}
	return c.faults
}

func alerts(list []detector.Rule) string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	return strings.Join(names, ", ")
}

// checker collects semantic faults.
type checker struct {
	doc    *rules.Document
	unread map[int]bool // lines whose values could not be read, and say nothing
	faults rules.Faults
}

func (c *checker) fault(what, remedy string, path ...any) {
	if f := c.doc.Fault(what, remedy, path...); !c.unread[f.Line] {
		c.faults = append(c.faults, f)
	}
}

func (c *checker) test(t *Test, i int) {
	if t.Start.Nanosecond() != 0 {
		c.fault("start is a whole second", "", "tests", i, "start")
	}
	if len(t.Input) == 0 && len(t.Lines) == 0 {
		c.fault("the test has no traffic", "write `input:` or `lines:`", "tests", i)
	}
	if len(t.Alerts) == 0 {
		c.fault("the test expects nothing", "write `alerts:`", "tests", i)
	}
	pods := 0
	for j := range t.Input {
		pods += max(1, len(t.Input[j].Pods))
		c.input(&t.Input[j], "tests", i, "input", j)
	}
	if pods > maxPods {
		c.fault(fmt.Sprintf("the test has more than %d pods", maxPods), "", "tests", i, "input")
	}
	for j := range t.Alerts {
		c.expectation(t, &t.Alerts[j], "tests", i, "alerts", j)
	}
}

func (c *checker) input(in *Input, path ...any) {
	at := func(keys ...any) []any { return slices.Concat(path, keys) }
	if in.Service == "" {
		c.fault("an input needs a service", "", at("service")...)
	}
	c.span(in.From, at("from")...)
	c.span(in.To, at("to")...)
	if in.To <= in.From {
		c.fault("an input ends after it begins", "write `to:`, the first moment without it", at("to")...)
	}
	if in.Requests.Share {
		c.fault("requests are a rate", "write for example 20/s", at("requests")...)
	}
	if in.Requests.Value == 0 && len(in.Failures) == 0 {
		c.fault("the input counts nothing", "write `requests: 20/s`", at("requests")...)
	}
	limit := in.Requests.Value
	if in.Unauthorized.Share {
		limit = 1
	}
	if in.Unauthorized.Value > limit {
		c.fault("more requests are unauthorized than there are", "", at("unauthorized")...)
	}
	for _, name := range slices.Sorted(maps.Keys(in.Failures)) {
		amount := in.Failures[name]
		if signal, ok := detector.ParseSignal(name); !ok || !signal.IsFailure() {
			c.fault(fmt.Sprintf("%q is no failure", name), "known are "+failures(), at("failures", name)...)
		}
		if amount.Share && in.Requests.Value == 0 {
			c.fault("a share of no requests", "write a rate, for example 1/s", at("failures", name)...)
		}
	}
}

func failures() string {
	var names []string
	for s := detector.FirstFailure; s <= detector.LastFailure; s++ {
		names = append(names, s.String())
	}
	return strings.Join(names, ", ")
}

func (c *checker) expectation(t *Test, e *Expectation, path ...any) {
	at := func(key string) []any { return slices.Concat(path, []any{key}) }
	c.span(e.At, at("at")...)
	c.span(e.Within, at("within")...)
	if e.Alertname == "" && e.State != Absent {
		c.fault("which alert is expected?", "write `alertname:`; only `absent` is meant for all where there is none", at("alertname")...)
	}
	service, ok := e.Labels["service"]
	if ok && len(t.Lines) == 0 && !slices.ContainsFunc(t.Input, func(in Input) bool { return in.Service == service }) {
		c.fault(fmt.Sprintf("no input has the service %q", service), "", slices.Concat(path, []any{"labels", "service"})...)
	}
}

// span checks that a time is within what a test may last.
func (c *checker) span(d time.Duration, path ...any) {
	if d%time.Second != 0 || d > maxSpan {
		c.fault("times in a test are whole seconds, up to "+rules.Duration(maxSpan).String(), "", path...)
	}
}
