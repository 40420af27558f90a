package main

import (
	"strings"

	"github.com/authspike/authspike/detector"
)

// subject is the name of authspike's detector among the contenders.
const subject = "authspike"

// ruleSignals is what the alerts of the default rules are about.
var ruleSignals = map[string]signals{
	"UnauthorizedRateSpike": only(detector.Unauthorized),
	"KidMismatchBurst":      only(detector.KidMismatch),
	"JWKSUnavailable":       only(detector.JWKSUnavailable),
}

// signalsOf returns what an alert is about: the signals it names, or else those
// of its rule.
func signalsOf(alert, named string) signals {
	var set signals
	for name := range strings.FieldsFuncSeq(named, func(r rune) bool { return r == ',' || r == ' ' }) {
		if g, ok := detector.ParseSignal(name); ok {
			set |= only(g)
		}
	}
	if set == 0 {
		set = ruleSignals[alert]
	}
	return set
}
