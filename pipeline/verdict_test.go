package pipeline

import (
	"reflect"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

func TestJudge(t *testing.T) {
	opts := WorkerOptions{
		Topic: "logs", Logline: logline.Options{Matcher: defaultMatcher(t), Lazy: true},
		Count: Selection{Skip: []Selector{{Service: "db"}, {Path: "/h*", Method: "GET"}}},
	}
	counts := func(signals ...detector.Signal) (c detector.Counts) {
		for _, s := range signals {
			c[s] = 1
		}
		return c
	}
	for line, want := range map[string]Verdict{
		request(noon, "api", 401): {
			Samples: []detector.Sample{{Series: detector.Series{Namespace: "prod", Service: "api"}, Pod: "api-0", Second: noon, Counts: counts(detector.Requests, detector.Unauthorized)}},
			Timed:   true,
		},
		`{"path":"/a","status":200}`: {
			Samples: []detector.Sample{{Series: detector.Series{Service: "logs"}, Counts: counts(detector.Requests)}},
		},
		`{"path":"/healthz","method":"GET","status":200,"time":"2023-11-14T22:13:20Z"}`: {Drops: []Drop{DropSelected}, Timed: true},
		"2023-11-14T22:13:20Z stdout F kid mismatch": {
			Samples: []detector.Sample{{Series: detector.Series{Service: "logs"}, Second: noon, Counts: counts(detector.KidMismatch)}},
			Timed:   true,
		},
		"": {Drops: []Drop{DropEmpty}, Timed: true},
	} {
		got, err := Judge(opts, Record{Value: []byte(line)})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", line, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	s := Selection{Skip: []Selector{{Service: "db"}, {Path: "/h*", Method: "GET"}}, Only: []Selector{{Host: "*.example.com"}}}
	e := logline.Entry{Path: []byte("/healthz"), Method: []byte("GET"), Host: []byte("api.example.com")}
	if got := s.Reason(&e); got != "count.skip[1] matches: path /h*, method GET" {
		t.Error(got)
	}
	e.Method = nil
	if got := s.Reason(&e); got != "" {
		t.Error(got)
	}
	e.Host = nil
	if got := s.Reason(&e); got != "no selector of count.only matches" {
		t.Error(got)
	}
}
