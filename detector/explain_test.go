package detector_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

// told is what Explain said of a track at each second of the last hour, when that
// was the newest one.
type told map[string]map[int64]detector.Explanation

func trackOf(e *detector.Explanation) string { return fmt.Sprint(e.Alert, "/", e.Signal) }

// TestThePastIsExplainedAsItWasJudged compares what is said of each second of the
// past hour, at its end, with what was said at that second.
func TestThePastIsExplainedAsItWasJudged(t *testing.T) {
	key := detector.Series{Namespace: "prod", Service: "api"}
	seen := map[detector.Kept]int{}
	for seed := range uint64(4) {
		d := newDetector(t)
		r := rand.New(rand.NewPCG(seed, 31))
		was := told{}
		counted := map[int64]detector.Counts{} // by minute
		end := int64(origin + 6000)
		for second := int64(origin); second <= end+lateness; second++ {
			now := traffic{requests: 20, unauthorized: 0.006, pods: 4}
			if at := second - origin; at > 3000 && at%1300 < 40 {
				now.kid, now.missing = 0.02*float64(seed), 0.03
			}
			samples := now.samples(r, "api", second)
			for _, s := range samples {
				c := counted[second/60]
				c.Add(&s.Counts)
				counted[second/60] = c
			}
			d.Add(samples)
			d.Advance(second + 1)
			all, _ := d.ExplainAt(key, second-lateness)
			for _, e := range all {
				if e.Pod == "" {
					if was[trackOf(&e)] == nil {
						was[trackOf(&e)] = map[int64]detector.Explanation{}
					}
					was[trackOf(&e)][second-lateness] = e
				}
			}
		}
		newest := end
		for second := (newest/60 - 59) * 60; second <= newest; second++ {
			all, _ := d.ExplainAt(key, second)
			for i := range all {
				e := &all[i]
				if e.Pod != "" {
					continue
				}
				seen[e.Kept]++
				if e.Asked != second || e.Sentence() == "" {
					t.Fatalf("second %d: asked %d, %q", second, e.Asked, e.Sentence())
				}
				check(t, e, was[trackOf(e)], counted)
			}
		}
	}
	for _, kept := range []detector.Kept{detector.Exact, detector.Strongest, detector.Counted} {
		if seen[kept] == 0 {
			t.Errorf("nothing was explained as %s: %v", kept, seen)
		}
	}
}

// check compares what is said later with what was said then.
func check(t *testing.T, e *detector.Explanation, was map[int64]detector.Explanation, counted map[int64]detector.Counts) {
	t.Helper()
	then, known := was[e.Asked]
	if known && (e.Why == detector.IsFiring) != (then.Why == detector.IsFiring) && e.Second <= e.Asked && then.Since <= e.Asked {
		t.Fatalf("%s at %d: %s, was %s\n%+v\n%+v", trackOf(e), e.Asked, e.Why, then.Why, e, then)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Abs(b)+1e-12 }
	switch e.Kept {
	case detector.Exact, detector.Strongest:
		o, ok := was[e.Second]
		if e.Why == detector.IsFiring {
			return // a verdict that fired is not what Explain says of its second
		}
		if !ok || o.Window != e.Window || !near(o.Events, e.Events) || !near(o.Exposure, e.Exposure) || !near(o.Score, e.Score) ||
			!near(o.Near, e.Near) || !near(o.Baseline, e.Baseline) || !near(o.Limit, e.Limit) || !near(o.Threshold, e.Threshold) || o.Why != e.Why {
			t.Fatalf("%s at %d:\nnow  %+v\nthen %+v", trackOf(e), e.Asked, e, o)
		}
		for second := e.Asked / 60 * 60; second < e.Asked/60*60+60; second++ {
			if o := was[second]; o.Why == detector.Near && e.Why == detector.NotCertain && o.Score > e.Score && o.Near > e.Near {
				t.Fatalf("%s at %d: %+v is stronger", trackOf(e), second, o)
			}
		}
	case detector.Counted:
		minute := e.Second / 60
		if o, ok := was[e.Asked]; ok && o.Baseline > 0 && e.Baseline > 0 && math.Abs(e.Baseline/o.Baseline-1) > 0.0004 && o.Second/60 == minute {
			t.Fatalf("%s at %d: baseline %v, was %v", trackOf(e), e.Asked, e.Baseline, o.Baseline)
		}
		if e.Window == 60 {
			c := counted[minute]
			if e.Events != float64(c[e.Signal]) || e.Exposure != float64(c[detector.Requests]) {
				t.Fatalf("%s at %d: %v of %v, counted were %d of %d", trackOf(e), e.Asked, e.Events, e.Exposure, c[e.Signal], c[detector.Requests])
			}
		}
		for second := minute * 60; second < minute*60+60; second++ {
			if o := was[second]; o.Score >= 0.25*o.Threshold && o.Threshold > 0 && (o.Why == detector.Near || o.Why == detector.NotCertain) && e.Why != detector.IsFiring && o.Second == second && judged(&o, was) {
				t.Fatalf("%s at %d: only counts, but %+v", trackOf(e), e.Asked, o)
			}
		}
	default:
		t.Fatalf("%s at %d: %s, which is within the hour", trackOf(e), e.Asked, e.Kept)
	}
}

