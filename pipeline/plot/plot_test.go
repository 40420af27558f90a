package plot

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"strings"
	"testing"
)

const noon = 1_772_625_600 // 2026-03-04T12:00:00Z

func hour() []Point {
	var points []Point
	for m := range int64(60) {
		if m == 20 {
			continue // nothing was logged
		}
		p := Point{Minute: noon/60 + m, Observed: 0.02, Baseline: 0.02, Limit: 0.1}
		if m >= 30 && m < 40 {
			p.Observed = 0.3
		}
		points = append(points, p)
	}
	return points
}

func options() *Options {
	return &Options{
		Title: "Spike: <b>", From: noon, To: noon + 3600, Step: 1,
		Spans: []Span{{Onset: noon + 1790, Fired: noon + 1805, Ended: noon + 2460, Title: "it fired"}, {Fired: noon + 3001}},
	}
}

func write(t *testing.T, f *Figure) string {
	t.Helper()
	page := template.Must(template.New("").Funcs(template.FuncMap{"clock": func(int64) string { return "" }}).Parse(HTML))
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "figure", f); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestDraw(t *testing.T) {
	f := Draw(hour(), options())
	if n := strings.Count(f.Observed, "M"); n != 2 {
		t.Errorf("the line has %d parts, want 2: %s", n, f.Observed)
	}
	if len(f.Spans) != 2 || f.Spans[0].Ended == "" || f.Spans[1].Ended != "" || f.Unit != "share of requests" {
		t.Errorf("figure %+v", f)
	}
	page := write(t, f)
	for _, want := range []string{"Spike: &lt;b&gt;, share of requests", "<title>it fired</title>", "30 %"} {
		if !strings.Contains(page, want) {
			t.Errorf("the figure lacks %q", want)
		}
	}
	if n := strings.Count(page, `class="onset"`); n != 1 {
		t.Errorf("%d onsets, one is known: %s", n, page)
	}
	if strings.Contains(page, "<a ") || strings.Contains(page, "NaN") {
		t.Errorf("a figure that leads nowhere: %s", page)
	}
	o := options()
	o.PerSecond = true
	if joined := Draw(hour(), o); strings.Count(joined.Observed, "M") != 1 || joined.Unit != "per second" {
		t.Errorf("rates are interrupted: %s", joined.Observed)
	}
}

// TestScale: where the limit would lie on the axis the scale is that of cube roots,
// and says so.
func TestScale(t *testing.T) {
	points := hour()
	if f := Draw(points, options()); f.Curved || strings.Contains(write(t, f), "cube-root") {
		t.Error("a scale is curved for no reason")
	}
	for i := range points {
		points[i].Baseline, points[i].Limit = 0.0001, 0.0005
	}
	f := Draw(points, options())
	page := write(t, f)
	if !f.Curved || !strings.Contains(page, "cube-root scale") || len(f.YTicks) < 4 || len(f.YTicks) > 7 {
		t.Errorf("curved: %t, ticks %v", f.Curved, f.YTicks)
	}
	bottom := float64(top + high)
	a := axes{top: 1, curved: true}
	for v, want := range map[float64]float64{0: bottom, 1: top, 0.001: bottom - high/10.0} {
		if got := a.y(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is at %v, want %v", v, got, want)
		}
	}
}

// TestLinks: every point leads to its own place.
func TestLinks(t *testing.T) {
	o := options()
	o.Link = func(p *Point) (string, string) { return fmt.Sprint("?time=", p.Minute*60), "minute" }
	page := write(t, Draw(hour(), o))
	if n := strings.Count(page, `<a href="?time=`); n != 59 {
		t.Errorf("%d links, want 59", n)
	}
	if !strings.Contains(page, `<a href="?time=1772625660"><title>minute</title><rect class="place" x="76.6" width="14.6"`) {
		t.Errorf("no link at the second minute: %s", page)
	}
}

func TestNothing(t *testing.T) {
	page := write(t, Draw([]Point{{Minute: noon / 60, Observed: math.NaN(), Baseline: math.NaN(), Limit: math.NaN()}}, options()))
	if strings.Contains(page, "NaN") || !strings.Contains(page, ">0</text>") {
		t.Errorf("figure of nothing: %s", page)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1234.5: "1234", 0.0123456: "0.0123", 20: "20", 9.999: "10", math.Inf(1): "–"} {
		if got := Number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestQuantity(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Quantity(0.0942, false), "9.42 %"}, {Quantity(0.25, true), "0.25/s"}, {Quantity(math.NaN(), false), "–"}, {Quantity(math.Inf(1), true), "–"},
		{Count(0), "0"}, {Count(999), "999"}, {Count(-1000), "-1\u202f000"}, {Count(uint64(math.MaxUint64)), "18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
