package pipeline

import (
	"fmt"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"github.com/authspike/authspike/detector"
)

// Metrics are the metrics of this package. They outlive a run, so that counters
// continue across a reload. The counters leave out the warm start, which has a
// counter of its own.
type Metrics struct {
	set       *metrics.Set
	records   *metrics.Counter
	events    *metrics.Counter
	bytes     *metrics.Counter
	warm      *metrics.Counter
	repeated  *metrics.Counter
	drops     [NumDrops]*metrics.Counter
	fallbacks [NumFallbacks]*metrics.Counter
	joins     [NumJoins]*metrics.Counter
	breaks    [Recreated + 1]*metrics.Counter

	series    map[detector.Series]*seriesCounters
	maxSeries int
	overflow  *metrics.Counter // samples counted under the overflow series
	late      *metrics.Counter
	lateSeen  uint64 // of the totals, which outlive the process

	newest map[Partition]*metrics.Gauge

	saves                 [2]*metrics.Counter // by failed
	saveSeconds           *metrics.Histogram
	savedAt, savedBytes   *metrics.Gauge
	frontier, caughtUp    *metrics.Gauge
	open, stalled, firing *metrics.Gauge
}

type seriesCounters [detector.NumSignals]*metrics.Counter

// Overflow is the service that counts for all series beyond the bound.
const Overflow = "_overflow"

// NewMetrics registers the metrics in set; if it is nil they are not exposed. At
// most maxSeries series get metrics of their own.
func NewMetrics(set *metrics.Set, maxSeries int) *Metrics {
	if set == nil {
		set = metrics.NewSet()
	}
	m := &Metrics{
		set:         set,
		records:     set.NewCounter("authspike_records_total"),
		events:      set.NewCounter("authspike_events_total"),
		bytes:       set.NewCounter("authspike_record_bytes_total"),
		warm:        set.NewCounter("authspike_warm_start_records_total"),
		repeated:    set.NewCounter("authspike_batches_repeated_total"),
		series:      map[detector.Series]*seriesCounters{},
		maxSeries:   maxSeries,
		overflow:    set.NewCounter("authspike_series_overflow_total"),
		late:        set.NewCounter("authspike_late_samples_total"),
		newest:      map[Partition]*metrics.Gauge{},
		saveSeconds: set.NewHistogram("authspike_checkpoint_save_duration_seconds"),
		savedAt:     set.NewGauge("authspike_checkpoint_last_success_timestamp_seconds", nil),
		savedBytes:  set.NewGauge("authspike_checkpoint_size_bytes", nil),
		frontier:    set.NewGauge("authspike_frontier_timestamp_seconds", nil),
		caughtUp:    set.NewGauge("authspike_caught_up", nil),
		open:        set.NewGauge("authspike_partitions_open", nil),
		stalled:     set.NewGauge("authspike_partitions_stalled", nil),
		firing:      set.NewGauge("authspike_alerts_firing", nil),
	}
	for i := range m.drops {
		m.drops[i] = set.NewCounter(fmt.Sprintf("authspike_events_dropped_total{reason=%q}", Drop(i)))
	}
	for i := range m.fallbacks {
		m.fallbacks[i] = set.NewCounter(fmt.Sprintf("%s{from=%q}", Fallback(i).family(), Fallback(i)))
	}
	for i := range m.joins {
		m.joins[i] = set.NewCounter(fmt.Sprintf("authspike_joins_total{kind=%q}", Join(i)))
	}
	for b := Retention; b <= Recreated; b++ {
		m.breaks[b] = set.NewCounter(fmt.Sprintf("authspike_log_breaks_total{kind=%q}", b))
	}
	for i, result := range []string{"ok", "failed"} {
		m.saves[i] = set.NewCounter(fmt.Sprintf("authspike_checkpoint_saves_total{result=%q}", result))
	}
	return m
}

// count adds the counts of d or, if warm, only its records to those of the warm start.
func (m *Metrics) count(d *Delta, warm bool) {
	if warm {
		m.warm.Add(d.Records)
		return
	}
	m.records.Add(d.Records)
	m.events.Add(d.Events)
	m.bytes.AddInt64(d.Bytes)
	for i, n := range d.Drops {
		m.drops[i].Add(int(n))
	}
	for i, n := range d.Fallbacks {
		m.fallbacks[i].Add(int(n))
	}
	for i, n := range d.Joins {
		m.joins[i].Add(int(n))
	}
	for i := range d.Samples {
		s := &d.Samples[i]
		counters := m.of(s.Series)
		for signal, n := range s.Counts {
			if n > 0 {
				counters[signal].Add(int(n))
			}
		}
	}
}

