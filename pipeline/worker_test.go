package pipeline

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/header"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

func newWorker(tb testing.TB) *Worker {
	tb.Helper()
	w, err := NewWorker(WorkerOptions{Count: HealthChecks()})
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// request is the line of a request at a Unix second.
func request(second int64, service string, status int) string {
	return fmt.Sprintf(`{"time":%q,"namespace":"prod","service":%q,"pod":"%s-0","method":"GET","path":"/api","status":%d}`,
		time.Unix(second, 0).UTC().Format(time.RFC3339), service, service, status)
}

// batches cuts lines into batches of random sizes, empty ones among them.
func batches(r *rand.Rand, lines []string, most int) []*Batch {
	var all []*Batch
	for at := 0; ; {
		n := min(r.IntN(most+1), len(lines)-at)
		b := &Batch{From: int64(at), Next: int64(at + n), HighWatermark: int64(len(lines)), End: at+n == len(lines) && n > 0}
		for i := at; i < at+n; i++ {
			b.Records = append(b.Records, Record{Offset: int64(i), Value: []byte(lines[i])})
		}
		b.Resume = Position{Offset: b.Next}
		all = append(all, b)
		if at += n; b.End {
			return all
		}
	}
}

// sum is what deltas add up to.
type sum struct {
	samples map[detector.Sample]detector.Counts // by everything but the counts
	drops   [NumDrops]uint32
	newest  int64
}

func (s *sum) add(d *Delta) {
	if s.samples == nil {
		s.samples = map[detector.Sample]detector.Counts{}
	}
	for _, sample := range d.Samples {
		key := sample
		key.Counts = detector.Counts{}
		counts := s.samples[key]
		counts.Add(&sample.Counts)
		s.samples[key] = counts
	}
	for i, n := range d.Drops {
		s.drops[i] += n
	}
	s.newest = d.Newest
}

// total adds up a signal over all samples from one second to another.
func (s *sum) total(signal detector.Signal, from, to int64) (n int) {
	for key, counts := range s.samples {
		if key.Second >= from && key.Second < to {
			n += int(counts[signal])
		}
	}
	return n
}

func work(tb testing.TB, lines []string) *sum {
	tb.Helper()
	var s sum
	var d Delta
	w := newWorker(tb)
	for _, b := range batches(rand.New(rand.NewPCG(0, 0)), lines, len(lines)+1) {
		w.Work(b, &d)
		s.add(&d)
	}
	return &s
}

const noon = 1_700_000_000

// odd is a log with everything that is hard about time: disorder, gaps, stamps of
// long ago and of the future, lines without any.
func odd(r *rand.Rand, n int) []string {
	lines := make([]string, 0, n)
	at := int64(noon)
	for range n {
		switch r.IntN(40) {
		case 0:
			lines = append(lines, request(4_070_908_800, "api", 200)) // 2099
		case 1:
			lines = append(lines, request(12, "api", 401)) // 1970
		case 2:
			lines = append(lines, `{"service":"api","status":200}`)
		case 3:
			at += int64(r.IntN(900))
		case 4:
			lines = append(lines, "")
		default:
			at += int64(r.IntN(3))
			lines = append(lines, request(at-int64(r.IntN(10)), fmt.Sprintf("api-%d", r.IntN(4)), 200+r.IntN(2)*201))
		}
	}
	return lines
}

// TestCutsDoNotMatter: what deltas add up to does not depend on where batches end,
// nor on restarts of the worker between them.
func TestCutsDoNotMatter(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines := odd(r, 20+r.IntN(600))
		whole := work(t, lines)
		var cut sum
		var d Delta
		w := newWorker(t)
		for _, b := range batches(r, lines, 1+r.IntN(100)) {
			if len(d.Carry) > 0 && r.IntN(2) == 0 {
				w = newWorker(t)
				if err := w.Restore(d.Carry); err != nil {
					t.Fatal(err)
				}
			}
			w.Work(b, &d)
			cut.add(&d)
		}
		if !reflect.DeepEqual(*whole, cut) {
			t.Fatalf("seed %d: in one batch %d samples, %v, %d; cut %d samples, %v, %d", seed,
				len(whole.samples), whole.drops, whole.newest, len(cut.samples), cut.drops, cut.newest)
		}
	}
}

