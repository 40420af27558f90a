package app

import "github.com/authspike/authspike/pipeline/web"

// families returns the declarations of the metrics of package pipeline, which counts
// in a VictoriaMetrics set.
func families() []web.Family {
	series := []string{"namespace", "service"}
	return []web.Family{
		{Name: "authspike_events_total", Kind: web.Counter, Help: "Events in the records counted; most records hold one."},
		{Name: "authspike_records_total", Kind: web.Counter, Help: "Records counted, without those of the warm start."},
		{Name: "authspike_record_bytes_total", Kind: web.Counter, Help: "Bytes of the values of the records counted."},
		{Name: "authspike_warm_start_records_total", Kind: web.Counter, Help: "Records read during the warm start to learn what is normal; no other counter includes them."},
		{Name: "authspike_events_dropped_total", Kind: web.Counter, Labels: []string{"reason"}, Help: "Events not counted, or counted only as far as they could be read, by reason."},
		{Name: "authspike_time_fallbacks_total", Kind: web.Counter, Labels: []string{"from"}, Help: "Events whose time was not taken from the line, by where it was taken from."},
		{Name: "authspike_service_fallbacks_total", Kind: web.Counter, Labels: []string{"from"}, Help: "Counted events whose line names no service, by what named it instead."},
		{Name: "authspike_format_fallbacks_total", Kind: web.Counter, Labels: []string{"from"}, Help: "Counted events in an unknown format, by how they were read instead."},
		{Name: "authspike_joins_total", Kind: web.Counter, Labels: []string{"kind"}, Help: "Lines, parts of lines and repeated failures that were joined with what they belong to, or could not be, by kind."},
		{Name: "authspike_late_samples_total", Kind: web.Counter, Help: "Counts that arrived after their second had been judged: in the totals, but in no verdict."},
		{Name: "authspike_batches_repeated_total", Kind: web.Counter, Help: "Batches that arrived again after they had been counted, and were not counted again."},
		{Name: "authspike_log_breaks_total", Kind: web.Counter, Labels: []string{"kind"}, Help: "Times a partition did not continue where counting had ended, by kind."},
		{Name: "authspike_requests_total", Kind: web.Counter, Labels: series, Help: "Requests, by series."},
		{Name: "authspike_unauthorized_total", Kind: web.Counter, Labels: series, Help: "Requests that were unauthorized, by series."},
		{Name: "authspike_token_failures_total", Kind: web.Counter, Labels: append([]string{"failure"}, series...), Help: "Rejected tokens, by series and failure."},
		{Name: "authspike_series_overflow_total", Kind: web.Counter, Help: "Counts that went to the series _overflow because there are too many series."},
		{Name: "authspike_alert_transitions_total", Kind: web.Counter, Labels: []string{"alertname", "state", "reason"}, Help: "Alert transitions, without those of the warm start."},
		{Name: "authspike_alerts_firing", Kind: web.Gauge, Help: "Alerts firing now."},
		{Name: "authspike_checkpoint_saves_total", Kind: web.Counter, Labels: []string{"result"}, Help: "Checkpoints written, by result."},
		{Name: "authspike_checkpoint_save_duration_seconds", Kind: web.Histogram, Buckets: web.HistogramBounds(1e-4, 10, 2), Help: "Time it took to write a checkpoint."},
		{Name: "authspike_checkpoint_last_success_timestamp_seconds", Kind: web.Gauge, Help: "Unix time of the newest checkpoint, 0 before the first."},
		{Name: "authspike_checkpoint_size_bytes", Kind: web.Gauge, Help: "Size of the newest checkpoint."},
		{Name: "authspike_frontier_timestamp_seconds", Kind: web.Gauge, Help: "Event time, Unix seconds, that every partition has reached; 0 before it is known."},
		{Name: "authspike_caught_up", Kind: web.Gauge, Help: "1 once all partitions have been read to their end in this run."},
		{Name: "authspike_partition_newest_event_timestamp_seconds", Kind: web.Gauge, Labels: []string{"topic", "partition"}, Help: "Newest event time of the partition, Unix seconds; 0 before any is known."},
		{Name: "authspike_partitions_open", Kind: web.Gauge, Help: "Partitions that are being read."},
		{Name: "authspike_partitions_stalled", Kind: web.Gauge, Help: "Partitions that have not been heard of for two minutes; they hold nothing back."},
	}
}