// of returns the counters of a series.
func (m *Metrics) of(s detector.Series) *seriesCounters {
	if c := m.series[s]; c != nil {
		return c
	}
	if len(m.series) >= m.maxSeries {
		m.overflow.Inc()
		over := detector.Series{Service: Overflow}
		if s = over; m.series[s] != nil {
			return m.series[s]
		}
	}
	service := s.Service
	if service == "" {
		service = "unknown"
	}
	labels := fmt.Sprintf(`namespace="%s",service="%s"`, escape.Replace(s.Namespace), escape.Replace(service))
	c := &seriesCounters{}
	c[detector.Requests] = m.set.GetOrCreateCounter("authspike_requests_total{" + labels + "}")
	c[detector.Unauthorized] = m.set.GetOrCreateCounter("authspike_unauthorized_total{" + labels + "}")
	for f := detector.FirstFailure; f <= detector.LastFailure; f++ {
		c[f] = m.set.GetOrCreateCounter(fmt.Sprintf("authspike_token_failures_total{%s,failure=%q}", labels, f))
	}
	m.series[s] = c
	return c
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// Expect creates the counters of rules, so that they start at 0.
func (m *Metrics) Expect(list []detector.Rule) {
	for i := range list {
		m.transitions(list[i].Name, detector.Firing, detector.Fired)
		for _, why := range []detector.Reason{detector.Recovered, detector.Stale, detector.RuleRemoved} {
			m.transitions(list[i].Name, detector.Resolved, why)
		}
	}
}

// transition counts one change of an alert.
func (m *Metrics) transition(t *detector.Transition) {
	m.transitions(t.Alert.Name(), t.Alert.State, t.Reason).Inc()
}

func (m *Metrics) transitions(alertname string, state detector.State, why detector.Reason) *metrics.Counter {
	return m.set.GetOrCreateCounter(fmt.Sprintf(`authspike_alert_transitions_total{alertname="%s",state=%q,reason=%q}`,
		escape.Replace(alertname), state, why))
}

// saved counts one checkpoint.
func (m *Metrics) saved(err error, size int64, now, took float64) {
	m.saveSeconds.Update(took)
	if err != nil {
		m.saves[1].Inc()
		return
	}
	m.saves[0].Inc()
	m.savedAt.Set(now)
	m.savedBytes.Set(float64(size))
}

// view sets the gauges from a view.
func (m *Metrics) view(v *View) {
	if v.Frontier != NoTime {
		m.frontier.Set(float64(v.Frontier))
	}
	m.lateUpTo(v.Series, v.CaughtUp)
	m.partitions(v.Partitions)
	caughtUp, stalled := 0.0, 0
	if v.CaughtUp {
		caughtUp = 1
	}
	for i := range v.Partitions {
		if v.Partitions[i].Stalled {
			stalled++
		}
	}
	m.caughtUp.Set(caughtUp)
	m.open.Set(float64(len(v.Partitions)))
	m.stalled.Set(float64(stalled))
	m.firing.Set(float64(len(v.Firing)))
}

// lateUpTo counts late samples, without those of the warm start.
func (m *Metrics) lateUpTo(series []detector.SeriesTotals, caughtUp bool) {
	var late uint64
	for i := range series {
		late += series[i].Late
	}
	if caughtUp && late > m.lateSeen {
		m.late.AddInt64(int64(late - m.lateSeen))
	}
	m.lateSeen = late
}

// partitions sets the newest event time of each partition, and removes the metrics
// of those that are no longer read.
func (m *Metrics) partitions(all []PartitionView) {
	const name = `authspike_partition_newest_event_timestamp_seconds{topic="%s",partition="%d"}`
	read := make(map[Partition]bool, len(all))
	for i := range all {
		p := &all[i]
		read[p.Partition] = true
		g := m.newest[p.Partition]
		if g == nil {
			g = m.set.NewGauge(fmt.Sprintf(name, escape.Replace(p.Topic), p.ID), nil)
			m.newest[p.Partition] = g
		}
		if p.Newest != NoTime {
			g.Set(float64(p.Newest))
		}
	}
	for p := range m.newest {
		if !read[p] {
			m.set.UnregisterMetric(fmt.Sprintf(name, escape.Replace(p.Topic), p.ID))
			delete(m.newest, p)
		}
	}
}
