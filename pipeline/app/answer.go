package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/web"
)

// answerer answers questions while a replay runs, second by second, so that every
// answer is exact.
type answerer struct {
	format   Format
	out      io.Writer
	lateness int64
	answers  []*answering
	seen     map[detector.Series]bool
	err      error // of the writer
}

// answering is a question with the progress of its answer.
type answering struct {
	Question

	pending      pending
	oldest, last int64 // seconds of its samples
	known        bool  // there were any
	answered     bool  // a second was
	unanswered   []int64

	hour    int64 // that is told when it has passed
	judged  int64 // the newest judged second that was looked at
	nearest []detector.Explanation
	told    []telling // transitions in it
}

// telling is an explanation that is waiting to be written.
type telling struct {
	occasion string
	at       int64
	all      []detector.Explanation
}

func newAnswerer(questions []Question, format Format, out io.Writer, lateness int64) *answerer {
	x := &answerer{format: format, out: out, lateness: lateness, seen: map[detector.Series]bool{}}
	for _, q := range questions {
		x.answers = append(x.answers, &answering{Question: q, pending: pending{done: math.MinInt64}, oldest: math.MaxInt64, last: math.MinInt64, hour: math.MinInt64, judged: math.MinInt64})
	}
	return x
}

// counted handles the counts of a batch.
func (x *answerer) counted(d *pipeline.Delta) {
	var asked []int64
	for i := range d.Samples {
		s := &d.Samples[i]
		x.seen[s.Series] = true
		for _, a := range x.answers {
			if a.Series != s.Series {
				continue
			}
			a.known = true
			a.oldest, a.last = min(a.oldest, s.Second), max(a.last, s.Second)
			asked = a.asks(s.Second, asked[:0])
			for _, second := range asked {
				a.pending.add(second)
			}
		}
	}
}

// judgedAll handles a move of the frontier.
func (x *answerer) judgedAll(m *pipeline.Moment) {
	for _, a := range x.answers {
		switch {
		case !a.known:
		case len(a.Spans) == 0:
			x.follow(a, m)
		default:
			x.answer(a, m)
		}
	}
}

// answer explains the seconds that have been judged by now.
func (x *answerer) answer(a *answering, m *pipeline.Moment) {
	closed := m.Frontier - 1 - x.lateness
	for len(a.pending.seconds) > 0 && a.pending.seconds[0] <= closed {
		at := a.pending.seconds[0]
		found := m.ExplainAt(a.Series, at)
		if slices.ContainsFunc(found, func(e detector.Explanation) bool { return e.Kept == detector.NotJudged }) {
			return // the series fills a gap
		}
		a.pending.drop()
		found = slices.DeleteFunc(found, func(e detector.Explanation) bool { return e.Kept == detector.NotKept })
		if len(found) == 0 {
			a.unanswered = append(a.unanswered, at)
		}
		a.answered = a.answered || len(found) > 0
		x.write("asked", at, a.Series, found)
	}
}

// follow explains transitions and keeps the verdicts that came nearest to an alert.
func (x *answerer) follow(a *answering, m *pipeline.Moment) {
	found := m.Explain(a.Series)
	if len(found) > 0 && found[0].Second != a.judged {
		a.judged = found[0].Second
		if hour := a.judged / 3600; hour != a.hour {
			x.tell(a)
			a.hour = hour
		}
		a.keepNearest(m.ExplainAt(a.Series, a.judged))
	}
	for i := range m.Transitions {
		t := &m.Transitions[i]
		if t.Alert.Get("namespace") != a.Series.Namespace || t.Alert.Get("service") != shownService(a.Series.Service) {
			continue
		}
		of := found
		if t.Alert.State == detector.Resolved { // what fired a second before
			of = m.ExplainAt(a.Series, m.Frontier-2-x.lateness)
		}
		a.told = append(a.told, telling{t.Alert.State.String(), t.Time, slices.DeleteFunc(slices.Clone(of), func(e detector.Explanation) bool {
			return e.Alert != t.Alert.Name() || e.Why != detector.IsFiring
		})})
		if last := a.told[len(a.told)-1].all; t.Alert.State == detector.Firing {
			for i := range last {
				if last[i].Fired != nil {
					last[i] = *last[i].Fired
				}
			}
		}
	}
}

// shownService returns the service as it appears in labels.
func shownService(service string) string {
	if service == "" {
		return "unknown"
	}
	return service
}

