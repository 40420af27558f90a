package pipeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

func matcher(tb testing.TB) *signature.Matcher {
	tb.Helper()
	m, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// readingWorker returns a worker that knows why tokens are refused.
func readingWorker(tb testing.TB, m *signature.Matcher) *Worker {
	tb.Helper()
	w, err := NewWorker(WorkerOptions{Count: HealthChecks(), Logline: logline.Options{Matcher: m, Lazy: true}})
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// events are what applications print: an event each, of several lines.
var events = []string{
	"%s ERROR [http-1] c.e.JwtFilter - token refused\ncom.example.SigningKeyNotFoundException: unable to find a signing key that matches kid k-2\n\tat com.example.Keys.get(Keys.java:12)\nCaused by: com.example.SigningKeyNotFoundException: unable to find a signing key that matches kid k-2\n\t... 12 more",
	"%s ERROR auth: cannot check the token\nTraceback (most recent call last):\n  File \"/app/auth.py\", line 20, in check\n    key = keys[kid]\njwt.exceptions.PyJWKClientError: Unable to find a signing key that matches: \"k-7\"",
	"%s INFO auth: all is well",
	"%s WARN auth: jwt expired request_id=r%d",
	"TokenExpiredError: jwt expired\n    at verify (/app/verify.js:171:19) {\n  code: 1\n}",
	"fail: Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler[3]\n      IDX10501: Signature validation failed. Unable to match key:\nkid: 'k-11'.\nExceptions caught:\n ''.",
	`{"time":%q,"status":401,"method":"GET","path":"/a","request_id":"r%d","error":"jwt expired"}`,
	`{"time":%q,"status":200,"method":"GET","path":"/a"}`,
	"{\n  \"time\": %q,\n  \"status\": 401,\n  \"path\": \"/a\"\n}",
	"PHP Fatal error:  Uncaught ExpiredException: Expired token in /app/jwt.php:12\nStack trace:\n#0 /app/auth.php(31): check()\n#1 {main}",
	"%s ERROR auth: Authorization: Bearer q7Zp3Wn8Vb5Xc2Lk9Jh4Gf6D refused: jwt expired",
}

// streams is a log of pods whose lines are interleaved, as shippers of all kinds
// wrap them, some of them cut.
func streams(r *rand.Rand, n int) (records []Record) {
	at := int64(noon)
	type pod struct {
		kind  int
		lines []string
	}
	pods := make([]pod, 1+r.IntN(5))
	for i := range pods {
		pods[i].kind = r.IntN(6)
	}
	for len(records) < n {
		i := r.IntN(len(pods))
		p := &pods[i]
		if len(p.lines) == 0 {
			if r.IntN(3) == 0 {
				at += int64(r.IntN(3))
			}
			if r.IntN(200) == 0 {
				at += int64(r.IntN(100)) * int64(r.IntN(10))
			}
			stamp := time.Unix(at-int64(r.IntN(4)), 0).UTC().Format("2006-01-02T15:04:05Z")
			event := events[r.IntN(len(events))]
			switch strings.Count(event, "%") {
			case 1:
				event = fmt.Sprintf(event, stamp)
			case 2:
				event = fmt.Sprintf(event, stamp, r.IntN(40))
			}
			p.lines = strings.Split(event, "\n")
		}
		line := p.lines[0]
		last := true
		if cut := r.IntN(4 * len(line)); cut < len(line) && cut > 0 && p.kind != 0 && p.kind != 4 {
			line, p.lines[0], last = line[:cut], p.lines[0][cut:], r.IntN(30) == 0
		} else {
			p.lines = p.lines[1:]
		}
		stamp := time.Unix(at, 0).UTC().Format(time.RFC3339)
		records = append(records, Record{
			Offset: int64(len(records)), Time: at * 1000 * int64(r.IntN(50)/49), Key: key(i, p.kind), Value: wrapped(p.kind, i, stamp, line, last),
		})
	}
	return records
}

func key(pod, kind int) []byte {
	if kind <= 1 {
		return fmt.Appendf(nil, "k%d", pod)
	}
	return nil
}

// wrapped returns a line, or a part of one, as a shipper of some kind sends it.
func wrapped(kind, pod int, stamp, line string, last bool) []byte {
	tag, end := "F", "\n"
	if !last {
		tag, end = "P", ""
	}
	switch kind {
	case 1:
		return fmt.Appendf(nil, "%s stdout %s %s", stamp, tag, line)
	case 2:
		return fmt.Appendf(nil, `{"log":%q,"stream":"stderr","time":%q,"kubernetes":{"pod_name":"api-%d","namespace_name":"prod"}}`, line+end, stamp, pod)
	case 3:
		return fmt.Appendf(nil, `{"log":%q,"logtag":%q,"stream":"stdout","time":%q,"kubernetes":{"pod_name":"api-%d"}}`, line, tag, stamp, pod)
	case 5:
		return fmt.Appendf(nil, `{"container_name":"api-%d","log":%q,"partial_message":%t,"time":%q}`, pod, line, !last, stamp)
	}
	return []byte(line)
}

// cutInto cuts records into batches of random sizes.
func cutInto(r *rand.Rand, records []Record, most int) (all []*Batch) {
	for at := 0; at < len(records); {
		n := min(r.IntN(most+1), len(records)-at)
		all = append(all, &Batch{
			From: int64(at), Next: int64(at + n), HighWatermark: int64(len(records)), End: at+n == len(records),
			Records: records[at : at+n], Resume: Position{Offset: int64(at + n)},
		})
		at += n
	}
	return all
}

// whole is what deltas add up to, joins too.
type whole struct {
	sum
	joins     [NumJoins]uint32
	fallbacks [NumFallbacks]uint32
	events    int
}

func (s *whole) add(d *Delta) {
	s.sum.add(d)
	for i, n := range d.Joins {
		if n > 1<<20 {
			panic(fmt.Sprintf("%d joins of kind %s in a batch", n, Join(i)))
		}
		s.joins[i] += n
	}
	for i, n := range d.Fallbacks {
		s.fallbacks[i] += n
	}
	s.events += d.Events
}

// TestJoinsDoNotDependOnCuts: what lines that belong together count for does not
// depend on where batches end, nor on restarts between them.
func TestJoinsDoNotDependOnCuts(t *testing.T) {
	m := matcher(t)
	var seen [NumJoins]uint32
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 7))
		records := streams(r, 50+r.IntN(800))
		var d Delta
		var want, got whole
		w := readingWorker(t, m)
		for _, b := range cutInto(r, records, len(records)+1) {
			w.Work(b, &d)
			want.add(&d)
		}
		w = readingWorker(t, m)
		d.Carry = nil
		for _, b := range cutInto(r, records, 1+r.IntN(40)) {
			if len(d.Carry) > 0 && r.IntN(2) == 0 {
				w = readingWorker(t, m)
				if err := w.Restore(d.Carry); err != nil {
					t.Fatal(err)
				}
			}
			w.Work(b, &d)
			got.add(&d)
			if bytes.Contains(d.Carry, []byte("Wn8Vb5Xc")) {
				t.Fatalf("seed %d: a credential is in the state: %q", seed, d.Carry)
			}
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("seed %d:\n whole %d events, %v, %v, %v\n   cut %d events, %v, %v, %v", seed,
				want.events, want.drops, want.joins, want.fallbacks, got.events, got.drops, got.joins, got.fallbacks)
		}
		for i, n := range want.joins {
			seen[i] += n
		}
	}
	for i, n := range seen {
		if n == 0 && Join(i) != Join(logline.JoinTooLong) && Join(i) != Join(logline.JoinEvicted) {
			t.Errorf("no %s in the test", Join(i))
		}
	}
}

