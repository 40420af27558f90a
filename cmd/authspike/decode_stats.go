package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

// decodeStats sums up what was read: formats met, share unread, what would be
// counted. Its size is bounded by what decoder and catalogue can name.
type decodeStats struct {
	lines, events, requests, untimed int
	formats, statuses                map[string]int
	failures, errors                 map[string]int
}

func newDecodeStats() *decodeStats {
	return &decodeStats{formats: map[string]int{}, statuses: map[string]int{}, failures: map[string]int{}, errors: map[string]int{}}
}

// add takes the events of one line.
func (s *decodeStats) add(entries []logline.Entry) {
	s.lines++
	s.events += len(entries)
	for i := range entries {
		e := &entries[i]
		format := e.Format
		if format == "" {
			format = "(text)"
		}
		s.formats[strings.Join(append(slices.Clone(e.Wrappers[:e.NWrappers]), format), " > ")]++
		if e.TimeFrom == logline.TimeNone {
			s.untimed++
		}
		if e.Status != 0 {
			s.requests++
			s.statuses[strconv.Itoa(e.Status)]++
		}
		if e.Failure != detector.NoSignal {
			s.failures[strings.TrimSpace(e.Failure.String()+" "+e.Verifier)]++
		}
		if e.Err != "" {
			s.errors[e.Err]++
		}
	}
}

// print writes the sums as a table, most frequent first.
func (s *decodeStats) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "lines %d\nevents %d\nwithout time %d\nrequests %d\n", s.lines, s.events, s.untimed, s.requests)
	for _, t := range []struct {
		title string
		rows  map[string]int
	}{{"format", s.formats}, {"status", s.statuses}, {"failure", s.failures}, {"error", s.errors}} {
		names := slices.SortedFunc(maps.Keys(t.rows), func(x, y string) int {
			return cmp.Or(cmp.Compare(t.rows[y], t.rows[x]), cmp.Compare(x, y))
		})
		for _, name := range names {
			fmt.Fprintf(&b, "%s %s: %d (%.1f %%)\n", t.title, name, t.rows[name], 100*float64(t.rows[name])/float64(s.events))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
