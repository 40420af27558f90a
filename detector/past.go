package detector

// ExplainAt returns the numbers behind the rules' verdicts on a series at a Unix
// second, by rule and signal as Explain does; Kept says how exact they are. For a
// second newer than the newest judged one they are those of Explain, as long as
// nothing can have arrived since. It returns false for an unknown series.
func (d *Detector) ExplainAt(key Series, second int64) ([]Explanation, bool) {
	s := d.byKey[key]
	if s == nil || s.first < 0 {
		return nil, s != nil
	}
	closed := d.frontier - d.lateness - 1
	var out []Explanation
	for k, t := range s.tracks {
		switch {
		case t == nil:
		case second > closed || second > s.now && len(s.open) > 0 && s.open[0].second <= second:
			e := t.base(second)
			e.Kept, e.Second = NotJudged, min(closed, s.now)
			out = append(out, e)
		case second >= s.now && !t.endedSince(second):
			out = append(out, d.explain(s, t, second, second))
			out = append(out, d.explainPods(s, k)...)
		default:
			out = append(out, t.explainPast(s, second))
			out = append(out, t.explainPastPods(second)...)
		}
	}
	return out, true
}

// Reach returns the oldest second of a series for which the detector still has
// numbers, 0 if it has none.
func (d *Detector) Reach(key Series) int64 {
	s := d.byKey[key]
	if s == nil || s.first < 0 {
		return 0
	}
	return max(s.first, (s.now/60-traceMinutes+1)*60)
}

// endedSince reports whether the alert that fired at a second has ended although
// nothing has been judged since: a silent alert ends as stale.
func (t *track) endedSince(second int64) bool {
	r := t.read()
	return r != nil && !t.firing() && r.whole != nil && r.whole.covers(second)
}

// covers reports whether the second is within the episode.
func (x *episode) covers(second int64) bool {
	return x.verdict.Second <= second && (x.ended == 0 || second < x.ended)
}

// explainPast explains a second before the newest judged one.
func (t *track) explainPast(s *series, second int64) Explanation {
	e := t.base(second)
	e.PerSecond = !s.hasRequests
	r := t.read()
	if x := r.episodeAt(t, second); x != nil {
		v := &x.verdict
		e.Why, e.Fired, e.Since, e.Ended, e.Reason, e.Clear = IsFiring, v, v.Second, x.ended, x.reason, x.clear
		if v.Second == second {
			e.copyVerdict(v)
			e.Kept = Exact
			return e
		}
	} else if n := r.strongest(second, ""); n != nil {
		n.explain(&e)
		return e
	}
	if !t.count(s, second, &e) {
		e.Kept, e.Second = NotKept, second
		if e.Fired != nil {
			e.copyVerdict(e.Fired)
			e.Kept = AtFire
		}
	}
	return e
}

// copyVerdict copies the numbers of v, but not what was asked or what became of it.
func (e *Explanation) copyVerdict(v *Explanation) {
	was := *e
	*e = *v
	e.Asked, e.Why, e.Fired, e.Since, e.Ended, e.Reason, e.Clear = was.Asked, was.Why, was.Fired, was.Since, was.Ended, was.Reason, was.Clear
}

// episodeAt returns the episode in which the track as a whole fired at a second, nil
// if none is known.
func (r *record) episodeAt(t *track, second int64) *episode {
	if r == nil {
		return nil
	}
	if r.whole != nil && r.whole.covers(second) {
		return r.whole
	}
	var begun *note
	for i := range r.notes {
		n := &r.notes[i]
		switch {
		case n.pod != "" || n.what == wasNoticed:
		case n.what == hasFired && n.second <= second:
			begun = n
		case n.what == hasEnded && n.second <= second:
			begun = nil
		case n.what == hasEnded && begun != nil:
			return begun.episode(t, n.second)
		}
	}
	return nil
}

// episode returns the episode that a note of a fire describes.
func (n *note) episode(t *track, end int64) *episode {
	e := t.base(n.second)
	n.explain(&e)
	e.Kept, e.Since = Exact, n.second
	return &episode{verdict: e, ended: end, reason: Recovered}
}

// strongest returns the note about a pod, or about the whole service, in the minute
// of a second, preferring that of the second itself.
func (r *record) strongest(second int64, pod string) *note {
	if r == nil {
		return nil
	}
	var best *note
	for i := range r.notes {
		n := &r.notes[i]
		if n.second/60 != second/60 || n.pod != pod || n.what == hasEnded {
			continue
		}
		if n.what == hasFired && (n.second < second || best != nil) && n.second != second {
			continue // what came before is nearer; where it had fired before, it has ended before
		}
		if best == nil || n.second == second || best.second != second && n.better(best) {
			best = n
		}
	}
	return best
}

// explain fills in the numbers of the note.
func (n *note) explain(e *Explanation) {
	e.Why, e.Kept, e.AtLeast, e.Pod = n.why, Strongest, n.atLeast, n.pod
	if n.second == e.Asked {
		e.Kept = Exact
	}
	e.Second, e.Window = n.second, int64(n.window)
	e.Events, e.Exposure = float64(n.events), float64(n.exposure)
	e.Baseline, e.Limit = float64(n.level), float64(n.limit)
	e.Expected = e.Baseline * e.Exposure
	if n.exposure > 0 {
		e.Observed = e.Events / e.Exposure
	}
	e.Score, e.Threshold, e.Near, e.Spread = float64(n.score), float64(n.threshold), float64(n.near), float64(n.spread)
	if n.what == hasFired {
		e.Since = n.second
	}
}

