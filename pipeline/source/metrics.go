package source

import (
	"fmt"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/authspike/authspike/pipeline"
)

// Metrics are the metrics about Kafka. They outlive a Kafka, so that counters
// continue across a reload.
type Metrics struct {
	fetches, fetchedBytes, records, control prometheus.Counter
	connections                             prometheus.Counter
	errors, lost, breaks, commits           *prometheus.CounterVec
	partitions                              prometheus.Gauge
	topics                                  *prometheus.GaugeVec
	lag, highWatermark, next                *prometheus.GaugeVec
}

// topicState is the state of a requested topic: the label of a metric.
type topicState string

// The states.
const (
	topicRead      topicState = "read"
	topicMissing   topicState = "missing"   // named, but does not exist
	topicForbidden topicState = "forbidden" // named, but access lists do not let us see it
	topicCompacted topicState = "compacted" // refused: compaction removes records
)

var topicStates = []topicState{topicRead, topicMissing, topicForbidden, topicCompacted}

// NewMetrics creates the metrics, and registers them unless registerer is nil.
func NewMetrics(registerer prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "authspike", Subsystem: "kafka", Name: name, Help: help})
	}
	counters := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "authspike", Subsystem: "kafka", Name: name, Help: help}, []string{label})
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "authspike", Subsystem: "kafka", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		fetches:       counter("fetches_total", "Fetch responses."),
		fetchedBytes:  counter("fetched_bytes_total", "Bytes of fetch responses on the wire."),
		records:       counter("records_total", "Records read, including those of the warm start."),
		control:       counter("control_records_total", "Control records of transactions skipped."),
		connections:   counter("connections_total", "Connections opened to brokers."),
		errors:        counters("errors_total", "Failed requests and connections, by reason.", "reason"),
		lost:          counters("records_lost_total", "Records that will never be read, by reason.", "reason"),
		breaks:        counters("breaks_total", "Times a log did not continue where reading had ended, by kind.", "kind"),
		commits:       counters("commits_total", "Commits of group offsets, by result.", "result"),
		topics:        gauges("topics", "Topics by state.", "state"),
		lag:           gauges("lag_records", "Offsets between the next one to read and the end of the partition.", "topic", "partition"),
		highWatermark: gauges("high_watermark", "Offset of the end of the partition.", "topic", "partition"),
		next:          gauges("next_offset", "Next offset to read.", "topic", "partition"),
		partitions: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "authspike", Subsystem: "kafka", Name: "partitions", Help: "Partitions that are being read.",
		}),
	}
	for _, r := range reasons {
		m.errors.WithLabelValues(string(r))
	}
	for _, l := range losses {
		m.lost.WithLabelValues(string(l))
	}
	for _, b := range []pipeline.Break{pipeline.Retention, pipeline.Truncated, pipeline.Recreated} {
		m.breaks.WithLabelValues(b.String())
	}
	for _, result := range []string{"ok", "refused", "failed"} {
		m.commits.WithLabelValues(result)
	}
	for _, s := range topicStates {
		m.topics.WithLabelValues(string(s))
	}
	if registerer == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{
		m.fetches, m.fetchedBytes, m.records, m.control, m.connections, m.errors, m.lost, m.breaks, m.commits,
		m.topics, m.lag, m.highWatermark, m.next, m.partitions,
	} {
		if err := registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// partitionMetrics are the metrics of one partition.
type partitionMetrics struct {
	lag, highWatermark, next prometheus.Gauge
}

func (m *Metrics) partition(p pipeline.Partition) partitionMetrics {
	id := strconv.Itoa(int(p.ID))
	return partitionMetrics{
		lag:           m.lag.WithLabelValues(p.Topic, id),
		highWatermark: m.highWatermark.WithLabelValues(p.Topic, id),
		next:          m.next.WithLabelValues(p.Topic, id),
	}
}

// forget removes the metrics of a partition that is gone.
func (m *Metrics) forget(p pipeline.Partition) {
	id := strconv.Itoa(int(p.ID))
	for _, v := range []*prometheus.GaugeVec{m.lag, m.highWatermark, m.next} {
		v.DeleteLabelValues(p.Topic, id)
	}
}
