package pipeline

import (
	"slices"
	"testing"

	"github.com/authspike/authspike/detector"
)

func repeat(n int, from int64, step int64) (lines []string) {
	for i := range int64(n) {
		lines = append(lines, request(from+i*step, "api", 200))
	}
	return lines
}

func TestClock(t *testing.T) {
	const future = 4_070_908_800
	tests := []struct {
		name    string
		lines   []string
		newest  int64
		counted int
		skewed  uint32
	}{
		{"one line", repeat(1, noon, 1), noon, 1, 0},
		{"a line from 2099 among others", slices.Concat(repeat(100, noon, 1), repeat(1, future, 1), repeat(100, noon+100, 1)), noon + 199, 200, 1},
		{"a line from 2099 first", slices.Concat(repeat(1, future, 1), repeat(100, noon, 1)), noon + 99, 100, 1},
		{"a line from 2099 last", slices.Concat(repeat(100, noon, 1), repeat(1, future, 1)), noon + 99, 100, 1},
		{"a line from 1970 first", slices.Concat(repeat(1, 12, 1), repeat(100, noon, 1)), noon + 99, 101, 0},
		{"a line from 1970 among others", slices.Concat(repeat(100, noon, 1), repeat(1, 12, 1), repeat(9, noon+100, 1)), noon + 108, 110, 0},
		{"a third from 2099", interleave(repeat(100, noon, 1), repeat(50, future, 1)), noon + 99, 100, 50},
		{"a silent hour", slices.Concat(repeat(100, noon, 1), repeat(100, noon+3600, 1)), noon + 3699, 200, 0},
		{"a line every ten minutes", repeat(200, noon, 600), noon + 198*600, 199, 1},
		{"a file of few lines with a gap", slices.Concat(repeat(3, noon, 1), repeat(3, noon+600, 1)), noon + 602, 6, 0},
	}
	for _, test := range tests {
		s := work(t, test.lines)
		if n := s.total(detector.Requests, 0, 1<<40); s.newest != test.newest || n != test.counted || s.drops[DropSkewed] != test.skewed {
			t.Errorf("%s: newest %+d, %d counted, %d skewed; want %+d, %d, %d", test.name,
				s.newest-noon, n, s.drops[DropSkewed], test.newest-noon, test.counted, test.skewed)
		}
	}
}

// interleave puts one of b after every two of a.
func interleave(a, b []string) (all []string) {
	for i, line := range a {
		all = append(all, line)
		if i%2 == 1 && i/2 < len(b) {
			all = append(all, b[i/2])
		}
	}
	return all
}

// TestEndOfPartition: at the end of a partition the wall clock speaks for a line
// after a gap, but not for one from the future, nor in the middle.
func TestEndOfPartition(t *testing.T) {
	w := newWorker(t)
	var d Delta
	batch := func(asOf, behind int64, lines ...string) int {
		b := &Batch{AsOf: asOf * 1000, HighWatermark: behind}
		for _, line := range lines {
			b.Records = append(b.Records, Record{Value: []byte(line)})
		}
		w.Work(b, &d)
		return len(d.Samples)
	}
	steps := []struct {
		name        string
		after       int64
		behind      int64
		lines       []string
		counted     int
		newest      int64
		heldThereby int
	}{
		{"the first lines, in the middle", 0, 1, repeat(2, noon-2, 1), 0, NoTime, 2},
		{"the first lines, at the end", 0, 0, repeat(1, noon, 1), 3, noon, 0},
		{"after a gap, and far ahead", 1000, 0, []string{request(noon+1000, "api", 401), request(noon+100_000, "api", 401)}, 0, noon, 2},
		{"5 s later", 1005, 0, nil, 0, noon, 2},
		{"10 s later, more has come", 1010, 1, nil, 0, noon, 2},
		{"10 s later", 1010, 0, nil, 1, noon + 1000, 1},
		{"another gap: each has its doubt", 2000, 0, repeat(1, noon+2000, 1), 0, noon + 1000, 2},
		{"10 s later again", 2010, 0, nil, 1, noon + 2000, 1},
	}
	for _, s := range steps {
		if n := batch(noon+s.after, s.behind, s.lines...); n != s.counted || d.Newest != s.newest || len(w.clock.held) != s.heldThereby {
			t.Errorf("%s: %d counted, newest %+d, %d held; want %d, %+d, %d", s.name, n, d.Newest-noon, len(w.clock.held), s.counted, s.newest-noon, s.heldThereby)
		}
	}
}
