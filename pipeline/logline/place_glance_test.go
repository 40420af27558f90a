package logline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A logger writes requests in one random layout: its keys, their order, what they are nested
// in and what kind of value each has are always the same.
type logger struct {
	members []written
	space   string
	end     string
}

// written is a member as a logger writes it.
type written struct {
	key   string
	value func(*rand.Rand) string
	odd   int       // one value in so many is of any kind
	in    []written // of an object
}

// requestKeys are keys of requests by what stands behind them.
var requestKeys = []struct {
	keys   []string
	values []func(*rand.Rand) string
}{
	{[]string{"ts", "time", "@timestamp", "timestamp", "StartUTC", "asctime", "created_at", "t", "date"}, []func(*rand.Rand) string{stampZ, stampZ, stampZone, stampSpace, epoch, epochText, picked(`"0.012"`, `"0.3"`)}},
	{[]string{"status", "status_code", "statusCode", "response_code", "Status", "OriginStatus", "http.response.status_code"}, []func(*rand.Rand) string{anyStatus, anyStatus, quotedStatus}},
	{[]string{"method", "http_method", "verb", "RequestMethod", "requestMethod"}, []func(*rand.Rand) string{picked(`"GET"`, `"POST"`, `"PROPFIND"`)}},
	{[]string{"path", "uri", "url", "route", "RequestPath", "request_uri", "requestUrl"}, []func(*rand.Rand) string{anyPath, anyPath, picked(`"https://h.example/p?q=1"`, `"https://h.example/pp"`), picked(`"https://h.example/p?q=1"`, `"/p"`, `"http://h"`), picked(`"GET /a"`, `"/eyJhbGciOiJIUzI1NiJ9.e30.abcdefghijklmnop"`)}},
	{[]string{"request", "http_request"}, []func(*rand.Rand) string{requestLine}},
	{[]string{"level", "severity", "lvl", "log.level"}, []func(*rand.Rand) string{picked(`"info"`, `"warn"`), picked(`30`, `40`), picked(`"I"`, `"W"`), picked(`"INFO"`, `"nothing"`), picked(`"1"`, `"4"`)}},
	{[]string{"service", "service.name", "app", "svc", "name", "logger", "component", "service_name"}, []func(*rand.Rand) string{picked(`"api"`, `"checkout"`), picked(`"api"`, `"TokenError"`), picked(`"reports"`, `"undefined"`, `"/api"`, `"12ms"`, `"k8s_c_p-1_ns_u_0"`)}},
	{[]string{"pod", "pod_name", "hostname", "host", "MachineName", "k8s.pod.name"}, []func(*rand.Rand) string{podName, picked(`"api.example.com"`, `"node7"`), picked(`"localhost"`, `"node7"`), picked(`""`, `"node7"`), picked(`"None"`, `"api-1"`)}},
	{[]string{"namespace", "namespace_name", "ns"}, []func(*rand.Rand) string{picked(`"prod"`, `"dev"`), picked(`"prod"`, `"<none>"`)}},
	{[]string{"msg", "message", "@mt"}, []func(*rand.Rand) string{picked(`"request completed"`, `"done"`), picked(`" done "`, `""`), picked(`"sending request"`), picked(`"password=hunter2000"`, `"a\u001bb"`), picked(`"{\"status\":500}"`, `"x"`)}},
	{[]string{"request_id", "trace_id", "requestId", "id"}, []func(*rand.Rand) string{hexID, picked("17", "18")}},
	{[]string{"error", "err", "kid", "stream", "exception"}, []func(*rand.Rand) string{picked(`""`), picked(`null`, `"no such key"`), picked(`"stderr"`, `"stdout"`)}},
	{[]string{"status", "code", "error_code"}, []func(*rand.Rand) string{anyStatus, picked(`"ok"`, `"401"`, `"active"`)}},
	{[]string{"bytes", "a", "user_agent", "x", "duration_ms", "tags", "amespace", "state", "data"}, []func(*rand.Rand) string{picked("12", "0.7", "true"), picked(`"curl"`, `"a \"b\" c"`), picked(`"x"`, `"{\"status\":401}"`), picked(`["a"]`, `[]`), picked(`{"status":401}`, `{}`)}},
}

var nestIn = []string{"http", "request", "response", "res", "req", "context", "fields", "kubernetes", "labels", "resource", "k8s", "x", "data", "Properties"}

