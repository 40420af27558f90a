package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
)

const noon = 1_772_625_600 // 2026-03-04T12:00:00Z

var api = detector.Series{Namespace: "prod", Service: "api<script>"}

func sample(s detector.Series, second int64, requests, unauthorized uint32) detector.Sample {
	out := detector.Sample{Series: s, Second: second}
	out.Counts[detector.Requests], out.Counts[detector.Unauthorized] = requests, unauthorized
	return out
}

func numbers(detector.Series) []detector.Explanation {
	return []detector.Explanation{{
		Alert: "Spike", Signal: detector.Unauthorized, Why: detector.IsFiring, Window: 30, Events: 30, Exposure: 100,
		Observed: 0.3, Baseline: 0.02, Expected: 2, Limit: 0.1, Score: 12.5, Threshold: 9.25, Spread: 1,
	}}
}

func past(s detector.Series, at int64) []detector.Explanation {
	x := numbers(s)
	x[0].Asked, x[0].Second, x[0].Since, x[0].Ended, x[0].Clear, x[0].ClearLimit = at, at, noon+1800, noon+2450, 6.5, 5.5
	return x
}

func transition(state detector.State, at, starts, ends int64) detector.Transition {
	return detector.Transition{Time: at, Value: 0.3, Baseline: 0.02, Reason: detector.Reason(state), Alert: detector.Alert{
		State: state, StartsAt: starts, EndsAt: ends,
		Labels:      []detector.Label{{Name: "alertname", Value: "Spike"}, {Name: "namespace", Value: api.Namespace}, {Name: "service", Value: api.Service}},
		Annotations: []detector.Label{{Name: "onset", Value: "2026-03-04T12:29:50Z"}, {Name: "pods", Value: "1 of 3: <b>"}},
	}}
}

// incident records an hour of one sample a minute, with an alert from minute 30
// to 40 and a minute without requests.
func incident() *Recorder {
	r := NewRecorder(10)
	for m := range int64(60) {
		d := pipeline.Delta{Records: 2, Events: 2, Bytes: 100}
		d.Drops[pipeline.DropInvalid] = 1
		if m != 20 {
			share := uint32(2)
			if m >= 30 && m < 40 {
				share = 30
			}
			d.Samples = []detector.Sample{sample(api, noon+m*60, 100, share)}
		}
		r.Counted(&d)
		moment := pipeline.Moment{Frontier: noon + m*60 + 70, Explain: numbers, ExplainAt: past}
		switch m {
		case 30:
			moment.Transitions = []detector.Transition{transition(detector.Firing, noon+1805, noon+1800, 0)}
		case 40:
			moment.Transitions = []detector.Transition{transition(detector.Resolved, noon+2460, noon+1800, noon+2450)}
		}
		r.Judged(&moment)
	}
	return r
}

