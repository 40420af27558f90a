package report

import (
	"bytes"
	"cmp"
	_ "embed" // the page and its style
	"fmt"
	"html/template"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/plot"
)

// How much the page shows; the JSONL format has everything.
const (
	pageSeries   = 30 // with plots
	pageFigures  = 6  // per series
	pageEpisodes = 50 // per series
	pageNearest  = 10 // of the series without alerts
	pageMisses   = 3  // of these, with plots
)

//go:embed report.html
var pageHTML string

//go:embed report.css
var pageCSS string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"css":      func() template.CSS { return template.CSS(pageCSS + plot.CSS) }, //nolint:gosec // our own files, embedded
	"clock":    clock,
	"count":    plot.Count,
	"quantity": plot.Quantity,
	"number":   plot.Number,
	"span":     func(seconds int64) string { return (time.Duration(seconds) * time.Second).String() },
	"times":    func(v, base float64) string { return plot.Number(v / base) },
}).Parse(plot.HTML + pageHTML))

// report is what the page shows.
type report struct {
	Files              []string
	Records, Events    int64
	Bytes              int64
	Undecodable        int64
	Late               uint64
	Drops              []drop
	From, To           int64 // Unix seconds; both 0 where nothing was counted
	Step               int64 // minutes per point
	Services, Episodes int
	Firing             int // at the end
	Series             []section
	MoreSeries         int // with alerts, that are not shown
	Nearest            []miss
	Dropped            int // alerts beyond what is remembered
}

type drop struct {
	Reason string
	Count  int64
}

// section is one series.
type section struct {
	Name                   string
	Requests, Unauthorized uint64
	Late                   uint64
	Figures                []*plot.Figure
	MoreFigures            int
	Episodes               []row
	MoreEpisodes           int
}

// miss is the verdict nearest to an alert on a series without alerts.
type miss struct {
	Name, Alert, Signal, Sentence string
	At                            int64
	Figure                        *plot.Figure // nil for none
}

// row is one episode as the page shows it.
type row struct {
	Alert, Severity      string
	Onset, Fired         int64
	Ended                int64 // 0 while it fires
	Reason               string
	Lasted               int64 // seconds
	Summary, Description string
	Value                string // with its unit, and "at least" where it is a lower bound
	Baseline             float64
	PerSecond            bool
	Notes                []detector.Label // the other annotations
	Why                  []string         // sentences on its begin
	Over                 string           // a sentence on its end
	Numbers              []verdict
}

// verdict is one line of numbers.
type verdict struct {
	detector.Explanation

	Of string // what it is of
}

// undecodable are the drops of records that could not be decoded as what they seem.
var undecodable = [...]pipeline.Drop{pipeline.DropTruncated, pipeline.DropInvalid, pipeline.DropTooDeep, pipeline.DropUnrecognized}

