package web

import (
	"time"

	"github.com/authspike/authspike/detector"
)

// View is the state of the pipeline at one moment. Once published it is immutable,
// including what its slices hold.
type View struct {
	Time     time.Time // when it was made, by our clock
	Frontier int64     // Unix seconds of event time up to which all partitions were read; 0 where it is not known
	NotReady []string  // why alerts cannot be trusted yet, one short sentence each; empty means ready

	Partitions []Partition           // in the order of topic and number
	Firing     []detector.Transition // the alerts that fire, each as it was last decided, in the detector's order
	Recent     []detector.Transition // the newest resolves, newest first; bounded by who makes the view
	Series     []Series              // in any order
	Rules      []detector.Rule       // in configured order

	Alertmanagers []Alertmanager // in configured order
	Checkpoint    Checkpoint
	Config        Config
}

// Partition is how far one partition has been read.
type Partition struct {
	Topic   string
	ID      int32
	Next    int64   // offset of the next record to read
	Lag     int64   // records behind its end
	Seconds float64 // seconds of event time behind our clock; NaN where no event time is known
	Newest  int64   // newest event time, Unix seconds; 0 where none is known
	Idle    bool    // at its end
	Error   string  // why it is not being read, "" while it is
}

// Series is one watched service with its exact totals since the state began,
// including late entries and the warm start.
type Series struct {
	detector.Series

	Totals [detector.NumSignals]uint64
	Late   uint64 // events that came after their second was judged
	Newest int64  // newest event time, Unix seconds; 0 where none is known
	Pods   int    // pods that are told apart
}

// Account is what is known about the verdicts on a series.
type Account struct {
	Explanations []detector.Explanation // of one second, by rule and signal
	Hours        []detector.Hour        // the past hour, the same
	Reach        int64                  // the oldest second of which there are numbers, Unix seconds; 0 where there are none
}

// Alertmanager is one receiver of alerts.
type Alertmanager struct {
	URL         string    // without credentials
	LastSuccess time.Time // zero before the first
	LastError   string    // "" if the newest request was taken
	Queued      int       // alerts with a change that it has not yet taken
}

// Checkpoint is the checkpoint that a restart would find.
type Checkpoint struct {
	Saved time.Time // zero before the first
	Bytes int64
	Error string // of the newest try, "" if it was saved
}

// Config is the configuration in use.
type Config struct {
	File   string // "" where there is none
	Loaded time.Time
	Error  string // why a newer one was refused, "" otherwise
}
