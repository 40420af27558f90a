package pipeline

import (
	"slices"

	"github.com/authspike/authspike/detector"
)

// View is the state of an evaluator at one moment. It is immutable, including what
// its slices hold.
type View struct {
	Now      int64 // Unix milliseconds
	Frontier int64 // event time that every partition has reached, Unix seconds; NoTime before it is known
	CaughtUp bool  // all partitions were read to their end once

	Partitions []PartitionView         // in the order of topic and number
	Firing     []Happened              // in the order of their labels
	Recent     []detector.Transition   // the newest resolves, newest first
	Series     []detector.SeriesTotals // in the order of namespace and service
	Lost       int64                   // records that will never be counted
}

// PartitionView is how far one partition has been read.
type PartitionView struct {
	Partition

	Next, High int64 // the next offset, and the end
	Newest     int64 // newest event time, Unix seconds; NoTime where none is known
	AtEnd      bool  // the last batch reached the end
	CaughtUp   bool  // it was read to its end once, and is judged as of now
	Stalled    bool  // nothing was heard of it for a while: it holds nothing back
}

// View returns the state at now, in Unix milliseconds.
func (e *Evaluator) View(now int64) *View {
	v := &View{Now: now, Frontier: e.frontier, CaughtUp: e.caughtUp, Lost: e.lost}
	for _, p := range sorted(e.partitions) {
		if !p.open || p.ended {
			continue
		}
		v.Partitions = append(v.Partitions, PartitionView{
			Partition: p.name, Next: p.next, High: p.high, Newest: p.newest,
			AtEnd: p.atEnd, CaughtUp: p.current(now), Stalled: p.stalled(now),
		})
	}
	for _, a := range e.detector.Alerts() {
		if h, ok := e.firing[labelsKey(a.Labels)]; ok {
			v.Firing = append(v.Firing, h)
		}
	}
	v.Recent = slices.Clone(e.recent)
	slices.Reverse(v.Recent)
	v.Series = slices.AppendSeq(make([]detector.SeriesTotals, 0, e.detector.Len()), e.detector.Totals)
	e.metrics.view(v)
	return v
}

// Account is what is known about the verdicts on a series.
type Account struct {
	Explanations []detector.Explanation // of one second, by rule and signal
	Hours        []detector.Hour        // the past hour, the same
	Reach        int64                  // the oldest second of which there are numbers, Unix seconds; 0 where there are none
}

// Account explains the verdicts on a series at a second, in Unix seconds, or the
// newest ones if that is 0. It is empty for an unknown series.
func (e *Evaluator) Account(s detector.Series, at int64) Account {
	a := Account{Hours: e.detector.Hours(s), Reach: e.detector.Reach(s)}
	if at == 0 {
		a.Explanations = e.Explain(s)
	} else {
		a.Explanations = e.ExplainAt(s, at)
	}
	return a
}

// Explain returns the numbers behind the rules' newest verdicts on a series, none if
// it is unknown.
func (e *Evaluator) Explain(s detector.Series) []detector.Explanation {
	found, _ := e.detector.Explain(s)
	return found
}

// ExplainAt does the same for a second, Unix seconds.
func (e *Evaluator) ExplainAt(s detector.Series, at int64) []detector.Explanation {
	found, _ := e.detector.ExplainAt(s, at)
	return found
}
