package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/authspike/authspike/detector"
)

// explainTimeout bounds the wait for the numbers of a series.
const explainTimeout = 5 * time.Second

// explainedJSON is a series with what is known about the verdicts on it.
type explainedJSON struct {
	seriesJSON

	Asked   stamp     `json:"asked"` // null for the newest verdicts
	Reach   stamp     `json:"reach"` // the oldest second that is known
	Explain []Verdict `json:"explain"`
}

// Verdict is a detector.Explanation in the API's format.
type Verdict struct {
	Alert    string  `json:"alert"`
	Signal   string  `json:"signal"`
	Pod      *string `json:"pod"` // null for the whole service
	Why      string  `json:"why"`
	Sentence string  `json:"sentence"`
	Kept     string  `json:"kept"` // how exactly the second is known
	Numbers

	Since      stamp    `json:"since"`
	Ended      stamp    `json:"ended"`
	Reason     *string  `json:"reason"` // why it ended
	Clear      number   `json:"clear"`
	ClearLimit number   `json:"clear_limit"`
	Frozen     bool     `json:"frozen"`
	Fired      *Numbers `json:"fired"` // the verdict that made it fire
}

// Numbers are the numbers of one verdict.
type Numbers struct {
	Second          stamp  `json:"second"`
	Unit            string `json:"unit"` // of observed, baseline and limit
	WindowSeconds   int64  `json:"window_seconds"`
	Events          number `json:"events"`
	Exposure        number `json:"exposure"` // requests, or seconds
	AtLeast         bool   `json:"at_least"` // the exposure is an upper bound, what is observed a lower one
	Observed        number `json:"observed"`
	Baseline        number `json:"baseline"`
	Expected        number `json:"expected"`
	Limit           number `json:"limit"`
	Factor          number `json:"factor"`
	MinCount        int    `json:"min_count"`
	Score           number `json:"score"`
	Threshold       number `json:"threshold"`
	Near            number `json:"near"`
	NearLimit       number `json:"near_limit"`
	Spread          number `json:"spread"`
	HistoryEvents   number `json:"history_events"`
	HistoryExposure number `json:"history_exposure"`
}

// The units of an explanation.
const (
	share     = "share"
	perSecond = "per_second"
)

func unitOf(rate bool) string {
	if rate {
		return perSecond
	}
	return share
}

func numbersOf(e *detector.Explanation) Numbers {
	return Numbers{
		Second: stamp(e.Second), Unit: unitOf(e.PerSecond), WindowSeconds: e.Window,
		Events: number(e.Events), Exposure: number(e.Exposure), AtLeast: e.AtLeast, Observed: number(e.Observed),
		Baseline: number(e.Baseline), Expected: number(e.Expected), Limit: number(e.Limit), Factor: number(e.Factor), MinCount: e.MinCount,
		Score: number(e.Score), Threshold: number(e.Threshold), Near: number(e.Near), NearLimit: number(e.NearLimit),
		Spread: number(e.Spread), HistoryEvents: number(e.HistoryEvents), HistoryExposure: number(e.HistoryExposure),
	}
}

// VerdictOf converts an explanation to the API's format.
func VerdictOf(e *detector.Explanation) Verdict {
	out := Verdict{
		Alert: e.Alert, Signal: e.Signal.String(), Why: e.Why.String(), Sentence: e.Sentence(), Kept: e.Kept.String(),
		Numbers: numbersOf(e),
		Since:   stamp(e.Since), Ended: stamp(e.Ended), Clear: number(e.Clear), ClearLimit: number(e.ClearLimit), Frozen: e.Frozen,
	}
	if e.Pod != "" {
		out.Pod = &e.Pod
	}
	if e.Ended != 0 {
		reason := e.Reason.String()
		out.Reason = &reason
	}
	if e.Fired != nil {
		fired := numbersOf(e.Fired)
		out.Fired = &fired
	}
	return out
}

// apiExplain explains in numbers and words why the rules fire for a series, or do
// not: now, or at the second given by `time`.
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
	at, err := timeOf(r.URL.Query().Get("time"))
	if err != nil {
		failure(w, errBadData, err.Error())
		return
	}
	account, err := s.explain(r, key, at)
	if err != nil {
		failure(w, errUnavailable, "explain series: "+err.Error())
		return
	}
	if kind, message := unknownTime(&account, at); kind != "" {
		failure(w, kind, message)
		return
	}
	out := explainedJSON{
		seriesJSON: seriesOf(x, firingBySeries(v)), Asked: stamp(at), Reach: stamp(account.Reach), Explain: []Verdict{},
	}
	for i := range account.Explanations {
		out.Explain = append(out.Explain, VerdictOf(&account.Explanations[i]))
	}
	success(w, out)
}

// unknownTime says why nothing is known about a time; "" if something is.
func unknownTime(a *Account, at int64) (kind, message string) {
	if at == 0 || len(a.Explanations) == 0 {
		return "", ""
	}
	var newest int64
	for i := range a.Explanations {
		switch e := &a.Explanations[i]; e.Kept {
		case detector.NotKept:
			kind, message = errNotFound, fmt.Sprintf("the verdicts of %s are not kept any more, those since %s are", rfc3339(at), rfc3339(a.Reach))
		case detector.NotJudged:
			newest = max(newest, e.Second)
			kind, message = errNotFound, fmt.Sprintf("%s is not judged yet, the newest judged second is %s", rfc3339(at), rfc3339(newest))
		default:
			return "", ""
		}
	}
	return kind, message
}

func rfc3339(second int64) string { return time.Unix(second, 0).UTC().Format(time.RFC3339) }

var errTime = errors.New("must be a time in RFC 3339 or Unix seconds")

// timeOf parses a query parameter with a time, in the formats that Prometheus' API
// accepts, and returns Unix seconds; 0 for "".
func timeOf(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return inRange(t.Unix(), s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return 0, fmt.Errorf("time %q: %w", s, errTime)
	}
	return inRange(int64(math.Floor(f)), s)
}

func inRange(second int64, s string) (int64, error) {
	if second <= 0 {
		return 0, fmt.Errorf("time %q: must be after 1970", s)
	}
	return second, nil
}

// explain asks for what is known about a series and waits at most explainTimeout.
func (s *Server) explain(r *http.Request, key detector.Series, at int64) (Account, error) {
	if s.opts.Explain == nil {
		return Account{}, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), explainTimeout)
	defer cancel()
	return s.opts.Explain(ctx, key, at)
}
