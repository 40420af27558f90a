package web

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

func TestPush(t *testing.T) {
	reg := prometheus.NewRegistry()
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "authspike_things_total", Help: "Things."}, []string{"kind"})
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "authspike_wait_seconds", Help: "Wait.", Buckets: []float64{1}})
	reg.MustRegister(c, h)
	c.WithLabelValues("a {b} c").Add(3)
	h.Observe(0.5)

	bodies := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(z)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("X-Team") != "a" {
			t.Errorf("%s with headers %v: %v", r.Method, r.Header, err)
		}
		select {
		case bodies <- string(body):
		default: // the test has what it wants
		}
	}))
	defer s.Close()

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Push(ctx, reg, PushOptions{
			URL: s.URL, Interval: 10 * time.Millisecond, ExtraLabels: `instance="x"`, Headers: []string{"X-Team: a"},
		}, zap.NewNop())
	}()
	body := <-bodies
	for _, want := range []string{
		"# HELP authspike_things_total Things.\n# TYPE authspike_things_total counter\n",
		`authspike_things_total{instance="x",kind="a {b} c"} 3` + "\n",
		`authspike_wait_seconds_bucket{instance="x",le="1"} 1` + "\n",
		`authspike_wait_seconds_count{instance="x"} 1` + "\n",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("push does not contain %s:\n%s", want, body)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestPushWithWrongOptions(t *testing.T) {
	for _, o := range []PushOptions{{URL: "ftp://x"}, {URL: "http://x", Interval: -1}, {URL: "http://x", ExtraLabels: "x"}, {URL: "http://x", Headers: []string{"x"}}} {
		if err := Push(t.Context(), prometheus.NewRegistry(), o, zap.NewNop()); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}
