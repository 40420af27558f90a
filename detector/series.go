package detector

// series is everything that is known about one series.
type series struct {
	key    Series
	totals [NumSignals]uint64
	late   uint64 // samples that came when their second had been judged

	open []bucket // not judged yet, oldest first
	hold int64    // with entries that fill a gap: the frontier at which they are judged; 0 without
	due  int64    // the frontier at which the next step is needed

	now         int64 // the newest judged second
	previous    int64 // the judged second before it
	first       int64 // the first one
	known       int64 // where nothing before first is unknown: the second from which on the absence of entries is known
	hasRequests bool  // a judged second had requests: rules count shares

	counts [NumSignals]*history // of judged seconds; nil while nothing was counted
	tracks []*track             // by rule and signal as in Detector.plan; nil while nothing was counted
	alerts []*active            // by rule; nil while not firing
	pods   []pod                // by name
}

// add counts a sample, with cells from free. It reports whether the sample arrived in
// time.
func (s *series) add(sample *Sample, frontier, lateness int64, free *stock) bool {
	for i, n := range sample.Counts {
		s.totals[i] += uint64(n)
	}
	closed := frontier - lateness
	if sample.Second <= s.now || sample.Second < closed-gapWait || sample.Second > maxSecond {
		s.late++
		return false
	}
	if sample.Second < closed && s.hold == 0 {
		s.hold = frontier + lateness
	}
	s.bucket(sample.Second).add(sample.Pod, &sample.Counts, free)
	return true
}

// maxSecond is the latest plausible time: the year 19403.
const maxSecond = maxTime / 2

// gapWait is how far behind the frontier, in seconds, entries that fill a gap after
// the last entry of a series may be.
const gapWait = 3600

// advance moves the histories to a second and adds what was counted in it.
func (s *series) advance(second int64, counts *Counts) {
	if counts[Requests] > 0 {
		s.hasRequests = true
	}
	for i := range counts {
		switch {
		case s.counts[i] != nil:
			s.counts[i].step(s.now, second, counts[i])
		case counts[i] > 0:
			s.counts[i] = new(history)
			s.counts[i].step(s.now, second, counts[i])
		}
	}
	s.previous, s.now = s.now, second
}

// count returns how often a signal was counted in the window of the given length
// that ends with second now, which is s.now or later.
func (s *series) count(signal Signal, now, length int64) float64 {
	h := s.counts[signal]
	if h == nil {
		return 0
	}
	return float64(h.total(s.now) - h.before(start(now, length), length, s.now))
}

// exposure returns the requests in a window, or its seconds if the series has no
// requests.
func (s *series) exposure(now, length int64) float64 {
	if s.hasRequests {
		return s.count(Requests, now, length)
	}
	return float64(now - max(start(now, length), s.known-1))
}

// exposureOf returns the exposure of a whole minute that has been judged.
func (s *series) exposureOf(minute int64) float64 {
	if !s.hasRequests {
		return float64(max(0, min(60, (minute+1)*60-s.known)))
	}
	h := s.counts[Requests]
	return float64(h.through(minute, s.now) - h.through(minute-1, s.now))
}

// requestRate returns the mean requests per second over the last hour and the
// highest of the last minutes, as known when minute m begins.
func (s *series) requestRate(m int64) (mean, highest float64) {
	h := s.counts[Requests]
	if h == nil {
		return 0, 0
	}
	last := m - minGuard
	from := max(last-(minuteRing-minGuard-2), s.first/60-1)
	if last <= from {
		return 0, 0
	}
	mean = float64(h.through(last, s.now)-h.through(from, s.now)) / float64(60*(last-from))
	highest = mean
	for k := last; k > max(from, last-guard); k-- {
		highest = max(highest, float64(h.through(k, s.now)-h.through(k-1, s.now))/60)
	}
	return mean, highest
}

// guardAt returns how many minutes old a minute must be, in minute m, to be learned.
func (s *series) guardAt(m int64) int64 {
	return min(guard, max(minGuard, (m-s.first/60)/3))
}

// blocks fills in the blocks of the window that ends with second now, which is
// s.now or later and within the reach of the histories.
func (s *series) blocks(signal Signal, now, length int64, into *blocks) {
	step := int64(1)
	switch {
	case length < secondRing:
	case length < 10*tenRing:
		step = 10
	default:
		step = 60
	}
	h, n := s.counts[signal], s.counts[Requests]
	from := start(now, length)
	into.n = 0
	for at := from; at < now && into.n < len(into.events); {
		next := min(at-at%step+step-1, now)
		if next == at {
			next = min(at+step, now)
		}
		into.events[into.n] = float32(s.between(h, at, next, length))
		if s.hasRequests {
			into.exposure[into.n] = float32(s.between(n, at, next, length))
		} else {
			into.exposure[into.n] = float32(next - max(at, min(next, s.known-1)))
		}
		into.n++
		at = next
	}
}

// between returns what h counted in the seconds (from, to], both ends of blocks
// of the ring that windows of the given length use, or the newest second.
func (s *series) between(h *history, from, to, length int64) uint32 {
	if h == nil {
		return 0
	}
	return h.before(to, length, s.now) - h.before(from, length, s.now)
}