// judged reports whether the signal was counted in the second of an explanation:
// in others there is no verdict.
func judged(e *detector.Explanation, was map[int64]detector.Explanation) bool {
	before, ok := was[e.Second-1]
	return ok && before.Window == e.Window && before.Events < e.Events
}

func TestRestartKeepsThePast(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		d := newDetector(t)
		samples := incident(seed)
		d.Add(samples)
		d.Advance(samples[len(samples)-1].Second + lateness)
		fresh := restart(t, d)
		for s := range d.Totals {
			for second := int64(origin); second < origin+6010; second++ {
				want, _ := d.ExplainAt(s.Series, second)
				got, _ := fresh.ExplainAt(s.Series, second)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("%v at %d:\n got %+v\nwant %+v", s.Series, second-origin, got, want)
				}
			}
		}
	}
}

// TestBatchesAndTicksKeepTheSamePast: what is said of the past does not depend on
// how the input was cut.
func TestBatchesAndTicksKeepTheSamePast(t *testing.T) {
	samples := incident(2)
	one, other := newDetector(t), newDetector(t)
	play(t, one, samples, 1, 1)
	play(t, other, samples, 1000, 13)
	for s := range one.Totals {
		if !reflect.DeepEqual(one.Hours(s.Series), other.Hours(s.Series)) {
			t.Errorf("%v: another hour", s.Series)
		}
		for second := int64(origin + 2400); second < origin+6010; second++ {
			want, _ := one.ExplainAt(s.Series, second)
			if got, _ := other.ExplainAt(s.Series, second); !reflect.DeepEqual(got, want) {
				t.Fatalf("%v at %d:\n got %+v\nwant %+v", s.Series, second-origin, got, want)
			}
		}
	}
}

// TestWhatFiredIsKept: hours later it is still known with which numbers an alert
// began, for the whole and for one pod.
func TestWhatFiredIsKept(t *testing.T) {
	d := newDetector(t)
	for _, tr := range play(t, d, incident(1), 100, 1) {
		if tr.Alert.State == detector.Resolved {
			continue
		}
		key := detector.Series{Namespace: tr.Alert.Get("namespace"), Service: tr.Alert.Get("service")}
		all, _ := d.ExplainAt(key, tr.Alert.StartsAt)
		i := slices.IndexFunc(all, func(e detector.Explanation) bool {
			return e.Alert == tr.Alert.Name() && e.Why == detector.IsFiring && e.Second == tr.Alert.StartsAt
		})
		if i < 0 {
			t.Errorf("%s of %s: %+v", tr.Alert.Name(), key.Service, all)
			continue
		}
		e := &all[i]
		if e.Observed != tr.Value || e.Fired == nil || e.Ended <= tr.Alert.StartsAt || e.Kept != detector.Exact {
			t.Errorf("%s of %s fired at %v: %+v", tr.Alert.Name(), key.Service, tr.Value, e)
		}
		if least := annotation(&tr.Alert, "value")[:2] == "at"; least != e.AtLeast {
			t.Errorf("%s of %s: value %q, at least: %t", tr.Alert.Name(), key.Service, annotation(&tr.Alert, "value"), e.AtLeast)
		}
		t.Log(e.Sentence())
	}
}