func picked(values ...string) func(*rand.Rand) string {
	return func(rng *rand.Rand) string { return values[rng.IntN(len(values))] }
}

func stampZ(rng *rand.Rand) string {
	return fmt.Sprintf(`"2026-03-04T05:%02d:%02d.%03dZ"`, rng.IntN(20)/19, rng.IntN(60), rng.IntN(1000))
}

func stampZone(rng *rand.Rand) string {
	return fmt.Sprintf(`"2026-03-04T05:06:%02d+02:00"`, rng.IntN(60))
}

func stampSpace(rng *rand.Rand) string {
	return fmt.Sprintf(`"2026-03-04 05:06:%02d,%03d"`, rng.IntN(60), rng.IntN(1000))
}

func epoch(rng *rand.Rand) string {
	return fmt.Sprintf("1772600%03d.%d", rng.IntN(1000), rng.IntN(1000))
}
func epochText(rng *rand.Rand) string { return fmt.Sprintf(`"1772600%03d"`, rng.IntN(1000)) }
func hexID(rng *rand.Rand) string     { return fmt.Sprintf(`"%x"`, rng.Uint64()) }
func podName(rng *rand.Rand) string   { return fmt.Sprintf(`"api-6d4cf56db6-%c"`, 'a'+rng.IntN(20)) }

func anyStatus(rng *rand.Rand) string {
	return []string{"200", "204", "301", "404", "401", "503"}[max(0, rng.IntN(40)-34)]
}

func quotedStatus(rng *rand.Rand) string { return `"` + anyStatus(rng) + `"` }

func anyPath(rng *rand.Rand) string {
	return fmt.Sprintf(`"/api/%x%s"`, rng.IntN(1<<rng.IntN(30)), []string{"", "", "?a=b", "#c", `\/d`}[max(0, rng.IntN(60)-55)])
}

func requestLine(rng *rand.Rand) string {
	return fmt.Sprintf(`"%s %s HTTP/1.1"`, []string{"GET", "POST"}[rng.IntN(2)], strings.Trim(anyPath(rng), `"`))
}

// newLogger returns a logger whose layout seed determines.
func newLogger(seed uint64) *logger {
	rng := rand.New(rand.NewPCG(seed, 5))
	l := &logger{space: strings.Repeat(" ", max(0, rng.IntN(8)-6))}
	l.members = newMembers(rng, 0)
	l.end = []string{"", "", "", "\n", "\n{}", `{"status":401}`}[max(0, rng.IntN(30)-24)]
	return l
}

func newMembers(rng *rand.Rand, nest int) (all []written) {
	// The first four kinds make a request; the last two are rare.
	for _, k := range rng.Perm(len(requestKeys)) {
		set := requestKeys[k]
		switch {
		case k >= len(requestKeys)-3:
			if rng.IntN(8) > 0 {
				continue
			}
		case nest > 0 || k > 3:
			if rng.IntN(5) < 3 {
				continue
			}
		case rng.IntN(12) == 0:
			continue
		}
		w := written{key: set.keys[rng.IntN(len(set.keys))], value: set.values[rng.IntN(len(set.values))], odd: 100 << rng.IntN(6)}
		if rng.IntN(4) > 0 {
			w.value = set.values[0]
		}
		if rng.IntN(4) == 0 {
			w.value, w.odd = picked(w.value(rng)), 4*w.odd
		}
		all = append(all, w)
	}
	if nest < 3 && rng.IntN(2) == 0 {
		o := written{key: nestIn[rng.IntN(len(nestIn))], odd: 1000, in: newMembers(rng, nest+1)}
		all = slices.Insert(all, rng.IntN(len(all)+1), o)
	}
	return all
}

func (l *logger) line(rng *rand.Rand) []byte {
	return append(l.object(nil, l.members, rng), l.end...)
}

func (l *logger) object(b []byte, members []written, rng *rand.Rand) []byte {
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(append(b, ','), l.space...)
		}
		b = append(append(append(append(b, '"'), m.key...), `":`...), l.space...)
		switch {
		case rng.IntN(m.odd) == 0:
			hardValue(&b, rng, 3)
		case m.value == nil:
			b = l.object(b, m.in, rng)
		default:
			b = append(b, m.value(rng)...)
		}
	}
	return append(b, '}')
}

