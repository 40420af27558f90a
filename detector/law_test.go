package detector_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

const lateness = 10

func newDetector(t testing.TB) *detector.Detector {
	t.Helper()
	d, err := detector.New(detector.Config{Rules: rules.Default(), Lateness: lateness})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// origin is where the traffic of tests begins: a Tuesday in 2024.
const origin = 1_710_000_000

// traffic is what one service does in one second.
type traffic struct {
	requests     float64 // mean per second
	unauthorized float64 // share
	kid          float64 // share of kid mismatches, each of which is a 401 too
	missing      float64 // token_missing, the same
	pods         int
	stale        int // pods, from the first, that alone have the kid mismatches; 0 for all
}

// samples draws one second of traffic.
func (tr traffic) samples(r *rand.Rand, service string, second int64) []detector.Sample {
	var out []detector.Sample
	pods := max(1, tr.pods)
	for p := range pods {
		s := detector.Sample{Series: detector.Series{Namespace: "prod", Service: service}, Second: second}
		if tr.pods > 0 {
			s.Pod = fmt.Sprintf("%s-%02d", service, p)
		}
		n := poisson(r, tr.requests/float64(pods))
		for range n {
			s.Counts[detector.Requests]++
			bad := tr.stale == 0 || p < tr.stale
			switch u := r.Float64(); {
			case bad && u < tr.kid:
				s.Counts[detector.KidMismatch]++
				s.Counts[detector.Unauthorized]++
			case u > 1-tr.missing:
				s.Counts[detector.TokenMissing]++
				s.Counts[detector.Unauthorized]++
			case r.Float64() < tr.unauthorized:
				s.Counts[detector.Unauthorized]++
			}
		}
		if s.Counts != (detector.Counts{}) {
			out = append(out, s)
		}
	}
	return out
}

func poisson(r *rand.Rand, mean float64) int {
	n, left := 0, mean
	for {
		left -= r.ExpFloat64()
		if left < 0 {
			return n
		}
		n++
	}
}

// incident is an hour and 40 minutes of three services; one of them has an
// incident from 70 to 90 minutes, another one a stale pod.
func incident(seed uint64) []detector.Sample {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []detector.Sample
	for second := int64(origin); second < origin+6000; second++ {
		api := traffic{requests: 20, unauthorized: 0.005, pods: 4}
		web := traffic{requests: 30, unauthorized: 0.01, pods: 20}
		if at := second - origin; at >= 4200 && at < 5400 {
			api.kid, web.kid, web.stale = 0.1, 0.4, 1
		}
		out = append(out, api.samples(r, "api", second)...)
		out = append(out, web.samples(r, "web", second)...)
		out = append(out, traffic{requests: 0.5, unauthorized: 0.02}.samples(r, "slow", second)...)
	}
	return out
}

// play brings samples in the given order. Before every batch the frontier is
// moved to where it would be with that order, in steps of the given length.
func play(t testing.TB, d *detector.Detector, samples []detector.Sample, batch int, tick int64) []detector.Transition {
	t.Helper()
	var out []detector.Transition
	newest := int64(0)
	for len(samples) > 0 {
		n := min(batch, len(samples))
		d.Add(samples[:n])
		for _, s := range samples[:n] {
			newest = max(newest, s.Second)
		}
		samples = samples[n:]
		if at := newest / tick * tick; at > 0 {
			out = append(out, clone(d.Advance(at))...)
		}
	}
	return append(out, clone(d.Advance(newest+7200))...)
}

func clone(in []detector.Transition) []detector.Transition { return slices.Clone(in) }

// which is what may not depend on the order of arrival.
func which(transitions []detector.Transition) []string {
	var out []string
	for _, tr := range transitions {
		out = append(out, fmt.Sprint(tr.Alert.State, tr.Reason, tr.Alert.Labels))
	}
	slices.Sort(out)
	return out
}

func TestIncidentIsFoundAndEnds(t *testing.T) {
	out := play(t, newDetector(t), incident(1), 100, 1)
	fired := map[string]int64{}
	resolved := map[string]int64{}
	for _, tr := range out {
		name := tr.Alert.Name() + "/" + tr.Alert.Get("service")
		if tr.Alert.State == detector.Firing {
			fired[name] = tr.Time - origin
		} else {
			resolved[name] = tr.Time - origin
		}
		t.Log(tr.Time-origin, tr.Alert.State, tr.Reason, name, tr.Value, tr.Baseline, tr.Alert.Annotations)
	}
	for name, limit := range map[string]int64{"KidMismatchBurst/api": 15, "UnauthorizedRateSpike/api": 45, "KidMismatchBurst/web": 60} {
		if at, ok := fired[name]; !ok || at < 4200 || at > 4200+limit {
			t.Errorf("%s fired at %d (%t), want within %d s of 4200", name, at, ok, limit)
		}
		if at, ok := resolved[name]; !ok || at < 5400 || at > 5400+150 {
			t.Errorf("%s resolved at %d (%t), want after 5400", name, at, ok)
		}
	}
	if len(out) > 8 {
		t.Errorf("%d transitions, want no more than the incident explains", len(out))
	}
}

func TestBatchesAndTicksChangeNothing(t *testing.T) {
	samples := incident(2)
	want := play(t, newDetector(t), samples, 1, 1)
	for _, batch := range []int{7, 1000, len(samples)} {
		for _, tick := range []int64{1, 13, 600} {
			if got := play(t, newDetector(t), samples, batch, tick); !reflect.DeepEqual(got, want) {
				t.Fatalf("batches of %d, ticks of %d s: %d transitions differ from %d", batch, tick, len(got), len(want))
			}
		}
	}
}

func TestShufflingWithinLatenessChangesNothing(t *testing.T) {
	samples := incident(3)
	want := which(play(t, newDetector(t), samples, 50, 1))
	if len(want) < 4 {
		t.Fatalf("only %d transitions: nothing to compare", len(want))
	}
	for seed := range uint64(3) {
		d := newDetector(t)
		got := which(play(t, d, shuffled(samples, rand.New(rand.NewPCG(seed, 9))), 50, 1))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d:\n got %q\nwant %q", seed, got, want)
		}
		for s := range d.Totals {
			if s.Late != 0 {
				t.Errorf("%d samples of %v were late, though none was by more than %d s", s.Late, s.Series, lateness)
			}
		}
	}
}

