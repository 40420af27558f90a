package pipeline

import (
	"fmt"
	"slices"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

// Counting decides which signals an event counts for.
type Counting struct {
	selection    *selection
	unauthorized []int
}

// NewCounting returns how a Worker with these options counts.
func NewCounting(opts WorkerOptions) (*Counting, error) {
	selection, err := opts.Count.compile()
	if err != nil {
		return nil, fmt.Errorf("read counting selectors: %w", err)
	}
	if len(opts.Unauthorized) == 0 {
		opts.Unauthorized = []int{401}
	}
	return &Counting{selection: selection, unauthorized: opts.Unauthorized}, nil
}

// Of adds the signals of e to counts, and reports whether e is a request that the
// selectors leave out.
func (c *Counting) Of(e *logline.Entry, counts *detector.Counts) (left bool) {
	set, left := c.of(e)
	set.addTo(counts)
	return left
}

// of returns the signals that e counts for.
func (c *Counting) of(e *logline.Entry) (counts signals, left bool) {
	if e.Status != 0 {
		if left = !c.selection.counts(e); !left {
			counts = counts.add(detector.Requests)
			if slices.Contains(c.unauthorized, e.Status) {
				counts = counts.add(detector.Unauthorized)
			}
		}
	}
	if e.Failure.IsFailure() {
		counts = counts.add(e.Failure)
	}
	return counts, left
}
