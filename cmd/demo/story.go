package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
)

// promised are the alerts that the incident must cause for the victim.
var promised = []string{"KidMismatchBurst", "UnauthorizedRateSpike"}

// story narrates what happens. Offsets count from the key rotation.
type story struct {
	out       io.Writer
	rotated   time.Time
	began     time.Time // the first request that was refused because of the key
	restarted time.Time
	alerts    map[string]*told // of the victim, by name
	others    int              // alerts that were not promised
}

// told is what has been narrated about an alert.
type told struct {
	fired, resolved time.Time // zero before
	value, baseline float64   // when it fired
}

func newStory(out io.Writer) *story { return &story{out: out, alerts: map[string]*told{}} }

// say prints one event with its time.
func (s *story) say(at time.Time, format string, args ...any) {
	offset := strings.Repeat(" ", 8)
	if !s.rotated.IsZero() {
		offset = fmt.Sprintf("%+6.1f s", at.Sub(s.rotated).Seconds())
	}
	fmt.Fprintf(s.out, "%s %s  %s\n", at.UTC().Format("15:04:05"), offset, fmt.Sprintf(format, args...))
}

// more prints a line that belongs to the previous event.
func (s *story) more(format string, args ...any) {
	fmt.Fprintf(s.out, "%s%s\n", strings.Repeat(" ", 21), fmt.Sprintf(format, args...))
}

func (s *story) opening() {
	fmt.Fprintf(s.out, `authspike demo: an identity provider rotates its signing key, and %d of the %d pods of
%s, with %d requests per second, keep the old key set. Kafka is embedded and the
Alertmanager is fake; authspike is the real one. Everything is on loopback and takes
about a minute. Times are UTC; offsets count from the key rotation.

`, len(cast[0].stale), cast[0].pods, cast[0].name, cast[0].perSecond)
}

func (s *story) history(lines int, span time.Duration) {
	s.say(time.Now(), "Kafka holds %d minutes of history: %d lines of %d services, %.1f %% of requests are 401",
		int(span.Minutes()), lines, len(cast), 100*normalRefused)
}

func (s *story) listening(url string) {
	s.say(time.Now(), "authspike starts: status page %s/, metrics %s/metrics", url, url)
}

func (s *story) ready(now time.Time, took time.Duration) {
	s.say(now, "authspike has read the history and knows what is normal after %.1f s", took.Seconds())
}

func (s *story) rotation(now time.Time) {
	s.rotated = now
	fmt.Fprintln(s.out)
	s.say(now, "KEY ROTATION: new tokens are signed with %s instead of %s", newKey, oldKey)
}

// onset narrates the first refused request, once.
func (s *story) onset(first time.Time) {
	if s.began.IsZero() && !first.IsZero() {
		s.began = first
		s.say(first, "ONSET: a pod with the old key set refuses a valid token")
	}
}

// decided narrates what authspike decided.
func (s *story) decided(e pipeline.Effects, now time.Time) {
	for i := range e.Transitions {
		t := &e.Transitions[i]
		if t.Alert.Get("service") != victim {
			s.say(now, "authspike: %s of %s is %s (%s)", t.Alert.Name(), t.Alert.Get("service"), t.Alert.State, t.Reason)
			continue
		}
		a := s.alert(t.Alert.Name())
		if t.Alert.State == detector.Firing {
			a.value, a.baseline = t.Value, t.Baseline
		}
	}
}

// received narrates what the Alertmanager received, without repeats.
func (s *story) received(p *posted) {
	if !s.expected(p) {
		s.others++
		s.say(p.at, "OTHER ALERT: %s of %s is %s", p.name(), p.Labels["service"], p.state())
		return
	}
	a := s.alert(p.name())
	switch {
	case p.firing() && a.fired.IsZero():
		a.fired = p.at
		s.say(p.at, "ALERT %s reaches the Alertmanager, %.1f s after the onset", p.name(), p.at.Sub(s.began).Seconds())
		s.content(p)
	case !p.firing() && a.resolved.IsZero():
		a.resolved = p.at
		s.say(p.at, "RESOLVED %s, %.1f s after the restart began", p.name(), p.at.Sub(s.restarted).Seconds())
	}
}