// TestShufflingNearTheLimit does the same on incidents of any length and height,
// many of which are on the verge of an alert.
func TestShufflingNearTheLimit(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 77))
		calm := traffic{requests: 0.1 * float64(int(1)<<r.IntN(9)), unauthorized: 0.001 + 0.02*r.Float64(), pods: r.IntN(5)}
		ill := calm
		ill.kid, ill.stale, ill.missing = 0.2*r.Float64(), calm.pods/2, 0.05*r.Float64()
		from := origin + 1200 + r.Int64N(600)
		to := from + 5 + r.Int64N(900)
		var samples []detector.Sample
		for second := int64(origin); second < origin+4000; second++ {
			now := calm
			if second >= from && second < to {
				now = ill
			}
			samples = append(samples, now.samples(r, "api", second)...)
		}
		want := which(play(t, newDetector(t), samples, 50, 1))
		if got := which(play(t, newDetector(t), shuffled(samples, r), 1+r.IntN(100), 1)); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d:\n got %q\nwant %q", seed, got, want)
		}
	}
}

// shuffled returns the samples as they arrive when each is late by up to the
// lateness.
func shuffled(samples []detector.Sample, r *rand.Rand) []detector.Sample {
	at := make([]float64, len(samples))
	order := make([]int, len(samples))
	for i := range samples {
		at[i], order[i] = float64(samples[i].Second)+r.Float64()*lateness, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	out := make([]detector.Sample, len(samples))
	for i, from := range order {
		out[i] = samples[from]
	}
	return out
}

func TestOtherServicesChangeNothing(t *testing.T) {
	all := incident(4)
	var alone []detector.Sample
	for _, s := range all {
		if s.Series.Service == "api" {
			alone = append(alone, s)
		}
	}
	var want, got []detector.Transition
	for _, tr := range play(t, newDetector(t), all, 50, 1) {
		if tr.Alert.Get("service") == "api" {
			want = append(want, tr)
		}
	}
	if got = play(t, newDetector(t), alone, 50, 1); !reflect.DeepEqual(got, want) {
		t.Errorf("alone: %v\nwith others: %v", got, want)
	}
}

func TestRestartChangesNothing(t *testing.T) {
	samples := incident(5)
	want := play(t, newDetector(t), samples, 50, 1)
	r := rand.New(rand.NewPCG(5, 5))
	d := newDetector(t)
	var got []detector.Transition
	newest := int64(0)
	for i := 0; i < len(samples); i += 50 {
		batch := samples[i:min(i+50, len(samples))]
		d.Add(batch)
		for _, s := range batch {
			newest = max(newest, s.Second)
		}
		if r.IntN(20) == 0 {
			d = restart(t, d)
		}
		got = append(got, clone(d.Advance(newest))...)
		if r.IntN(20) == 0 {
			d = restart(t, d)
		}
	}
	got = append(got, clone(d.Advance(newest+7200))...)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("restarted: %v\nnever restarted: %v", got, want)
	}
}

func restart(t testing.TB, d *detector.Detector) *detector.Detector {
	t.Helper()
	state := d.AppendState(nil)
	fresh := newDetector(t)
	if out, err := fresh.Restore(state); err != nil || len(out) != 0 {
		t.Fatalf("restore: %v, %v", out, err)
	}
	if again := fresh.AppendState(nil); !reflect.DeepEqual(again, state) {
		t.Fatal("a restored state is not the saved one")
	}
	return fresh
}

func TestRemovedRuleResolves(t *testing.T) {
	d := newDetector(t)
	samples := incident(6)
	for i := range samples {
		if samples[i].Second >= origin+4800 {
			samples = samples[:i]
			break
		}
	}
	newest := samples[len(samples)-1].Second
	d.Add(samples)
	d.Advance(newest)
	before := len(d.Alerts())
	kept := slices.DeleteFunc(rules.Default(), func(r detector.Rule) bool { return r.Name == "KidMismatchBurst" })
	kept[0].FalseAlarms = 24 * time.Hour // its statistics begin anew
	fresh, err := detector.New(detector.Config{Rules: kept, Lateness: lateness})
	if err != nil {
		t.Fatal(err)
	}
	out, err := fresh.Restore(d.AppendState(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no transition for the removed rule")
	}
	for _, tr := range out {
		if tr.Reason != detector.RuleRemoved || tr.Alert.Name() != "KidMismatchBurst" || tr.Alert.State != detector.Resolved {
			t.Errorf("got %+v", tr)
		}
	}
	if after := len(fresh.Alerts()); after != before-len(out) {
		t.Errorf("%d alerts fire after the reload, %d before, %d resolved", after, before, len(out))
	}
	if more := fresh.Advance(newest + 1); len(more) != 0 {
		t.Errorf("the reload itself changed %v", more)
	}
}

func annotation(a *detector.Alert, name string) string {
	for _, l := range a.Annotations {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// unix returns an RFC 3339 time as Unix seconds.
func unix(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return fmt.Sprint(at.Unix())
}
