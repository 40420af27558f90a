package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/authspike/authspike/pipeline/checkpoint"
)

// checkpointOtherCluster is the outcome of loading a checkpoint of another cluster.
const checkpointOtherCluster = "other_cluster"

// appMetrics are the metrics about loading the configuration and the checkpoint.
type appMetrics struct {
	reloadSuccessful prometheus.Gauge
	reloadedAt       prometheus.Gauge
	checkpointLoads  *prometheus.CounterVec
}

func newAppMetrics(reg prometheus.Registerer) *appMetrics {
	m := &appMetrics{
		reloadSuccessful: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "authspike", Name: "config_last_reload_successful",
			Help: "1 if the newest configuration is in use, 0 if it was refused and the previous one is still in use.",
		}),
		reloadedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "authspike", Name: "config_last_reload_success_timestamp_seconds",
			Help: "Unix time at which the configuration in use was loaded.",
		}),
		checkpointLoads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "authspike", Name: "checkpoint_loads_total",
			Help: "Attempts to load a checkpoint at a start, by outcome.",
		}, []string{"outcome"}),
	}
	for _, o := range checkpoint.Outcomes() {
		m.checkpointLoads.WithLabelValues(o.String())
	}
	m.checkpointLoads.WithLabelValues(checkpointOtherCluster)
	reg.MustRegister(m.reloadSuccessful, m.reloadedAt, m.checkpointLoads)
	return m
}

// loaded records that a configuration was accepted, or refused with an error.
func (m *appMetrics) loaded(err error) {
	if err != nil {
		m.reloadSuccessful.Set(0)
		return
	}
	m.reloadSuccessful.Set(1)
	m.reloadedAt.SetToCurrentTime()
}
