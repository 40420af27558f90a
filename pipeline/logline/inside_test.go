package logline

import (
	"strings"
	"testing"
)

// insideLines have JSON in strings of JSON.
var insideLines = []lineTest{
	// an object of context in a string
	{`{"time":"2021-03-04T05:06:07Z","category":"AppServiceHTTPLogs","properties":"{\"CsMethod\":\"GET\",\"CsUriStem\":\"/a\",\"ScStatus\":\"401\",\"ComputerName\":\"rd-1\"}"}`,
		`json 2021-03-04T05:06:07Z 401 GET /a pod=rd-1`},
	{`{"properties": "{\"ScStatus\":401,\"nested\":{\"host\":\"x\"}}", "time":"2021-03-04T05:06:07Z"}`, `json 2021-03-04T05:06:07Z 401`},
	{`{"context":"{\"statusCode\":403,\"service\":\"api\"}","msg":"no"}`, `json 403 service=api "no"`},
	{`{"context":"no object","msg":"yes"}`, `json "yes"`},
	{`{"properties":"{\"ScStatus\":401,\"CsUriStem\":\"/cut\",\"UserAge`, `json 401 /cut`},
	{`{"properties":"{\"ScStatus\":401,","time":"2021-03-04T05:06:07Z"}`, `json 2021-03-04T05:06:07Z 401`},
	{`{"data":"{\"status\":401,\"path\":\"/a\",\"msg\":\"no key\"}","specversion":"1.0"}`, `cloudevents/json 401 /a "no key"`},
	{`{"data":"no key","specversion":"1.0"}`, `cloudevents/ "no key"`},
	// a string that is the line
	{`"{\"time\":\"2021-03-04T05:06:07Z\",\"msg\":\"no key\"}"`, `json/json 2021-03-04T05:06:07Z "no key"`},
	{`"\"{\\\"msg\\\":\\\"no key\\\"}\""`, `json/json/json "no key"`},
	{`"192.0.2.1 - - [04/Mar/2021:05:06:07 +0000] \"GET /a HTTP/1.1\" 401 12"`, `json/access 2021-03-04T05:06:07Z 401 GET /a`},
	{`2021-03-04T05:06:07Z stdout F "{\"msg\":\"no key\"}"`, `cri/json/json 2021-03-04T05:06:07Z "no key"`},
	{`"no key", he said`, ` "\"no key\", he said"`},
	{`"no key`, ` "\"no key"`},
	{`""`, ` "\"\""`},
	// an array of them
	{`["2021-03-04T05:06:07Z ERROR no key"]`, `json/text 2021-03-04T05:06:07Z error "no key"`},
	{`["a"] no key`, ` "[\"a\"] no key"`},
	{`["a", 7]`, ` "[\"a\", 7]"`},
}

func TestInside(t *testing.T) { checkLines(t, insideLines) }

// TestInsideIsReadEachTime reads the same properties over and over: what is always the
// same is not skipped, and what was learned of one line says nothing of another.
func TestInsideIsReadEachTime(t *testing.T) {
	for _, lazy := range []bool{false, true} {
		d, err := New(Options{Lazy: lazy})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			status, want := "401", 401
			if i%100 == 99 {
				status, want = "204", 204
			}
			line := strings.Replace(`{"time":"2021-03-04T05:06:07Z","properties":"{\"ScStatus\":N,\"CsUriStem\":\"/a\"}","level":"info"}`, "N", status, 1)
			e := d.Decode([]byte(line), nil)[0]
			if e.Status != want || string(e.Path) != "/a" || e.Err != "" {
				t.Fatalf("line %d, lazy %t: status %d, path %s, error %q", i, lazy, e.Status, e.Path, e.Err)
			}
		}
	}
}
