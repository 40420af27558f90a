package logline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// naive reads the JSON object line with encoding/json and takes each member by
// its full path, as the fast reader should.
func naive(line []byte) (e Entry, ok bool) {
	d, _ := New(Options{})
	d.limit = 1
	d.out = make([]Entry, 1)
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return Entry{}, false
	}
	d.begin(&d.out[0])
	if !naiveObject(d, dec, line, d.layouts.root, &d.out[0], 0) {
		return Entry{}, false
	}
	d.end(&d.out[0], "json")
	if d.expanded {
		return Entry{}, false // a batch, which is more than one event
	}
	d.finish(&d.out[0])
	return d.out[0], true
}

func naiveObject(d *Decoder, dec *json.Decoder, line []byte, o *object, e *Entry, nest int) bool {
	for dec.More() {
		start := dec.InputOffset()
		if _, err := dec.Token(); err != nil {
			return false
		}
		name := line[start:dec.InputOffset()]
		name = name[bytes.IndexByte(name, '"')+1 : len(name)-1] // as written: an escaped key is no key of ours
		m, child := d.layouts.lookUp(o, name)
		if child != nil && nest < maxNest && nextByte(line[dec.InputOffset():]) == '{' {
			if _, err := dec.Token(); err != nil {
				return false
			}
			d.layer.marks |= m.Mark
			if !naiveObject(d, dec, line, child, e, nest+1) {
				return false
			}
			continue
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return false
		}
		if m.Field == lexicon.None {
			continue
		}
		switch raw[0] {
		case '"':
			var text string
			if json.Unmarshal(raw, &text) != nil {
				return false
			}
			if m.Field == lexicon.Inside && strings.HasPrefix(text, "{") && nest < maxNest {
				inner := json.NewDecoder(strings.NewReader(text))
				inner.UseNumber()
				if _, err := inner.Token(); err != nil || !naiveObject(d, inner, []byte(text), child, e, nest+1) {
					return false
				}
				continue
			}
			d.set(&m, value{[]byte(text), kindString, false}, e)
		case '[':
			d.set(&m, value{raw, kindArray, false}, e)
		case '{':
		default:
			d.set(&m, value{raw, kindScalar, false}, e)
		}
	}
	_, err := dec.Token()
	return err == nil
}

// nextByte returns the first byte of the value behind a key.
func nextByte(b []byte) byte {
	b = bytes.TrimLeft(b, " \t\r\n")
	return bytes.TrimLeft(b[1:], " \t\r\n")[0]
}

// hardLine returns a random JSON object of keys that mean something, near misses
// of them, nesting, white space, escapes and bytes that are no UTF-8.
func hardLine(rng *rand.Rand) []byte {
	var b []byte
	hardObject(&b, rng, 0)
	return b
}

var (
	hardKeys = []string{
		"status", "Status", "status_code", "statusCode", "stat", "statuss", "res", "response", "http", "request", "req", "status_cod", "st\\u0061tus",
		"time", "ts", "timestamp", "@timestamp", "tim", "level", "severity", "lvl", "levels", "msg", "message", "log", "logs", "event", "fields", "context",
		"service", "service_name", "services", "name", "app", "pod", "pod_name", "kubernetes", "namespace", "namespace_name", "host", "hostname",
		"http_request_path", "httpRequestMethod", "finalStatus", "nginx", "upstream_status", "events",
		"path", "uri", "url", "paths", "method", "request_id", "error", "err", "kid", "stream", "labels", "data", "properties", "code", "a", "", "x\\\"y", "k{", "k}", "a b", "é",
	}
	hardTexts = []string{
		"", "a", "200", "401", "info", "ERROR", "2026-03-04T05:06:07Z", "2026-03-04T05:06:07.125+02:00", "1772600767", "/api/orders?x=1", "https://h.example/p/q?r#s",
		"GET /x HTTP/1.1", "GET", "api", "api-7d9f-x2", `q\"uote`, `back\\slash`, `\\\"`, `\\`, `{\"status\":401}`, `{\"code\":1,\"http\":{\"method\":\"GET\"}}`, "{", "}", "[", "]", ":", ",", `\u00e9\u20ac`, `\ud83d\ude00`, `\ud83d`, `\n\t`,
		"kid mismatch", "prod", strings.Repeat("long text ", 9), "\xff\xfe", "日本語", `a\/b`, "true", "null",
	}
	hardScalars = []string{"0", "200", "401", "401.0", "4010", "-1", "1e3", "1772600767", "1772600767123", "1772600767.123", "1.7726E9", "30", "50", "true", "false", "null"}
)

func hardObject(b *[]byte, rng *rand.Rand, nest int) {
	space := func() {
		if rng.IntN(6) == 0 {
			*b = append(*b, " \t\r"[rng.IntN(3)])
		}
	}
	*b = append(*b, '{')
	for i, n := 0, rng.IntN(9); i < n; i++ {
		if i > 0 {
			*b = append(*b, ',')
		}
		space()
		*b = append(append(append(*b, '"'), hardKeys[rng.IntN(len(hardKeys))]...), '"')
		space()
		*b = append(*b, ':')
		space()
		hardValue(b, rng, nest)
		space()
	}
	*b = append(*b, '}')
}

