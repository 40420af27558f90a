package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/plot"
)

// How much the page shows; the API shows all.
const (
	pagePartitions = 50
	pageSeries     = 25
	pageAlerts     = 100
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// style is the style sheet of all pages.
var style = pageCSS + plot.CSS

// cssSource is the content security policy's style source: the page's own style and
// nothing else.
var cssSource = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"css":       func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own files, embedded
	"count":     plot.Count,
	"quantity":  quantity,
	"seconds":   spanOf,
	"clock":     clock,
	"ago":       ago,
	"since":     func(now time.Time, second int64) string { return ago(now, time.Unix(second, 0)) },
	"of":        plot.Number,
	"seriesURL": seriesURL,
	"seriesOf":  func(a detector.Alert) detector.Series { return seriesOfAlert(&a) },
	"safeURL":   safeURL,
}).Parse(plot.HTML + pageHTML))

// frame holds what both pages share.
type frame struct {
	*View // nil before the pipeline has started

	Title   string
	Root    string // relative path to the first page
	Refresh int    // seconds, 0 for never
	Build   Build
	Ready   bool
	Reasons []string // why not
	Cards   []card   // the alerts that fire
}

// card is one alert as the page shows it.
type card struct {
	detector.Transition

	Root                          string
	Series                        detector.Series
	Unit                          string
	Severity                      string
	Observed, Ratio               string // the value with its unit, and over the baseline; with "≥" where it is a lower bound
	Onset                         int64  // when the trouble began, as estimated; Unix seconds
	Ago                           string // how long ago that was
	Summary, Description, Runbook string
}

// statusPage shows the whole pipeline.
type statusPage struct {
	frame

	Delay    float64 // seconds from event time to our clock; NaN where not known
	Lag      int64   // records behind, all partitions
	Worst    []Partition
	Top      []topSeries
	RuleRows []ruleRow
	More     struct{ Partitions, Series, Alerts int }
}

// topSeries is one row of the table of series.
type topSeries struct {
	Series

	Requests, Unauthorized, Failures uint64
	Share                            float64 // unauthorized per request; NaN without requests
	Firing                           []string
}

type ruleRow struct {
	detector.Rule

	Firing int
}

// pageStatus shows the whole pipeline on one page.
func (s *Server) pageStatus(w http.ResponseWriter, r *http.Request) {
	p := &statusPage{frame: s.frame(r, "authspike", "./"), Delay: math.NaN()}
	if p.View != nil {
		p.fill()
	}
	render(w, http.StatusOK, "status", p)
}

// frame starts a page from the newest view.
func (s *Server) frame(r *http.Request, title, root string) frame {
	f := frame{View: s.opts.View(), Title: title, Root: root, Build: s.opts.Build}
	f.Reasons = notReady(f.View)
	f.Ready = len(f.Reasons) == 0
	if n, err := strconv.Atoi(r.URL.Query().Get("refresh")); err == nil && n > 0 {
		f.Refresh = max(n, 2)
	}
	return f
}

// card shows a transition. Its numbers are shares, but per second for a series
// that logs no requests.
func (f *frame) card(t *detector.Transition) card {
	c := card{Transition: *t, Root: f.Root, Series: seriesOfAlert(&t.Alert), Unit: share, Severity: t.Alert.Get("severity"), Onset: t.Alert.StartsAt}
	if x, ok := findSeries(f.View, c.Series); ok && x.Totals[detector.Requests] == 0 {
		c.Unit = perSecond
	}
	c.Observed, c.Ratio = quantity(t.Value, c.Unit), times(t.Value, t.Baseline)
	for _, l := range t.Alert.Annotations {
		switch l.Name {
		case "onset":
			if onset, err := time.Parse(time.RFC3339, l.Value); err == nil {
				c.Onset = onset.Unix()
			}
		case "value":
			if strings.HasPrefix(l.Value, "at least ") {
				c.Observed = "≥ " + c.Observed
				if c.Ratio != "" {
					c.Ratio = "≥ " + c.Ratio
				}
			}
		case "summary":
			c.Summary = l.Value
		case "description":
			c.Description = l.Value
		case "runbook_url":
			c.Runbook = l.Value
		}
	}
	c.Ago = ago(f.Time, time.Unix(c.Onset, 0))
	return c
}

// fill derives from the view what the page shows.
func (p *statusPage) fill() {
	if p.Frontier != 0 {
		p.Delay = p.Time.Sub(time.Unix(p.Frontier, 0)).Seconds()
	}
	shown := p.Firing[:min(len(p.Firing), pageAlerts)]
	p.More.Alerts = len(p.Firing) - len(shown)
	for i := range shown {
		p.Cards = append(p.Cards, p.card(&shown[i]))
	}
	p.fillPartitions()
	p.fillSeries()
	firing := firingByRule(p.View)
	for i := range p.Rules {
		p.RuleRows = append(p.RuleRows, ruleRow{Rule: p.Rules[i], Firing: firing[p.Rules[i].Name]})
	}
}

func (p *statusPage) fillPartitions() {
	for i := range p.Partitions {
		p.Lag += p.Partitions[i].Lag
	}
	p.Worst = p.Partitions
	if len(p.Worst) <= pagePartitions {
		return
	}
	p.Worst = slices.Clone(p.Worst)
	slices.SortStableFunc(p.Worst, func(a, b Partition) int {
		broken := func(p *Partition) int { return min(1, len(p.Error)) }
		return cmp.Or(cmp.Compare(broken(&b), broken(&a)), cmp.Compare(b.Lag, a.Lag))
	})
	p.More.Partitions = len(p.Worst) - pagePartitions
	p.Worst = p.Worst[:pagePartitions]
}

func (p *statusPage) fillSeries() {
	firing := firingBySeries(p.View)
	for i := range p.Series {
		p.Top = append(p.Top, topOf(&p.Series[i], firing))
	}
	slices.SortStableFunc(p.Top, func(a, b topSeries) int {
		return cmp.Or(
			cmp.Compare(len(b.Firing), len(a.Firing)),
			cmp.Compare(b.Failures+b.Unauthorized, a.Failures+a.Unauthorized),
			cmp.Compare(b.Requests, a.Requests))
	})
	p.More.Series = max(0, len(p.Top)-pageSeries)
	p.Top = p.Top[:len(p.Top)-p.More.Series]
}

func topOf(x *Series, firing map[detector.Series][]string) topSeries {
	t := topSeries{
		Series: *x, Share: math.NaN(), Firing: firing[x.Series],
		Requests: x.Totals[detector.Requests], Unauthorized: x.Totals[detector.Unauthorized],
	}
	if t.Requests > 0 {
		t.Share = float64(t.Unauthorized) / float64(t.Requests)
	}
	for sig := detector.FirstFailure; sig <= detector.LastFailure; sig++ {
		t.Failures += x.Totals[sig]
	}
	return t
}

// render writes a page. The whole page is rendered first, so that a template fault
// gives an error and not half a page.
func render(w http.ResponseWriter, code int, name string, p any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, p); err != nil {
		http.Error(w, "make page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = page.WriteTo(w) // the client is gone if it fails
}
