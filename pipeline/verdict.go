package pipeline

import (
	"fmt"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

// Verdict is what a record would be counted as by itself.
type Verdict struct {
	Samples []detector.Sample // by series, pod and second; none where nothing counts
	Drops   []Drop            // why events are not counted, or not wholly
	Timed   bool              // false where the time of some is that of the Kafka record, or of what stands before: those are of second 0
}

// Judge returns what run would count for a record by itself. In context, the records
// around it may still reject its time as skewed, or give it one.
func Judge(opts WorkerOptions, r Record) (Verdict, error) {
	w, err := NewWorker(opts)
	if err != nil {
		return Verdict{}, err
	}
	var d Delta
	work := func() {
		w.Work(&Batch{Records: []Record{r}, Next: 1, HighWatermark: 1, End: true}, &d)
	}
	v := Verdict{Timed: true}
	if work(); d.Drops[DropNoTime] > 0 {
		r.Time = 1 // any time will do: it is not shown
		work()
		v.Timed = false
	}
	for _, s := range d.Samples {
		if s.Counts != (detector.Counts{}) { // what does not count may be waited for too
			v.Samples = append(v.Samples, s)
		}
	}
	for i, n := range d.Drops {
		if n > 0 {
			v.Drops = append(v.Drops, Drop(i))
		}
	}
	return v, nil
}

// Reason returns the selector that leaves a request out, "" if none does.
func (s *Selection) Reason(e *logline.Entry) string {
	for i := range s.Skip {
		if m, err := s.Skip[i].compile(); err == nil && m.match(e) {
			return fmt.Sprintf("count.skip[%d] matches: %s", i, s.Skip[i])
		}
	}
	for i := range s.Only {
		if m, err := s.Only[i].compile(); err == nil && m.match(e) {
			return ""
		}
	}
	if len(s.Only) > 0 {
		return "no selector of count.only matches"
	}
	return ""
}

// String returns the non-empty patterns of the selector.
func (s Selector) String() string {
	var all []string
	for _, p := range []struct{ name, pattern string }{
		{"namespace", s.Namespace}, {"service", s.Service}, {"path", s.Path}, {"method", s.Method}, {"host", s.Host}, {"format", s.Format},
	} {
		if p.pattern != "" {
			all = append(all, p.name+" "+p.pattern)
		}
	}
	return strings.Join(all, ", ")
}