func write(t *testing.T, r *Recorder) string {
	t.Helper()
	var out bytes.Buffer
	totals := []detector.SeriesTotals{{Series: api, Counts: [detector.NumSignals]uint64{detector.Requests: 5900, detector.Unauthorized: 398}, Late: 7}}
	if err := r.Write(&out, []string{"api.log"}, slices.Values(totals)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestReport: what fired, when, why and what was read stand on the page, nothing
// of a log is taken for markup, and the page needs nothing from elsewhere.
func TestReport(t *testing.T) {
	page := write(t, incident())
	for _, want := range []string{
		"<h2>prod/api&lt;script&gt;</h2>", "5\u202f900 requests, 398 unauthorized, 7 late", "1 of 3: &lt;b&gt;",
		"<dt>records</dt><dd>120</dd>", "<dt>undecodable</dt><dd>60</dd>", "<dt>late</dt><dd>7</dd>", "<dt>firing at the end</dt><dd>0</dd>",
		"invalid 60.", "<dt>onset</dt><dd>2026-03-04 12:29:50</dd>", "<dt>fired</dt><dd>2026-03-04 12:30:05</dd>",
		"2026-03-04 12:41:00, recovered after 10m50s", "<dt>value</dt><dd>30 %</dd>", "<dt>baseline</dt><dd>2 %</dd>", "12.5 / 9.25",
		"<b>Why it ended:</b> 30 % since it fell, normal is 2 %, certainty of its end 6.5 of 5.5.</p>", "<dt>value</dt><dd>30 %</dd>",
		"<title>Spike: onset 2026-03-04 12:29:50, fired 2026-03-04 12:30:05, resolved 2026-03-04 12:41:00 (recovered)</title>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, no := range []string{"<script", "http:", "https:", "src=", "<link", "@import", "url(", "ZgotmplZ", "NaN", "Inf"} {
		if strings.Contains(page, no) {
			t.Errorf("the report has %q", no)
		}
	}
	if again := write(t, incident()); again != page {
		t.Error("the same replay gave another report")
	}
}

// TestWhyItFired: the verdict that fired is told as it was, and beside it what was
// there when its second was complete.
func TestWhyItFired(t *testing.T) {
	fired := numbers(api)[0]
	fired.AtLeast, fired.Asked, fired.Since, fired.Factor = true, noon, noon, 5
	now := numbers(api)[0]
	now.Fired, now.Since, now.Exposure = &fired, noon, 80
	pod := now
	pod.Pod, pod.Fired = "api-1", nil
	e := &episode{fired: transition(detector.Firing, noon+5, noon, 0), why: []detector.Explanation{now, pod}}
	e.fired.Alert.Annotations = append(e.fired.Alert.Annotations, detector.Label{Name: "value", Value: "at least 30 % of requests"})
	r := rowOf(e)
	if r.Value != "at least 30 %" || len(r.Why) != 1 || !strings.HasPrefix(r.Why[0], "unauthorized fires since 12:00:00: 30 events in 30 s are at least 30 % of the requests") {
		t.Errorf("value %q, why %q", r.Value, r.Why)
	}
	var of []string
	for _, n := range r.Numbers {
		of = append(of, n.Of)
	}
	if want := []string{"unauthorized, early", "unauthorized, when all of the second was there", "unauthorized of api-1"}; !slices.Equal(of, want) {
		t.Errorf("numbers of %q, want %q", of, want)
	}
}

// TestNearest: without alerts the report says what came nearest to one.
func TestNearest(t *testing.T) {
	r := NewRecorder(10)
	for m := range int64(30) {
		d := pipeline.Delta{Events: 3}
		for i, name := range []string{"calm", "quiet", "near"} {
			d.Samples = append(d.Samples, sample(detector.Series{Service: name}, noon+m*60, 100, uint32(i)))
		}
		r.Counted(&d)
		r.Judged(&pipeline.Moment{Frontier: noon + m*60 + 70, Explain: numbers, ExplainAt: func(s detector.Series, at int64) []detector.Explanation {
			x := numbers(s)[0]
			x.Asked, x.Second, x.Why, x.Score, x.Near = at, at, detector.NotCertain, 3, 2
			switch {
			case s.Service == "quiet":
				x.Why = detector.Quiet
			case s.Service == "near" && m == 17:
				x.Score, x.Near = 8, 4
			}
			return []detector.Explanation{x}
		}})
	}
	page := write(t, r)
	near, calm := strings.Index(page, "<dt>near <span"), strings.Index(page, "<dt>calm <span")
	if near < 0 || calm < near || strings.Contains(page, "<dt>quiet") || strings.Count(page, "<svg") != 2 {
		t.Errorf("near at %d, calm at %d of the page", near, calm)
	}
	for _, want := range []string{"No alert fired.", "2026-03-04 12:17:59, Spike: unauthorized", "but it may be chance: certainty 8 of the 9.25 that it takes."} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestNothing(t *testing.T) {
	page := write(t, NewRecorder(10))
	if !strings.Contains(page, "Nothing was read.") || strings.Contains(page, "<svg") {
		t.Errorf("report on nothing: %s", page)
	}
}

// TestPlot: the lines are those of the counts, with a gap where none are.
func TestPlot(t *testing.T) {
	r := incident()
	x := r.series[api]
	values, perSecond := r.values(x, "Spike", detector.Unauthorized, noon/60, noon/60+60, 1)
	if len(values) != 59 || perSecond {
		t.Fatalf("%d values, per second %v", len(values), perSecond)
	}
	for _, v := range values {
		want := 0.02
		if m := v.Minute - noon/60; m >= 30 && m < 40 {
			want = 0.3
		}
		if v.Observed != want || v.Baseline != 0.02 || v.Limit != 0.1 {
			t.Errorf("minute %d: %+v", v.Minute-noon/60, v)
		}
	}
	f := r.draw(x, "Spike", detector.Unauthorized, r.episodes)
	if n := strings.Count(f.Observed, "M"); n != 2 {
		t.Errorf("the line has %d parts, want 2: %s", n, f.Observed)
	}
	if len(f.Spans) != 1 || f.From != noon || f.To != noon+3600 || f.Unit != "share of requests" {
		t.Errorf("figure %+v", f)
	}
}

// TestPlotOfLongReplay: of a day, what is about the alert.
func TestPlotOfLongReplay(t *testing.T) {
	e := &episode{fired: transition(detector.Firing, noon+5, noon, 0)}
	resolved := transition(detector.Resolved, noon+600, noon, noon+590)
	e.resolved = &resolved
	day := int64(noon/60 - 720)
	if from, to := about([]*episode{e}, day, day+1440); from != noon/60-120 || to != noon/60+71 {
		t.Errorf("minutes %d to %d about noon", from-noon/60, to-noon/60)
	}
	e.resolved = nil
	if _, to := about([]*episode{e}, day, day+1440); to != day+1440 {
		t.Errorf("an alert that fires is shown until %d", to-day)
	}
}

// TestPerSecond: where no requests are logged, silence is zero.
func TestPerSecond(t *testing.T) {
	var counts detector.Counts
	counts[detector.KidMismatch] = 6
	rate := []level{{alert: "Kid", signal: detector.KidMismatch, perSecond: true, baseline: 0.01, limit: 0.05}}
	x := &recorded{points: []point{{minute: 100, counts: counts, levels: rate}, {minute: 110, counts: counts, levels: rate}}}
	r := NewRecorder(0)
	values, perSecond := r.values(x, "Kid", detector.KidMismatch, 100, 111, 1)
	var got []float64
	for _, v := range values {
		got = append(got, float64(v.Minute), v.Observed)
	}
	if want := []float64{100, 0.1, 101, 0, 109, 0, 110, 0.1}; !slices.Equal(got, want) || !perSecond {
		t.Errorf("values %v, want %v", got, want)
	}
}

// TestBound: with more points than fit, all become coarser and nothing is lost.
func TestBound(t *testing.T) {
	r := NewRecorder(10)
	r.maxPoints = 100
	for m := range int64(1000) {
		d := pipeline.Delta{}
		for _, name := range []string{"a", "b", "c"} {
			d.Samples = append(d.Samples, sample(detector.Series{Service: name}, noon+m*60, 2, 1))
		}
		r.Counted(&d)
		r.Judged(&pipeline.Moment{Frontier: noon + m*60 + 70, Explain: numbers, ExplainAt: past})
		if r.points > 100 || len(r.open) > 1 {
			t.Fatalf("after %d minutes: %d points, %d open minutes", m, r.points, len(r.open))
		}
	}
	points := 0
	for _, x := range r.series {
		var sum detector.Counts
		for i := range x.points {
			sum.Add(&x.points[i].counts)
			if len(x.points[i].levels) != 1 {
				t.Errorf("point %d has no level", i)
			}
		}
		points += len(x.points)
		if sum[detector.Requests] != 2000 || sum[detector.Unauthorized] != 1000 {
			t.Errorf("%s: %d requests, %d unauthorized", x.key.Service, sum[detector.Requests], sum[detector.Unauthorized])
		}
	}
	if points != r.points || r.step < 32 {
		t.Errorf("%d points, counted %d, step %d", points, r.points, r.step)
	}
}

// TestEarly: an alert that fires before its second is judged is explained by the
// numbers of that second, not by those before it.
func TestEarly(t *testing.T) {
	r := NewRecorder(10)
	at := func(second int64, events float64) func(detector.Series) []detector.Explanation {
		return func(s detector.Series) []detector.Explanation {
			x := numbers(s)
			x[0].Second, x[0].Events = second, events
			return x
		}
	}
	r.Counted(&pipeline.Delta{Samples: []detector.Sample{sample(api, noon, 3, 3)}})
	r.Judged(&pipeline.Moment{Frontier: noon + 1, Explain: at(noon-10, 0), Transitions: []detector.Transition{transition(detector.Firing, noon+1, noon, 0)}})
	r.Judged(&pipeline.Moment{Frontier: noon + 10, Explain: at(noon-1, 1)})
	r.Judged(&pipeline.Moment{Frontier: noon + 11, Explain: at(noon, 3)})
	r.Judged(&pipeline.Moment{Frontier: noon + 12, Explain: at(noon, 4)})
	if e := r.episodes[0]; len(e.why) != 1 || e.why[0].Events != 3 {
		t.Errorf("numbers %+v", e.why)
	}
}
