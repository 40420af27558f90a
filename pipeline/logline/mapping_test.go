package logline

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/authspike/authspike/pipeline/logline/header"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/naming"
)

// mapped returns a mapping of templates by target.
func mapped(t testing.TB, templates map[mapping.Target][]string) *mapping.Templates {
	t.Helper()
	var m mapping.Templates
	for target, texts := range templates {
		for _, text := range texts {
			parsed, err := mapping.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			m[target] = append(m[target], parsed)
		}
	}
	return &m
}

func headers(pairs ...string) (h header.List) {
	for i := 0; i+1 < len(pairs); i += 2 {
		h = header.Append(h, pairs[i], []byte(pairs[i+1]))
	}
	return h
}

func TestMapping(t *testing.T) {
	around := Envelope{Topic: []byte("prod.logs"), Key: []byte("k-17"), Headers: headers("Team", "payments", "x", "")}
	for _, tt := range []struct {
		name, record string
		mapping      map[mapping.Target][]string
		want         string
	}{
		{"a nested key overrides what was recognised", `{"service":"wrong","kubernetes":{"labels":{"team":"api"}},"msg":"hi"}`,
			map[mapping.Target][]string{mapping.Service: {"{kubernetes.labels.team}"}}, `json service=api "hi"`},
		{"a dotted key is a nested one", `{"kubernetes.labels.team":"api","msg":"hi"}`,
			map[mapping.Target][]string{mapping.Service: {"{kubernetes.labels.team}"}}, `json service=api "hi"`},
		{"spelling of keys does not matter", `{"App_Id":"api","msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{appId}"}}, `json service=api "hi"`},
		{"what is not there leaves what was recognised", `{"service":"api","msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{env}-{app.id}"}}, `json service=api "hi"`},
		{"the first whose fields are all there", `{"a":"x","c":"z","msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{a}-{b}", "{c}/{a}", "{a}"}}, `json service=z/x "hi"`},
		{"an object of context in a string", `{"properties":"{\"team\":\"api\",\"x\":{\"y\":\"p-1\"}}","msg":"hi"}`,
			map[mapping.Target][]string{mapping.Service: {"{properties.team}"}, mapping.Pod: {"{properties.x.y}"}}, `json service=api pod=p-1 "hi"`},
		{"context that is a string", `{"properties":"api","msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{properties}"}}, `json service=api "hi"`},
		{"a key of Heroku's that is another's too", `at=2021-03-04T05:06:07Z msg=hi`, map[mapping.Target][]string{mapping.Time: {"{at}"}}, `logfmt 2021-03-04T05:06:07Z "hi"`},
		{"words alone", `{"msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{nope}", "legacy"}}, `json service=legacy "hi"`},
		{"around the record", `{"msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{topic}-{header.team}"}, mapping.Pod: {"{key}"}}, `json service=prod.logs-payments pod=k-17 "hi"`},
		{"an empty header is none", `{"msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{header.x}", "{header.nope}", "no"}}, `json service=no "hi"`},
		{"a dot means the line", `{"key":"of the line","topic":1,"msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{.topic}/{.key}"}}, `json service=1/of the line "hi"`},
		{"in a wrapper", `{"log":"{\"msg\":\"hi\"}","stream":"stdout","kubernetes":{"annotations":{"team":"t1"},"container_name":"c"}}`,
			map[mapping.Target][]string{mapping.Service: {"{kubernetes.annotations.team}"}}, `fluentbit/json service=t1 "hi"`},
		{"inside one", `{"log":"{\"msg\":\"hi\",\"ctx\":{\"unit\":\"u\\u0031\"}}","stream":"stdout"}`,
			map[mapping.Target][]string{mapping.Service: {"{ctx.unit}"}}, `docker/json service=u1 "hi"`},
		{"the outermost first", `{"unit":"outer","log":"{\"msg\":\"hi\",\"unit\":\"inner\"}","stream":"stdout"}`,
			map[mapping.Target][]string{mapping.Service: {"{unit}"}}, `docker/json service=outer "hi"`},
		{"of logfmt", `level=warn unit=billing msg="no key" code.at=7`, map[mapping.Target][]string{mapping.Service: {"{unit}.{code.at}"}}, `logfmt warn service=billing.7 "no key"`},
		{"of pairs in text", `2026-03-04 05:06:07 ERROR refused unit=billing`, map[mapping.Target][]string{mapping.Service: {"{unit}"}},
			`text 2026-03-04T05:06:07Z error service=billing "refused unit=billing"`},
		{"a status, a method and a path of their own names", `{"st":"401","verb2":"post","loc":"https://h/a/b?c=d","msg":"hi"}`,
			map[mapping.Target][]string{mapping.Status: {"{st}"}, mapping.Method: {"{verb2}"}, mapping.Path: {"{loc}"}}, `json 401 POST /a/b "hi"`},
		{"what is no status leaves the next", `{"st":"none","rc":403,"msg":"hi"}`, map[mapping.Target][]string{mapping.Status: {"{st}", "{rc}"}}, `json 403 "hi"`},
		{"a time and a level", `{"time":"2026-03-04T05:06:07Z","seen":{"at":1772600768},"grade":"warning","msg":"hi"}`,
			map[mapping.Target][]string{mapping.Time: {"{seen.at}"}, mapping.Level: {"{grade}"}}, `json 2026-03-04T05:06:08Z warn "hi"`},
		{"a message", `{"msg":"request","dtl":"kid mismatch"}`, map[mapping.Target][]string{mapping.Message: {"{dtl}"}}, `json "kid mismatch"`},
		{"braces", `{"msg":"hi"}`, map[mapping.Target][]string{mapping.Service: {"{{x}}"}}, `json service={x} "hi"`},
		{"a number", `{"msg":"hi","shard":7,"ok":true,"no":null}`, map[mapping.Target][]string{mapping.Service: {"{no}", "s{shard}-{ok}"}}, `json service=s7-true "hi"`},
		{"an object is no value", `{"msg":"hi","shard":{"id":1},"list":["a"]}`, map[mapping.Target][]string{mapping.Service: {"{shard}", "{list}", "{shard.id}"}}, `json service=1 "hi"`},
		{"of a resource of OTLP", `{"resourceLogs":[{"resource":{"attributes":[{"key":"team.name","value":{"stringValue":"pay"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hi"},"attributes":[{"key":"unit","value":{"intValue":"7"}}]}]}]}]}`,
			map[mapping.Target][]string{mapping.Service: {"{resource.team.name}-{unit}"}}, `otlp/json service=pay-7 "hi"`},
	} {
		d, err := New(Options{Mapping: mapped(t, tt.mapping)})
		if err != nil {
			t.Fatal(err)
		}
		d.DecodeIn(&around, []byte(`{"unit":"before","app.id":"before","env":"before","msg":"x"}`), nil)
		got := d.DecodeIn(&around, []byte(tt.record), nil)
		want := tt.want
		if !strings.Contains(want, "service=") { // the fallbacks have tests of their own
			got[0].Service = nil
		}
		if s := summary(&got[0]); s != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, s, want)
		}
	}
}

