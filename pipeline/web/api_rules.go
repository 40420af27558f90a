package web

import (
	"net/http"

	"github.com/authspike/authspike/detector"
)

type ruleJSON struct {
	Name           string            `json:"name"`
	Severity       string            `json:"severity"`
	Signals        []string          `json:"signals"`
	Factor         number            `json:"factor"`
	ClearFactor    number            `json:"clear_factor"`
	MinCount       int               `json:"min_count"`
	FloorShare     number            `json:"floor"`
	FloorPerSecond number            `json:"floor_per_second"`
	Baseline       number            `json:"baseline_seconds"`
	FalseAlarms    number            `json:"false_alarm_every_seconds"`
	KeepFiringFor  number            `json:"keep_firing_for_seconds"`
	StaleAfter     number            `json:"stale_after_seconds"`
	Labels         map[string]string `json:"labels"`
	Firing         int               `json:"firing"` // alerts of this rule
}

// apiRules lists the rules in use.
func (s *Server) apiRules(w http.ResponseWriter, _ *http.Request) {
	v, ok := s.view(w)
	if !ok {
		return
	}
	firing := firingByRule(v)
	out := struct {
		Rules []ruleJSON `json:"rules"`
	}{Rules: []ruleJSON{}}
	for i := range v.Rules {
		r := &v.Rules[i]
		out.Rules = append(out.Rules, ruleJSON{
			Name: r.Name, Severity: r.Severity, Signals: signalNames(r.Signals),
			Factor: number(r.Factor), ClearFactor: number(r.ClearFactor), MinCount: r.MinCount,
			FloorShare: number(r.FloorShare), FloorPerSecond: number(r.FloorPerSecond),
			Baseline: number(r.Baseline.Seconds()), FalseAlarms: number(r.FalseAlarms.Seconds()),
			KeepFiringFor: number(r.KeepFiringFor.Seconds()), StaleAfter: number(r.StaleAfter.Seconds()),
			Labels: labelMap(r.Labels), Firing: firing[r.Name],
		})
	}
	success(w, out)
}

func firingByRule(v *View) map[string]int {
	m := make(map[string]int, len(v.Rules))
	for i := range v.Firing {
		m[v.Firing[i].Alert.Name()]++
	}
	return m
}

func signalNames(signals []detector.Signal) []string {
	names := make([]string, len(signals))
	for i, s := range signals {
		names[i] = s.String()
	}
	return names
}
