package web

import (
	"math"
	"time"

	"github.com/authspike/authspike/detector"
)

// at is the moment of the test views.
var at = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

// incident is a view in the middle of an incident.
func incident() *View {
	now := at.Unix()
	totals := func(requests, unauthorized, kid, expired uint64) (t [detector.NumSignals]uint64) {
		t[detector.Requests], t[detector.Unauthorized] = requests, unauthorized
		t[detector.KidMismatch], t[detector.TokenExpired] = kid, expired
		return t
	}
	series := func(namespace, service string) detector.Series {
		return detector.Series{Namespace: namespace, Service: service}
	}
	transition := func(name, severity, service, summary, description string, value, baseline float64, since int64) detector.Transition {
		return detector.Transition{
			Time: since + 4, Value: value, Baseline: baseline, Reason: detector.Fired,
			Alert: detector.Alert{
				Labels: []detector.Label{{Name: "alertname", Value: name}, {Name: "namespace", Value: "prod"}, {Name: "service", Value: service}, {Name: "severity", Value: severity}},
				Annotations: []detector.Label{
					{Name: "description", Value: description},
					{Name: "runbook_url", Value: "https://runbooks.example/authspike/" + name}, {Name: "summary", Value: summary},
				},
				State: detector.Firing, StartsAt: since,
			},
		}
	}
	resolved := transition("TokenFailureBurst", "info", "billing", "", "", 0.02, 0.001, now-4000)
	resolved.Reason, resolved.Alert.State, resolved.Alert.EndsAt = detector.Recovered, detector.Resolved, now-3700
	rule := func(name, severity string, signals ...detector.Signal) detector.Rule {
		return detector.Rule{
			Name: name, Signals: signals, Severity: severity, Factor: 5, ClearFactor: 2, MinCount: 10,
			FloorShare: 0.001, FloorPerSecond: 0.01, Baseline: time.Hour, FalseAlarms: 720 * time.Hour, KeepFiringFor: 30 * time.Second, StaleAfter: time.Hour,
		}
	}
	return &View{
		Time: at, Frontier: now - 2,
		Partitions: []Partition{
			{Topic: "api-logs", ID: 0, Next: 18_204_112, Lag: 240, Seconds: 0.9, Newest: now - 1},
			{Topic: "api-logs", ID: 1, Next: 18_190_377, Lag: 0, Seconds: 1.2, Newest: now - 1},
			{Topic: "api-logs", ID: 2, Next: 17_911_920, Lag: 51_002, Seconds: 48, Newest: now - 48, Error: "broker 3 does not answer: dial tcp 10.0.3.7:9092: connection refused"},
			{Topic: "edge-access", ID: 0, Next: 902_113, Seconds: 0, Newest: now - 90, Idle: true},
		},
		Firing: []detector.Transition{
			transition("KidMismatchBurst", "info", "api", "api refuses tokens for their signing key: 212 kid mismatches in 9 s, normally none.",
				"First mismatch 09:24:38. 5 of 20 pods are affected: api-7d9f-abcde, api-7d9f-fghij and 3 more.\nNothing like it was seen in the hour before.", 0.094, 0.0001, now-135),
			transition("UnauthorizedRateSpike", "warning", "api", "api answers 9.4 % of requests with 401, 11 times what is normal.", "", 0.094, 0.0085, now-121),
		},
		Recent: []detector.Transition{resolved},
		Series: []Series{
			{Series: series("prod", "api"), Totals: totals(4_211_904, 40_112, 31_007, 612), Late: 17},
			{Series: series("prod", "billing"), Totals: totals(902_011, 811, 0, 404)},
			{Series: series("prod", "search/v2"), Totals: totals(88_120, 3, 0, 0)},
			{Series: series("prod", "verifier"), Totals: totals(0, 0, 31_007, 0)},
			{Series: series("", "_overflow"), Totals: totals(12, 0, 0, 0)},
		},
		Rules: []detector.Rule{
			rule("UnauthorizedRateSpike", "warning", detector.Unauthorized),
			rule("KidMismatchBurst", "info", detector.KidMismatch),
			rule("JWKSUnavailable", "warning", detector.JWKSUnavailable),
			rule("TokenFailureBurst", "info", detector.SignatureInvalid, detector.ClaimsInvalid),
		},
		Alertmanagers: []Alertmanager{
			{URL: "http://alertmanager-0.monitoring:9093", LastSuccess: at.Add(-12 * time.Second)},
			{URL: "http://alertmanager-1.monitoring:9093", LastSuccess: at.Add(-7 * time.Minute), LastError: "answered 503 Service Unavailable: (no text)", Queued: 2},
		},
		Checkpoint: Checkpoint{Saved: at.Add(-4 * time.Second), Bytes: 81_200},
		Config:     Config{File: "/etc/authspike/config.yaml", Loaded: at.Add(-3 * time.Hour)},
	}
}

func explanations() []detector.Explanation {
	now := at.Unix()
	return []detector.Explanation{
		{
			Alert: "UnauthorizedRateSpike", Signal: detector.Unauthorized, Why: detector.IsFiring, Second: now, Window: 30,
			Events: 812, Exposure: 8633, Observed: 0.094, Baseline: 0.0085, Expected: 73.4, Limit: 0.0425, Score: 388, Threshold: 14.9,
			Near: 41, NearLimit: 3, Spread: 1.2, HistoryEvents: 3400, HistoryExposure: 400_000, Since: now - 121, ClearLimit: 4.6, Frozen: true,
		},
		{
			Alert: "KidMismatchBurst", Signal: detector.KidMismatch, Why: detector.NotCertain, Second: now, Window: 5,
			Events: 3, Exposure: 611, Observed: 0.005, Baseline: 0.0001, Limit: 0.0005, Score: 9.1, Threshold: 14.9, Near: math.Inf(1),
		},
		{
			Alert: "JWKSUnavailable", Signal: detector.JWKSUnavailable, Why: detector.Quiet, PerSecond: true, Second: now, Window: 60,
			Exposure: 60, Observed: 0, Baseline: 0.0001, Limit: 0.05, Score: math.NaN(), Threshold: 14.9,
		},
	}
}
