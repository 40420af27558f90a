package web

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/plot"
)

// pagePlots bounds the number of plots on the page of a series.
const pagePlots = 6

// explainPage shows the numbers of one series.
type explainPage struct {
	frame

	Explain Series
	Found   bool
	Totals  []signalTotal // those that are not 0
	Asked   int64         // Unix seconds; 0 for the newest verdicts
	Numbers []explanation
	Plots   []*plot.Figure
	Problem string // why there are no numbers
}

// explanation is the verdict of one rule on one signal.
type explanation struct {
	detector.Explanation

	Unit string
}

// Exact says how exact the numbers are; "" if they are those of the second asked for.
func (e *explanation) Exact() string {
	switch e.Kept {
	case detector.Counted:
		return "From the counts of the minute."
	case detector.AtFire:
		return "The numbers are those with which it fired."
	default:
		return ""
	}
}

// Counted is what was counted in the window, in words.
func (e *explanation) Counted() string {
	if e.PerSecond {
		return plot.Number(e.Events) + " in " + spanOf(e.Exposure)
	}
	of := " of "
	if e.AtLeast {
		of = " of at most "
	}
	return plot.Count(int64(e.Events)) + of + plot.Count(int64(e.Exposure)) + " in " + spanOf(float64(e.Window))
}

type signalTotal struct {
	Name  string
	Count uint64
}

// pageSeries shows one series.
func (s *Server) pageSeries(w http.ResponseWriter, r *http.Request) {
	key := seriesFromPath(r)
	p := &explainPage{frame: s.frame(r, key.Service+" - authspike", "../../"), Explain: Series{Series: key}}
	if p.View != nil {
		if x, ok := findSeries(p.View, key); ok {
			p.Explain, p.Found = *x, true
		}
	}
	if !p.Found {
		p.Problem = "Nothing was read of this service, or it is not among those that are told apart."
		render(w, http.StatusNotFound, "series", p)
		return
	}
	for sig := detector.Requests; sig < detector.NumSignals; sig++ {
		if n := p.Explain.Totals[sig]; n > 0 {
			p.Totals = append(p.Totals, signalTotal{Name: sig.String(), Count: n})
		}
	}
	for i := range p.Firing {
		if seriesOfAlert(&p.Firing[i].Alert) == key {
			p.Cards = append(p.Cards, p.card(&p.Firing[i]))
		}
	}
	render(w, p.explain(s, r), "series", p)
}

// explain fills in what is known about the verdicts and returns the HTTP status of
// the page.
func (p *explainPage) explain(s *Server, r *http.Request) int {
	at, err := timeOf(r.URL.Query().Get("time"))
	if err != nil {
		p.Problem = err.Error()
		return http.StatusBadRequest
	}
	account, err := s.explain(r, p.Explain.Series, at)
	if err != nil {
		p.Problem = "The numbers are not to be had now: " + err.Error()
		return http.StatusOK
	}
	p.Asked = at
	p.Plots = plots(account.Hours)
	status := http.StatusOK
	if _, why := unknownTime(&account, at); why != "" {
		p.Asked, p.Problem, status = 0, upper(why)+".", http.StatusNotFound
		if account, err = s.explain(r, p.Explain.Series, 0); err != nil {
			return status
		}
	}
	for i := range account.Explanations {
		e := &account.Explanations[i]
		p.Numbers = append(p.Numbers, explanation{Explanation: *e, Unit: unitOf(e.PerSecond)})
	}
	return status
}

// upper returns text with its first letter in upper case.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// plots draws the past hour of the signals that occurred, those that fired first.
func plots(hours []detector.Hour) []*plot.Figure {
	hours = slices.DeleteFunc(slices.Clone(hours), func(h detector.Hour) bool {
		return len(h.Minutes) == 0 || len(h.Fires) == 0 && !slices.ContainsFunc(h.Minutes, func(m detector.Minute) bool { return m.Events > 0 })
	})
	slices.SortStableFunc(hours, func(a, b detector.Hour) int { return cmp.Compare(len(b.Fires), len(a.Fires)) })
	var out []*plot.Figure
	for i := range hours[:min(len(hours), pagePlots)] {
		out = append(out, draw(&hours[i]))
	}
	return out
}

func draw(h *detector.Hour) *plot.Figure {
	points := make([]plot.Point, len(h.Minutes))
	for i := range h.Minutes {
		m, p := &h.Minutes[i], &points[i]
		p.Minute, p.Observed, p.Baseline, p.Limit = m.Start/60, math.NaN(), math.NaN(), math.NaN()
		if m.Exposure > 0 {
			p.Observed = m.Events / m.Exposure
		}
		if m.Baseline > 0 {
			p.Baseline, p.Limit = m.Baseline, m.Limit
		}
	}
	first := h.Minutes[0].Start
	o := plot.Options{
		Title: h.Alert + ": " + h.Signal.String(), From: first, To: h.Minutes[len(h.Minutes)-1].Start + 60, Step: 1, PerSecond: h.PerSecond,
		Link: func(p *plot.Point) (href, title string) {
			m := &h.Minutes[p.Minute-first/60]
			title = fmt.Sprintf("%s: %s of %s", time.Unix(m.Start, 0).UTC().Format("15:04"), plot.Number(m.Events), plot.Number(m.Exposure))
			if h.PerSecond {
				title += " s"
			}
			return fmt.Sprintf("?time=%d", m.Start+59), title
		},
	}
	for _, f := range h.Fires {
		o.Spans = append(o.Spans, plot.Span{Fired: f.From, Ended: f.To, Title: fireTitle(&f)})
	}
	return plot.Draw(points, &o)
}

func fireTitle(f *detector.Fire) string {
	title := "fired " + clock(f.From)
	if f.Pod != "" {
		title = "pod " + f.Pod + " " + title
	}
	if f.To != 0 {
		return title + ", resolved " + clock(f.To)
	}
	return title + ", still firing"
}