// glances counts the lines that a decoder has read at a glance.
func glances(p *place) (n int) {
	if p.outcome != nil {
		n = int(p.outcome.hits)
	}
	for _, f := range p.children {
		n += glances(f.place)
	}
	return n
}

// TestGlancesChangeNothing compares what a decoder reads at a glance, with and without a
// Joiner, to what one reads that has not met the layout before.
func TestGlancesChangeNothing(t *testing.T) {
	m := matcher(t)
	for name, opts := range map[string]Options{"full": {Matcher: m}, "lazy": {Matcher: m, Lazy: true}} {
		learned, _ := New(opts)
		fresh, _ := New(opts)
		joins, _ := NewJoiner(opts)
		joinsFresh, _ := NewJoiner(opts)
		rng := rand.New(rand.NewPCG(11, 11))
		loggers := make([]*logger, 5)
		seen, rounds := 0, 60000
		for i := range rounds {
			if i%2000 == 0 {
				seen += glances(&learned.layouts.plain)
				for n := range loggers {
					loggers[n] = newLogger(rng.Uint64())
				}
				learned.layouts.init(learned.layouts.table)
				joins.d.layouts.init(joins.d.layouts.table)
			}
			line := loggers[rng.IntN(len(loggers))].line(rng)
			if rng.IntN(60) == 0 {
				line = line[:rng.IntN(len(line))+1]
			}
			if rng.IntN(60) == 0 {
				line[rng.IntN(len(line))] = `"\{}[],: 0a`[rng.IntN(11)]
			}
			fresh.layouts.init(fresh.layouts.table)
			joinsFresh.d.layouts.init(joinsFresh.d.layouts.table)
			compareEntries(t, name, line, learned.Decode(line, nil), fresh.Decode(bytes.Clone(line), nil))
			if rng.IntN(50) == 0 {
				line = []byte("java.lang.IllegalStateException: no such key")
			}
			at := Line{Value: line, Newest: 1772600767}
			copied := Line{Value: bytes.Clone(line), Newest: at.Newest}
			compareEntries(t, name, line, joins.Decode(&at, nil), joinsFresh.Decode(&copied, nil))
		}
		if seen < rounds/4 {
			t.Errorf("%s: only %d of %d lines were read at a glance", name, seen, rounds)
		}
	}
}

