// Package plot draws a share over time against its baseline and its alert limit, as
// SVG without scripts.
//
// The same values give the same bytes. It knows nothing about where they come from,
// and has no time zones: all times are UTC.
package plot

import (
	_ "embed" // the template and its style
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// HTML defines the template "figure", over a *Figure. It needs a function clock that
// writes Unix seconds.
//
//go:embed plot.html
var HTML string

// CSS is the style of the figure. It uses the page's colours --ink, --soft, --line,
// --card, --bad and --ok, and defines others of its own.
//
//go:embed plot.css
var CSS string

// The drawing, in units of its own; the page scales it.
const (
	width, height          = 960, 250
	left, right, top, high = 62, 22, 26, height - 26 - 30 // margins, and the height between them
	// curvedFrom is how many times the highest limit the highest value must be for a
	// cube-root scale: on a linear one the limit would be on the axis.
	curvedFrom = 25
)

// Point is what is drawn for one step of time; values are NaN if unknown.
type Point struct {
	Minute                    int64 // Unix minute of its begin
	Observed, Baseline, Limit float64
}

// Span is an alert.
type Span struct {
	Onset int64 // Unix seconds; 0 where it is not known
	Fired int64
	Ended int64 // 0 where it fires to the end
	Title string
}

// Options configure what is drawn, and how.
type Options struct {
	Title     string
	From, To  int64 // Unix seconds
	Step      int64 // minutes per point
	PerSecond bool  // values are rates, not shares; lines are not interrupted
	Spans     []Span
	// Link returns where a click on a point leads, and its tooltip. nil for no links.
	Link func(*Point) (href, title string)
}

// Figure is a plot as the template needs it.
type Figure struct {
	Title, Unit               string
	From, To                  int64 // Unix seconds
	Step                      int64 // minutes per point
	Observed, Baseline, Limit string
	XTicks, YTicks            []tick
	Spans                     []span
	Links                     []link
	Width, Height             int
	Left, Right, Top, Bottom  int
	Plot, LabelY, MarkY       int
	Onsets                    bool // the onset of a span is drawn
	Curved                    bool // the scale is that of cube roots
}

type tick struct {
	At    string
	Label string
}

// span is an alert from onset to end.
type span struct {
	Onset, Fired, Ended string // x; Onset is "" where it is not known, Ended where it fires to the end
	X, Width            string
	Title               string
}

// link is a clickable area.
type link struct{ X, Width, Href, Title string }

// Draw plots the points, which are ascending.
func Draw(points []Point, o *Options) *Figure {
	f := &Figure{
		Title: o.Title, From: o.From, To: o.To, Step: o.Step,
		Width: width, Height: height, Left: left, Right: width - right, Top: top, Bottom: top + high,
		Plot: high, LabelY: height - 12, MarkY: top - 8, Unit: "share of requests",
	}
	if o.PerSecond {
		f.Unit = "per second"
	}
	highest, limit := 0.0, 0.0
	for _, p := range points {
		if !math.IsNaN(p.Limit) {
			limit = max(limit, p.Limit)
		}
		for _, y := range [...]float64{p.Observed, p.Baseline, p.Limit} {
			if !math.IsNaN(y) {
				highest = max(highest, y)
			}
		}
	}
	a := axes{from: o.From, to: o.To, step: o.Step, top: highest * 1.08, joined: o.PerSecond}
	a.curved = limit > 0 && highest > curvedFrom*limit
	f.Curved = a.curved
	f.YTicks = a.yTicks(o.PerSecond)
	f.XTicks = a.xTicks()
	f.Observed = a.line(points, func(p *Point) float64 { return p.Observed })
	f.Baseline = a.line(points, func(p *Point) float64 { return p.Baseline })
	f.Limit = a.line(points, func(p *Point) float64 { return p.Limit })
	for i := range o.Spans {
		f.Spans = append(f.Spans, a.span(&o.Spans[i]))
		f.Onsets = f.Onsets || o.Spans[i].Onset != 0
	}
	if o.Link != nil {
		for i := range points {
			p := &points[i]
			l := link{X: place(a.x(p.Minute * 60)), Width: place(a.x((p.Minute+o.Step)*60) - a.x(p.Minute*60))}
			l.Href, l.Title = o.Link(p)
			f.Links = append(f.Links, l)
		}
	}
	return f
}

// axes convert seconds and values to coordinates.
type axes struct {
	from, to int64 // seconds
	step     int64 // minutes
	top      float64
	joined   bool // lines are not interrupted
	curved   bool // the scale is that of cube roots
}

func (a *axes) x(second int64) float64 {
	second = max(a.from, min(a.to, second))
	return left + float64(second-a.from)/float64(a.to-a.from)*(width-left-right)
}

func (a *axes) y(v float64) float64 {
	if !(a.top > 0) {
		return top + high
	}
	if a.curved {
		return top + high*(1-math.Cbrt(v/a.top))
	}
	return top + high*(1-v/a.top)
}

// line returns the path of one line, with a point in the middle of each step. Unless
// lines are joined, it is interrupted where steps are missing.
func (a *axes) line(points []Point, of func(*Point) float64) string {
	var b strings.Builder
	last := int64(math.MinInt64)
	for i := range points {
		p := &points[i]
		y := of(p)
		if math.IsNaN(y) || math.IsInf(y, 0) {
			continue
		}
		x := place(a.x(p.Minute*60 + a.step*30))
		if p.Minute-a.step == last || a.joined && b.Len() > 0 {
			b.WriteString("L")
		} else {
			b.WriteString("M" + x + " " + place(a.y(y)) + "h0L") // a lone point is drawn as a dot
		}
		b.WriteString(x + " " + place(a.y(y)))
		last = p.Minute
	}
	return b.String()
}

// yTicks returns about four round values.
func (a *axes) yTicks(perSecond bool) []tick {
	if !(a.top > 0) {
		return []tick{{place(a.y(0)), "0"}}
	}
	if a.curved {
		return a.curvedTicks(perSecond)
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
		ticks = append(ticks, tick{place(a.y(v)), Quantity(v, perSecond)})
	}
	return ticks
}

// curvedTicks returns round values for a cube-root scale, some distance apart.
func (a *axes) curvedTicks(perSecond bool) []tick {
	const apart = 30
	ticks := []tick{{place(a.y(0)), Quantity(0, perSecond)}}
	last := a.y(0)
	for unit := math.Pow(10, math.Floor(math.Log10(a.top))-4); unit <= a.top; unit *= 10 {
		for _, m := range [...]float64{1, 2, 5} {
			if y := a.y(m * unit); m*unit <= a.top && last-y >= apart {
				ticks = append(ticks, tick{place(y), Quantity(m*unit, perSecond)})
				last = y
			}
		}
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

func (a *axes) span(s *Span) span {
	out := span{Fired: place(a.x(s.Fired)), Title: s.Title}
	begin, end := s.Fired, a.to
	if s.Onset != 0 {
		begin = s.Onset
		out.Onset = place(a.x(begin))
	}
	if s.Ended != 0 {
		end = s.Ended
		out.Ended = place(a.x(end))
	}
	out.X, out.Width = place(a.x(begin)), place(max(0, a.x(end)-a.x(begin)))
	return out
}

func place(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// Quantity writes a share as per cent, or a rate per second; a dash for NaN and
// infinity.
func Quantity(v float64, perSecond bool) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return Number(v)
	case perSecond:
		return Number(v) + "/s"
	default:
		return Number(v*100) + " %"
	}
}

// Count writes an integer in groups of three digits.
func Count(n any) string {
	digits := fmt.Sprint(n)
	sign := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		sign, digits = "-", rest
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:] // a narrow space that does not break
	}
	return sign + digits
}

// Number writes three significant digits, or a dash for NaN and infinity.
func Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	if v == 0 {
		return "0"
	}
	decimals := max(0, min(9, 2-int(math.Floor(math.Log10(math.Abs(v))))))
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
