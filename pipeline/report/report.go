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
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/plot"
)

// How much the page shows; JSON lines have all.
const (
	pageSeries   = 30 // with plots
	pageFigures  = 6  // per series
	pageEpisodes = 50 // per series
)

//go:embed report.html
var pageHTML string

//go:embed report.css
var pageCSS string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"css":      func() template.CSS { return template.CSS(pageCSS + plot.CSS) }, //nolint:gosec // our own files, embedded
	"clock":    clock,
	"count":    count,
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

// row is one episode as the page shows it.
type row struct {
	Alert, Severity      string
	Onset, Fired         int64
	Ended                int64 // 0 while it fires
	Reason               string
	Lasted               int64 // seconds
	Summary, Description string
	Value, Baseline      float64
	PerSecond            bool
	Notes                []detector.Label // the other annotations
	Why                  []detector.Explanation
}

// undecodable are the drops of records that could not be read as what they seem.
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
	bySeries := map[detector.Series][]*episode{}
	var order []detector.Series // by the first alert
	for _, e := range r.episodes {
		if bySeries[e.series] == nil {
			order = append(order, e.series)
		}
		bySeries[e.series] = append(bySeries[e.series], e)
	}
	p.MoreSeries = max(0, len(order)-pageSeries)
	order = order[:len(order)-p.MoreSeries]
	p.Series = make([]section, len(order))
	for i, key := range order {
		p.Series[i] = r.section(key, bySeries[key])
	}
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

func (r *Recorder) section(key detector.Series, episodes []*episode) section {
	s := section{Name: cmp.Or(key.Service, "unknown")}
	if key.Namespace != "" {
		s.Name = key.Namespace + "/" + s.Name
	}
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
		Value: t.Value, Baseline: t.Baseline, Why: e.why, PerSecond: len(e.why) > 0 && e.why[0].PerSecond,
	}
	if e.resolved != nil {
		r.Ended, r.Reason, r.Lasted = e.resolved.Time, e.resolved.Reason.String(), e.resolved.Alert.EndsAt-t.Alert.StartsAt
	}
	for _, l := range t.Alert.Annotations {
		switch l.Name {
		case "summary":
			r.Summary = l.Value
		case "description":
			r.Description = l.Value
		case "onset", "value", "baseline": // shown on their own
		default:
			r.Notes = append(r.Notes, l)
		}
	}
	return r
}

// clock writes Unix seconds in UTC.
func clock(second int64) string { return time.Unix(second, 0).UTC().Format("2006-01-02 15:04:05") }

// count writes a whole number in groups of three digits.
func count(n any) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:] // a narrow space that does not break
	}
	return digits
}
