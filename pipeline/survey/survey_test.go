package survey

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// noon is when the lines of these tests begin: 2026-03-04T12:00:00Z.
const noon = 1772625600

func newPart(t *testing.T, name, topic string) *Part {
	t.Helper()
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPart(name, pipeline.WorkerOptions{Topic: topic, Logline: logline.Options{Matcher: matcher}, Count: pipeline.HealthChecks()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func batch(lines ...string) *pipeline.Batch {
	b := &pipeline.Batch{AsOf: (noon + 930) * 1000}
	for _, l := range lines {
		b.Records = append(b.Records, pipeline.Record{Time: noon * 1000, Value: []byte(l)})
	}
	return b
}

// request is a line of a request, n seconds after noon.
func request(n int, service, method, path string, status int) string {
	return fmt.Sprintf(`{"time":%d,"namespace":"prod","service":%q,"pod":"%s-%d","method":%q,"path":%q,"status":%d}`, noon+n, service, service, n%3, method, path, status)
}

// traffic is a little of everything.
func traffic() (first, second []string) {
	for i := range 900 {
		first = append(first, request(i, "api", "GET", "/api/orders", 200))
		if i%10 == 0 {
			first = append(first, request(i, "api", "GET", fmt.Sprintf("/api/orders/%d?x=1", 10_000+i), 401))
		}
		if i%30 == 0 {
			first = append(first, request(i, "shop", "POST", "/cart/jane.doe@example.com/items", 401), request(i, "shop", "GET", "/healthz", 200),
				fmt.Sprintf(`{"time":%d,"service":"api","level":"error","msg":"JWTVerifyFail: no applicable key found in the JSON Web Key Set"}`, noon+i))
		}
	}
	second = append(second, "jwt expired", "words", "", `{"msg":"cut o`, `{"path":"/a","status":200}`,
		`10.1.2.3 - - [04/Mar/2026:12:14:00 +0000] "GET /t/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl HTTP/1.1" 401 12`)
	// what is no event of its own: a trace, a line that was cut, and what another line of the request has told of
	second = append(second, "2026-03-04 12:14:01.000 ERROR [edge] TokenFilter - refused", "com.nimbusds.jose.proc.BadJOSEException: Signed JWT rejected: Another algorithm expected, or no matching key(s) found",
		"\tat com.example.edge.TokenFilter.check(TokenFilter.java:71)", `2026-03-04T12:14:02Z stdout P {"service":"edge","msg":"jwt ex`, `2026-03-04T12:14:02Z stdout F pired"}`,
		`{"time":"2026-03-04T12:14:03Z","service":"edge","msg":"jwt expired","request_id":"d-7"}`,
		`{"time":"2026-03-04T12:14:03Z","service":"edge","path":"/a","status":403,"error":"jwt expired","request_id":"d-7"}`)
	return first, second
}

func TestPrint(t *testing.T) {
	first, second := traffic()
	a, b, c := newPart(t, "logs/0", ""), newPart(t, "logs/1", "edge"), newPart(t, "logs/2", "")
	a.Add(batch(first[:500]...))
	a.Add(batch(first[500:]...))
	b.Add(batch(second...))
	c.Add(&pipeline.Batch{Lost: 3})
	var out bytes.Buffer
	if err := Print(&out, "the last 15m0s of logs", []*Part{a, b, c}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"eyJ", "jane", "10007", "10890"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s got out", secret)
		}
	}
	golden := filepath.Join("testdata", "print.txt")
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", out.Bytes(), want)
	}
}

func TestPrintOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := Print(&out, "an empty file", []*Part{newPart(t, "a", "")}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "records   0, 0 bytes; 0 events") || !strings.Contains(out.String(), "nothing: no request and no refused token") {
		t.Errorf("got\n%s", out.String())
	}
}

// TestCountsAreThoseOfAWorker: what is said to be counted is what a worker counts.
func TestCountsAreThoseOfAWorker(t *testing.T) {
	p := newPart(t, "a", "logs")
	first, second := traffic()
	b := batch(append(first, second...)...)
	b.Next, b.HighWatermark, b.End = int64(len(b.Records)), int64(len(b.Records)), true
	p.Add(b)

	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	w, err := pipeline.NewWorker(pipeline.WorkerOptions{Topic: "logs", Logline: logline.Options{Matcher: matcher, Lazy: true}, Count: pipeline.HealthChecks()})
	if err != nil {
		t.Fatal(err)
	}
	var d pipeline.Delta
	w.Work(b, &d)
	var all detector.Counts
	services := map[string]detector.Counts{}
	for i := range d.Samples {
		s := &d.Samples[i]
		if s.Counts == (detector.Counts{}) {
			continue
		}
		all.Add(&s.Counts)
		name := s.Series.Service
		if s.Series.Namespace != "" {
			name = s.Series.Namespace + "/" + name
		}
		one := services[name]
		one.Add(&s.Counts)
		services[name] = one
	}
	if all != p.sums.counts {
		t.Errorf("counts %v, a worker counts %v", p.sums.counts, all)
	}
	for name, want := range services {
		if got := p.sums.services[name]; got == nil || got.counts != want {
			t.Errorf("%s: %+v, a worker counts %v", name, got, want)
		}
	}
	if len(p.sums.services) != len(services) {
		t.Errorf("%d services, a worker has %d", len(p.sums.services), len(services))
	}
	if p.sums.left != int(d.Drops[pipeline.DropSelected]) || p.sums.events != d.Events+int(d.Drops[pipeline.DropEmpty]) {
		t.Errorf("%d left out of %d events, a worker leaves %d of %d", p.sums.left, p.sums.events, d.Drops[pipeline.DropSelected], d.Events)
	}
}

// TestBounded: whatever the log holds, what is kept is bounded, and nothing is lost
// from the sums.
func TestBounded(t *testing.T) {
	p := newPart(t, "a", "")
	const n = 3 * maxNames
	for i := range n {
		name := ""
		for j := i; j > 0; j /= 26 {
			name += string(rune('a' + j%26))
		}
		p.Add(batch(request(i, "s"+name, "GET", "/do"+strings.Repeat("o", i%2)+"/"+name, 401)))
	}
	s := &p.sums
	if len(s.services) != maxNames+1 || len(s.refused) > maxNames+1 {
		t.Errorf("%d services and %d routes are kept", len(s.services), len(s.refused))
	}
	if total(s.refused) != n {
		t.Errorf("%d of %d refused requests have a route", total(s.refused), n)
	}
	counted := 0
	for _, one := range s.services {
		counted += int(one.counts[detector.Requests])
	}
	if counted != n {
		t.Errorf("%d of %d requests have a service", counted, n)
	}
}