// expected reports whether an alert is as promised: it does not fire before the onset
// and does not resolve before the restart.
func (s *story) expected(p *posted) bool {
	if p.Labels["service"] != victim || !slices.Contains(promised, p.name()) {
		return false
	}
	if p.firing() {
		return !s.began.IsZero()
	}
	return !s.restarted.IsZero()
}

func (s *story) alert(name string) *told {
	a := s.alerts[name]
	if a == nil {
		a = &told{}
		s.alerts[name] = a
	}
	return a
}

// content prints labels and annotations of an alert, the most telling ones first.
func (s *story) content(p *posted) {
	var labels []string
	for _, name := range slices.Sorted(maps.Keys(p.Labels)) {
		labels = append(labels, name+"="+p.Labels[name])
	}
	s.field("labels", strings.Join(labels, " "))
	s.field("startsAt", p.StartsAt.UTC().Format(time.RFC3339))
	first := []string{"summary", "description", "onset", "value", "baseline", "counts", "pods"}
	for _, name := range first {
		s.field(name, p.Annotations[name])
	}
	for _, name := range slices.Sorted(maps.Keys(p.Annotations)) {
		if !slices.Contains(first, name) {
			s.field(name, p.Annotations[name])
		}
	}
}

// field prints a name and its value, in as many lines as it takes; nothing if the
// value is empty.
func (s *story) field(name, value string) {
	for _, line := range wrap(value, 90) {
		s.more("%-12s %s", name, line)
		name = ""
	}
}

// wrap cuts text between words into lines of at most width bytes where it can.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || len(lines[last])+1+len(word) > width {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}

func (s *story) restart(now time.Time, t *traffic) {
	fmt.Fprintln(s.out)
	s.say(now, "ROLLING RESTART of api-worker, one pod per second: each starts with the new key set")
	s.more("so far %d of %d requests (%.1f %%) were refused because of the key", t.refused, t.requests, 100*float64(t.refused)/float64(max(1, t.requests)))
	s.restarted = now
}

// fired reports whether all promised alerts have fired.
func (s *story) fired() bool { return s.missing(true) == "" }

// resolved reports whether all promised alerts have resolved.
func (s *story) resolved() bool { return s.missing(false) == "" }

// missing says which of the promised alerts have not fired, or not resolved; ""
// when none is missing.
func (s *story) missing(firing bool) string {
	var names []string
	for _, name := range promised {
		a := s.alert(name)
		if at, what := a.fired, "did not fire"; firing && at.IsZero() {
			names = append(names, name+" "+what)
		} else if !firing && a.resolved.IsZero() {
			names = append(names, name+" did not resolve")
		}
	}
	return strings.Join(names, ", ")
}

func (s *story) summary() {
	fmt.Fprintf(s.out, "\nSummary\n")
	for _, name := range promised {
		a := s.alerts[name]
		fmt.Fprintf(s.out, "  %-22s fired %4.1f s after the onset at %.2f %% (normal %.2f %%), resolved %4.1f s after the restart\n",
			name, a.fired.Sub(s.began).Seconds(), 100*a.value, 100*a.baseline, a.resolved.Sub(s.restarted).Seconds())
	}
	fmt.Fprintf(s.out, "  other alerts: %d\n", s.others)
	fmt.Fprint(s.out, "  An alert may fire while requests can still arrive. It then assumes three times the usual\n"+
		"  traffic, so the share that it states is a lower bound.\n")
}

func (s *story) stays(url string) {
	fmt.Fprintf(s.out, "\nStaying up with normal traffic: %s/ and %s/metrics. Ctrl-C ends it.\n", url, url)
}