// TestEveryEventIsCountedOrDropped: nothing gets lost between the two.
func TestEveryEventIsCountedOrDropped(t *testing.T) {
	for seed := range uint64(60) {
		lines := odd(rand.New(rand.NewPCG(seed, 2)), 500)
		s := work(t, lines)
		n := s.total(detector.Requests, 0, 1<<40)
		for _, reason := range []Drop{DropEmpty, DropNoTime, DropSkewed} {
			n += int(s.drops[reason])
		}
		if n != len(lines) {
			t.Fatalf("seed %d: %d of %d lines are accounted for: %v", seed, n, len(lines), s.drops)
		}
	}
}

func TestDrops(t *testing.T) {
	s := work(t, []string{
		request(noon, "api", 200),
		`{"time":"2023-11-14T22:13:20Z","service":"api","path":"/healthz","status":200}`,
		`{"time":"2023-11-14T22:13:20Z","service":"api","path":"/health/db","status":200}`,
		"", " ", "\xff\xfe\xfd", `{"broken`, "no format at all",
	})
	want := [NumDrops]uint32{DropEmpty: 2, DropSelected: 2, DropUnrecognized: 2, DropTruncated: 1}
	if s.drops != want {
		t.Errorf("drops %v, want %v", s.drops, want)
	}
	if n := s.total(detector.Requests, 0, 1<<40); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestNamesAreBoundedAndValid(t *testing.T) {
	long := string(slices.Repeat([]byte("x"), 1000))
	s := work(t, []string{request(noon, long, 200), "{\"time\":\"2023-11-14T22:13:20Z\",\"service\":\"a\xff\",\"status\":200}"})
	var names []string
	for key := range s.samples {
		names = append(names, key.Series.Service)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	if len(names) != 2 || names[0] != "a\uFFFD" || len(names[1]) != maxName {
		t.Errorf("names %q", names)
	}
}

func TestSelection(t *testing.T) {
	count := func(s Selection) int {
		w, err := NewWorker(WorkerOptions{Count: s})
		if err != nil {
			t.Fatal(err)
		}
		var d Delta
		b := &Batch{End: true}
		for _, line := range []string{
			`{"time":"2023-11-14T22:13:20Z","service":"api","method":"GET","path":"/a/b","status":200}`,
			`{"time":"2023-11-14T22:13:20Z","service":"api","method":"POST","path":"/a","status":200,"http":{"host":"api.example.com"}}`,
			`{"time":"2023-11-14T22:13:20Z","service":"web","method":"GET","path":"/b","status":200,"http":{"host":"internal.example:80"}}`,
		} {
			b.Records = append(b.Records, Record{Value: []byte(line)})
		}
		w.Work(b, &d)
		return 3 - int(d.Drops[DropSelected])
	}
	for _, test := range []struct {
		s    Selection
		want int
	}{
		{Selection{}, 3},
		{Selection{Only: []Selector{{Service: "api"}}}, 2},
		{Selection{Only: []Selector{{Service: "api"}, {Path: "/b"}}}, 3},
		{Selection{Only: []Selector{{Service: "api"}}, Skip: []Selector{{Path: "/a*"}}}, 0},
		{Selection{Skip: []Selector{{Path: "/a/*"}}}, 2},
		{Selection{Skip: []Selector{{Path: "/b"}}}, 2},
		{Selection{Skip: []Selector{{Service: "w?b", Format: "json"}}}, 2},
		{Selection{Only: []Selector{{Namespace: "prod"}}}, 0},
		{Selection{Skip: []Selector{{Host: "internal.*"}}}, 2},
		{Selection{Only: []Selector{{Host: "api.example.com"}}}, 1},
	} {
		if got := count(test.s); got != test.want {
			t.Errorf("%+v counts %d of 3, want %d", test.s, got, test.want)
		}
	}
	bad := Selection{Skip: []Selector{{Path: "[a"}}}
	if bad.Validate() == nil {
		t.Error("a malformed pattern is taken")
	}
}

// TestFallbacks: what counted lines are read by for want of better is counted once
// each, and of lines that count nothing only where their time is from.
func TestFallbacks(t *testing.T) {
	w, err := NewWorker(WorkerOptions{Topic: "logs", Logline: logline.Options{Matcher: defaultMatcher(t)}})
	if err != nil {
		t.Fatal(err)
	}
	headers := header.Append(nil, "app", []byte("cart"))
	at := int64(noon) * 1000
	b := &Batch{Records: []Record{
		{Time: at, Value: []byte(request(noon, "api", 200))},
		{Time: at, Value: []byte(`{"path":"/a","status":200}`)},                        // record, topic
		{Time: at, Value: []byte(`{"path":"/a","status":200}`), Key: []byte("orders")}, // record, key
		{Time: at, Value: []byte(`{"path":"/a","status":200}`), Headers: headers},      // record, header
		{Time: at, Value: []byte(`{"msg":"started"}`)},                                 // record
		{Value: []byte("kid mismatch")},                                                // newest, topic, text
		{Time: at, Value: []byte(`2023-11-14T22:13:20Z stdout F GET /a 401 1ms`)},      // wrapper, topic
	}}
	b.Next, b.HighWatermark = 7, 7
	var d Delta
	w.Work(b, &d)
	want := [NumFallbacks]uint32{FromWrapper: 1, FromRecord: 4, FromNewest: 1, ServiceTopic: 3, ServiceKey: 1, ServiceHeader: 1, TextOnly: 1}
	if d.Fallbacks != want {
		t.Errorf("fallbacks %v, want %v", d.Fallbacks, want)
	}
	files, err := NewWorker(WorkerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	files.Work(&Batch{Records: b.Records[1:2]}, &d)
	if want := ([NumFallbacks]uint32{FromRecord: 1, ServiceUnknown: 1}); d.Fallbacks != want {
		t.Errorf("of a file %v, want %v", d.Fallbacks, want)
	}
}

func defaultMatcher(t *testing.T) *signature.Matcher {
	t.Helper()
	m, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	w := newWorker(t)
	b := &Batch{}
	for _, line := range repeat(1000, noon, 0) {
		b.Records = append(b.Records, Record{Value: []byte(line)})
	}
	var d Delta
	w.Work(b, &d)
	if n := testing.AllocsPerRun(20, func() { w.Work(b, &d) }); n > 0 {
		t.Errorf("%v allocations for 1000 records", n)
	}
}

// FuzzWorkerRestore: no state makes a worker fail later.
func FuzzWorkerRestore(f *testing.F) {
	w := newWorker(f)
	var d Delta
	w.Work(&Batch{Records: []Record{{Value: []byte(request(noon, "api", 401))}}}, &d)
	f.Add(d.Carry)
	f.Fuzz(func(t *testing.T, state []byte) {
		w := newWorker(t)
		if w.Restore(state) != nil {
			return
		}
		var d Delta
		w.Work(&Batch{End: true, Records: []Record{{Value: []byte(request(noon, "api", 401))}}}, &d)
	})
}

func BenchmarkTally(b *testing.B) {
	t := newTally()
	var d Delta
	d.reset()
	t.begin()
	var services, pods [64][]byte
	for i := range services {
		services[i], pods[i] = fmt.Appendf(nil, "checkout-api-%d", i%8), fmt.Appendf(nil, "checkout-api-%d-7c9f6b-x%d", i%8, i)
	}
	namespace := []byte("production")
	counts := signals(0).add(detector.Requests)
	for i := 0; b.Loop(); i++ {
		t.count(&d, t.row(namespace, services[i%64], pods[i%64]), noon+int64(i>>10&3), counts)
	}
}

func BenchmarkWork(b *testing.B) {
	w := newWorker(b)
	batch := &Batch{}
	var bytes int64
	for _, line := range repeat(2600, noon, 0) {
		batch.Records = append(batch.Records, Record{Value: []byte(line)})
		bytes += int64(len(line))
	}
	var d Delta
	b.SetBytes(bytes)
	for b.Loop() {
		w.Work(batch, &d)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.Records)), "ns/record")
}