// Write writes the report on files, whose exact totals are those of the detector.
func (r *Recorder) Write(w io.Writer, files []string, totals iter.Seq[detector.SeriesTotals]) error {
	var text bytes.Buffer
	if err := page.Execute(&text, r.report(files, totals)); err != nil {
		return fmt.Errorf("make report: %w", err)
	}
	if _, err := text.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (r *Recorder) report(files []string, totals iter.Seq[detector.SeriesTotals]) *report {
	p := &report{
		Files: files, Records: r.read.records, Events: r.read.events, Bytes: r.read.bytes, Step: r.step,
		Episodes: len(r.episodes) + r.dropped, Dropped: r.dropped, Firing: len(r.firing),
	}
	if r.read.oldest <= r.read.newest {
		p.From, p.To = r.read.oldest, r.read.newest+1
	}
	for i, n := range r.read.drops {
		if n > 0 {
			p.Drops = append(p.Drops, drop{pipeline.Drop(i).String(), n})
		}
		if slices.Contains(undecodable[:], pipeline.Drop(i)) {
			p.Undecodable += n
		}
	}
	order, bySeries := r.bySeries()
	p.MoreSeries = max(0, len(order)-pageSeries)
	order = order[:len(order)-p.MoreSeries]
	p.Series = make([]section, len(order))
	for i, key := range order {
		p.Series[i] = r.section(key, bySeries[key])
	}
	p.Nearest = r.misses(bySeries)
	for t := range totals {
		p.Services++
		p.Late += t.Late
		if i := slices.Index(order, t.Series); i >= 0 {
			s := &p.Series[i]
			s.Requests, s.Unauthorized, s.Late = t.Counts[detector.Requests], t.Counts[detector.Unauthorized], t.Late
		}
	}
	return p
}

// bySeries returns the episodes of each series, and the series in the order of their
// first episodes.
func (r *Recorder) bySeries() (order []detector.Series, of map[detector.Series][]*episode) {
	of = map[detector.Series][]*episode{}
	for _, e := range r.episodes {
		if of[e.series] == nil {
			order = append(order, e.series)
		}
		of[e.series] = append(of[e.series], e)
	}
	return order, of
}

// misses returns the verdicts nearest to an alert in the series that had none.
func (r *Recorder) misses(fired map[detector.Series][]*episode) []miss {
	var near []*recorded
	for key, x := range r.series {
		if fired[key] == nil && x.nearest.Alert != "" && x.nearest.Why > detector.TooFew {
			near = append(near, x)
		}
	}
	slices.SortFunc(near, func(a, b *recorded) int {
		switch {
		case a.nearest.Nearer(&b.nearest):
			return -1
		case b.nearest.Nearer(&a.nearest):
			return 1
		default:
			return strings.Compare(seriesName(a.key), seriesName(b.key))
		}
	})
	var out []miss
	for i, x := range near[:min(len(near), pageNearest)] {
		e := &x.nearest
		m := miss{Name: seriesName(x.key), Alert: e.Alert, Signal: e.Signal.String(), Sentence: e.Sentence(), At: e.Second}
		if i < pageMisses {
			m.Figure = r.draw(x, e.Alert, e.Signal, nil)
			m.Figure.Title = m.Name + ", " + m.Figure.Title
		}
		out = append(out, m)
	}
	return out
}

func seriesName(key detector.Series) string {
	name := cmp.Or(key.Service, "unknown")
	if key.Namespace != "" {
		name = key.Namespace + "/" + name
	}
	return name
}

func (r *Recorder) section(key detector.Series, episodes []*episode) section {
	s := section{Name: seriesName(key)}
	type plotted struct {
		alert  string
		signal detector.Signal
	}
	var wanted []plotted
	for _, e := range episodes {
		if len(e.why) > 0 && !slices.Contains(wanted, plotted{e.alert, e.why[0].Signal}) {
			wanted = append(wanted, plotted{e.alert, e.why[0].Signal})
		}
	}
	s.MoreFigures = max(0, len(wanted)-pageFigures)
	for _, f := range wanted[:len(wanted)-s.MoreFigures] {
		var its []*episode
		for _, e := range episodes {
			if e.alert == f.alert {
				its = append(its, e)
			}
		}
		if x := r.series[key]; x != nil && len(x.points) > 0 {
			s.Figures = append(s.Figures, r.draw(x, f.alert, f.signal, its))
		}
	}
	s.MoreEpisodes = max(0, len(episodes)-pageEpisodes)
	for _, e := range episodes[:len(episodes)-s.MoreEpisodes] {
		s.Episodes = append(s.Episodes, rowOf(e))
	}
	return s
}

func rowOf(e *episode) row {
	t := &e.fired
	r := row{
		Alert: e.alert, Severity: t.Alert.Get("severity"), Onset: onset(t), Fired: t.Time,
		Baseline: t.Baseline, PerSecond: len(e.why) > 0 && e.why[0].PerSecond,
	}
	r.Value = plot.Quantity(t.Value, r.PerSecond)
	r.explain(e.why)
	if e.resolved != nil {
		r.Over = overOf(e, r.PerSecond)
		r.Ended, r.Reason, r.Lasted = e.resolved.Time, e.resolved.Reason.String(), e.resolved.Alert.EndsAt-t.Alert.StartsAt
	}
	for _, l := range t.Alert.Annotations {
		switch l.Name {
		case "summary":
			r.Summary = l.Value
		case "description":
			r.Description = l.Value
		case "value":
			if strings.HasPrefix(l.Value, "at least ") {
				r.Value = "at least " + r.Value
			}
		case "onset", "baseline": // shown on their own
		default:
			r.Notes = append(r.Notes, l)
		}
	}
	return r
}

// overOf says why an alert resolved.
func overOf(e *episode, perSecond bool) string {
	switch t := e.resolved; t.Reason {
	case detector.Recovered:
		text := plot.Quantity(t.Value, perSecond) + " since it fell, normal is " + plot.Quantity(t.Baseline, perSecond)
		if e.end.Clear > 0 {
			text += ", certainty of its end " + plot.Number(e.end.Clear) + " of " + plot.Number(e.end.ClearLimit)
		}
		return text
	case detector.Stale:
		return "nothing was logged for the rule's stale_after"
	default:
		return ""
	}
}

// explain copies the numbers of the verdicts; for those that fired, as they were then.
func (r *row) explain(why []detector.Explanation) {
	for i := range why {
		e := &why[i]
		of := e.Signal.String()
		if e.Pod != "" {
			of += " of " + e.Pod
		}
		switch {
		case e.Fired == nil:
			r.Numbers = append(r.Numbers, verdict{*e, of})
			continue
		case e.Fired.AtLeast:
			r.Numbers = append(r.Numbers, verdict{*e.Fired, of + ", early"}, verdict{*e, of + ", when all of the second was there"})
		default:
			r.Numbers = append(r.Numbers, verdict{*e.Fired, of})
		}
		r.Why = append(r.Why, e.Signal.String()+" "+e.Fired.Sentence())
	}
}

// clock writes Unix seconds in UTC.
func clock(second int64) string { return time.Unix(second, 0).UTC().Format("2006-01-02 15:04:05") }