// TestGlanceGivesUp reads lines that differ from those before them where it matters what
// stands in a value, or behind the place where reading mostly ends.
func TestGlanceGivesUp(t *testing.T) {
	const request = `"service":"api","pod":"api-SS","method":"GET","path":"/a","status":200`
	for name, tt := range map[string]struct{ usual, odd string }{
		"a service that is an error": {
			`{"ts":"2026-03-04T05:06:SSZ","name":"apiSS","method":"GET","path":"/a","status":200}`,
			`{"ts":"2026-03-04T05:06:07Z","name":"TokenError","method":"GET","path":"/a","status":200}`,
		},
		"a namespace behind the rest": {
			`{"ts":"2026-03-04T05:06:SSZ",` + request + `,"took":5}`,
			`{"ts":"2026-03-04T05:06:07Z",` + request + `,"took":5,"namespace":"prod"}`,
		},
		"another line behind": {
			`{"ts":"2026-03-04T05:06:SSZ","namespace":"prod",` + request + `,"took":5}`,
			`{"ts":"2026-03-04T05:06:07Z","namespace":"prod",` + request + `,"took":5}{"status":401,"path":"/b"}`,
		},
		"a second stamp that repeats the first": {
			`{"@timestamp":"2026-03-04T05:06:SSZ","ts":"2026-03-04T05:07:SSZ","time":"2026-03-04T05:08:SSZ","path":"/a","status":200}`,
			`{"@timestamp":"2026-03-04T05:06:07Z","ts":"2026-03-04T05:06:07Z","time":"2026-03-04T05:08:07Z","path":"/a","status":200}`,
		},
		"two levels, the first of which is none": {
			`{"time":"2026-03-04T05:06:SSZ","level":"http","severity":"LEVEL","path":"/aSS","status":200}`,
			`{"time":"2026-03-04T05:06:07Z","level":"http","severity":"warn","path":"/a1","status":200}`,
		},
		"an object in a string": {
			`{"time":"2026-03-04T05:06:SSZ","state":"SS","path":"/a","status":200}`,
			`{"time":"2026-03-04T05:06:07Z","state":"{\"namespace\":\"prod\"}","path":"/a","status":200}`,
		},
		"a stamp where there was none": {
			`{"request_time":"0.0SS","time":"2026-03-04T05:06:SSZ","path":"/a","status":200}`,
			`{"request_time":"2026-03-04T05:07:08Z","time":"2026-03-04T05:06:07Z","path":"/a","status":200}`,
		},
		"a URL without a path": {
			`{"time":"2026-03-04T05:06:SSZ","url":"https://h.example/aSS?x","status":200}`,
			`{"time":"2026-03-04T05:06:07Z","url":"https://h.example?x","status":200}`,
		},
		"what a server at any URL said": {
			`{"time":"2026-03-04T05:06:SSZ","url":"https://h.example/aSS","status":200,"msg":"done SS"}`,
			`{"time":"2026-03-04T05:06:07Z","url":"https://h.example/a1","status":200,"msg":"calling it"}`,
		},
		"a service that is a container": {
			`{"time":"2026-03-04T05:06:SSZ","service":"apiSS","path":"/a","status":200}`,
			`{"time":"2026-03-04T05:06:07Z","service":"k8s_api_api-7d9f_prod_u_0","path":"/a","status":200}`,
		},
		"a service that is a duration": {
			`{"time":"2026-03-04T05:06:SSZ","service":"apiSS","path":"/a","status":200}`,
			`{"time":"2026-03-04T05:06:07Z","service":"12ms","path":"/a","status":200}`,
		},
		"a service that is not known": {
			`{"time":"2026-03-04T05:06:SSZ","service":"apiSS","path":"/a","status":200,"container_name":"web"}`,
			`{"time":"2026-03-04T05:06:07Z","service":"undefined","path":"/a","status":200,"container_name":"web"}`,
		},
		"a pod that is not known": {
			`{"time":"2026-03-04T05:06:SSZ","pod":"api-SS","path":"/a","status":200,"host":"node7"}`,
			`{"time":"2026-03-04T05:06:07Z","pod":"<none>","path":"/a","status":200,"host":"node7"}`,
		},
		"what another server said": {
			`{"time":"2026-03-04T05:06:SSZ","url":"https://h.example/a","status":200,"msg":"done SS"}`,
			`{"time":"2026-03-04T05:06:07Z","url":"https://h.example/a","status":200,"msg":"calling it"}`,
		},
		"nanoseconds": {
			`{"timestampNanos":5,"time":"2026-03-04T05:06:SS.5Z","path":"/aSS","status":200}`,
			`{"timestampNanos":5,"time":"2026-03-04T05:06:07Z","path":"/a1","status":200}`,
		},
		"a path in the message": {
			`{"time":"2026-03-04T05:06:SSZ","status":200,"msg":"done SS"}`,
			`{"time":"2026-03-04T05:06:07Z","status":200,"msg":"GET /b"}`,
		},
		"a path in another message": {
			`{"time":"2026-03-04T05:06:SSZ","status":200,"msg":"GET /b"}`,
			`{"time":"2026-03-04T05:06:07Z","status":200,"msg":"/c"}`,
		},
	} {
		for _, lazy := range []bool{false, true} {
			learned, _ := New(Options{Lazy: lazy})
			for i := range 200 {
				line := strings.NewReplacer("SS", fmt.Sprintf("%02d", i%60), "LEVEL", []string{"info", "error"}[i%2]).Replace(tt.usual)
				learned.Decode([]byte(line), nil)
			}
			fresh, _ := New(Options{Lazy: lazy})
			compareEntries(t, fmt.Sprintf("%s, lazy %v", name, lazy), []byte(tt.odd), learned.Decode([]byte(tt.odd), nil), fresh.Decode([]byte(tt.odd), nil))
		}
	}
}