// TestMappingOfBatches: what the events have in common holds for each, and what one
// of them has for none of the others.
func TestMappingOfBatches(t *testing.T) {
	d, err := New(Options{Mapping: mapped(t, map[mapping.Target][]string{mapping.Service: {"{resource.team}-{unit}", "{unit}", "{resource.team}"}})})
	if err != nil {
		t.Fatal(err)
	}
	check := func(record string, want ...string) {
		t.Helper()
		got := d.Decode([]byte(record), nil)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || string(got[i].Service) != want[i] {
				t.Fatalf("%s: event %d of %d has another service than %q", record, i, len(got), want)
			}
		}
	}
	check(`{"records":[{"unit":"a","statusCode":1},{"statusCode":200},{"unit":"c"}]}`, "a", "", "c")
	check(`{"resourceLogs":[{"resource":{"attributes":[{"key":"team","value":{"stringValue":"t1"}}]},"scopeLogs":[{"logRecords":[{"attributes":[{"key":"unit","value":{"stringValue":"u"}}]},{"body":{"stringValue":"x"}}]}]},`+
		`{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"y"}}]}]}]}`, "t1-u", "t1", "")
	check("{\"unit\":\"a\"}\n{\"msg\":\"b\"}", "a", "")
}

// TestMappingOfProtobuf is the same for OTLP in protobuf.
func TestMappingOfProtobuf(t *testing.T) {
	field := func(num int, b []byte) []byte {
		return append(binary.AppendUvarint([]byte{byte(num<<3 | 2)}, uint64(len(b))), b...)
	}
	attribute := func(num int, key, text string) []byte {
		return field(num, append(field(1, []byte(key)), field(2, field(1, []byte(text)))...))
	}
	logs := func(records ...[]byte) (b []byte) {
		for _, r := range records {
			b = append(b, field(2, r)...)
		}
		return field(2, b)
	}
	record := field(1, append(field(1, attribute(1, "team", "t1")), logs(attribute(6, "unit", "u"), field(5, field(1, []byte("hi"))))...))
	record = append(record, field(1, logs(field(5, field(1, []byte("alone")))))...)
	d, err := New(Options{Mapping: mapped(t, map[mapping.Target][]string{mapping.Service: {"{resource.team}-{unit}", "{resource.team}"}})})
	if err != nil {
		t.Fatal(err)
	}
	var services []string
	for _, e := range d.Decode(record, nil) {
		services = append(services, string(e.Service))
	}
	if got := fmt.Sprintf("%q", services); got != `["t1-u" "t1" ""]` {
		t.Errorf("services %s", got)
	}
}

