package pipeline

import "github.com/authspike/authspike/detector"

// Drop is a reason why an event of a record is not counted, or is counted only as
// far as it could be read.
type Drop uint8

// The reasons.
const (
	DropEmpty        Drop = iota // an empty or null value
	DropTruncated                // a line that ends too early
	DropInvalid                  // begins as a format and breaks it
	DropTooDeep                  // too many wrappers around it
	DropTooMany                  // too many events in one record
	DropUnrecognized             // text of no known format, without anything to count
	DropNoTime                   // it has no time, and nothing before it in its partition has
	DropSkewed                   // its time is far ahead of its partition and its neighbours disagree
	DropSelected                 // a request that the counting selectors leave out
	NumDrops
)

var dropNames = [NumDrops]string{"empty", "truncated", "invalid", "too_deep", "too_many", "unrecognized", "no_time", "skewed", "not_selected"}

// String returns the reason as it appears in metrics.
func (d Drop) String() string { return dropNames[d] }

// Fallback is where a value of an event came from if its own line had none.
type Fallback uint8

// The fallbacks, grouped by value, in the order in which they are tried. Those of
// time are counted for every event, the others only for events that count something.
const (
	FromWrapper    Fallback = iota // time: what the line was wrapped in
	FromRecord                     // time: the Kafka record
	FromNewest                     // time: the partition's newest event time
	ServiceHeader                  // service: a header of the record
	ServiceKey                     // service: the record's key
	ServiceTopic                   // service: the topic
	ServiceUnknown                 // service: nothing names it
	TextOnly                       // format: none, it is counted for its words alone
	NumFallbacks
)

var fallbackNames = [NumFallbacks]string{"wrapper", "record", "newest", "header", "key", "topic", "unknown", "text"}

// String returns the fallback as it appears in metrics.
func (f Fallback) String() string { return fallbackNames[f] }

// family returns the metric that counts the fallback.
func (f Fallback) family() string {
	switch {
	case f <= FromNewest:
		return "authspike_time_fallbacks_total"
	case f <= ServiceUnknown:
		return "authspike_service_fallbacks_total"
	default:
		return "authspike_format_fallbacks_total"
	}
}

// Delta is what one batch adds to the counts, with the offsets it covers. A worker
// fills it; the evaluator owns it until it has been applied, after which it is
// reused.
type Delta struct {
	Partition     Partition
	From, Next    int64 // the offsets it covers, [From, Next)
	HighWatermark int64 // the partition's end offset at AsOf
	AsOf          int64 // Unix milliseconds of this machine, 0 for a file
	Break         Break
	Lost          int64 // records that will never be delivered
	End           bool  // nothing will follow

	Records   int // records among the offsets
	Events    int // events in them
	Bytes     int64
	Drops     [NumDrops]uint32
	Fallbacks [NumFallbacks]uint32
	Joins     [NumJoins]uint32
	Samples   []detector.Sample // in the order of their first event; the strings are interned and stay valid

	Newest int64 // newest event time of the partition so far, Unix seconds; NoTime where none is known
	Oldest int64 // oldest event time among the samples, Unix seconds; NoTime without samples

	Resume Position // where reading goes on after a restart
	Carry  []byte   // the worker's state after the batch, for the checkpoint
}

// NoTime stands for an unknown event time.
const NoTime = -1 << 62

// reset empties d for the next batch and keeps its memory.
func (d *Delta) reset() {
	*d = Delta{Samples: d.Samples[:0], Carry: d.Carry[:0], Newest: NoTime, Oldest: NoTime}
}