// wholeMinutes are the windows, in minutes, that can be recounted for a minute of
// the past hour.
var wholeMinutes = [...]int64{1, 2, 5, 10, 20, 30, 60}

// count explains a second by the counts of its minute and of those before. It
// returns false if that is too long ago.
func (t *track) count(s *series, second int64, e *Explanation) bool {
	newest, minute := s.now/60, second/60
	if minute <= newest-traceMinutes || minute < s.first/60 {
		return false
	}
	e.Kept, e.Second = Counted, min(s.now, minute*60+59)
	e.Baseline, e.Limit = t.normalAt(minute, newest)
	e.Frozen = minute > newest-4 && t.frozen&(1<<(minute&63)) != 0
	oldest := max(newest-minuteRing+1, s.first/60-1) // the counts through the minutes before are not known, or zero
	if t.after/60 < minute {
		oldest = max(oldest, t.after/60)
	}
	var best verdict
	for _, w := range wholeMinutes {
		from := min(max(minute-w, oldest), minute-1)
		v := verdict{window: e.Second - from*60 - 59, events: float64(s.countOf(t.signal, from, minute)), exposure: s.exposureIn(from, minute)}
		enough := v.events >= float64(e.MinCount)
		if best.window == 0 || enough && v.estimate() > best.estimate() || best.events < float64(e.MinCount) {
			best = v
		}
		if e.Why == IsFiring || from > minute-w {
			break // while it fires: what the minute itself was like
		}
	}
	e.Window, e.Events, e.Exposure, e.Observed = best.window, best.events, best.exposure, best.estimate()
	e.Expected = e.Baseline * e.Exposure
	r := t.read()
	switch {
	case e.Why == IsFiring:
	case best.exposure == 0:
		e.Why = Unknown
	case best.events == 0:
		e.Why = Quiet
	case r != nil && r.above&(1<<(minute&63)) != 0:
		e.Why = NotCertain
	case best.events < float64(e.MinCount):
		e.Why = TooFew
	default:
		e.Why = BelowFactor
	}
	return true
}

// countOf returns the count of a signal after minute `from`, through minute `to`.
func (s *series) countOf(signal Signal, from, to int64) uint32 {
	h := s.counts[signal]
	if h == nil {
		return 0
	}
	return h.through(to, s.now) - h.through(from, s.now)
}

// exposureIn returns the requests, or seconds, after minute `from`, through minute `to`.
func (s *series) exposureIn(from, to int64) float64 {
	if s.hasRequests {
		return float64(s.countOf(Requests, from, to))
	}
	return float64(max(0, min(s.now, to*60+59)-max(from*60+59, s.known-1)))
}

// explainPastPods returns the pods that fired at a past second, or came close in its
// minute, as far as that is kept.
func (t *track) explainPastPods(second int64) []Explanation {
	r := t.read()
	if r == nil {
		return nil
	}
	var out []Explanation
	known := map[string]bool{}
	add := func(n *note, firing bool, end int64) {
		if known[n.pod] {
			return
		}
		known[n.pod] = true
		e := t.base(second)
		n.explain(&e)
		if firing {
			fired := n.episode(t, end).verdict
			e.Why, e.Fired, e.Since, e.Ended = IsFiring, &fired, n.second, end
			if n.second != second {
				e.Kept = AtFire
			}
		}
		out = append(out, e)
	}
	for i := range r.notes {
		if n := &r.notes[i]; n.pod != "" && n.what == hasFired && n.second <= second {
			if end := r.endOf(n, i); end == 0 || end > second {
				add(n, true, end)
			}
		}
	}
	if x := r.pod; x != nil && x.covers(second) && !known[x.verdict.Pod] {
		known[x.verdict.Pod] = true
		e := t.base(second)
		e.Why, e.Fired, e.Since, e.Ended, e.Reason, e.Clear = IsFiring, &x.verdict, x.verdict.Second, x.ended, x.reason, x.clear
		e.copyVerdict(&x.verdict)
		if e.Second != second {
			e.Kept = AtFire
		}
		out = append(out, e)
	}
	for i := range r.notes {
		if n := &r.notes[i]; n.pod != "" && n.second/60 == second/60 && n.what != hasEnded {
			if near := r.strongest(second, n.pod); near != nil {
				add(near, false, 0)
			}
		}
	}
	return out
}

// endOf returns when the fire that a note describes ended, 0 while it lasts.
func (r *record) endOf(n *note, at int) int64 {
	for i := at + 1; i < len(r.notes); i++ {
		if o := &r.notes[i]; o.pod == n.pod && o.what == hasEnded {
			return o.second
		}
	}
	return 0
}

// firedPod returns the verdict that made a pod fire which was firing at a second, nil
// if it is not kept.
func (t *track) firedPod(pod string, second int64) *Explanation {
	r := t.read()
	if r == nil {
		return nil
	}
	if r.pod != nil && r.pod.verdict.Pod == pod && r.pod.covers(second) {
		return &r.pod.verdict
	}
	for i := len(r.notes) - 1; i >= 0; i-- {
		if n := &r.notes[i]; n.pod == pod && n.what == hasFired && n.second <= second {
			return &n.episode(t, 0).verdict
		}
	}
	return nil
}