// TestHours: the past hour has each minute as it was counted, and what fired in it.
func TestHours(t *testing.T) {
	d := newDetector(t)
	samples := incident(1)
	counted := map[detector.Series]map[int64]detector.Counts{}
	for _, s := range samples {
		if counted[s.Series] == nil {
			counted[s.Series] = map[int64]detector.Counts{}
		}
		c := counted[s.Series][s.Second/60*60]
		c.Add(&s.Counts)
		counted[s.Series][s.Second/60*60] = c
	}
	fired := map[string]int64{}
	for _, tr := range play(t, d, samples, 100, 1) {
		if tr.Alert.State == detector.Resolved {
			fired[tr.Alert.Name()+"/"+tr.Alert.Get("service")] = tr.Alert.StartsAt
		}
	}
	for key, minutes := range counted {
		for _, h := range d.Hours(key) {
			if len(h.Minutes) != 60 || h.PerSecond {
				t.Fatalf("%v, %s: %d minutes", key, h.Signal, len(h.Minutes))
			}
			for _, m := range h.Minutes {
				c := minutes[m.Start]
				if m.Events != float64(c[h.Signal]) || m.Exposure != float64(c[detector.Requests]) || m.Baseline > 0 && m.Limit < 4.9*m.Baseline {
					t.Errorf("%v, %s: %+v, counted %v", key, h.Signal, m, c)
				}
			}
			begun, did := fired[h.Alert+"/"+key.Service]
			if did != (len(h.Fires) > 0) || did && (h.Fires[0].From != begun || h.Fires[0].To <= begun) {
				t.Errorf("%v, %s: fires %+v, it fired at %d", key, h.Signal, h.Fires, begun)
			}
		}
	}
	if len(fired) < 3 {
		t.Errorf("only %v fired", fired)
	}
	if got := d.Hours(detector.Series{Service: "nobody"}); got != nil {
		t.Errorf("an hour of nobody: %v", got)
	}
}

// TestEverySentence: whatever is known, something is said, in whole words.
func TestEverySentence(t *testing.T) {
	for why := detector.Unknown; why <= detector.IsFiring; why++ {
		for kept := detector.Exact; kept <= detector.NotJudged; kept++ {
			e := detector.Explanation{Signal: detector.Unauthorized, Why: why, Kept: kept, Asked: origin, Second: origin, Window: 60, Factor: 5, MinCount: 3}
			text := e.Sentence()
			if len(text) < 20 || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "%!") || why.String() == "" || kept.String() == "" {
				t.Errorf("%s, %s: %q", why, kept, text)
			}
		}
	}
	example := detector.Explanation{Signal: detector.Unauthorized, Why: detector.BelowFactor, Window: 30, Events: 7, Exposure: 240, Observed: 7.0 / 240, Baseline: 0.0071, Limit: 0.0355, Factor: 5}
	if want := "did not fire: 7 of 240 requests in 30 s are 2.92 %, 4.11 times the baseline 0.71 %; the factor is 5"; example.Sentence() != want {
		t.Errorf("%q, want %q", example.Sentence(), want)
	}
}

// TestStaleAlertFiresUntilItEnds: in the silence before it ended it fired, as it
// did before the silence.
func TestStaleAlertFiresUntilItEnds(t *testing.T) {
	d := newDetector(t)
	r := rand.New(rand.NewPCG(1, 1))
	for second := int64(origin); second < origin+1800; second++ {
		now := traffic{requests: 20, unauthorized: 0.005}
		if second > origin+1700 {
			now.unauthorized = 0.5
		}
		d.Add(now.samples(r, "api", second))
		d.Advance(second)
	}
	d.Advance(origin + 8000)
	key := detector.Series{Namespace: "prod", Service: "api"}
	for at, why := range map[int64]detector.Why{1795: detector.IsFiring, 4000: detector.IsFiring, 7000: detector.Unknown} {
		all, _ := d.ExplainAt(key, origin+at)
		if len(all) != 1 || all[0].Why != why {
			t.Errorf("at %d: %+v, want %s", at, all, why)
		}
	}
}

// TestMemoryPerSeries: with an hour of history and its normal noise a service of
// four signals stays within 6 KiB. Fewer services make a figure that scatters.
func TestMemoryPerSeries(t *testing.T) {
	const n = 1000
	r := rand.New(rand.NewPCG(1, 1))
	d := newDetector(t)
	inUse := func() int64 {
		var m runtime.MemStats
		for range 3 { // what other tests left may take more than one
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := inUse()
	for at := int64(origin); at < origin+3700; at++ {
		d.Add(second(n, at, r))
		d.Advance(at + 1)
	}
	each := (inUse() - before) / n
	t.Logf("%d bytes per series", each)
	if each > 6<<10 {
		t.Errorf("%d bytes per series", each)
	}
	runtime.KeepAlive(d)
}
