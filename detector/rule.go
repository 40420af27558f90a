package detector

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The severities of a symptom. Symptoms never page.
const (
	SeverityInfo    = "info"
	SeverityWarning = "warning"
)

// Rule defines an alert. Each of its signals is tested separately, against its own
// baseline; all of them together make one alert per series.
//
// Shares are per request, in [0, 1]. If a series logs no requests, the rule counts
// per second instead, and ColdPerSecond and FloorPerSecond replace ColdShare and
// FloorShare.
type Rule struct {
	Name    string   // the alert's name: letters, digits and underscores
	Signals []Signal // what it counts: Unauthorized or failures, at least one

	Factor      float64 // it is an alert from Factor times the baseline on; > 1
	ClearFactor float64 // it is over below ClearFactor times the baseline; in [1, Factor)
	MinCount    int     // it takes at least so many events in the deciding window; >= 1

	FloorShare     float64 // the baseline is never taken to be lower; in (0, 1)
	FloorPerSecond float64 // the same for series without requests; > 0
	ColdShare      float64 // the baseline assumed of a series that nothing is known of; in (0, 1)
	ColdPerSecond  float64 // the same for series without requests; > 0

	Baseline    time.Duration // how much of the past is normal: trailing time with traffic and without alerts; 12m to 24h, in steps of 12m
	FalseAlarms time.Duration // mean time between two false alarms of one series that is accepted; 1h to 10 years

	KeepFiringFor time.Duration // an alert fires at least so long after the signal was last seen high; whole seconds, 0 to 24h
	StaleAfter    time.Duration // an alert of a series that fell silent resolves after so long; whole seconds, 1m to 30 days

	Severity   string  // SeverityInfo or SeverityWarning
	Labels     []Label // further labels of the alert, the same for each series
	Summary    string  // templates over the fields of Facts
	About      string  // the annotation `description`
	RunbookURL string  // "" for none
}

// Validate returns all faults of the rule, joined, each a *FieldError.
func (r *Rule) Validate() error {
	var faults []error
	fault := func(ok bool, field, what string) {
		if !ok {
			faults = append(faults, &FieldError{Field: field, What: what})
		}
	}
	fault(validName(r.Name), "alert", "an alert's name is letters, digits and underscores, and begins with none of the digits")
	fault(len(r.Signals) > 0, "signals", "a rule counts at least one signal")
	for i, s := range r.Signals {
		fault(s == Unauthorized || s.IsFailure(), "signals", "only unauthorized and the failures can be counted")
		fault(!slices.Contains(r.Signals[:i], s), "signals", fmt.Sprintf("%s stands twice", s))
	}
	fault(r.Factor > 1 && r.Factor <= 1000, "factor", "factor is above 1 and at most 1000")
	fault(r.ClearFactor >= 1 && r.ClearFactor < r.Factor, "clear_factor", "clear_factor is at least 1 and below factor")
	fault(r.MinCount >= 1 && r.MinCount <= 1_000_000, "min_count", "min_count is 1 to 1000000")
	share := func(v float64) bool { return v >= 1e-9 && v < 1 }
	fault(share(r.FloorShare), "floor", "a share is above 0 and below 1")
	fault(share(r.ColdShare), "cold", "a share is above 0 and below 1")
	rate := func(v float64) bool { return v >= 1e-9 && v <= 1e6 }
	fault(rate(r.FloorPerSecond), "floor_per_second", "a rate is above 0 and at most a million per second")
	fault(rate(r.ColdPerSecond), "cold_per_second", "a rate is above 0 and at most a million per second")
	span := func(v, low, high, step time.Duration) bool { return v >= low && v <= high && v%step == 0 }
	const day = 24 * time.Hour
	fault(span(r.Baseline, slots*time.Minute, day, slots*time.Minute), "baseline", "baseline is 12m to 24h, in steps of 12m")
	fault(span(r.FalseAlarms, time.Hour, 3650*day, time.Second), "false_alarms", "the time per false alarm is 1h to 10 years")
	fault(span(r.KeepFiringFor, 0, day, time.Second), "keep_firing_for", "keep_firing_for is 0s to 24h, in whole seconds")
	fault(span(r.StaleAfter, time.Minute, 30*day, time.Second), "stale_after", "stale_after is 1m to 30d, in whole seconds")
	fault(r.Severity == SeverityInfo || r.Severity == SeverityWarning, "severity", "a symptom's severity is info or warning")
	for i, l := range r.Labels {
		fault(validName(l.Name), "labels", fmt.Sprintf("%s is no label name", strconv.Quote(l.Name)))
		fault(!reserved(l.Name), "labels", fmt.Sprintf("the label %s is set by authspike", l.Name))
		fault(!slices.ContainsFunc(r.Labels[:i], func(o Label) bool { return o.Name == l.Name }), "labels", fmt.Sprintf("the label %s stands twice", l.Name))
	}
	for _, t := range [...]struct{ field, text string }{{"summary", r.Summary}, {"description", r.About}, {"runbook_url", r.RunbookURL}} {
		if _, err := parseTemplate(t.text); err != nil {
			fault(false, t.field, err.Error())
		}
	}
	return errors.Join(faults...)
}

// FieldError is one fault of a rule.
type FieldError struct {
	Field string // the key of the rule file
	What  string
}

// Error returns what is wrong.
func (f *FieldError) Error() string { return f.Field + ": " + f.What }

func validName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func reserved(label string) bool {
	switch label {
	case "alertname", "namespace", "service", "severity", "pod", "kid":
		return true
	}
	return strings.HasPrefix(label, "__")
}

// statistics returns a hash of everything that shapes the rule's statistics. A rule
// whose hash changes starts to learn from scratch.
func (r *Rule) statistics() uint64 {
	h := fnv.New64a()
	for _, s := range r.Signals {
		fmt.Fprintln(h, s)
	}
	fmt.Fprintln(h, r.FloorShare, r.FloorPerSecond, r.ColdShare, r.ColdPerSecond,
		r.Factor, r.ClearFactor, r.MinCount, r.Baseline, r.FalseAlarms)
	return h.Sum64()
}

// seconds returns d in whole seconds.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