func TestMappedKidAndMessageClassify(t *testing.T) {
	d, err := New(Options{Matcher: matcher(t), Mapping: mapped(t, map[mapping.Target][]string{mapping.Message: {"{dtl}"}, mapping.Kid: {"{tok.k}"}, mapping.Status: {"{st}"}})})
	if err != nil {
		t.Fatal(err)
	}
	e := d.Decode([]byte(`{"msg":"request refused","st":401,"dtl":"kid mismatch","tok":{"k":"k-2026"}}`), nil)[0]
	if e.Failure.String() != "kid_mismatch" || string(e.Kid) != "k-2026" || e.Status != 401 {
		t.Errorf("got %s", show(&e))
	}
	e = d.Decode([]byte(`{"msg":"kid mismatch","dtl":"see above","tok":{"k":"null"}}`), nil)[0]
	if e.Failure.String() != "kid_mismatch" || e.Kid != nil || string(e.Message) != "see above" {
		t.Errorf("got %s", show(&e))
	}
}

// hardMapping names paths that hardLine makes, and some that it does not.
func hardMapping(t testing.TB) *mapping.Templates {
	return mapped(t, map[mapping.Target][]string{
		mapping.Service: {"{data.a}-{stat}", "{stat}", "{labels.a}{labels.status}", "{fields.data.a}"}, mapping.Pod: {"{http.services}", "{a}"},
		mapping.Namespace: {"{topic}", "{kubernetes.labels.name}", "{é}"}, mapping.Path: {"{paths}"}, mapping.Kid: {"{context.logs}"},
	})
}

// naiveValues returns the first value at each path of a JSON object, its members
// read in order by encoding/json.
func naiveValues(line []byte) (map[string]string, bool) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	found := map[string]string{}
	var object func(path string) bool
	object = func(path string) bool {
		for dec.More() {
			start := dec.InputOffset()
			if _, err := dec.Token(); err != nil {
				return false
			}
			name := line[start:dec.InputOffset()]
			name = name[bytes.IndexByte(name, '"')+1 : len(name)-1]
			at := path + string(lexicon.Fold(nil, name))
			if nextByte(line[dec.InputOffset():]) == '{' {
				if _, err := dec.Token(); err != nil || !object(at+".") {
					return false
				}
				continue
			}
			var raw json.RawMessage
			if dec.Decode(&raw) != nil {
				return false
			}
			text := string(raw)
			if raw[0] == '"' && json.Unmarshal(raw, &text) != nil {
				return false
			}
			if _, twice := found[at]; !twice && raw[0] != '[' && raw[0] != 'n' && text != "" {
				found[at] = text
			}
		}
		_, err := dec.Token()
		return err == nil
	}
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') || !object("") {
		return nil, false
	}
	return found, true
}

