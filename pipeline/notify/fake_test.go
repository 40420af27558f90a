package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/config"

	"github.com/authspike/authspike/detector"
)

// answer is how an Alertmanager answers.
type answer func(ctx context.Context, alerts []wireAlert) (*http.Response, error)

// request is one request as an Alertmanager got it.
type request struct {
	at     time.Time
	alerts []wireAlert
}

// alertmanager is an http.RoundTripper that does what an Alertmanager does with
// alerts, in memory, so that synctest controls the time.
type alertmanager struct {
	mu sync.Mutex // the test and the loop both look at what follows

	// answer says how to answer; nil takes everything, and so does an answer of
	// neither a response nor an error. It may wait for ctx.
	answer answer

	got  []request
	kept map[string]wireAlert // by alertname and service, the newest taken
}

func (a *alertmanager) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.URL.Path != "/prefix/api/v2/alerts" || r.Header.Get("Content-Type") != "application/json" {
		return status(http.StatusNotFound, "no such page"), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var alerts []wireAlert
	if err := json.Unmarshal(body, &alerts); err != nil {
		return status(http.StatusUnprocessableEntity, err.Error()), nil
	}
	a.mu.Lock()
	a.got = append(a.got, request{time.Now(), alerts})
	answer := a.answer
	a.mu.Unlock()
	if answer != nil {
		if resp, err := answer(r.Context(), alerts); resp != nil || err != nil {
			return resp, err
		}
	}
	a.keep(alerts)
	return status(http.StatusOK, ""), nil
}

// set changes how it answers.
func (a *alertmanager) set(answer answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = answer
}

func (a *alertmanager) keep(alerts []wireAlert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil {
		a.kept = make(map[string]wireAlert)
	}
	for _, w := range alerts {
		a.kept[w.Labels["alertname"]+"/"+w.Labels["service"]] = w
	}
}

// requests returns what was sent since the last call.
func (a *alertmanager) requests() []request {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.got
	a.got = nil
	return got
}

// alerts returns the alerts of all requests, heartbeats left out.
func alertsOf(requests []request) (all []wireAlert) {
	for _, r := range requests {
		all = append(all, r.alerts...)
	}
	return all
}

func status(code int, text string) *http.Response {
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(text)), Request: &http.Request{Method: http.MethodPost},
	}
}

// hang answers nothing until the client gives up.
func hang(ctx context.Context, _ []wireAlert) (*http.Response, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

var errRefused = errors.New("connection refused")

func refuse(context.Context, []wireAlert) (*http.Response, error) { return nil, errRefused }

// started is a running Notifier with its Alertmanagers.
type started struct {
	*Notifier

	registry *prometheus.Registry
	stop     func() // ends Run and waits for it
}

// start runs a Notifier that talks to the given Alertmanagers. The test must end
// it with stop.
func start(t *testing.T, change func(*Options), targets ...*alertmanager) *started {
	t.Helper()
	reg := prometheus.NewRegistry()
	opts := Options{Metrics: NewMetrics(reg)}
	for i := range targets {
		opts.Alertmanagers = append(opts.Alertmanagers, Alertmanager{
			URL: "http://am" + string(rune('0'+i)) + ":9093/prefix/", Client: config.DefaultHTTPClientConfig,
		})
	}
	if change != nil {
		change(&opts)
	}
	n, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range targets {
		n.targets[i].client.http.Transport = a
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Run(ctx)
	}()
	return &started{Notifier: n, registry: reg, stop: func() {
		cancel()
		<-ended
	}}
}

// value returns the sum of the metric's values whose labels hold the given values.
func (s *started) value(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum, found := 0.0, false
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
	metric:
		for _, m := range f.GetMetric() {
			for _, want := range labels {
				has := false
				for _, l := range m.GetLabel() {
					has = has || l.GetValue() == want
				}
				if !has {
					continue metric
				}
			}
			found = true
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	if !found {
		t.Fatalf("no metric %s with %v", name, labels)
	}
	return sum
}

// firing and resolved return an alert of a service.
func firing(service string, startsAt int64) detector.Alert {
	return detector.Alert{
		Labels: []detector.Label{
			{Name: "alertname", Value: "KidMismatchBurst"}, {Name: "namespace", Value: "prod"},
			{Name: "service", Value: service}, {Name: "severity", Value: "info"},
		},
		Annotations: []detector.Label{{Name: "summary", Value: "tokens are refused"}},
		StartsAt:    startsAt,
	}
}

func resolved(service string, startsAt, endsAt int64) detector.Alert {
	a := firing(service, startsAt)
	a.State, a.EndsAt = detector.Resolved, endsAt
	return a
}
