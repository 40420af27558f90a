package pipeline

import (
	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

// Watch observes what a Worker makes of each record. It must change nothing. Its
// arguments are valid until it returns.
type Watch struct {
	// Read is called with the first line of each event. counts says that the event
	// counts, provided that it has a time and was not counted before.
	Read func(e *logline.Entry, r *Record, counts bool)
	// Counted is called with each line that counts: with its series and pod, and what it
	// adds to the previous lines. For a line far ahead of the others it is called before
	// they have decided about its time.
	Counted func(e *logline.Entry, s *detector.Series, pod string, counts *detector.Counts)
}

func (w *Watch) read(e *logline.Entry, r *Record, counts signals) {
	if w.Read != nil {
		w.Read(e, r, counts != 0)
	}
}

func (w *Watch) counted(e *logline.Entry, r *row, counts signals) {
	if w.Counted != nil && counts != 0 {
		var c detector.Counts
		counts.addTo(&c)
		w.Counted(e, &r.series, r.pod, &c)
	}
}
