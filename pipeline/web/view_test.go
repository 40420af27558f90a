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
	early := transition("KidMismatchBurst", "info", "api", "api refuses tokens for their signing key: at least 9.4 % of requests, normal is 0.01 %.",
		"First mismatch 09:24:38. 5 of 20 pods are affected: api-7d9f-abcde, api-7d9f-fghij and 3 more.\nNothing like it was seen in the hour before.", 0.094, 0.0001, now-135)
	early.Alert.Annotations = append(early.Alert.Annotations, detector.Label{Name: "value", Value: "at least 9.4 % of requests"}, detector.Label{Name: "onset", Value: "2026-03-14T09:24:32Z"})
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
			early,
			transition("UnauthorizedRateSpike", "warning", "api", "api answers 9.4 % of requests with 401, 11 times what is normal.", "", 0.094, 0.0085, now-121),
		},
		Recent: []detector.Transition{resolved},
		Series: []Series{
			{Series: series("prod", "api"), Totals: totals(4_211_904, 40_112, 31_007, 612), Late: 17, Newest: now - 1, Pods: 20},
			{Series: series("prod", "billing"), Totals: totals(902_011, 811, 0, 404), Newest: now - 1, Pods: 4},
			{Series: series("prod", "search/v2"), Totals: totals(88_120, 3, 0, 0), Newest: now - 42, Pods: 3},
			{Series: series("prod", "verifier"), Totals: totals(0, 0, 31_007, 0), Newest: now - 2},
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

// account is what is known of prod/api: of a second of the past hour if one is
// asked for.
func account(at int64) Account {
	a := Account{Explanations: explanations(), Reach: at0() - 3599}
	switch {
	case at > at0():
		a.Explanations = []detector.Explanation{{Alert: "KidMismatchBurst", Signal: detector.KidMismatch, Kept: detector.NotJudged, Asked: at, Second: at0()}}
	case at != 0 && at < a.Reach:
		a.Explanations = []detector.Explanation{{Alert: "KidMismatchBurst", Signal: detector.KidMismatch, Kept: detector.NotKept, Asked: at, Second: at}}
	case at != 0:
		e := &a.Explanations[1]
		e.Asked, e.Second, e.Kept, e.Near, e.Since, e.Ended = at, at-at%60+17, detector.Strongest, 2.5, 0, 0
		a.Explanations = a.Explanations[1:2]
	}
	minute := at0() / 60 * 60
	for _, signal := range []detector.Signal{detector.Unauthorized, detector.KidMismatch, detector.JWKSUnavailable} {
		h := detector.Hour{Alert: "KidMismatchBurst", Signal: signal}
		for start := minute - 59*60; start <= minute; start += 60 {
			m := detector.Minute{Start: start, Exposure: 6200, Baseline: 0.0085, Limit: 0.0425}
			if signal == detector.Unauthorized {
				m.Events = float64(40 + start/60*7919%23)
				h.Alert = "UnauthorizedRateSpike"
			} else {
				m.Baseline, m.Limit = 0.0001, 0.0005
			}
			if start > minute-180 && signal != detector.JWKSUnavailable {
				m.Events += 590
			}
			h.Minutes = append(h.Minutes, m)
		}
		if signal != detector.JWKSUnavailable {
			h.Fires = []detector.Fire{{From: at0() - 121}}
		}
		a.Hours = append(a.Hours, h)
	}
	return a
}

func at0() int64 { return at.Unix() }

func explanations() []detector.Explanation {
	now := at.Unix()
	fired := detector.Explanation{
		Alert: "UnauthorizedRateSpike", Signal: detector.Unauthorized, Why: detector.IsFiring, Second: now - 121, Window: 10, AtLeast: true,
		Events: 96, Exposure: 1800, Observed: 0.0533, Baseline: 0.0085, Expected: 15.3, Limit: 0.0425, Factor: 5, MinCount: 3, Score: 21.4, Threshold: 14.9,
		Near: 7.2, NearLimit: 5, Spread: 1.2, HistoryEvents: 3400, HistoryExposure: 400_000, Since: now - 121, ClearLimit: 5.5,
	}
	return []detector.Explanation{
		{
			Alert: "UnauthorizedRateSpike", Signal: detector.Unauthorized, Why: detector.IsFiring, Asked: now, Second: now, Window: 30,
			Events: 812, Exposure: 8633, Observed: 0.094, Baseline: 0.0085, Expected: 73.4, Limit: 0.0425, Factor: 5, MinCount: 3, Score: 388, Threshold: 14.9,
			Near: 41, NearLimit: 5, Spread: 1.2, HistoryEvents: 3400, HistoryExposure: 400_000, Since: now - 121, ClearLimit: 5.5, Frozen: true, Fired: &fired,
		},
		{
			Alert: "KidMismatchBurst", Signal: detector.KidMismatch, Why: detector.NotCertain, Asked: now, Second: now, Window: 5,
			Events: 3, Exposure: 611, Observed: 0.00491, Baseline: 0.0001, Limit: 0.0005, Factor: 5, MinCount: 2, Score: 9.1, Threshold: 14.9, Near: math.Inf(1), NearLimit: 5,
		},
		{
			Alert: "KidMismatchBurst", Signal: detector.KidMismatch, Pod: "api-7d9f-abcde", Why: detector.NotCertain, Asked: now, Second: now, Window: 5,
			Events: 3, Exposure: 31, Observed: 0.0968, Baseline: 0.0001, Limit: 0.0005, Factor: 5, MinCount: 2, Score: 12.2, Threshold: 17.9, Near: 6, NearLimit: 5,
		},
		{
			Alert: "JWKSUnavailable", Signal: detector.JWKSUnavailable, Why: detector.Quiet, PerSecond: true, Asked: now, Second: now, Window: 60,
			Exposure: 60, Observed: 0, Baseline: 0.0001, Limit: 0.05, Factor: 5, Score: math.NaN(), Threshold: 14.9,
		},
	}
}
