package ruletest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/rules"
)

// Options configure what is tested.
type Options struct {
	Detector detector.Config
	Worker   pipeline.WorkerOptions // reads lines
}

// Result is the verdict on one test.
type Result struct {
	Name   string
	Misses []Miss // in the order of the file; none for a good test
}

// Miss is an expectation that was not met.
type Miss struct {
	Place    string // file:line:col
	Alert    string // which alert, and when
	Expected State
	Got      string // what was there instead
}

// Run runs one test after the other.
func (f *File) Run(opts Options) ([]Result, error) {
	var results []Result
	for i := range f.Tests {
		t := &f.Tests[i]
		changes, err := t.changes(opts)
		if err != nil {
			return nil, fmt.Errorf("run test %s: %w", t.Name, err)
		}
		r := Result{Name: t.Name}
		for j := range t.Alerts {
			if got, met := t.judge(&t.Alerts[j], changes); !met {
				at := f.doc.Fault("", "", "tests", i, "alerts", j)
				r.Misses = append(r.Misses, Miss{
					Place: fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column), Alert: t.Alerts[j].String(), Expected: t.Alerts[j].State, Got: got,
				})
			}
		}
		results = append(results, r)
	}
	return results, nil
}

// changes runs the detector over the traffic, second by second, until the last
// expectation.
func (t *Test) changes(opts Options) ([]detector.Transition, error) {
	d, err := detector.New(opts.Detector)
	if err != nil {
		return nil, err
	}
	start := t.Start.Unix()
	arrivals, err := t.read(opts.Worker)
	if err != nil {
		return nil, err
	}
	streams := make([]stream, len(t.Input))
	for i := range t.Input {
		streams[i] = newStream(&t.Input[i], start)
	}
	var end time.Duration
	for _, e := range t.Alerts {
		end = max(end, e.At+e.Within)
	}
	var changes []detector.Transition
	var samples []detector.Sample
	for second := start; second < start+int64(end/time.Second); second++ {
		samples = append(samples[:0], arrivals[second]...)
		for i := range streams {
			samples = streams[i].appendSecond(samples, second)
		}
		d.Add(samples)
		changes = append(changes, d.Advance(second+1)...)
	}
	return changes, nil
}

// read counts the lines by the second in which they arrive: their own or, for a late
// line, the second that its log had reached.
func (t *Test) read(opts pipeline.WorkerOptions) (map[int64][]detector.Sample, error) {
	arrivals := map[int64][]detector.Sample{}
	w, err := pipeline.NewWorker(opts)
	if err != nil {
		return nil, err
	}
	start := t.Start.Unix()
	reached := start
	var delta pipeline.Delta
	for i, line := range t.Lines {
		w.Work(&pipeline.Batch{
			From: int64(i), Next: int64(i + 1), HighWatermark: int64(len(t.Lines)), End: i == len(t.Lines)-1,
			Records: []pipeline.Record{{Value: []byte(line)}},
		}, &delta)
		for _, s := range delta.Samples {
			if s.Second < start || s.Second > start+int64(maxSpan/time.Second) {
				return nil, fmt.Errorf("a line is of %s: it has to follow start, %s, within %s",
					time.Unix(s.Second, 0).UTC().Format(time.RFC3339), t.Start.UTC().Format(time.RFC3339), rules.Duration(maxSpan))
			}
			at := max(s.Second, reached)
			arrivals[at] = append(arrivals[at], s)
		}
		reached = max(reached, delta.Newest)
	}
	return arrivals, nil
}

// span is a stretch of seconds from the start in which an alert that is meant fires.
type span struct{ from, to int64 } // to is never where it had no end

const never = int64(math.MaxInt64)

// spans returns when any of the alerts that e is about fires, in order.
func (t *Test) spans(e *Expectation, changes []detector.Transition) (all []span) {
	firing := map[string]bool{}
	for i := range changes {
		a := &changes[i].Alert
		if !e.means(a) {
			continue
		}
		key, at, before := fmt.Sprint(a.Labels), changes[i].Time-t.Start.Unix(), len(firing)
		if a.State == detector.Firing {
			firing[key] = true
		} else {
			delete(firing, key)
		}
		switch {
		case before == 0 && len(firing) > 0:
			all = append(all, span{at, never})
		case before > 0 && len(firing) == 0:
			all[len(all)-1].to = at
		}
	}
	return all
}

// means reports whether e is about the alert a.
func (e *Expectation) means(a *detector.Alert) bool {
	if e.Alertname != "" && a.Name() != e.Alertname {
		return false
	}
	for name, value := range e.Labels {
		if a.Get(name) != value {
			return false
		}
	}
	return true
}

// judge reports whether e is met, and what happened in words.
func (t *Test) judge(e *Expectation, changes []detector.Transition) (got string, met bool) {
	spans := t.spans(e, changes)
	from, to := int64(e.At/time.Second), int64((e.At+e.Within)/time.Second)
	fires := slices.ContainsFunc(spans, func(s span) bool { return s.from <= to && s.to > from })
	switch e.State {
	case Firing:
		met = fires
	case Absent:
		met = !fires
	case Resolved:
		met = resolved(spans, from, to)
	}
	return history(spans), met
}

// resolved reports whether at some moment of [from, to] nothing fires after something did.
func resolved(spans []span, from, to int64) bool {
	for i, s := range spans {
		next := never
		if i+1 < len(spans) {
			next = spans[i+1].from
		}
		if s.to <= to && next > from && next > s.to {
			return true
		}
	}
	return false
}

// history returns when something fires, in words.
func history(spans []span) string {
	if len(spans) == 0 {
		return "it never fires"
	}
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = "fires at " + written(s.from)
		if s.to != never {
			parts[i] += ", resolved at " + written(s.to)
		}
	}
	return strings.Join(parts, "; ")
}

func written(seconds int64) string {
	return rules.Duration(time.Duration(seconds) * time.Second).String()
}

// String returns which alert e is about, and when.
func (e *Expectation) String() string {
	name := e.Alertname
	if name == "" {
		name = "any alert"
	}
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(e.Labels)) {
		labels = append(labels, fmt.Sprintf("%s=%q", key, e.Labels[key]))
	}
	if len(labels) > 0 {
		name += "{" + strings.Join(labels, ", ") + "}"
	}
	name += " at " + rules.Duration(e.At).String()
	if e.Within > 0 {
		name += " within " + rules.Duration(e.Within).String()
	}
	return name
}
