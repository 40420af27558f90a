package detector

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// active is a firing alert.
type active struct {
	alert           Alert
	value, baseline float64
}

// firing reports whether any alert of the series fires.
func (s *series) firing() bool {
	for _, a := range s.alerts {
		if a != nil {
			return true
		}
	}
	return false
}

// fire starts the alert of a track whose verdict crossed at the given second. If
// another signal of the rule has made it fire before, the track only joins it.
func (d *Detector) fire(s *series, t *track, b *normal, v *verdict, second, f int64) {
	t.course = &course{
		level: max(b.atLeast(v.events, v.exposure, chosenSafety), t.rule.Factor*b.level), normal: b.level,
		sure: never, onset: s.onset(t, b, v, second), highest: second, lastStep: second,
	}
	t.noteFired(b, v, second, "")
	s.forgetPods(t)
	if s.alerts[t.rule.index] != nil {
		return
	}
	facts := d.facts(s, t, b, v, t.onset)
	bad, seen := d.shares(s, t, b, second)
	facts.Pods = podList(bad, seen)
	d.announce(s, t.rule, &facts, second, f)
}

// atLeast returns a lower confidence limit of the level behind `events` in
// `exposure`: that of Wilson (1927), one standard deviation of clumped events below
// the estimate. The window that fires has the highest estimate of all, which on
// average is too high; safety multiplies its variance.
func (b *normal) atLeast(events, exposure, safety float64) float64 {
	square := safety * b.spread // of the standard deviation, as a multiple of that of independent events
	middle, scatter, weight := events+square/2, events+square/4, exposure
	if !b.perSecond {
		exposure = max(exposure, events)
		scatter -= events * events / exposure
		weight = exposure + square
	}
	return (middle - math.Sqrt(square*scatter)) / weight
}

// facts returns what is known about a crossing that ends with the given second.
func (d *Detector) facts(s *series, t *track, b *normal, v *verdict, onset int64) Facts {
	f := Facts{
		Alert: t.rule.Name, Namespace: s.key.Namespace, Service: serviceLabel(s.key.Service), Signals: t.signal.String(),
		PerSecond: b.perSecond, Value: v.estimate(), AtLeast: v.atLeast, Baseline: b.level, Factor: t.rule.Factor,
		Count: uint64(v.events), Window: strconv.FormatInt(v.window, 10) + "s",
		Onset: stamp(onset),
	}
	f.Times = f.Value / f.Baseline
	if !b.perSecond && !v.atLeast {
		f.Requests = uint64(v.exposure)
	}
	return f
}

func serviceLabel(service string) string { return cmp.Or(service, "unknown") }

// onset estimates when the level changed: the start that makes the entries since
// then most likely under the new level rather than the old one.
func (s *series) onset(t *track, b *normal, v *verdict, second int64) int64 {
	gain := math.Log(v.estimate() / b.level)
	loss := v.estimate() - b.level
	best, onset := math.Inf(-1), second
	for w := int64(1); w <= 2*v.window && w <= 3600; {
		from := start(second, w)
		events, exposure := s.count(t.signal, second, w), s.exposure(second, w)
		if second > s.now && w <= windows[earlyWindows-1] {
			events = s.recent(t.signal, second, w)
			exposure = float64(w)
			if !b.perSecond {
				exposure *= b.rate // as the verdict took it
			}
		}
		if likely := events*gain - exposure*loss; likely > best {
			best, onset = likely, from+1
		}
		switch {
		case w < secondRing-1:
			w++
		case w < 10*tenRing-10:
			w += 10
		default:
			w += 60
		}
	}
	return onset
}

// announce makes the alert of a rule fire.
func (d *Detector) announce(s *series, r *compiled, facts *Facts, second, f int64) {
	a := &active{value: facts.Value, baseline: facts.Baseline}
	a.alert = Alert{Labels: labels(s.key, r), Annotations: annotations(r, facts), State: Firing, StartsAt: second}
	s.alerts[r.index] = a
	d.out = append(d.out, Transition{Time: f, Alert: a.alert, Reason: Fired, Value: a.value, Baseline: a.baseline})
}

func labels(key Series, r *compiled) []Label {
	out := []Label{{"alertname", r.Name}, {"namespace", key.Namespace}, {"service", serviceLabel(key.Service)}, {"severity", r.Severity}}
	return sortLabels(append(out, r.Labels...))
}

