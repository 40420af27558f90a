package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// The drawing, in units of its own; the page scales it.
const (
	plotWidth, plotHeight              = 960, 250
	plotLeft, plotRight, plotTop, plot = 62, 12, 26, plotHeight - 26 - 30 // margins, and the height between them
	plotColumns                        = 800                              // at most so many points in a line

	// A plot shows the whole series, or where that is long, what is about the alerts.
	longSpan            = 6 * 60 // minutes
	leadSpan, trailSpan = 2 * 60, 60
)

// figure is one plot: a signal of a series against what a rule makes of it.
type figure struct {
	Alert, Signal, Unit       string
	From, To                  int64 // Unix seconds
	Step                      int64 // minutes per point
	Observed, Baseline, Limit string
	XTicks, YTicks            []tick
	Spans                     []span
	Width, Height             int
	Left, Right, Top, Bottom  int
	Plot, LabelY, MarkY       int
}

type tick struct {
	At    string
	Label string
}

// span is an alert from onset to end.
type span struct {
	Onset, Fired, Ended string // x; Ended is "" where it fires to the end
	X, Width            string
	Title               string
}

// value is a point of a plot; NaN where nothing is known.
type value struct {
	minute                    int64
	observed, baseline, limit float64
}

// draw plots the signal of a rule over the points of x.
func (r *Recorder) draw(x *recorded, alert string, signal detector.Signal, episodes []*episode) *figure {
	from, to := x.points[0].minute, x.points[len(x.points)-1].minute+r.step
	if to-from > longSpan {
		from, to = about(episodes, from, to)
	}
	step := r.step
	for (to-from)/step > plotColumns {
		step *= 2
	}
	values, perSecond := r.values(x, alert, signal, from, to, step)
	f := &figure{
		Alert: alert, Signal: signal.String(), From: from * 60, To: to * 60, Step: step,
		Width: plotWidth, Height: plotHeight, Left: plotLeft, Right: plotWidth - plotRight, Top: plotTop, Bottom: plotTop + plot,
		Plot: plot, LabelY: plotHeight - 12, MarkY: plotTop - 8,
		Unit: "share of requests",
	}
	if perSecond {
		f.Unit = "per second"
	}
	highest := 0.0
	for _, v := range values {
		for _, y := range [...]float64{v.observed, v.baseline, v.limit} {
			if !math.IsNaN(y) {
				highest = max(highest, y)
			}
		}
	}
	a := axes{from: from * 60, to: to * 60, step: step, top: highest * 1.08, joined: perSecond}
	f.YTicks = a.yTicks(perSecond)
	f.XTicks = a.xTicks()
	f.Observed = a.line(values, func(v *value) float64 { return v.observed })
	f.Baseline = a.line(values, func(v *value) float64 { return v.baseline })
	f.Limit = a.line(values, func(v *value) float64 { return v.limit })
	for _, e := range episodes {
		f.Spans = append(f.Spans, a.span(e))
	}
	return f
}

// about narrows minutes to what is about the episodes.
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

// values returns what is drawn of x in [from, to). Where no requests are logged,
// a step without entries is one without events.
func (r *Recorder) values(x *recorded, alert string, signal detector.Signal, from, to, step int64) (values []value, perSecond bool) {
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
		v := value{minute: minute, observed: math.NaN(), baseline: known.baseline, limit: known.limit}
		switch {
		case perSecond:
			v.observed = float64(counts[signal]) / float64(60*step)
			if n := len(values); n > 0 && values[n-1].minute+step < minute {
				silent := value{minute: values[n-1].minute + step, baseline: values[n-1].baseline, limit: values[n-1].limit}
				values = append(values, silent)
				silent.minute = minute - step
				if silent.minute > values[n].minute {
					values = append(values, silent)
				}
			}
		case counts[detector.Requests] > 0:
			v.observed = float64(counts[signal]) / float64(counts[detector.Requests])
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

// axes turn seconds and values into places.
type axes struct {
	from, to int64 // seconds
	step     int64 // minutes
	top      float64
	joined   bool // lines are not interrupted
}

func (a *axes) x(second int64) float64 {
	second = max(a.from, min(a.to, second))
	return plotLeft + float64(second-a.from)/float64(a.to-a.from)*(plotWidth-plotLeft-plotRight)
}

func (a *axes) y(v float64) float64 {
	if !(a.top > 0) {
		return plotTop + plot
	}
	return plotTop + plot*(1-v/a.top)
}

// line returns the path of one line, a point in the middle of each step. Unless
// lines are joined, it is interrupted where steps are missing.
func (a *axes) line(values []value, of func(*value) float64) string {
	var b strings.Builder
	last := int64(math.MinInt64)
	for i := range values {
		v := &values[i]
		y := of(v)
		if math.IsNaN(y) || math.IsInf(y, 0) {
			continue
		}
		x := place(a.x(v.minute*60 + a.step*30))
		if v.minute-a.step == last || a.joined && b.Len() > 0 {
			b.WriteString("L")
		} else {
			b.WriteString("M" + x + " " + place(a.y(y)) + "h0L") // a lone point is drawn as a dot
		}
		b.WriteString(x + " " + place(a.y(y)))
		last = v.minute
	}
	return b.String()
}

// yTicks returns about four round values.
func (a *axes) yTicks(perSecond bool) []tick {
	if !(a.top > 0) {
		return []tick{{place(a.y(0)), "0"}}
	}
	unit := math.Pow(10, math.Floor(math.Log10(a.top/4)))
	each := unit
	for _, m := range [...]float64{2, 2.5, 5, 10} {
		if a.top/each > 5 {
			each = m * unit
		}
	}
	var ticks []tick
	for i := 0; float64(i)*each <= a.top; i++ {
		v := float64(i) * each
		ticks = append(ticks, tick{place(a.y(v)), quantity(v, perSecond)})
	}
	return ticks
}

// xTicks returns about eight round times, in UTC.
func (a *axes) xTicks() []tick {
	each := int64(60)
	for _, m := range [...]int64{1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200, 525600} {
		each = m * 60
		if (a.to-a.from)/each <= 9 {
			break
		}
	}
	layout := "15:04"
	if each >= 1440*60 {
		layout = "2006-01-02"
	}
	var ticks []tick
	for at := (a.from + each - 1) / each * each; at <= a.to; at += each {
		label := time.Unix(at, 0).UTC().Format(layout)
		if each < 1440*60 && at%86400 == 0 {
			label = time.Unix(at, 0).UTC().Format("01-02")
		}
		ticks = append(ticks, tick{place(a.x(at)), label})
	}
	return ticks
}

func (a *axes) span(e *episode) span {
	onset, end := onset(&e.fired), a.to
	s := span{Fired: place(a.x(e.fired.Time)), Onset: place(a.x(onset))}
	s.Title = fmt.Sprintf("%s: onset %s, fired %s, ", e.alert, clock(onset), clock(e.fired.Time))
	if e.resolved != nil {
		end = e.resolved.Time
		s.Ended = place(a.x(end))
		s.Title += fmt.Sprintf("resolved %s (%s)", clock(end), e.resolved.Reason)
	} else {
		s.Title += "still firing at the end"
	}
	s.X = s.Onset
	s.Width = place(max(0, a.x(end)-a.x(onset)))
	return s
}

// onset returns since when the signal was high, as well as it is known.
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

func place(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