var fieldInBraces = regexp.MustCompile(`\{[^}]*\}`)

// naiveTemplate returns what the first template gives whose fields are all there.
func naiveTemplate(templates []mapping.Template, values map[string]string) string {
	for i := range templates {
		whole := true
		text := fieldInBraces.ReplaceAllStringFunc(templates[i].String(), func(name string) string {
			text, ok := values[string(lexicon.Fold(nil, []byte(name[1:len(name)-1])))]
			whole = whole && ok && name != "{topic}"
			return text
		})
		if text = strings.TrimSpace(text); whole && naming.Service([]byte(text)) != nil && text != "" {
			return string(naming.Service([]byte(text)))
		}
	}
	return ""
}

// TestMappingIsPlainLookUp compares mapped values to a plain look-up of the paths.
func TestMappingIsPlainLookUp(t *testing.T) {
	m := hardMapping(t)
	d, err := New(Options{Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := New(Options{})
	rng := rand.New(rand.NewPCG(17, 4))
	mappedSome := 0
	for range 30000 {
		line := hardLine(rng)
		values, ok := naiveValues(line)
		if !ok || !utf8.Valid(line) {
			continue
		}
		got := d.Decode(line, nil)
		if len(got) != 1 || got[0].NWrappers > 0 || d.expanded {
			continue // more than one object was read
		}
		want := naiveTemplate(m[mapping.Service], values)
		if want == "" {
			want = string(plain.Decode(line, nil)[0].Service)
		} else {
			mappedSome++
		}
		if string(got[0].Service) != want {
			t.Fatalf("line %s\n got service %q, want %q", line, got[0].Service, want)
		}
	}
	if mappedSome < 500 {
		t.Errorf("only %d lines had something to map", mappedSome)
	}
}

// TestLazyMappingIsStrict: with a mapping too, lazy reading counts what full
// reading counts, and what was read before changes nothing.
func TestLazyMappingIsStrict(t *testing.T) {
	for name, m := range map[string]*mapping.Templates{
		"names":  hardMapping(t),
		"status": mapped(t, map[mapping.Target][]string{mapping.Status: {"{code}", "{stat}"}, mapping.Time: {"{ts}"}, mapping.Service: {"{header.x}", "{name}"}}),
	} {
		lazy, _ := New(Options{Lazy: true, Mapping: m, Matcher: matcher(t)})
		strict, _ := New(Options{Mapping: m, Matcher: matcher(t)})
		env := Envelope{Topic: []byte("t"), Headers: headers("y", "1")}
		rng := rand.New(rand.NewPCG(18, 8))
		lines := makeLines(layouts20, 500)
		lines = append(lines, wrapFluentBit(makeLines(layouts20, 500))...)
		for range 10000 {
			lines = append(lines, hardLine(rng), hardRequest(rng))
		}
		for _, line := range lines {
			got, want := lazy.DecodeIn(&env, line, nil), strict.DecodeIn(&env, line, nil)
			fresh, _ := New(Options{Mapping: m, Matcher: strict.matcher})
			alone := fresh.DecodeIn(&env, line, nil)
			if len(got) != len(want) || len(alone) != len(want) {
				t.Fatalf("%s, line %s\n got %d entries, want %d", name, line, len(got), len(want))
			}
			for i := range got {
				if counted(&got[i]) != counted(&want[i]) {
					t.Fatalf("%s, line %s\n got %s\nwant %s", name, line, counted(&got[i]), counted(&want[i]))
				}
				if show(&alone[i]) != show(&want[i]) {
					t.Fatalf("%s, line %s\n a fresh decoder %s\nwant %s", name, line, show(&alone[i]), show(&want[i]))
				}
			}
		}
	}
}

func TestMappingAllocatesNothing(t *testing.T) {
	d, err := New(Options{Lazy: true, Mapping: mapped(t, map[mapping.Target][]string{mapping.Service: {"{kubernetes.labels.app}-{header.team}-{kubernetes.host}"}, mapping.Pod: {"{pod}"}})})
	if err != nil {
		t.Fatal(err)
	}
	env := Envelope{Topic: []byte("t"), Headers: headers("team", "a", "traceparent", "00-1-2-00")}
	lines := wrapFluentBit(makeLines(layouts20, 40))
	var entries []Entry
	for range 4 * trials { // by then all layouts are learned
		for _, l := range lines {
			entries = d.DecodeIn(&env, l, entries[:0])
		}
	}
	if got := string(entries[0].Service); got != "api-worker-a-node-17" {
		t.Fatalf("service %q", got)
	}
	for _, l := range lines {
		if n := testing.AllocsPerRun(20, func() { entries = d.DecodeIn(&env, l, entries[:0]) }); n != 0 {
			t.Errorf("%v allocations for %s", n, l)
		}
	}
}

// BenchmarkMapping reads what Fluent Bit ships, without a mapping and with one.
func BenchmarkMapping(b *testing.B) {
	lines := wrapFluentBit(makeLines(layouts20, 4096))
	for _, bench := range []struct {
		name    string
		mapping *mapping.Templates
	}{
		{"none", nil},
		{"wrapper", mapped(b, map[mapping.Target][]string{mapping.Service: {"{kubernetes.labels.app}"}, mapping.Pod: {"{kubernetes.pod_name}"}})},
		{"template", mapped(b, map[mapping.Target][]string{mapping.Service: {"{kubernetes.labels.app}-{kubernetes.host}"}})},
		{"inside", mapped(b, map[mapping.Target][]string{mapping.Service: {"{service}"}})},
	} {
		b.Run(bench.name, func(b *testing.B) { decodeAll(b, lines, Options{Lazy: true, Mapping: bench.mapping}) })
	}
}

// FuzzMapping holds of any record and template: reading never fails, full and lazy
// reading count the same, and printing is JSON.
func FuzzMapping(f *testing.F) {
	for _, l := range append(makeLines(layouts20[:4], 4), wrapFluentBit(makeLines(layouts20, 3))...) {
		f.Add(l, "{kubernetes.labels.app}-{key}", "{status}", []byte(headers("team", "x")))
	}
	f.Add([]byte(`{"a":{"b":"\u0031\\"},"a.b":2}`), "{a.b}{{}}", "4{header.team}", []byte{4, 2, 'a', 1})
	f.Add([]byte(`level=info a.b=2 msg="x y"`), "{a.b}", "401", []byte{})
	m := matcher(f)
	f.Fuzz(func(t *testing.T, record []byte, service, status string, h []byte) {
		var all mapping.Templates
		for target, text := range map[mapping.Target]string{mapping.Service: service, mapping.Status: status} {
			one, err := mapping.Parse(text)
			if err != nil {
				continue
			}
			all[target] = []mapping.Template{one}
		}
		env := Envelope{Topic: []byte("t"), Key: []byte("orders"), Headers: h}
		strict, err := New(Options{Matcher: m, Mapping: &all})
		if err != nil {
			t.Fatal(err)
		}
		lazy, _ := New(Options{Matcher: m, Mapping: &all, Lazy: true})
		want, got := strict.DecodeIn(&env, record, nil), lazy.DecodeIn(&env, record, nil)
		if len(want) != len(got) || len(got) == 0 {
			t.Fatalf("%d events, %d lazily", len(want), len(got))
		}
		for i := range got {
			if counted(&got[i]) != counted(&want[i]) {
				t.Fatalf("lazy %s\nfull %s", counted(&got[i]), counted(&want[i]))
			}
			if text := want[i].AppendJSON(nil, 1); !json.Valid(text) {
				t.Fatalf("printed %s", text)
			}
		}
	})
}