func annotations(r *compiled, facts *Facts) []Label {
	counts := strconv.FormatUint(facts.Count, 10)
	if facts.Requests > 0 {
		counts += " of " + strconv.FormatUint(facts.Requests, 10) + " requests"
	}
	out := []Label{
		{"summary", render(r.summary, facts)},
		{"description", render(r.about, facts)},
		{"value", facts.Observed()},
		{"baseline", facts.Amount(facts.Baseline)},
		{"onset", facts.Onset},
		{"counts", counts + " in " + facts.Window},
		{"signals", facts.Signals},
	}
	if facts.Pods != "" {
		out = append(out, Label{"pods", facts.Pods})
	}
	if r.RunbookURL != "" {
		out = append(out, Label{"runbook_url", render(r.runbook, facts)})
	}
	return sortLabels(out)
}

func sortLabels(l []Label) []Label {
	slices.SortFunc(l, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
	return l
}

// resolve ends the alerts of a series that are over at frontier f.
func (d *Detector) resolve(s *series, f int64) {
	for i, a := range s.alerts {
		if a == nil {
			continue
		}
		r := d.rules[i]
		stale := f-1-d.lateness-s.now >= seconds(r.StaleAfter)
		end, still := s.now, false
		if stale {
			end = f - 1 - d.lateness
		}
		var value, normal float64
		for k, t := range s.tracks {
			if t == nil || t.rule != r {
				continue
			}
			if t.firing() {
				second := max(s.now, t.lastStep)
				if stale || t.recovered(second) {
					value, normal = s.ended(t, second), t.normal
					t.noteEnded(max(end, second), "", t.clear, endReason(stale))
					t.after = t.highest
					if stale {
						t.after = second
					}
					t.course = nil
				}
			}
			still = still || t.firing() || s.podsFire(k, stale, end)
		}
		if still {
			continue
		}
		if normal == 0 {
			normal = a.baseline
		}
		s.alerts[i] = nil
		d.out = append(d.out, ended(a, endReason(stale), f, value, normal))
	}
}

// endReason returns why a track or a pod no longer fires.
func endReason(stale bool) Reason {
	if stale {
		return Stale
	}
	return Recovered
}

// ended returns the level of a track that has recovered, over the last minute, or
// since the recovery began.
func (s *series) ended(t *track, second int64) float64 {
	w := max(1, min(60, second-t.highest))
	if exposure := s.exposure(second, w); exposure > 0 {
		return s.count(t.signal, second, w) / exposure
	}
	return 0
}

// ended returns the transition that resolves an alert.
func ended(a *active, reason Reason, f int64, value, baseline float64) Transition {
	alert := a.alert
	alert.State, alert.EndsAt = Resolved, max(f, alert.StartsAt+1)
	alert.Annotations = sortLabels(append(slices.Clone(alert.Annotations), Label{"resolved", reason.String()}))
	return Transition{Time: f, Alert: alert, Reason: reason, Value: value, Baseline: baseline}
}

// Alerts returns the firing alerts, by series and rule. The caller may keep them.
// Their annotation pods may name more pods than the transition did.
func (d *Detector) Alerts() []Alert {
	var out []Alert
	for _, s := range d.series {
		for _, a := range s.alerts {
			if a != nil {
				out = append(out, a.alert)
			}
		}
	}
	return out
}

// nameAgain updates the annotation pods of a service's alerts, once a minute while
// the incident lasts: an early fire often rests on too few events to name every pod.
func (d *Detector) nameAgain(s *series, second int64) {
	for k, t := range s.tracks {
		if t == nil || !t.firing() || t.clear > 0 || s.alerts[t.rule.index] == nil || d.firesBefore(s, k) {
			continue
		}
		bad, seen := d.shares(s, t, t.at(second/60), second)
		a := &s.alerts[t.rule.index].alert
		if list := podList(bad, seen); list != "" && list != find(a.Annotations, "pods") {
			others := slices.DeleteFunc(slices.Clone(a.Annotations), func(l Label) bool { return l.Name == "pods" })
			a.Annotations = sortLabels(append(others, Label{"pods", list}))
		}
	}
}

// firesBefore reports whether an earlier signal of the rule of track k fires.
func (d *Detector) firesBefore(s *series, k int) bool {
	for i, t := range s.tracks[:k] {
		if t != nil && t.firing() && d.plan[i].rule == d.plan[k].rule {
			return true
		}
	}
	return false
}

// podList returns the annotation for the bad pods, worst first, out of `seen` pods.
func podList(bad []podShare, seen int) string {
	if len(bad) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d: ", len(bad), seen)
	for i := range bad {
		if i == namedPods {
			fmt.Fprintf(&b, " and %d more", len(bad)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(clip(bad[i].name, 80))
	}
	return b.String()
}

// namedPods bounds how many pods an annotation names.
const namedPods = 5
