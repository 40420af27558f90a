package notify

import "github.com/prometheus/client_golang/prometheus"

// The reasons why an alert is dropped.
const (
	dropOverflow = "overflow" // the ledger was full
	dropRefused  = "refused"  // the Alertmanager will not have it
	dropStopped  = "stopped"  // not taken before the drain deadline
)

var dropReasons = [...]string{dropOverflow, dropRefused, dropStopped}

// Metrics count what is sent. Errors and drops are counted in alerts, not in
// requests, as in Prometheus' notifier. They outlive a Notifier, so that counters
// continue across a reload.
type Metrics struct {
	known map[string]bool // Alertmanagers that have metrics; belongs to New

	configured  prometheus.Gauge
	sent        *prometheus.CounterVec
	errors      *prometheus.CounterVec
	dropped     *prometheus.CounterVec
	queueLength *prometheus.GaugeVec
	queueLimit  *prometheus.GaugeVec
	latency     *prometheus.HistogramVec
	lastSuccess *prometheus.GaugeVec
}

// NewMetrics creates the metrics and registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	const namespace = "authspike"
	perTarget := []string{"alertmanager"}
	perReason := []string{"alertmanager", "reason"}
	m := &Metrics{
		known: make(map[string]bool),
		configured: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "notifications_alertmanagers",
			Help: "Number of Alertmanagers configured.",
		}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "notifications_sent_total",
			Help: "Alerts that the Alertmanager has accepted, repeats included.",
		}, perTarget),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "notifications_errors_total",
			Help: "Alerts in requests that failed, by reason; each attempt counts.",
		}, perReason),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "notifications_dropped_total",
			Help: "Alerts dropped for the Alertmanager, by reason.",
		}, perReason),
		queueLength: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "notifications_queue_length",
			Help: "Alerts whose newest state the Alertmanager has not accepted yet.",
		}, perTarget),
		queueLimit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "notifications_queue_capacity",
			Help: "Maximum number of alerts kept for the Alertmanager, firing ones included.",
		}, perTarget),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "notifications_latency_seconds",
			Help:    "Duration of requests to the Alertmanager, failed ones included.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, perTarget),
		lastSuccess: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "notifications_last_success_timestamp_seconds",
			Help: "Unix time of the last request that the Alertmanager accepted, 0 before the first. An empty one is sent every resend interval if there is nothing to send.",
		}, perTarget),
	}
	reg.MustRegister(m.configured, m.sent, m.errors, m.dropped, m.queueLength, m.queueLimit, m.latency, m.lastSuccess)
	return m
}

// targetMetrics are the metrics of one Alertmanager, all of which exist from the
// start.
type targetMetrics struct {
	sent        prometheus.Counter
	errors      map[reason]prometheus.Counter
	dropped     map[string]prometheus.Counter
	queueLength prometheus.Gauge
	latency     prometheus.Observer
	lastSuccess prometheus.Gauge
}

func (m *Metrics) of(name string) targetMetrics {
	t := targetMetrics{
		sent:        m.sent.WithLabelValues(name),
		errors:      make(map[reason]prometheus.Counter, len(reasons)),
		dropped:     make(map[string]prometheus.Counter, len(dropReasons)),
		queueLength: m.queueLength.WithLabelValues(name),
		latency:     m.latency.WithLabelValues(name),
		lastSuccess: m.lastSuccess.WithLabelValues(name),
	}
	for _, r := range reasons {
		t.errors[r] = m.errors.WithLabelValues(name, string(r))
	}
	for _, r := range dropReasons {
		t.dropped[r] = m.dropped.WithLabelValues(name, r)
	}
	return t
}

// touch initializes the metrics of the Alertmanagers at start, and removes those of
// Alertmanagers that are no longer configured.
func (m *Metrics) touch(targets []*target) {
	gone := m.known
	m.known = make(map[string]bool, len(targets))
	for _, t := range targets {
		m.known[t.name] = true
		delete(gone, t.name)
		m.queueLimit.WithLabelValues(t.name).Set(float64(t.ledger.capacity))
		t.metrics.queueLength.Set(0)
	}
	for name := range gone {
		for _, vec := range [...]interface {
			DeletePartialMatch(prometheus.Labels) int
		}{m.sent, m.errors, m.dropped, m.queueLength, m.queueLimit, m.latency, m.lastSuccess} {
			vec.DeletePartialMatch(prometheus.Labels{"alertmanager": name})
		}
	}
	m.configured.Set(float64(len(targets)))
}
