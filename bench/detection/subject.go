package main

import (
	"fmt"
	"strings"

	"github.com/authspike/authspike/detector"
)

// subject is the name of authspike's detector among the contenders.
const subject = "authspike"

// lateness is the default of the configuration, in seconds.
const lateness = 10

// authspike lets the detector watch as the pipeline does: what arrived is
// added, and the frontier moves on each second.
type authspike struct {
	title    string
	detector *detector.Detector
	rules    map[string]signals
	out      []verdict
}

func newAuthspike(title string, rules []detector.Rule) (*authspike, error) {
	d, err := detector.New(detector.Config{Rules: rules, Lateness: lateness})
	if err != nil {
		return nil, fmt.Errorf("set up %s: %w", title, err)
	}
	return &authspike{title: title, detector: d, rules: ruleSignals(rules)}, nil
}

func (a *authspike) name() string { return a.title }

func (a *authspike) step(second int64, arrived []detector.Sample) []verdict {
	a.detector.Add(arrived)
	a.out = a.out[:0]
	for _, t := range a.detector.Advance(second + 1) {
		a.out = append(a.out, verdict{
			at: second + 1, rule: t.Alert.Name(), service: t.Alert.Get("service"),
			signals: signalsOf(&t.Alert, a.rules), firing: t.Alert.State == detector.Firing,
			detail: annotation(&t.Alert, "pods"),
		})
	}
	return a.out
}

func annotation(a *detector.Alert, name string) string {
	for _, l := range a.Annotations {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// ruleSignals returns what each rule's alert can be about.
func ruleSignals(rules []detector.Rule) map[string]signals {
	all := map[string]signals{}
	for i := range rules {
		for _, g := range rules[i].Signals {
			all[rules[i].Name] |= only(g)
		}
	}
	return all
}

// signalsOf returns what an alert is about: the signals that it names, or else
// those of its rule.
func signalsOf(a *detector.Alert, rules map[string]signals) signals {
	if set := parseSignals(annotation(a, "signals")); set != 0 {
		return set
	}
	return rules[a.Name()]
}

func parseSignals(text string) signals {
	var set signals
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if g, ok := detector.ParseSignal(name); ok {
			set |= only(g)
		}
	}
	return set
}