// TestEventsCountOnce: each event of a pod counts once, however many lines it has.
func TestEventsCountOnce(t *testing.T) {
	m := matcher(t)
	for kind := range 6 {
		var records []Record
		const n = 200
		for i := range n {
			stamp := time.Unix(noon+int64(i)/10, 0).UTC().Format(time.RFC3339)
			for line := range strings.SplitSeq(fmt.Sprintf(events[0], stamp), "\n") {
				records = append(records, Record{Value: wrapped(kind, 1, stamp, line, true)})
			}
		}
		var d Delta
		var s whole
		w := readingWorker(t, m)
		w.Work(&Batch{Records: records, End: true}, &d)
		s.add(&d)
		if got := s.total(detector.KidMismatch, noon, noon+100); got != n || s.events != n || s.joins[logline.JoinLine] != 4*n {
			t.Errorf("kind %d: %d mismatches, %d events, joins %v, drops %v", kind, got, s.events, s.joins, s.drops)
		}
		for i := range int64(n / 10) {
			if got := s.total(detector.KidMismatch, noon+i, noon+i+1); got != 10 {
				t.Errorf("kind %d: second %d has %d", kind, i, got)
			}
		}
	}
}

// TestOneRequestIsOneRefusal: the lines of a request that an id ties are one
// refusal with a reason; what is not tied stays as it was.
func TestOneRequestIsOneRefusal(t *testing.T) {
	at := func(s int64) string { return time.Unix(noon+s, 0).UTC().Format(time.RFC3339) }
	access := func(s int64, id string) string {
		return fmt.Sprintf(`{"time":%q,"service":"api","status":401,"path":"/a","request_id":%q,"error":"jwt expired"}`, at(s), id)
	}
	verifier := func(s int64, level, id string) string {
		return fmt.Sprintf(`{"time":%q,"service":"api","level":%q,"msg":"token refused: jwt expired","req":{"id":%q}}`, at(s), level, id)
	}
	for _, tt := range []struct {
		name                         string
		lines                        []string
		unauthorized, expired, again int
	}{
		{"access log and verifier", []string{access(0, "r1"), verifier(0, "warn", "r1")}, 1, 1, 1},
		{"verifier and access log", []string{verifier(0, "warn", "r1"), access(1, "r1")}, 1, 1, 1},
		{"said twice", []string{verifier(0, "warn", "r1"), verifier(0, "error", "r1")}, 0, 1, 1},
		{"other requests", []string{access(0, "r1"), verifier(0, "warn", "r2"), verifier(0, "warn", "r3")}, 1, 3, 0},
		{"without an id", []string{access(0, ""), verifier(0, "warn", "")}, 1, 2, 0},
		{"a minute later", []string{access(0, "r1"), verifier(60, "warn", "r1")}, 1, 2, 0},
		{"another service", []string{access(0, "r1"), strings.Replace(verifier(0, "warn", "r1"), `"api"`, `"auth"`, 1)}, 1, 2, 0},
		{"another reason", []string{access(0, "r1"), strings.Replace(verifier(0, "warn", "r1"), "jwt expired", "kid mismatch", 1)}, 1, 1, 0},
		{"the id of a trace", []string{
			strings.Replace(access(0, "t1"), "request_id", "trace_id", 1), strings.Replace(access(0, "t1"), "request_id", "trace_id", 1),
		}, 2, 2, 0},
		{"an id that is always the same", []string{
			verifier(0, "warn", "x"), verifier(0, "warn", "x"), verifier(0, "warn", "x"), verifier(0, "warn", "x"), verifier(0, "warn", "x"), verifier(0, "warn", "x"),
		}, 0, 2, 4},
		{"a line that goes on", []string{
			access(0, "r1"), at(0) + " ERROR auth: token refused request_id=r1 service=api", "com.example.TokenExpiredError: jwt expired", "\tat com.example.Keys.get(Keys.java:12)",
		}, 1, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := readingWorker(t, matcher(t))
			var s whole
			var d Delta
			b := &Batch{End: true}
			for _, line := range tt.lines {
				b.Records = append(b.Records, Record{Value: []byte(line)})
			}
			w.Work(b, &d)
			s.add(&d)
			if u, e, again := s.total(detector.Unauthorized, noon, noon+100), s.total(detector.TokenExpired, noon, noon+100), int(s.joins[JoinRepeated]); u != tt.unauthorized || e != tt.expired || again != tt.again {
				t.Errorf("%d unauthorized, %d expired, %d repeated; want %d, %d, %d", u, e, again, tt.unauthorized, tt.expired, tt.again)
			}
		})
	}
}

