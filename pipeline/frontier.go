package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// How the frontier moves. It is the event time that every partition has reached:
// the lowest of the newest event times of the partitions that have more to come. A
// partition that has been read to its end advances by the wall clock: nothing older
// than that moment minus settle minus its usual delay is still to come. A partition
// that has not been heard of for stalledAfter no longer holds the others back; that
// is counted, and its events may be late when it returns.
const (
	settle       = 5 * time.Second
	maxDelay     = 2 * time.Minute // bounds the delay that is believed of a partition
	stalledAfter = 2 * time.Minute
	headLag      = 30 * time.Second // a partition whose newest event is this young is read to its end

	// What a partition is read ahead of the frontier waits in memory to be judged.
	// A partition nearLead seconds ahead lets the others go first, and none is read
	// more than maxLead seconds ahead. maxLead is more than settle, maxDelay and
	// maxAhead together, or a partition whose clock is ahead would wait for ever at
	// the end of the log.
	nearLead = 20
	maxLead  = 600
)

// partition is what the evaluator knows about one partition.
type partition struct {
	name Partition

	// What the checkpoint keeps.
	started bool     // a position is known
	next    int64    // the first offset that is not counted
	resume  Position // where reading goes on
	newest  int64    // newest event time, Unix seconds; NoTime where none is known
	carry   []byte   // the worker's state

	// What is known of this run only.
	open     bool
	ended    bool
	fresh    bool  // the checkpoint did not know it: what lies before warmEnd is the warm start
	warmEnd  int64 // the end when the first batch came
	high     int64
	atEnd    bool  // the last batch reached the end
	caughtUp bool  // some batch did, or its newest event is as young as at the end
	caughtAt int64 // Unix milliseconds of the batch that was the first to
	young    bool  // the newest event is
	heardAt  int64 // Unix milliseconds at which the last batch came, or reading began
	endAt    int64 // Unix milliseconds at which it was last known to be read to its end, 0 before
	endSince int64 // since when it always was
	delay    int64 // seconds by which events usually come late at the end
	leads    bool  // read so far ahead of the frontier that its source waits
}

// hear updates the partition's progress from d.
func (p *partition) hear(d *Delta) {
	p.high, p.ended = d.HighWatermark, d.End
	p.heardAt = d.AsOf
	wasAtEnd := p.atEnd
	p.atEnd = d.Next >= d.HighWatermark
	p.young = d.AsOf != 0 && d.Newest != NoTime && d.AsOf/1000-d.Newest <= int64(headLag/time.Second)
	if !p.caughtUp && (p.atEnd || p.young) {
		p.caughtUp, p.caughtAt = true, d.AsOf
	}
	if !p.atEnd {
		return
	}
	if !wasAtEnd {
		p.endSince = d.AsOf
	} else if d.Oldest != NoTime {
		late := min(d.AsOf/1000-d.Oldest, int64(maxDelay/time.Second))
		p.delay = max(late, p.delay*7/8)
	}
	p.endAt = d.AsOf
}

// reached returns the event time up to which the partition is complete, and whether
// the frontier has to wait for it at all.
func (p *partition) reached(now int64) (int64, bool) {
	switch {
	case !p.open || p.ended:
		return 0, false
	case p.stalled(now):
		return 0, false
	case p.endAt != 0 && p.endAt-p.endSince >= settle.Milliseconds():
		return max(p.newest, (p.endAt-settle.Milliseconds())/1000-p.delay), true
	default:
		return p.newest, true
	}
}

// current reports whether the frontier that the partition allows is the present, not
// the past: it has been read to its end, and if nothing new arrives, the wall clock
// has taken over.
func (p *partition) current(now int64) bool {
	return p.ended || p.stalled(now) || p.caughtUp && (p.young || p.heardAt-p.caughtAt >= settle.Milliseconds())
}

// stalled reports whether the partition has not been heard of for too long.
func (p *partition) stalled(now int64) bool {
	return p.open && !p.ended && !p.leads && p.heardAt != 0 && now-p.heardAt > stalledAfter.Milliseconds()
}

// sorted returns the partitions in the order of topic and number.
func sorted(all map[Partition]*partition) []*partition {
	return slices.SortedFunc(maps.Values(all), func(a, b *partition) int {
		return cmp.Or(cmp.Compare(a.name.Topic, b.name.Topic), cmp.Compare(a.name.ID, b.name.ID))
	})
}
