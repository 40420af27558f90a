package logline

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/signature"
)

// explainLines are lines of all kinds.
func explainLines() [][]byte {
	var lines [][]byte
	for _, l := range formatLines() {
		lines = append(lines, []byte(l))
	}
	for _, tt := range wrapperTests {
		lines = append(lines, []byte(tt.record))
	}
	lines = append(lines, makeLines(layouts20, 60)...)
	lines = append(lines, wrapFluentBit(makeLines(layouts20, 20))...)
	rng := rand.New(rand.NewPCG(5, 5))
	for range 400 {
		lines = append(lines, hardLine(rng), hardRequest(rng))
	}
	return append(lines, []byte(""), []byte(`{"a":`), []byte("[["), []byte(`{"records":[]}`), []byte("{\"msg\":\"a\"}\n{\"msg\":\"b\"}"))
}

// TestExplainIsDecode: what is explained is what is decoded, and each value of it
// has a place.
func TestExplainIsDecode(t *testing.T) {
	env := Envelope{Topic: []byte("logs"), Key: []byte("orders"), Headers: headers("k8s.pod.name", "p-9", "team", "x")}
	for name, opts := range map[string]Options{
		"plain":  {Matcher: matcher(t)},
		"mapped": {Matcher: matcher(t), Mapping: hardMapping(t), Host: true},
	} {
		d, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range explainLines() {
			want := d.DecodeIn(&env, line, nil)
			got, err := Explain(opts, &env, line)
			if err != nil {
				t.Fatal(err)
			}
			if got.Events != len(want) || show(&got.Entry) != show(&want[0]) || string(got.Entry.Host) != string(want[0].Host) || got.Entry.ServiceFrom != want[0].ServiceFrom {
				t.Fatalf("%s: line %s\nexplained as %s\ndecoded as   %s", name, line, show(&got.Entry), show(&want[0]))
			}
			for f := range numTraced {
				told := slices.ContainsFunc(got.Fields, func(s FieldStory) bool { return s.Name == traceName(f) && s.From != "" })
				if told != (want[0].shownValue(f) != "") {
					t.Errorf("%s: line %s\n%s is %q, and a place is told: %v", name, line, traceName(f), want[0].shownValue(f), told)
				}
			}
			if len(got.Wrappers) != want[0].NWrappers || got.Format.Name != want[0].Format {
				t.Errorf("%s: line %s\nwrappers %v, format %v", name, line, got.Wrappers, got.Format)
			}
			for _, r := range append(got.Wrappers, got.Format) {
				if r.By == "" {
					t.Errorf("%s: line %s\nnothing says by what %q was recognised", name, line, r.Name)
				}
			}
			decided := slices.ContainsFunc(got.Markers, func(c signature.Considered) bool { return c.Decided && c.Signature.Failure == want[0].Failure })
			if want[0].Failure.IsFailure() && !decided && want[0].Failure.String() != "token_malformed" {
				t.Errorf("%s: line %s\nno marker explains %v", name, line, want[0].Failure)
			}
		}
	}
}

func TestExplainNamesPlaces(t *testing.T) {
	var everything strings.Builder
	for _, tt := range []struct {
		line string
		want []string
	}{
		{`{"log":"{\"level\":\"warn\",\"msg\":\"kid mismatch\",\"kid\":\"k7\",\"time\":\"2026-03-04T05:06:07Z\",\"spare\":1}\n","stream":"stdout","kubernetes":{"pod_name":"api-0","labels":{"app":"api"},"container_name":"main","host":"n1","annotations":{"x":"y"}}}`, []string{
			"fluentbit: its keys log, stream, kubernetes.pod_name, kubernetes.container_name", "json: an object with 4 keys that mean something",
			"time 2026-03-04T05:06:07Z from time (the line inside)", "service api from kubernetes.labels.app (fluentbit) over kubernetes.container_name (fluentbit) = main",
			"pod api-0 from kubernetes.pod_name (fluentbit)", "level warn from level (the line inside)", "message kid mismatch from msg (the line inside)", "kid k7 from kid (the line inside)",
			"unread kubernetes.annotations", "unread spare",
		}},
		{`{"msg":"x","host":"node-1","code":401,"path":"/a","method":"GET"}`, []string{"pod node-1 from host", "status 401 from code", "path /a from path", "message x from msg"}},
		{`10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a HTTP/1.1" 401 12`, []string{"access: a stamp in brackets", "status 401 from its place in the access format", "service logs from the topic", "refused haproxy"}},
		{`<13>1 2026-03-04T05:06:07Z host app 1 - - it said no`, []string{"syslog: a priority", "service app from what syslog puts before a line", "pod host from what syslog puts before a line", "message it said no from"}},
		{`2026-03-04 05:06:07 ERROR refused kid=k-1 unit=a`, []string{"text: a stamp or a level", "level error from its place in the text format", "unread unit"}},
		{`{"msg":"token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl refused: jwt expired"}`, []string{"redacted message", "token_expired: it is the first that holds"}},
	} {
		env := Envelope{Topic: []byte("logs")}
		x, err := Explain(Options{Matcher: matcher(t)}, &env, []byte(tt.line))
		if err != nil {
			t.Fatal(err)
		}
		all := tell(x)
		everything.WriteString(all)
		for _, want := range tt.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s\nmisses %q in\n%s", tt.line, want, all)
			}
		}
	}
	if strings.Contains(everything.String(), "eyJ") {
		t.Error("a token got out")
	}
}

// tell writes an explanation a fact a line.
func tell(x *Explanation) string {
	var b strings.Builder
	for _, r := range append(x.Wrappers, x.Format) {
		b.WriteString(r.Name + ": " + r.By + "\n")
	}
	for _, f := range x.Fields {
		b.WriteString(f.Name + " " + f.Value + " from " + f.From)
		if len(f.Over) > 0 {
			b.WriteString(" over " + strings.Join(f.Over, ", "))
		}
		b.WriteString("\n")
	}
	for _, m := range x.Markers {
		b.WriteString(m.Signature.Failure.String() + ": " + m.Why + "\n")
	}
	for _, list := range []struct {
		name string
		all  []string
	}{{"refused", x.Refused}, {"redacted", x.Redacted}, {"unread", x.Unread}} {
		for _, one := range list.all {
			b.WriteString(list.name + " " + one + "\n")
		}
	}
	return b.String() + x.Text
}

// TestShapes: of each text format it is said by what its lines are told.
func TestShapes(t *testing.T) {
	known := map[string]bool{"otlp": true} // is no text
	for _, f := range textFormats {
		known[f.name] = true
		if formatShapes[f.name] == "" {
			t.Errorf("%s has no line in formatShapes", f.name)
		}
	}
	for name := range formatShapes {
		if !known[name] {
			t.Errorf("%s is no format", name)
		}
	}
}

// FuzzExplain holds of any record: what is explained is what is decoded, and no
// token gets out.
func FuzzExplain(f *testing.F) {
	for _, line := range explainLines()[:200] {
		f.Add(line)
	}
	opts := Options{Matcher: matcher(f)}
	d, err := New(opts)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		want := d.Decode(line, nil)
		got, err := Explain(opts, &noEnvelope, line)
		if err != nil {
			t.Fatal(err)
		}
		if got.Events != len(want) || show(&got.Entry) != show(&want[0]) {
			t.Fatalf("explained as %s\ndecoded as   %s", show(&got.Entry), show(&want[0]))
		}
		if strings.Contains(tell(got), "eyJhbGciOiJSUzI1NiJ9.eyJ") {
			t.Fatalf("a token got out: %s", tell(got))
		}
	})
}
