package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

func TestDefaultRulesAreSound(t *testing.T) {
	all := rules.Default()
	var names []string
	counted := map[detector.Signal]bool{}
	for i := range all {
		names = append(names, all[i].Name)
		if err := all[i].Validate(); err != nil {
			t.Errorf("%s: %v", all[i].Name, err)
		}
		for _, s := range all[i].Signals {
			if counted[s] {
				t.Errorf("%s is counted by two rules", s)
			}
			counted[s] = true
		}
	}
	if want := []string{"UnauthorizedRateSpike", "KidMismatchBurst", "JWKSUnavailable", "TokenFailureBurst"}; !slices.Equal(names, want) {
		t.Errorf("rules %v, want %v", names, want)
	}
	for s := detector.Unauthorized; s < detector.NumSignals; s++ {
		if !counted[s] {
			t.Errorf("no rule counts %s", s)
		}
	}
	if again, faults := rules.ParseRules("again", rules.DefaultYAML()); len(faults) > 0 || !cmp.Equal(again, all) {
		t.Errorf("the printed rules are not the default ones: %v", faults)
	}
}

func TestRuleKeysAreRead(t *testing.T) {
	const text = `
rules:
  - alert: Mine
    signals: [kid_mismatch, token_expired]
    factor: 4
    clear_factor: 1.5
    min_count: 7
    floor: 0.001
    floor_per_second: 0.2
    cold: 0.002
    cold_per_second: 0.3
    baseline: 2h
    false_alarms: 2/30d
    keep_firing_for: 1m
    stale_after: 30m
    severity: info
    labels: {team: platform, area: auth}
    annotations:
      summary: "{{.Service}} {{percent .Value}}"
      description: "{{.Pods}}"
      runbook_url: "https://runbooks.example/{{.Alert}}"
`
	got, faults := rules.ParseRules("mine.yaml", []byte(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := []detector.Rule{{
		Name: "Mine", Signals: []detector.Signal{detector.KidMismatch, detector.TokenExpired},
		Factor: 4, ClearFactor: 1.5, MinCount: 7,
		FloorShare: 0.001, FloorPerSecond: 0.2, ColdShare: 0.002, ColdPerSecond: 0.3,
		Baseline: 2 * time.Hour, FalseAlarms: 15 * 24 * time.Hour,
		KeepFiringFor: time.Minute, StaleAfter: 30 * time.Minute, Severity: "info",
		Labels:  []detector.Label{{Name: "area", Value: "auth"}, {Name: "team", Value: "platform"}},
		Summary: "{{.Service}} {{percent .Value}}", About: "{{.Pods}}", RunbookURL: "https://runbooks.example/{{.Alert}}",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRuleFaultsHaveTheirPlace(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "rules:\n  - alert: A\n    signals: [unauthorized]\n    facter: 5\n", "f.yaml:4:5:"},
		{"three faults", "rules:\n  - alert: A\n    signals: [unauthorised]\n    factor: 0.5\n    severity: page\n", "f.yaml:3:15: |f.yaml:4:13: |f.yaml:5:15: "},
		{"budget", "rules:\n  - alert: A\n    signals: [unauthorized]\n    false_alarms: often\n", "f.yaml:4:19:"},
		{"template", "rules:\n  - alert: A\n    signals: [unauthorized]\n    annotations:\n      summary: \"{{.Servise}}\"\n", "f.yaml:5:16:"},
		{"twice", "rules:\n  - {alert: A, signals: [unauthorized]}\n  - {alert: A, signals: [kid_mismatch]}\n", "f.yaml:3:"},
		{"none", "rules: []\n", "f.yaml:1:8:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, faults := rules.ParseRules("f.yaml", []byte(test.text))
			if len(faults) == 0 || got != nil {
				t.Fatalf("%d rules and no fault", len(got))
			}
			for _, place := range strings.Split(test.want, "|") {
				if !strings.Contains(faults.Error(), place) {
					t.Errorf("no fault at %s in\n%s", place, faults)
				}
			}
		})
	}
}