// TestRequestsAreForgotten: what is remembered of requests is bounded.
func TestRequestsAreForgotten(t *testing.T) {
	q := requests{at: map[uint64]int{}}
	for i := range uint64(3 * maxRequests) {
		if q.had(i+1, noon) {
			t.Fatalf("request %d was there before", i)
		}
	}
	if len(q.ring) != maxRequests || len(q.at) != maxRequests {
		t.Errorf("%d, %d remembered", len(q.ring), len(q.at))
	}
	if q.had(1, noon) || !q.had(3*maxRequests, noon) {
		t.Error("the oldest was not forgotten, or the newest was")
	}
}

// TestOldCarry: the state of a worker that did not join lines is taken.
func TestOldCarry(t *testing.T) {
	w := newWorker(t)
	var d Delta
	w.Work(&Batch{Records: []Record{{Value: []byte(request(noon, "api", 401))}}}, &d)
	old := []byte{workerClock}
	old = append(old, d.Carry[1:len(d.Carry)-len(w.appendJoins(nil))]...)
	fresh := newWorker(t)
	if err := fresh.Restore(old); err != nil {
		t.Fatal(err)
	}
	fresh.Work(&Batch{End: true}, &d)
	if len(d.Samples) != 1 || d.Samples[0].Counts[detector.Unauthorized] != 1 {
		t.Errorf("%+v", d.Samples)
	}
}

// BenchmarkWorkJoins reads streams in which hardly a line is an event of its own.
func BenchmarkWorkJoins(b *testing.B) {
	w := readingWorker(b, matcher(b))
	batch := &Batch{Records: streams(rand.New(rand.NewPCG(1, 1)), 2600)}
	var d Delta
	w.Work(batch, &d)
	b.ReportAllocs()
	for b.Loop() {
		w.Work(batch, &d)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.Records)), "ns/record")
}
