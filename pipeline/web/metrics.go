package web

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the metrics of the port itself.
type metrics struct {
	duration *prometheus.HistogramVec
}

// newMetrics registers the metrics of the port, the build, the process and the Go
// runtime.
func newMetrics(reg prometheus.Registerer, b Build) (*metrics, error) {
	if b.GoVersion == "" {
		b.GoVersion = runtime.Version()
	}
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "authspike", Name: "http_request_duration_seconds",
			Help:    "Duration of requests to our own port, by handler and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"handler", "code"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "authspike", Name: "build_info",
		Help:        "Always 1; the labels say which build this is.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "goversion": b.GoVersion},
	})
	build.Set(1)
	for _, c := range [...]prometheus.Collector{
		m.duration, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// observe measures h under the given name.
func (m *metrics) observe(name string, h http.Handler) http.Handler {
	of := prometheus.Labels{"handler": name}
	m.duration.WithLabelValues(name, "200")
	return promhttp.InstrumentHandlerDuration(m.duration.MustCurryWith(of), h)
}
