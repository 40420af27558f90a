package report

import (
	"fmt"
	"math"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/plot"
)

const (
	plotColumns = 800 // at most so many points in a line

	// A plot shows the whole series or, if that is long, the time around the alerts.
	longSpan            = 6 * 60 // minutes
	leadSpan, trailSpan = 2 * 60, 60
)

// draw plots the signal of a rule over the points of x.
func (r *Recorder) draw(x *recorded, alert string, signal detector.Signal, episodes []*episode) *plot.Figure {
	from, to := x.points[0].minute, x.points[len(x.points)-1].minute+r.step
	if to-from > longSpan && len(episodes) > 0 {
		from, to = about(episodes, from, to)
	}
	step := r.step
	for (to-from)/step > plotColumns {
		step *= 2
	}
	points, perSecond := r.values(x, alert, signal, from, to, step)
	o := plot.Options{Title: alert + ": " + signal.String(), From: from * 60, To: to * 60, Step: step, PerSecond: perSecond}
	for _, e := range episodes {
		o.Spans = append(o.Spans, spanOf(e))
	}
	return plot.Draw(points, &o)
}

// about narrows minutes to the time around the episodes.
func about(episodes []*episode, from, to int64) (first, last int64) {
	first, last = to, from
	for _, e := range episodes {
		first = min(first, e.fired.Alert.StartsAt/60-leadSpan)
		end := to
		if e.resolved != nil {
			end = e.resolved.Time/60 + 1
		}
		last = max(last, end+trailSpan)
	}
	return max(first, from), min(last, to)
}

// values returns what is drawn of x in [from, to). If no requests are logged, a step
// without entries counts as one without events.
func (r *Recorder) values(x *recorded, alert string, signal detector.Signal, from, to, step int64) (values []plot.Point, perSecond bool) {
	known := level{baseline: math.NaN(), limit: math.NaN()}
	perSecond = countedPerSecond(x, alert, signal)
	for i := 0; i < len(x.points); {
		minute := x.points[i].minute - x.points[i].minute%step
		var counts detector.Counts
		for ; i < len(x.points) && x.points[i].minute < minute+step; i++ {
			p := &x.points[i]
			counts.Add(&p.counts)
			for _, l := range p.levels {
				if l.alert == alert && l.signal == signal {
					known = l
				}
			}
		}
		if minute+step <= from || minute >= to {
			continue
		}
		v := plot.Point{Minute: minute, Observed: math.NaN(), Baseline: known.baseline, Limit: known.limit}
		switch {
		case perSecond:
			v.Observed = float64(counts[signal]) / float64(60*step)
			if n := len(values); n > 0 && values[n-1].Minute+step < minute {
				silent := plot.Point{Minute: values[n-1].Minute + step, Baseline: values[n-1].Baseline, Limit: values[n-1].Limit}
				values = append(values, silent)
				silent.Minute = minute - step
				if silent.Minute > values[n].Minute {
					values = append(values, silent)
				}
			}
		case counts[detector.Requests] > 0:
			v.Observed = float64(counts[signal]) / float64(counts[detector.Requests])
		}
		values = append(values, v)
	}
	return values, perSecond
}

// countedPerSecond reports whether the rule's last baseline of the signal was a
// rate.
func countedPerSecond(x *recorded, alert string, signal detector.Signal) bool {
	for i := len(x.points) - 1; i >= 0; i-- {
		for _, l := range x.points[i].levels {
			if l.alert == alert && l.signal == signal {
				return l.perSecond
			}
		}
	}
	return false
}

func spanOf(e *episode) plot.Span {
	s := plot.Span{Onset: onset(&e.fired), Fired: e.fired.Time}
	s.Title = fmt.Sprintf("%s: onset %s, fired %s, ", e.alert, clock(s.Onset), clock(s.Fired))
	if e.resolved == nil {
		s.Title += "still firing at the end"
		return s
	}
	s.Ended = e.resolved.Time
	s.Title += fmt.Sprintf("resolved %s (%s)", clock(s.Ended), e.resolved.Reason)
	return s
}

// onset returns since when the signal was high, as far as that is known.
func onset(t *detector.Transition) int64 {
	for _, l := range t.Alert.Annotations {
		if l.Name == "onset" {
			if at, err := time.Parse(time.RFC3339, l.Value); err == nil {
				return at.Unix()
			}
		}
	}
	return t.Alert.StartsAt
}
