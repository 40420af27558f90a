package pipeline

import (
	"maps"
	"slices"
	"strings"

	"github.com/authspike/authspike/detector"
)

// Happened is a transition, and whether it was sent to the Alertmanagers.
type Happened struct {
	detector.Transition
	Sent bool
}

// resolvedAlert is a resolve that is sent again after a restart, because the
// Alertmanagers may not have accepted it.
type resolvedAlert struct {
	transition detector.Transition
	at         int64 // Unix milliseconds of this machine
}

const (
	maxRecent    = 100
	resolvedKept = 10 * 60 * 1000 // milliseconds; the Alertmanagers end an alert that is not repeated within 4 min
	maxResolved  = 1024
)

// take records transitions and decides which of them are sent.
func (e *Evaluator) take(transitions []detector.Transition, now int64) Effects {
	effects := Effects{Transitions: transitions}
	for i := range transitions {
		t := &transitions[i]
		if e.hearsOf(t, now) {
			effects.Send = append(effects.Send, t.Alert)
		}
		if e.caughtUp {
			e.metrics.transition(t)
		}
	}
	return effects
}

// hearsOf records t and reports whether it is to be sent to the Alertmanagers:
// before the log has been read to its end, only if it resolves an alert that was.
func (e *Evaluator) hearsOf(t *detector.Transition, now int64) bool {
	key := labelsKey(t.Alert.Labels)
	if t.Alert.State == detector.Firing {
		sent := e.caughtUp || e.firing[key].Sent
		e.firing[key] = Happened{Transition: *t, Sent: sent}
		return sent
	}
	sent := e.firing[key].Sent
	delete(e.firing, key)
	e.recent = keep(e.recent, *t, maxRecent)
	if sent {
		e.resolved = keep(e.resolved, resolvedAlert{transition: *t, at: now}, maxResolved)
	}
	return sent
}

// keep appends v to the newest of all, at most limit of them.
func keep[T any](all []T, v T, limit int) []T {
	if len(all) >= limit {
		all = slices.Delete(all, 0, len(all)-limit+1)
	}
	return append(all, v)
}

// announce returns the firing alerts that have not been sent yet.
func (e *Evaluator) announce() []detector.Alert {
	var send []detector.Alert
	for _, key := range slices.Sorted(maps.Keys(e.firing)) {
		if h := e.firing[key]; !h.Sent {
			h.Sent = true
			e.firing[key] = h
			send = append(send, h.Alert)
		}
	}
	return send
}

// Resume returns the alerts to send again when a run continues at now, in Unix
// milliseconds: those resolved a short while ago, and those that fire.
func (e *Evaluator) Resume(now int64) []detector.Alert {
	var send []detector.Alert
	for i := range e.resolved {
		if now-e.resolved[i].at < resolvedKept {
			send = append(send, e.resolved[i].transition.Alert)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.firing)) {
		if h := e.firing[key]; h.Sent {
			send = append(send, h.Alert)
		}
	}
	return send
}

// labelsKey returns a text that differs for different labels.
func labelsKey(labels []detector.Label) string {
	var b strings.Builder
	for _, l := range labels {
		b.WriteString(l.Name)
		b.WriteByte(0)
		b.WriteString(l.Value)
		b.WriteByte(0)
	}
	return b.String()
}
