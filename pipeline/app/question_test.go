package app

import (
	"reflect"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

func TestParseQuestion(t *testing.T) {
	prod := detector.Series{Namespace: "prod", Service: "api"}
	for text, want := range map[string]Question{
		"prod/api":                      {Series: prod},
		"-/api":                         {Series: detector.Series{Service: "api"}},
		"api":                           {Series: detector.Series{Service: "api"}},
		"prod/search/v2@1772625600":     {Series: detector.Series{Namespace: "prod", Service: "search/v2"}, Spans: []Span{{From: 1772625600, To: 1772625600}}},
		"prod/a@b@2026-03-04T12:00:00Z": {Series: detector.Series{Namespace: "prod", Service: "a@b"}, Spans: []Span{{From: 1772625600, To: 1772625600}}},
		"prod/api@11:42,2026-03-04T13:00:00+01:00": {Series: prod, Spans: []Span{
			{From: 42120, To: 42120, Daily: true}, {From: 1772625600, To: 1772625600},
		}},
		"prod/api@2026-03-04T12:00..2026-03-04T12:00:05": {Series: prod, Spans: []Span{{From: 1772625600, To: 1772625605, Range: true}}},
		"prod/api@11:42..11:43:30":                       {Series: prod, Spans: []Span{{From: 42120, To: 42210, Range: true, Daily: true}}},
	} {
		got, err := ParseQuestion(text)
		want.text = text
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "prod/", "prod/api@", "prod/api@x", "prod/api@11:42..", "prod/api@11:43..11:42", "prod/api@11:42..1772625600", "prod/api@-5", "prod/api@11:42,,11:43"} {
		if _, err := ParseQuestion(text); err == nil || !strings.Contains(err.Error(), "NAMESPACE/SERVICE") {
			t.Errorf("%q is understood, or it is not said what would be: %v", text, err)
		}
	}
}

// TestDailyQuestion: a time of the day is asked for on each day with samples, a
// range for the seconds with samples.
func TestDailyQuestion(t *testing.T) {
	q, err := ParseQuestion("api@00:00:10,00:00:20..00:00:21")
	if err != nil {
		t.Fatal(err)
	}
	var p pending
	for _, second := range []int64{day, day + 20, day + 22, day + 21, day + 21, 3*day + 5} {
		for _, asked := range q.asks(second, nil) {
			p.add(asked)
		}
	}
	if want := []int64{day + 10, day + 20, day + 21, 3*day + 10}; !reflect.DeepEqual(p.seconds, want) {
		t.Errorf("asked for %v, want %v", p.seconds, want)
	}
	p.drop()
	p.drop()
	p.add(day + 15)
	if len(p.seconds) != 2 {
		t.Errorf("a second before one that was answered comes again: %v", p.seconds)
	}
}
