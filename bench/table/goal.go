package main

// goal is a bound on one measurement, or on two that belong to one run.
type goal struct {
	number int
	what   string
	of     string // benchmark and unit
	with   operation
	other  string // benchmark and unit, the second operand
	least  bool   // the bound is a lower one
	bound  float64
	unit   string
}

type operation int

const (
	none  operation = iota // the value itself
	over                   // its ratio to the other
	minus                  // its difference from the other
)

// goals compare CPU time where the benchmark tells it: the clock on the wall
// counts the neighbours of a shared machine.
var goals = []goal{
	{1, "JSON, one layout, all fields: goccy/go-json over ours", "OneLayout/goccy cpu-ns/op", over, "OneLayout/logline cpu-ns/op", true, 2, "x"},
	{1, "JSON, one layout, all fields: encoding/json over ours", "OneLayout/encodingjson cpu-ns/op", over, "OneLayout/logline cpu-ns/op", true, 12, "x"},
	{1, "JSON, twenty layouts, all fields: goccy/go-json over ours", "TwentyLayouts/goccy cpu-ns/op", over, "TwentyLayouts/logline cpu-ns/op", true, 2, "x"},
	{1, "JSON, twenty layouts, all fields: encoding/json over ours", "TwentyLayouts/encodingjson cpu-ns/op", over, "TwentyLayouts/logline cpu-ns/op", true, 12, "x"},
	{1, "JSON, one layout: allocations", "OneLayout/logline allocs/op", none, "", false, 0, "a line"},
	{1, "JSON, twenty layouts: allocations", "TwentyLayouts/logline allocs/op", none, "", false, 0, "a line"},
	{2, "JSON, lazy: goccy/go-json over ours", "OneLayout/goccy cpu-ns/op", over, "OneLayout/lazy cpu-ns/op", true, 3.5, "x"},
	{2, "JSON, lazy: ours over memcpy", "OneLayout/lazy cpu-ns/op", over, "OneLayout/memcpy cpu-ns/op", false, 2.5, "x"},
	{3, "Fluent Bit: goccy/go-json twice over ours", "FluentBit/goccytwice cpu-ns/op", over, "FluentBit/logline cpu-ns/op", true, 3, "x"},
	{3, "nginx: regexp over ours", "Nginx/regexp cpu-ns/op", over, "Nginx/logline cpu-ns/op", true, 14, "x"},
	{4, "classification, a record on average", "Classification/with cpu-ns/op", minus, "Classification/without cpu-ns/op", false, 6, "ns"},
	{4, "classification, a message: Contains in a loop over ours", "Contains/other ns/op", over, "Match/other ns/op", true, 4, "x"},
	{5, "counting with window, a record", "Tally ns/op", none, "", false, 20, "ns"},
	{6, "from Kafka, uncompressed", "Kafka/none/authspike cpu-s/Mrec", none, "", false, 0.45, "CPU s/M"},
	{6, "from Kafka, lz4", "Kafka/lz4/authspike cpu-s/Mrec", none, "", false, 0.55, "CPU s/M"},
	{6, "from Kafka, zstd", "Kafka/zstd/authspike cpu-s/Mrec", none, "", false, 0.70, "CPU s/M"},
	{6, "from Kafka, uncompressed: the usual program over ours", "Kafka/none/usual cpu-s/Mrec", over, "Kafka/none/authspike cpu-s/Mrec", true, 10, "x"},
	{8, "replay of a file: ours over wc -l", "Replay/authspike cpu-s/Mrec", over, "Replay/wc cpu-s/Mrec", false, 5, "x"},
	{8, "replay of a file: ours over mawk", "Replay/authspike cpu-s/Mrec", over, "Replay/mawk cpu-s/Mrec", false, 0.7, "x"},
	{9, "from Kafka, 1000 series with pods: resident at most", "Kafka/1000series/authspike MiB-resident", none, "", false, 64, "MiB"},
	{9, "from Kafka: allocations", "Kafka/none/authspike allocs/rec", none, "", false, 0.05, "a record"},
	{10, "evaluation of 10000 series each second", "Second %core", none, "", false, 5, "% of a core"},
}
