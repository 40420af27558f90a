package web

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func collect(t *testing.T, set *vm.Set, families ...Family) *prometheus.Registry {
	t.Helper()
	c, err := NewCollector(set, families...)
	if err != nil {
		t.Fatal(err)
	}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(c)
	return reg
}

func TestCollector(t *testing.T) {
	set := vm.NewSet()
	set.NewCounter("authspike_records_total").Add(12)
	set.NewCounter(`authspike_drops_total{topic="a",reason="x"}`).Inc()
	set.NewCounter(`authspike_drops_total{topic="b \"q\" \\ {}, c=d\nline", reason="x"}`).Add(3)
	set.NewFloatCounter(`authspike_busy_seconds_total`).Add(0.5)
	set.NewGauge("authspike_open", func() float64 { return -2.5 })
	set.NewHistogram(`authspike_fetch_seconds{topic="empty"}`)
	h := set.NewHistogram(`authspike_fetch_seconds{topic="a"}`)
	for _, v := range []float64{0, 1e-12, 0.001, 0.002, 0.01, 0.011, 0.5, 7, 1e30} {
		h.Update(v)
	}
	set.NewHistogram("authspike_plain_seconds").Update(3)

	reg := collect(t, set,
		Family{Name: "authspike_records_total", Help: "Records read."},
		Family{Name: "authspike_drops_total", Help: "Records dropped, by \"reason\".", Labels: []string{"topic", "reason"}},
		Family{Name: "authspike_busy_seconds_total", Help: "Time spent."},
		Family{Name: "authspike_open", Help: "Open things.", Kind: Gauge},
		Family{Name: "authspike_fetch_seconds", Help: "Duration of fetches.", Kind: Histogram, Labels: []string{"topic"}, Buckets: HistogramBounds(0.001, 1, 1)},
		Family{Name: "authspike_plain_seconds", Help: "Duration of something.", Kind: Histogram, Buckets: HistogramBounds(1, 10, 3)},
	)
	want := `
# HELP authspike_busy_seconds_total Time spent.
# TYPE authspike_busy_seconds_total counter
authspike_busy_seconds_total 0.5
# HELP authspike_drops_total Records dropped, by "reason".
# TYPE authspike_drops_total counter
authspike_drops_total{reason="x",topic="a"} 1
authspike_drops_total{reason="x",topic="b \"q\" \\ {}, c=d\nline"} 3
# HELP authspike_fetch_seconds Duration of fetches.
# TYPE authspike_fetch_seconds histogram
authspike_fetch_seconds_bucket{topic="a",le="0.001"} 3
authspike_fetch_seconds_bucket{topic="a",le="0.01"} 5
authspike_fetch_seconds_bucket{topic="a",le="0.1"} 6
authspike_fetch_seconds_bucket{topic="a",le="1"} 7
authspike_fetch_seconds_bucket{topic="a",le="+Inf"} 9
authspike_fetch_seconds_sum{topic="a"} 1e+30
authspike_fetch_seconds_count{topic="a"} 9
authspike_fetch_seconds_bucket{topic="empty",le="0.001"} 0
authspike_fetch_seconds_bucket{topic="empty",le="0.01"} 0
authspike_fetch_seconds_bucket{topic="empty",le="0.1"} 0
authspike_fetch_seconds_bucket{topic="empty",le="1"} 0
authspike_fetch_seconds_bucket{topic="empty",le="+Inf"} 0
authspike_fetch_seconds_sum{topic="empty"} 0
authspike_fetch_seconds_count{topic="empty"} 0
# HELP authspike_open Open things.
# TYPE authspike_open gauge
authspike_open -2.5
# HELP authspike_plain_seconds Duration of something.
# TYPE authspike_plain_seconds histogram
authspike_plain_seconds_bucket{le="1"} 0
authspike_plain_seconds_bucket{le="2.154"} 0
authspike_plain_seconds_bucket{le="4.642"} 1
authspike_plain_seconds_bucket{le="10"} 1
authspike_plain_seconds_bucket{le="+Inf"} 1
authspike_plain_seconds_sum 3
authspike_plain_seconds_count 1
# HELP authspike_records_total Records read.
# TYPE authspike_records_total counter
authspike_records_total 12
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
}

// Cumulative counts against counting each observation by hand.
func TestCollectorHistogramAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, perDecade := range []int{1, 2, 3, 6, 9, 18} {
		set := vm.NewSet()
		h := set.NewHistogram("x_seconds")
		bounds := HistogramBounds(1e-6, 100, perDecade)
		naive := make([]uint64, len(bounds))
		for range 20_000 {
			v := math.Pow(10, r.Float64()*10-7)
			near := func(b float64) bool { return math.Abs(v/b-1) < 1e-3 } // bounds have four digits
			if slices.ContainsFunc(bounds, near) {
				continue
			}
			h.Update(v)
			for i, b := range bounds {
				if v <= b {
					naive[i]++
				}
			}
		}
		families, err := collect(t, set, Family{Name: "x_seconds", Help: "X.", Kind: Histogram, Buckets: bounds}).Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := families[0].GetMetric()[0].GetHistogram()
		for i, b := range got.GetBucket() {
			if b.GetCumulativeCount() != naive[i] {
				t.Errorf("%d per decade, le %g: %d, want %d", perDecade, b.GetUpperBound(), b.GetCumulativeCount(), naive[i])
			}
		}
	}
}

// Every end of a range that the library writes is a bound we accept, and each of
// our bounds is such an end.
func TestHistogramBoundsAreTheLibrarysOwn(t *testing.T) {
	bounds := HistogramBounds(1e-9, 1e18, 18)
	var h vm.Histogram
	for _, b := range bounds {
		h.Update(b * 0.97)
	}
	h.Update(1e30)
	var ends []float64
	h.VisitNonZeroBuckets(func(vmrange string, count uint64) {
		if _, end, ok := strings.Cut(vmrange, "..."); ok && end != "+Inf" {
			v, err := strconv.ParseFloat(end, 64)
			if err != nil || count != 1 {
				t.Errorf("range %s holds %d: %v", vmrange, count, err)
			}
			ends = append(ends, v)
		}
	})
	if !slices.Equal(ends, bounds) {
		t.Errorf("the library's ends are not our bounds:\n%v\n%v", ends, bounds)
	}
	for _, b := range bounds {
		if !isEdge(b) {
			t.Errorf("%g is not accepted", b)
		}
	}
	for _, b := range []float64{0, -1, 0.005, 2, math.Inf(1), math.NaN(), 2.155} {
		if isEdge(b) {
			t.Errorf("%g is accepted", b)
		}
	}
}

func TestCollectorReportsWhatItDoesNotKnow(t *testing.T) {
	set := vm.NewSet()
	set.NewCounter("known_total").Inc()
	set.NewCounter("unknown_total").Inc()
	set.NewHistogram("unknown_seconds").Update(1)
	set.NewCounter(`labelled_total{other="x"}`).Inc()
	set.NewCounter(`labelled_total{label="x"}`).Inc()
	reg := collect(t, set, Family{Name: "known_total", Help: "K."}, Family{Name: "labelled_total", Help: "L.", Labels: []string{"label"}})
	families, err := reg.Gather()
	if len(families) != 2 {
		t.Errorf("%d families are shown, want the two that are known", len(families))
	}
	for _, want := range []string{"unknown_total: not declared", "unknown_seconds: not declared", "label other: not declared for labelled_total"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("errors do not name %q: %v", want, err)
		}
	}
}

func TestNewCollectorReportsAllFaults(t *testing.T) {
	_, err := NewCollector(vm.NewSet(),
		Family{Name: "a_total", Help: "A."}, Family{Name: "a_total", Help: "A."}, Family{Name: "b_total"},
		Family{Name: "c", Help: "C.", Kind: Histogram}, Family{Name: "d", Help: "D.", Buckets: []float64{1}},
		Family{Name: "e", Help: "E.", Kind: Histogram, Buckets: []float64{10, 0.3}},
	)
	for _, want := range []string{
		"a_total: declared twice", "b_total: has no help", "c: a histogram has buckets", "d: a histogram has buckets",
		"e: buckets must ascend", "e: bucket 0.3 is not one of HistogramBounds'",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("faults do not name %q: %v", want, err)
		}
	}
}

// Counting goes on while a scrape is made; run with -race.
func TestCollectorWhileCounting(t *testing.T) {
	set := vm.NewSet()
	reg := collect(t, set,
		Family{Name: "n_total", Help: "N.", Labels: []string{"i"}},
		Family{Name: "h_seconds", Help: "H.", Kind: Histogram, Labels: []string{"i"}, Buckets: HistogramBounds(0.1, 10, 3)})
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			set.GetOrCreateCounter(fmt.Sprintf("n_total{i=%q}", strconv.Itoa(i%50))).Inc()
			set.GetOrCreateHistogram(fmt.Sprintf("h_seconds{i=%q}", strconv.Itoa(i%50))).Update(float64(i % 9))
		}
	}()
	for range 50 {
		families, err := reg.Gather()
		if err != nil {
			t.Error(err)
		}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				last := uint64(0)
				for _, b := range m.GetHistogram().GetBucket() {
					if b.GetCumulativeCount() < last || b.GetCumulativeCount() > m.GetHistogram().GetSampleCount() {
						t.Fatalf("%s: buckets do not accumulate: %v", f.GetName(), m)
					}
					last = b.GetCumulativeCount()
				}
			}
		}
	}
	close(stop)
	<-stopped
}

func BenchmarkCollect(b *testing.B) {
	set := vm.NewSet()
	for i := range 10_000 {
		set.NewCounter(fmt.Sprintf("n_total{namespace=\"prod\",service=\"service-%d\"}", i)).Add(i)
	}
	h := set.NewHistogram("h_seconds")
	for i := range 1000 {
		h.Update(float64(i) / 100)
	}
	c, err := NewCollector(set,
		Family{Name: "n_total", Help: "N.", Labels: []string{"namespace", "service"}},
		Family{Name: "h_seconds", Help: "H.", Kind: Histogram, Buckets: HistogramBounds(0.001, 10, 3)})
	if err != nil {
		b.Fatal(err)
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(c)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reg.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}
