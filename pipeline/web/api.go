package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// How many items one response holds.
const (
	defaultLimit = 1000
	maxLimit     = 10_000
)

// noNamespace stands for the empty namespace in paths.
const noNamespace = "-"

// envelope is the response of every API call, in the format of Prometheus' own API.
type envelope struct {
	Status    string `json:"status"` // "success" or "error"
	Data      any    `json:"data,omitempty"`
	ErrorType string `json:"errorType,omitempty"`
	Error     string `json:"error,omitempty"`
}

// The kinds of errors, as in Prometheus' API.
const (
	errBadData     = "bad_data"
	errNotFound    = "not_found"
	errUnavailable = "unavailable"
	errInternal    = "internal"
)

func success(w http.ResponseWriter, data any) {
	answer(w, http.StatusOK, envelope{Status: "success", Data: data})
}

func failure(w http.ResponseWriter, kind, message string) {
	code := http.StatusInternalServerError
	switch kind {
	case errBadData:
		code = http.StatusBadRequest
	case errNotFound:
		code = http.StatusNotFound
	case errUnavailable:
		code = http.StatusServiceUnavailable
	}
	answer(w, code, envelope{Status: "error", ErrorType: kind, Error: message})
}

func answer(w http.ResponseWriter, code int, e envelope) {
	body, err := json.Marshal(e)
	if err != nil {
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // the client is gone if it fails
}

// view returns the newest view, or responds that there is none.
func (s *Server) view(w http.ResponseWriter) (*View, bool) {
	v := s.opts.View()
	if v == nil {
		failure(w, errUnavailable, "the pipeline has not started yet")
	}
	return v, v != nil
}

// number is a float that is null in JSON if it is NaN or infinite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(f)
}

// stamp is event time in Unix seconds, written in RFC 3339 and UTC; null for 0.
type stamp int64

func (t stamp) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(time.Unix(int64(t), 0).UTC().Format(time.RFC3339))
}

type seriesJSON struct {
	Namespace string            `json:"namespace"`
	Service   string            `json:"service"`
	Totals    map[string]uint64 `json:"totals"`
	Late      uint64            `json:"late"`
	Newest    stamp             `json:"newest"`
	Pods      int               `json:"pods"`
	Firing    []string          `json:"firing"`
}

type seriesPage struct {
	Series    []seriesJSON `json:"series"`
	Total     int          `json:"total"` // series that match, on all pages
	NextToken string       `json:"next_token,omitempty"`
}

// apiSeries lists the series with their exact totals, page by page: limit is the
// page size, next_token says where to continue, namespace and service filter.
func (s *Server) apiSeries(w http.ResponseWriter, r *http.Request) {
	v, ok := s.view(w)
	if !ok {
		return
	}
	q := r.URL.Query()
	limit, err := limitOf(q.Get("limit"))
	if err != nil {
		failure(w, errBadData, err.Error())
		return
	}
	after, err := readToken(q.Get("next_token"))
	if err != nil {
		failure(w, errBadData, err.Error())
		return
	}
	all := ordered(v.Series)
	if q.Has("namespace") || q.Has("service") {
		all = slices.DeleteFunc(slices.Clone(all), func(x Series) bool {
			return q.Has("namespace") && x.Namespace != q.Get("namespace") || q.Has("service") && x.Service != q.Get("service")
		})
	}
	page := seriesPage{Series: []seriesJSON{}, Total: len(all)}
	start := 0
	if after != nil {
		start = sort.Search(len(all), func(i int) bool { return compare(all[i].Series, *after) > 0 })
	}
	firing := firingBySeries(v)
	for _, x := range all[start:min(len(all), start+limit)] {
		page.Series = append(page.Series, seriesOf(&x, firing))
	}
	if end := start + limit; end < len(all) {
		page.NextToken = writeToken(all[end-1].Series)
	}
	success(w, page)
}

func seriesOf(x *Series, firing map[detector.Series][]string) seriesJSON {
	out := seriesJSON{
		Namespace: x.Namespace, Service: x.Service, Totals: make(map[string]uint64, detector.NumSignals),
		Late: x.Late, Newest: stamp(x.Newest), Pods: x.Pods, Firing: firing[x.Series],
	}
	for sig := detector.Requests; sig < detector.NumSignals; sig++ {
		out.Totals[sig.String()] = x.Totals[sig]
	}
	if out.Firing == nil {
		out.Firing = []string{}
	}
	return out
}