// keepNearest keeps, for each signal and its pods, the verdict nearest to an alert.
func (a *answering) keepNearest(found []detector.Explanation) {
	for _, e := range found {
		i := slices.IndexFunc(a.nearest, func(n detector.Explanation) bool {
			return n.Alert == e.Alert && n.Signal == e.Signal && (n.Pod == "") == (e.Pod == "")
		})
		switch {
		case i < 0 && e.Nearer(&detector.Explanation{}):
			a.nearest = append(a.nearest, e)
		case i >= 0 && e.Nearer(&a.nearest[i]):
			a.nearest[i] = e
		}
	}
}

// tell writes the explanations of an hour, in order of time.
func (x *answerer) tell(a *answering) {
	for _, e := range a.nearest {
		a.told = append(a.told, telling{"nearest", e.Second, []detector.Explanation{e}})
	}
	slices.SortStableFunc(a.told, func(a, b telling) int { return cmp.Compare(a.at, b.at) })
	for _, t := range a.told {
		x.write(t.occasion, t.at, a.Series, t.all)
	}
	a.nearest, a.told = a.nearest[:0], a.told[:0]
}

// finish writes what is left and returns an error for questions without an answer.
func (x *answerer) finish() error {
	faults := []error{x.err}
	for _, a := range x.answers {
		x.tell(a)
		faults = append(faults, x.fault(a))
	}
	return errors.Join(faults...)
}

func (x *answerer) fault(a *answering) error {
	if !a.known {
		var names []string
		for s := range maps.Keys(x.seen) {
			names = append(names, seriesName(s))
		}
		slices.Sort(names)
		return fmt.Errorf("explain %s: there is no such series, but %s", a.text, listed(names))
	}
	var missing []string
	for _, second := range append(a.unanswered, a.pending.seconds...) {
		if !a.answered || !slices.ContainsFunc(a.Spans, func(s Span) bool { return s.Daily }) {
			missing = append(missing, stamp(second))
		}
	}
	if len(missing) == 0 && (a.answered || len(a.Spans) == 0) {
		return nil
	}
	return fmt.Errorf("explain %s: nothing is known of %s: the entries are from %s to %s", a.text, listed(missing), stamp(a.oldest), stamp(a.last))
}

// listed joins a few names.
func listed(names []string) string {
	const few = 10
	switch n := len(names); {
	case n == 0:
		return "any such time"
	case n > few:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), n-few)
	default:
		return strings.Join(names, ", ")
	}
}

func seriesName(s detector.Series) string {
	if s.Namespace == "" {
		return shownService(s.Service)
	}
	return s.Namespace + "/" + shownService(s.Service)
}

// explained is an explanation in the JSONL format.
type explained struct {
	Time      string `json:"time"`
	Occasion  string `json:"occasion"`
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
	web.Verdict
}

func (x *answerer) write(occasion string, at int64, s detector.Series, all []detector.Explanation) {
	for i := range all {
		if x.err == nil {
			x.err = x.writeOne(occasion, at, s, &all[i])
		}
	}
}

func (x *answerer) writeOne(occasion string, at int64, s detector.Series, e *detector.Explanation) error {
	if x.format == JSONL {
		text, err := json.Marshal(explained{Time: stamp(at), Occasion: occasion, Namespace: s.Namespace, Service: s.Service, Verdict: web.VerdictOf(e)})
		if err != nil {
			return fmt.Errorf("write explanation: %w", err)
		}
		_, err = x.out.Write(append(text, '\n'))
		return err
	}
	_, err := fmt.Fprintf(x.out, "%s  %-9s %-24s %s  %s %s\n%22s%s\n", stamp(at), strings.ToUpper(occasion), e.Alert, seriesName(s), e.Signal, e.Sentence(), "", numbers(e))
	return err
}

// numbers returns the numbers of an explanation in one line.
func numbers(e *detector.Explanation) string {
	of, unit := "requests", ""
	if e.PerSecond {
		of, unit = "s", " per second"
	}
	least := ""
	if e.AtLeast {
		least = "at least "
	}
	text := fmt.Sprintf("at %s: %.6g of %.6g %s in %s, observed %s%.3g%s", stamp(e.Second), e.Events, e.Exposure, of, time.Duration(e.Window)*time.Second, least, e.Observed, unit)
	if e.Baseline > 0 {
		text += fmt.Sprintf(", baseline %.3g", e.Baseline)
		if e.HistoryExposure > 0 {
			text += fmt.Sprintf(" (%.6g of %.6g)", e.HistoryEvents, e.HistoryExposure)
		}
		text += fmt.Sprintf(", expected %.3g, limit %.3g", e.Expected, e.Limit)
	}
	if e.Threshold > 0 {
		text += fmt.Sprintf(", score %.3g of %.3g, near %.3g of %.3g, spread %.3g", e.Score, e.Threshold, e.Near, e.NearLimit, e.Spread)
	}
	return text
}