// TestGlanceBehindGraphQL reads a request at a glance behind one whose refusal would be
// answered with 200.
func TestGlanceBehindGraphQL(t *testing.T) {
	m := matcher(t)
	learned, _ := New(Options{Matcher: m, Lazy: true})
	line := `{"time":"2026-03-04T05:06:%02dZ","path":"/a","status":200,"msg":"done"}`
	for i := range 200 {
		learned.Decode(fmt.Appendf(nil, line, i%60), nil)
	}
	hits := glances(&learned.layouts.plain)
	learned.Decode([]byte(`{"timestamp":"2026-03-04T05:06:07Z","level":"info","detail":{"http_info":{"status":200,"url":"/v1/graphql","method":"POST"}}}`), nil)
	if !learned.mayRefuse(200) {
		t.Fatal("a status of GraphQL that says nothing")
	}
	learned.Decode(fmt.Appendf(nil, line, 8), nil)
	if glances(&learned.layouts.plain) != hits+1 || learned.mayRefuse(200) {
		t.Error("the line behind it was read as one of GraphQL")
	}
}

// TestGlanceBetweenTraces reads a line of standard error between those of a trace in
// another stream, which it does not end.
func TestGlanceBetweenTraces(t *testing.T) {
	learned, _ := NewJoiner(Options{Lazy: true})
	read := func(j *Joiner, line string) Entry {
		return j.Decode(&Line{Value: []byte(line)}, nil)[0]
	}
	line := `{"stream":"stderr","ts":"2026-03-04T05:06:%02dZ","service":"api","path":"/a","status":200}`
	for i := range 200 {
		read(learned, fmt.Sprintf(line, i%60))
	}
	fresh, _ := NewJoiner(Options{Lazy: true})
	for _, line := range []string{"2026-03-04 05:06:07 ERROR no such key", fmt.Sprintf(line, 7), "\tat a.B.c(B.java:5)"} {
		if got, want := read(learned, line), read(fresh, line); got.Role != want.Role {
			t.Errorf("%s\n got role %d, want %d", line, got.Role, want.Role)
		}
	}
}

func compareEntries(t *testing.T, name string, line []byte, got, want []Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %s\n got %d entries, want %d", name, line, len(got), len(want))
	}
	for n := range got {
		if everything(&got[n]) != everything(&want[n]) {
			t.Fatalf("%s: %s\n got %s\nwant %s", name, line, everything(&got[n]), everything(&want[n]))
		}
	}
}

// TestUsualLayoutsAreGlancedAt finds all lines read at a glance but those of refused
// requests and the first ones.
func TestUsualLayoutsAreGlancedAt(t *testing.T) {
	for _, lazy := range []bool{false, true} {
		for n := range layouts20 {
			d, _ := New(Options{Lazy: lazy})
			lines := makeLines(layouts20[n:n+1], 1000)
			for _, line := range lines {
				d.Decode(line, nil)
			}
			if seen := glances(&d.layouts.plain); seen < len(lines)*9/10 {
				t.Errorf("lazy %v: %d of %d lines: %s", lazy, seen, len(lines), layouts20[n])
			}
		}
	}
}

// FuzzGlance replaces a part of a line whose layout is known well.
func FuzzGlance(f *testing.F) {
	for n := range layouts20 {
		f.Add(uint8(n), uint16(7*n), uint8(n), []byte("x"))
		f.Add(uint8(n), uint16(100), uint8(3), []byte(`","status":401,"x":"`))
	}
	m := matcher(f)
	lines := make([][][]byte, len(layouts20))
	for n := range layouts20 {
		lines[n] = makeLines(layouts20[n:n+1], 200)
	}
	var decoders [2][2]*Decoder
	for i := range decoders {
		decoders[i][0], _ = New(Options{Lazy: i == 1, Matcher: m})
		decoders[i][1], _ = New(Options{Lazy: i == 1, Matcher: m})
	}
	f.Fuzz(func(t *testing.T, layout uint8, at uint16, size uint8, by []byte) {
		known := lines[int(layout)%len(lines)]
		line := known[int(at)%len(known)]
		start := int(at) % len(line)
		record := slices.Concat(line[:start], by, line[min(len(line), start+int(size)):])
		for i := range decoders {
			learned, fresh := decoders[i][0], decoders[i][1]
			learned.layouts.init(learned.layouts.table)
			for _, l := range known {
				learned.Decode(l, nil)
			}
			fresh.layouts.init(fresh.layouts.table)
			compareEntries(t, fmt.Sprint("lazy ", i == 1), record, learned.Decode(record, nil), fresh.Decode(bytes.Clone(record), nil))
		}
	})
}
