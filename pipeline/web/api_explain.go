package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/authspike/authspike/detector"
)

// explainTimeout bounds the wait for the numbers of a series.
const explainTimeout = 5 * time.Second

// explanationJSON holds the numbers of a detector.Explanation.
type explanationJSON struct {
	Alert           string `json:"alert"`
	Signal          string `json:"signal"`
	Why             string `json:"why"`
	Unit            string `json:"unit"` // of observed, baseline and limit
	Second          stamp  `json:"second"`
	WindowSeconds   int64  `json:"window_seconds"`
	Events          number `json:"events"`
	Exposure        number `json:"exposure"` // requests, or seconds
	Observed        number `json:"observed"`
	Baseline        number `json:"baseline"`
	Expected        number `json:"expected"`
	Limit           number `json:"limit"`
	Score           number `json:"score"`
	Threshold       number `json:"threshold"`
	Near            number `json:"near"`
	NearLimit       number `json:"near_limit"`
	Spread          number `json:"spread"`
	HistoryEvents   number `json:"history_events"`
	HistoryExposure number `json:"history_exposure"`
	Since           stamp  `json:"since"`
	Clear           number `json:"clear"`
	ClearLimit      number `json:"clear_limit"`
	Frozen          bool   `json:"frozen"`
}

// The units of an explanation.
const (
	share     = "share"
	perSecond = "per_second"
)

func unitOf(e *detector.Explanation) string {
	if e.PerSecond {
		return perSecond
	}
	return share
}

func explanationOf(e *detector.Explanation) explanationJSON {
	return explanationJSON{
		Alert: e.Alert, Signal: e.Signal.String(), Why: e.Why.String(), Unit: unitOf(e),
		Second: stamp(e.Second), WindowSeconds: e.Window,
		Events: number(e.Events), Exposure: number(e.Exposure), Observed: number(e.Observed),
		Baseline: number(e.Baseline), Expected: number(e.Expected), Limit: number(e.Limit),
		Score: number(e.Score), Threshold: number(e.Threshold), Near: number(e.Near), NearLimit: number(e.NearLimit),
		Spread: number(e.Spread), HistoryEvents: number(e.HistoryEvents), HistoryExposure: number(e.HistoryExposure),
		Since: stamp(e.Since), Clear: number(e.Clear), ClearLimit: number(e.ClearLimit), Frozen: e.Frozen,
	}
}

// apiExplain says what the last evaluation of one series found, in numbers.
func (s *Server) apiExplain(w http.ResponseWriter, r *http.Request) {
	v, ok := s.view(w)
	if !ok {
		return
	}
	key := seriesFromPath(r)
	x, ok := findSeries(v, key)
	if !ok {
		failure(w, errNotFound, fmt.Sprintf("no series with namespace %q and service %q", key.Namespace, key.Service))
		return
	}
	explanations, err := s.explain(r, key)
	if err != nil {
		failure(w, errUnavailable, "explain series: "+err.Error())
		return
	}
	out := seriesOf(x, firingBySeries(v))
	for i := range explanations {
		out.Explain = append(out.Explain, explanationOf(&explanations[i]))
	}
	success(w, out)
}

// explain asks for the numbers of a series and waits a bounded time.
func (s *Server) explain(r *http.Request, key detector.Series) ([]detector.Explanation, error) {
	if s.opts.Explain == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), explainTimeout)
	defer cancel()
	return s.opts.Explain(ctx, key)
}
