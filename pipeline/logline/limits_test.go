package logline

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

func matcher(t testing.TB) *signature.Matcher {
	t.Helper()
	m, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestHugeRecords reads records that are as long or as deep as Kafka lets them be.
func TestHugeRecords(t *testing.T) {
	const size = 10 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	d, _ := New(Options{Matcher: matcher(t)})
	for name, record := range map[string]string{
		"a long message":       `{"status":401,"message":"` + fill("all work and no play ") + `"}`,
		"escapes only":         `{"log":"` + fill(`\"`) + `","stream":"stdout"}`,
		"objects in strings":   fill(`{"log":"{\"log\":\"`),
		"open braces":          fill(`{"a":`),
		"open brackets":        fill(`[`),
		"open objects":         fill(`{"event":`),
		"many keys":            `{` + fill(`"key":1,`) + `"status":401}`,
		"many errors":          `{` + fill(`"error":"kid mismatch",`) + `"status":401}`,
		"one word":             fill("x"),
		"digits":               fill("1"),
		"quotes":               fill(`"`),
		"escape bytes":         fill("\x1b"),
		"line ends":            fill("\n") + "x",
		"a batch":              `{"records":[` + fill(`{"status":401},`) + `{}]}`,
		"batches in a batch":   fill(`{"records":[`),
		"an array of arrays":   fill(`[{"records":[`),
		"zeros":                fill("\x00"),
		"pairs":                fill("a=b "),
		"no UTF-8":             fill("\xff"),
		"protobuf-like":        fill("\x0a\x02\x0a\x00"),
		"braces in text":       "text " + fill(`{"`),
		"attributes":           `{"attributes":[` + fill(`{"key":"a","value":{"stringValue":"b"}},`) + `]}`,
		"open attributes":      `{"attributes":[` + fill(`{"key":`),
		"objects together":     fill(`{"status":401}`),
		"objects on lines":     fill("{\"status\":401}\n"),
		"a batch of anything":  `{"events":[` + fill(`{"a":1},`) + `{}]}`,
		"words in keys":        `{` + fill(`"http_request_a_b_path":"/",`) + `"status":401}`,
		"one long key":         `{"` + fill("http_") + `status":401}`,
		"open requests":        fill(`{"http":{"request":`),
		"a Go map":             "level=info a=map[" + fill("b:c ") + "]",
		"open Go maps":         "level=info a=" + fill("map[b:"),
		"words in a pair":      "level=info msg=" + fill("a "),
		"a uWSGI line":         "[pid: 1|app: 0] " + fill("[Thu Mar  4 05:06:07 2021] "),
		"an access log":        "203.0.113.9 - - " + fill("[04/Mar/2021:05:06:07 +0000] "),
		"quotes in a request":  `203.0.113.9 - - [04/Mar/2021:05:06:07 +0000] "GET /` + fill(`\"`),
		"paths":                fill("GET /a "),
		"syslog data":          "<1>1 2021-03-04T05:06:07Z a b c d " + fill(`[a b="c"]`),
		"open syslog data":     "<1>1 2021-03-04T05:06:07Z a b c d [a " + fill(`b="`),
		"rsyslog's escapes":    "<1>Mar  4 05:06:07 a b: " + fill("#033["),
		"columns":              fill("INFO | "),
		"groups":               fill("[a] "),
		"open groups":          fill("[("),
		"tabs":                 "time:1\t" + fill("a:b\t"),
		"a dictionary":         "2021-03-04 05:06:07 INFO " + fill("'status': 401, "),
		"rockets":              "2021-03-04 05:06:07 INFO " + fill(":status=>401, "),
		"prefixes":             fill("aa | "),
		"stamps":               fill("2021-03-04T05:06:07Z "),
		"CRI":                  fill("2021-03-04T05:06:07.123456789Z stdout F "),
		"dashes":               `[04/Mar/2021:05:06:07 +0000] ` + fill("- ") + `"/a" "b" 401`,
		"byte array":           `{"__REALTIME_TIMESTAMP":"1","MESSAGE":[` + fill("1,") + `1]}`,
		"byte array, unending": `{"__REALTIME_TIMESTAMP":"1","MESSAGE":[` + fill("1"),
	} {
		t.Run(name, func(t *testing.T) {
			got := d.Decode([]byte(record), nil)
			if len(got) == 0 || len(got) > MaxEvents {
				t.Errorf("got %d events", len(got))
			}
		})
	}
}

// TestManyKeys sees that what is learned of layouts stays bounded, and that
// records are read right all along.
func TestManyKeys(t *testing.T) {
	d, _ := New(Options{})
	var line []byte
	for i := range 40000 {
		line = append(line[:0], `{"status`...)
		for j := i; j > 0; j /= 4 { // the same key in ever new spellings
			line = append(line, "_-"[j&1])
			if j&2 != 0 {
				line = append(line, '_')
			}
		}
		line = append(line, `":401}`...)
		if e := d.Decode(line, nil); e[0].Status != 401 {
			t.Fatalf("line %s: status %d", line, e[0].Status)
		}
	}
	if d.layouts.keys > maxKeys+100 {
		t.Errorf("%d keys are remembered", d.layouts.keys)
	}
}

// TestDecodeAllocatesNothing holds for what most streams consist of.
func TestDecodeAllocatesNothing(t *testing.T) {
	d, _ := New(Options{Matcher: matcher(t)})
	var lines [][]byte
	for _, l := range layouts20 {
		lines = append(lines, makeLines([]string{l}, 4)...)
	}
	lines = append(lines, wrapFluentBit(makeLines(layouts20, 40))...)
	lines = append(lines,
		[]byte(`10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a?b HTTP/1.1" 401 12 "-" "curl/8"`),
		[]byte(wrapperTests[3].record), []byte(wrapperTests[5].record), []byte(wrapperTests[8].record),
		[]byte(`level=error ts=2026-03-04T05:06:07Z msg="kid mismatch" kid=abc`),
		[]byte(`2026-03-04T05:06:07.123456789Z stderr F {"level":"error","msg":"no key","status":401}`),
		[]byte(`[2026-03-04T05:06:07.588Z] "GET /x HTTP/1.1" 401 - "-" "-" 0 9 4 3 "-" "curl" "id" "h:80" "10.0.0.1:80"`),
		[]byte(`<13>1 2026-03-04T05:06:07Z host app 1 - - it said no`),
		[]byte(`2026-03-04 05:06:07,123 ERROR [main] c.e.Jwt - Signature verification failed`),
	)
	var entries []Entry
	for range 4 * trials { // by then all layouts are learned
		for _, l := range lines {
			entries = d.Decode(l, entries[:0])
		}
	}
	for _, l := range lines {
		if n := testing.AllocsPerRun(20, func() { entries = d.Decode(l, entries[:0]) }); n != 0 {
			t.Errorf("%v allocations for %s", n, l)
		}
	}
}

// FuzzRecord holds of any record: one event at least, bounded; what is printed is
// JSON; what was read before changes nothing; lazy reading counts what full
// reading counts; no token gets out.
func FuzzRecord(f *testing.F) {
	for _, tt := range wrapperTests {
		f.Add([]byte(tt.record))
	}
	for _, l := range append(makeLines(layouts20, 40), wrapFluentBit(makeLines(layouts20, 5))...) {
		f.Add(l)
	}
	f.Add([]byte(`{"log":"{\"a\":\"\\\\\\\"\",\"status\":\"401\"}","stream":"\ud83d\ude00"}`))
	f.Add([]byte("\x0a\x02\x12\x00"))
	m := matcher(f)
	d, _ := New(Options{Matcher: m})
	lazy, _ := New(Options{Matcher: m, Lazy: true})
	f.Fuzz(func(t *testing.T, record []byte) {
		got := d.Decode(record, nil)
		if len(got) == 0 || len(got) > MaxEvents {
			t.Fatalf("%d events", len(got))
		}
		fresh, _ := New(Options{Matcher: m})
		want, part := fresh.Decode(record, nil), lazy.Decode(record, nil)
		if len(want) != len(got) || len(part) != len(got) {
			t.Fatalf("%d events, %d for a fresh decoder, %d for a lazy one", len(got), len(want), len(part))
		}
		for i := range got {
			text := got[i].AppendJSON(nil, len(got))
			if !json.Valid(text) || !utf8.Valid(text) {
				t.Fatalf("printed %s", text)
			}
			if bytes.Contains(text, []byte("eyJhbGciOiJSUzI1NiJ9.eyJ")) {
				t.Fatalf("a token got out: %s", text)
			}
			if s := show(&want[i]); s != show(&got[i]) {
				t.Fatalf("what was read before matters:\n got %s\nwant %s", show(&got[i]), s)
			}
			if c := counted(&part[i]); c != counted(&got[i]) {
				t.Fatalf("lazy %s\nfull %s", c, counted(&got[i]))
			}
		}
	})
}