func seriesFromPath(r *http.Request) detector.Series {
	key := detector.Series{Namespace: r.PathValue("namespace"), Service: r.PathValue("service")}
	if key.Namespace == noNamespace {
		key.Namespace = ""
	}
	return key
}

func findSeries(v *View, key detector.Series) (*Series, bool) {
	i := slices.IndexFunc(v.Series, func(x Series) bool { return x.Series == key })
	if i < 0 {
		return nil, false
	}
	return &v.Series[i], true
}

// ordered returns the series sorted by namespace and service, as paging requires.
func ordered(series []Series) []Series {
	less := func(a, b Series) int { return compare(a.Series, b.Series) }
	if slices.IsSortedFunc(series, less) {
		return series
	}
	series = slices.Clone(series)
	slices.SortFunc(series, less)
	return series
}

type alertJSON struct {
	Time        stamp             `json:"time"`
	Alert       string            `json:"alert"`
	State       string            `json:"state"`
	Reason      string            `json:"reason"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	Value       number            `json:"value"`
	Baseline    number            `json:"baseline"`
	StartsAt    stamp             `json:"starts_at"`
	EndsAt      stamp             `json:"ends_at"`
}

// apiAlerts lists the firing and the recently resolved alerts; state selects one of
// the two.
func (s *Server) apiAlerts(w http.ResponseWriter, r *http.Request) {
	v, ok := s.view(w)
	if !ok {
		return
	}
	limit, err := limitOf(r.URL.Query().Get("limit"))
	if err != nil {
		failure(w, errBadData, err.Error())
		return
	}
	var all []detector.Transition
	switch state := r.URL.Query().Get("state"); state {
	case "":
		all = slices.Concat(v.Firing, v.Recent)
	case detector.Firing.String():
		all = v.Firing
	case detector.Resolved.String():
		all = v.Recent
	default:
		failure(w, errBadData, fmt.Sprintf("state %q: must be %s or %s", state, detector.Firing, detector.Resolved))
		return
	}
	out := struct {
		Alerts []alertJSON `json:"alerts"`
		Total  int         `json:"total"`
	}{Alerts: []alertJSON{}, Total: len(all)}
	for i := range all[:min(limit, len(all))] {
		t := &all[i]
		out.Alerts = append(out.Alerts, alertJSON{
			Time: stamp(t.Time), Alert: t.Alert.Name(), State: t.Alert.State.String(), Reason: t.Reason.String(),
			Labels: labelMap(t.Alert.Labels), Annotations: labelMap(t.Alert.Annotations),
			Value: number(t.Value), Baseline: number(t.Baseline),
			StartsAt: stamp(t.Alert.StartsAt), EndsAt: stamp(t.Alert.EndsAt),
		})
	}
	success(w, out)
}

func labelMap(labels []detector.Label) map[string]string {
	m := make(map[string]string, len(labels))
	for _, l := range labels {
		m[l.Name] = l.Value
	}
	return m
}

func firingBySeries(v *View) map[detector.Series][]string {
	m := make(map[detector.Series][]string, len(v.Firing))
	for i := range v.Firing {
		a := &v.Firing[i].Alert
		key := seriesOfAlert(a)
		m[key] = append(m[key], a.Name())
	}
	return m
}

func seriesOfAlert(a *detector.Alert) detector.Series {
	return detector.Series{Namespace: a.Get("namespace"), Service: a.Get("service")}
}

func limitOf(s string) (int, error) {
	if s == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxLimit {
		return 0, fmt.Errorf("limit %q: must be 1 to %d", s, maxLimit)
	}
	return n, nil
}

// A token names the last series of a page, so that series which appear or disappear
// between two calls do not shift the pages.
func writeToken(s detector.Series) string {
	return base64.RawURLEncoding.EncodeToString([]byte(s.Namespace + "\x00" + s.Service))
}

var errToken = errors.New("next_token: not one of ours")

func readToken(token string) (*detector.Series, error) {
	if token == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, errToken
	}
	namespace, service, ok := strings.Cut(string(b), "\x00")
	if !ok {
		return nil, errToken
	}
	return &detector.Series{Namespace: namespace, Service: service}, nil
}

func compare(a, b detector.Series) int {
	if c := strings.Compare(a.Namespace, b.Namespace); c != 0 {
		return c
	}
	return strings.Compare(a.Service, b.Service)
}
