package pipeline

import "slices"

// A timestamp more than maxAhead seconds ahead of its partition's newest is held
// until most of the next jury timestamps agree with it, which means that they are no
// more than maxAhead behind it. So one line from 2099 closes nothing, and a
// partition that was silent for an hour continues after jury/2+1 lines. The decision
// depends on the data alone, so that a replay holds and drops the same lines; only at
// the end of a live partition, where nothing follows yet, may the wall clock confirm
// a timestamp (vouch).
const (
	maxAhead = 300
	jury     = 64
)

// held is an event whose time is not believed yet.
type held struct {
	second      int64
	since       int64 // Unix milliseconds of this machine at which it was read; 0 for a file, or before a restart
	seen, agree int   // of the stamps behind it
	row         *row
	counts      signals
}

// clock tracks the newest event time of a partition. The first jury timestamps are
// all held, and their median is where the partition's time begins.
type clock struct {
	newest int64 // Unix seconds, NoTime before the beginning
	held   []held
}

// believes reports whether second may be counted at once, and advances the clock.
func (c *clock) believes(second int64) bool {
	if c.newest == NoTime || second > c.newest+maxAhead {
		return false
	}
	c.newest = max(c.newest, second)
	return true
}

// vote lets a timestamp agree or disagree with each event that is held.
func (c *clock) vote(second int64) {
	for i := range c.held {
		h := &c.held[i]
		h.seen++
		if second >= h.second-maxAhead {
			h.agree++
		}
	}
}

// settle passes the events that have become credible to count, in order of arrival,
// and returns how many it dropped as skewed.
func (c *clock) settle(count func(held)) (skewed int) {
	if c.newest == NoTime {
		if len(c.held) < jury {
			return 0
		}
		c.begin()
	}
	c.release(count)
	for {
		i := slices.IndexFunc(c.held, func(h held) bool { return h.agree > jury/2 })
		if i < 0 {
			break
		}
		c.newest = c.held[i].second
		c.release(count)
	}
	return c.drop(func(h held) bool { return h.seen-h.agree >= jury/2 })
}

// end decides about every held event, because nothing follows: an event is counted
// if most of the timestamps after it agree with it.
func (c *clock) end(count func(held)) (skewed int) {
	if c.newest == NoTime && len(c.held) > 0 {
		c.begin()
	}
	c.release(count)
	for {
		i := slices.IndexFunc(c.held, func(h held) bool { return 2*h.agree > h.seen })
		if i < 0 {
			break
		}
		c.newest = c.held[i].second
		c.release(count)
	}
	return c.drop(func(held) bool { return true })
}

// vouch decides by the wall clock, at the end of a partition: events read before
// the given moment that are not ahead of now are counted. Both are Unix milliseconds.
func (c *clock) vouch(now, before int64, count func(held)) {
	for i := range c.held {
		if h := &c.held[i]; h.since <= before && h.second <= now+maxAhead {
			c.newest = max(c.newest, h.second)
		}
	}
	c.release(count)
}

// begin sets the clock to the median of the held timestamps.
func (c *clock) begin() {
	seconds := make([]int64, len(c.held))
	for i := range c.held {
		seconds[i] = c.held[i].second
	}
	slices.Sort(seconds)
	c.newest = seconds[(len(seconds)-1)/2]
}

// release counts the held events that are no longer too far ahead.
func (c *clock) release(count func(held)) {
	if c.newest == NoTime {
		return
	}
	for again := true; again; {
		again = false
		kept := c.held[:0]
		for _, h := range c.held {
			if h.second > c.newest+maxAhead {
				kept = append(kept, h)
				continue
			}
			if h.second > c.newest {
				c.newest, again = h.second, true
			}
			count(h)
		}
		c.held = kept
	}
}

func (c *clock) drop(lost func(held) bool) int {
	before := len(c.held)
	c.held = slices.DeleteFunc(c.held, lost)
	return before - len(c.held)
}
