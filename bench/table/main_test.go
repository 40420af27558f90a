package main

import (
	"strings"
	"testing"
)

const results = `goos: linux
BenchmarkOneLayout/logline-2  	 100	 210 ns/op	 200 cpu-ns/op	 0 B/op	 0 allocs/op
BenchmarkOneLayout/logline-2  	 100	 900 ns/op	 900 cpu-ns/op	 0 B/op	 0 allocs/op
BenchmarkOneLayout/logline-2  	 100	 190 ns/op	 180 cpu-ns/op	 0 B/op	 0 allocs/op
BenchmarkOneLayout/goccy-2  	 100	 510 ns/op	 500 cpu-ns/op	 9 B/op	 1 allocs/op
BenchmarkClassification/with-2 	 100	 1 ns/op	 205 cpu-ns/op
BenchmarkClassification/without 	 100	 1 ns/op	 195 cpu-ns/op
BenchmarkKafka/none/authspike 2000000 0.4000 cpu-s/Mrec 0.0300 allocs/rec
PASS
`

func TestPrint(t *testing.T) {
	m, err := parse(strings.NewReader(results))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := m.print(&out); err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for _, l := range strings.Split(out.String(), "\n") {
		lines[strings.Join(strings.Fields(l), " ")] = true
	}
	for _, want := range []string{
		"1 JSON, one layout, all fields: goccy/go-json over ours >= 2 x 2.5 x",
		"1 JSON, one layout: allocations <= 0 a line 0 a line",
		"4 classification, a record on average <= 6 ns 10 ns missed",
		"6 from Kafka, uncompressed <= 0.45 CPU s/M 0.4 CPU s/M",
		"6 from Kafka, zstd <= 0.7 CPU s/M not measured",
	} {
		if !lines[want] {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := parse(strings.NewReader("BenchmarkX 1 fast ns/op\n")); err == nil {
		t.Error("a value that is no number is taken")
	}
}
