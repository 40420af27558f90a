package pipeline

import (
	"fmt"
	"slices"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
)

// counting decides which signals an event counts for.
type counting struct {
	selection    *selection
	unauthorized []int
}

// newCounting returns how a Worker with these options counts.
func newCounting(opts WorkerOptions) (*counting, error) {
	selection, err := opts.Count.compile()
	if err != nil {
		return nil, fmt.Errorf("read counting selectors: %w", err)
	}
	if len(opts.Unauthorized) == 0 {
		opts.Unauthorized = []int{401}
	}
	return &counting{selection: selection, unauthorized: opts.Unauthorized}, nil
}

// of returns the signals that e counts for; left says that e is a request that the
// selectors leave out.
func (c *counting) of(e *logline.Entry) (counts signals, left bool) {
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