func hardValue(b *[]byte, rng *rand.Rand, nest int) {
	switch k := rng.IntN(10); {
	case k < 5:
		*b = append(append(append(*b, '"'), hardTexts[rng.IntN(len(hardTexts))]...), '"')
	case k < 7 || nest > 4:
		*b = append(*b, hardScalars[rng.IntN(len(hardScalars))]...)
	case k < 9:
		hardObject(b, rng, nest+1)
	default:
		*b = append(*b, '[')
		for i, n := 0, rng.IntN(4); i < n; i++ {
			if i > 0 {
				*b = append(*b, ',')
			}
			hardValue(b, rng, nest+1)
		}
		*b = append(*b, ']')
	}
}

func show(e *Entry) string { return string(e.AppendJSON(nil, 1)) }

// TestJSONIsPlainReading compares the fast reader, with all it has learned from
// the lines before, to encoding/json.
func TestJSONIsPlainReading(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	lines := makeLines(layouts20, 2000)
	for range 15000 {
		lines = append(lines, hardLine(rng))
	}
	read := 0
	for _, line := range lines {
		want, ok := naive(line)
		if !ok {
			continue
		}
		read++
		got := d.Decode(line, nil)
		if len(got) != 1 || show(&got[0]) != show(&want) {
			t.Fatalf("line %s\n got %s\nwant %s", line, show(&got[0]), show(&want))
		}
	}
	if read < len(lines)/2 {
		t.Fatalf("encoding/json read only %d of %d lines", read, len(lines))
	}
}

// TestLazyIsStrict compares what counting needs of lazy and of full readings.
func TestLazyIsStrict(t *testing.T) {
	lazy, _ := New(Options{Lazy: true})
	strict, _ := New(Options{})
	rng := rand.New(rand.NewPCG(8, 8))
	lines := makeLines(layouts20, 2000)
	lines = append(lines, wrapFluentBit(makeLines(layouts20, 2000))...)
	for range 15000 {
		lines = append(lines, hardLine(rng), hardRequest(rng))
	}
	stopped := 0
	for _, line := range lines {
		got, want := lazy.Decode(line, nil), strict.Decode(line, nil)
		if len(got) != len(want) {
			t.Fatalf("line %s\n got %d entries, want %d", line, len(got), len(want))
		}
		for i := range got {
			if counted(&got[i]) != counted(&want[i]) {
				t.Fatalf("line %s\n got %s\nwant %s", line, counted(&got[i]), counted(&want[i]))
			}
		}
		if lazy.missing == 0 {
			stopped++
		}
	}
	if stopped < 2000 {
		t.Fatalf("only %d of %d lines were read in part", stopped, len(lines))
	}
}

// hardRequest returns a request line whose needed members stand anywhere in it,
// among and below others.
func hardRequest(rng *rand.Rand) []byte {
	members := []string{
		`"status":` + []string{"200", `"204"`, "401", "999", `"ok"`}[rng.IntN(5)], `"time":"2026-03-04T05:06:07Z"`, `"service":"api"`, `"pod":"p-1"`,
		`"namespace":"prod"`, `"path":"/x"`, `"@timestamp":"2026-03-04T05:06:08Z"`, `"message":"{\"status\":500,\"time\":\"2026-03-04T05:06:09Z\",\"service\":\"inner\"}"`,
		`"kubernetes":{"pod_name":"k-1","namespace":{"name":"kns"}}`, `"event":{"time":"2026-03-04T05:06:10Z","path":"/event","status":404,"service":"ev"}`,
		`"properties":"{\"status\":403,\"path\":\"/p\",\"service\":\"in\",\"namespace\":\"n\"}"`, `"context":"{\"statusCode\":200}"`,
		`"ddtags":"pod_name:dd-1,kube_namespace:ddns,service:dd"`, `"CONTAINER_NAME":"k8s_c_kp-1_kn_u_0"`, `"SYSLOG_IDENTIFIER":"tag"`,
		`"fields":{"service":"f","status":202,"ts":"2026-03-04T05:06:11Z"}`, `"requestReceivedTimestamp":"2026-03-04T05:06:12Z"`, `"uri":"/u"`, `"name":"n"`,
		`"records":[{"status":200},{"status":401}]`, `"msg":"done"`, `"url":{"path":"/deep"}`, `"k8s.namespace.name":"dotted"`, `"service.name":"dotted"`, `"host":"h1"`,
		`"method":"GET"`, `"http":{"method":"PUT","path":"/http"}`, `"event":{"method":"POST"}`, `"verb":"get"`,
	}
	rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return []byte("{" + strings.Join(members[:4+rng.IntN(len(members)-4)], ",") + "}")
}

func counted(e *Entry) string {
	return fmt.Sprintf("%d %d %s/%s/%s %s %s %d %s %v %s", e.Time, e.TimeFrom, e.Namespace, e.Service, e.Pod, e.Method, e.Path, e.Status, e.Format, e.Failure, e.Kid)
}

func TestHoldsNamespace(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 100000 {
		var b []byte
		for range rng.IntN(12) {
			b = append(b, []string{"amespace", "namespace", "a", "ames", "espa", "ce", "mespac", "x", "s", "amespac"}[rng.IntN(10)]...)
		}
		if holdsNamespace(b) != bytes.Contains(b, lexicon.NamespaceWord) {
			t.Fatalf("%q", b)
		}
	}
}
