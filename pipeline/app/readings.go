package app

import (
	"fmt"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/source"
)

// unread are the drops of events that could not be read, or not placed in time. An
// event that is left out on purpose, or has nothing to count, is none of them.
var unread = [...]pipeline.Drop{
	pipeline.DropTruncated, pipeline.DropInvalid, pipeline.DropTooDeep, pipeline.DropTooMany, pipeline.DropNoTime, pipeline.DropSkewed,
}

// unreadShare is the share of unread events above which a replay says so, as the
// shipped alert AuthspikeRecordsUndecodable does.
const unreadShare = 0.01

// readings sum up how the events of a replay were read.
type readings struct {
	events  int
	counted bool // something was
	drops   [pipeline.NumDrops]int
}

func (r *readings) add(d *pipeline.Delta) {
	r.events += d.Events
	for i := 0; i < len(d.Samples) && !r.counted; i++ {
		r.counted = d.Samples[i].Counts != (detector.Counts{})
	}
	for i, n := range d.Drops {
		r.drops[i] += int(n)
	}
}

// note says what a person should know who sees no alerts, or fewer than expected:
// what could not be read.
func (r *readings) note(files []*source.File, say func(string)) {
	var lost int
	var reasons []string
	for _, drop := range unread {
		if n := r.drops[drop]; n > 0 {
			lost += n
			reasons = append(reasons, fmt.Sprintf("%d %s", n, drop))
		}
	}
	if float64(lost) > unreadShare*float64(r.events) {
		say(fmt.Sprintf("%d of %d events could not be read (%s); authspike decode --stats says more", lost, r.events, strings.Join(reasons, ", ")))
	}
	if r.events > 0 && !r.counted {
		say(fmt.Sprintf("nothing was counted in %d events; authspike decode --stats says how they were read", r.events))
	}
	var long int64
	for _, f := range files {
		long += f.Long()
	}
	if long > 0 {
		say(fmt.Sprintf("%d lines are longer than %d MiB; the rest of them was not read", long, source.MaxLine>>20))
	}
}
