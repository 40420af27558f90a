package detector

import "math"

// rateWait is how many seconds a new series without requests is watched before
// it is taken for one that logs only failures, and rateCold how many seconds must
// be known before it is judged: without requests, even an assumption about what
// is normal has no basis.
const (
	rateWait = 10
	rateCold = 120
)

// judge closes a bucket: its second is judged, at frontier f.
func (d *Detector) judge(s *series, b *bucket, f int64) {
	if s.first < 0 {
		s.first, s.now, s.known = b.second, b.second-1, d.begin
	}
	if !s.hasRequests && b.requests > 0 {
		s.restart()
	}
	counts := b.total()
	s.advance(b.second, &counts)
	d.closing = b.appendPods(d.closing[:0])
	d.meetPods(s, b.second, d.closing)
	for k, t := range s.tracks {
		if t == nil {
			if counts[d.plan[k].signal] == 0 {
				continue
			}
			t = d.newTrack(s, k, f)
		}
		if t.firing() {
			if counts[t.signal] > 0 && t.sure == never {
				d.confirm(s, t)
			}
			t.recover(s, b.second, float64(counts[t.signal]))
		} else if counts[t.signal] > 0 && s.settled() {
			d.judgeTrack(s, t, f)
		}
		d.judgePods(s, k, b.second, d.closing, f)
		t.observeSpread(s)
	}
	s.freeze(b.second)
	if b.second/60 != s.previous/60 {
		d.nameAgain(s, b.second)
	}
	d.resolve(s, f)
}

// kinFreeze is for how many seconds an alert also keeps the other signals of its
// service from learning. They are affected by the incident, but if it lasts without
// their own alerts firing, it becomes their new normal.
const kinFreeze = 3600

// freeze keeps a second in which an alert fires from being learned.
func (s *series) freeze(second int64) {
	newest := int64(-1)
	for _, a := range s.alerts {
		if a != nil {
			newest = max(newest, a.alert.StartsAt)
		}
	}
	if newest < 0 {
		return
	}
	for _, t := range s.tracks {
		if t != nil && (s.alerts[t.rule.index] != nil || second-newest < kinFreeze) {
			t.freeze(second/60, second/60)
		}
	}
}

// settled reports whether it is known in which unit the series counts.
func (s *series) settled() bool {
	return s.hasRequests || s.now-s.first >= rateWait && s.now-s.known >= rateCold
}

// restart forgets what was learned per second, now that the series has requests.
func (s *series) restart() {
	for i, t := range s.tracks {
		if t != nil && !t.firing() {
			s.tracks[i] = nil
		}
	}
}

// newTrack begins to watch a signal that occurs for the first time. Its baseline is
// learned from the time before: requests without it.
func (d *Detector) newTrack(s *series, k int, f int64) *track {
	p := d.plan[k]
	minute := f / 60
	t := &track{rule: p.rule, signal: p.signal, next: max(s.first/60, minute-minuteRing+guard)}
	if !s.hasRequests {
		t.next = max(s.known/60, minute-minuteRing+guard)
	}
	t.normals[0].minute, t.normals[1].minute = minute-2, minute-2
	t.learn(s, minute)
	s.tracks[k] = t
	return t
}

// judgeTrack judges the windows that end with the newest second of a track that
// does not fire.
func (d *Detector) judgeTrack(s *series, t *track, f int64) {
	b := s.asked(t)
	best, found := t.best(s, &b)
	if found && best.score >= pendingPart*b.threshold {
		t.freeze((s.now-best.window)/60, s.now/60)
	}
	if v, ok := d.crossing(s, t, &b, best, found); ok {
		d.fire(s, t, &b, &v, s.now, f)
		t.sure = s.now
	} else if found {
		t.notice(&b, &best, s.now, "")
	}
}

// crossing returns the verdict, if any, by which a track fires at the newest second:
// its best one, or the one by which the same second could have fired while it was
// open, so that the order of arrival does not decide whether it fires.
func (d *Detector) crossing(s *series, t *track, b *normal, best verdict, found bool) (verdict, bool) {
	if found && best.crosses(b, &t.rule.Rule) {
		return best, true
	}
	return d.bestEarly(s, t, s.now)
}

// confirm records when closed seconds alone confirm what fired early.
func (d *Detector) confirm(s *series, t *track) {
	b := s.asked(t)
	best, found := t.best(s, &b)
	if _, ok := d.crossing(s, t, &b, best, found); ok {
		t.sure = s.now
	}
}

// asked returns what is normal at the newest second, with the threshold that a
// verdict on closed seconds has to reach. If an alert on a failure reason has recently
// become certain, by closed seconds alone, more 401s are no surprise: they only need
// to be proved against chance within that short time, not within a month.
func (s *series) asked(t *track) normal {
	b := *t.at(s.now / 60)
	if t.signal != Unauthorized {
		return b
	}
	for _, o := range s.tracks {
		if o != nil && o.firing() && o.rule != t.rule && o.sure < s.now && s.now <= o.sure+kinSpan {
			looks := math.Expm1(b.threshold-thresholdSlack) * kinBudget / t.rule.budget
			b.threshold = min(b.threshold, threshold(looks))
		}
	}
	return b
}

// best returns the window that argues most strongly for an alert, among those with
// enough events and a high enough estimate. A window that crosses comes before one
// that does not.
func (t *track) best(s *series, b *normal) (best verdict, found bool) {
	r := &t.rule.Rule
	var parts blocks
	for _, w := range windows {
		if start(s.now, w) < t.after {
			break
		}
		v := verdict{window: w, events: s.count(t.signal, s.now, w), exposure: s.exposure(s.now, w)}
		if !v.candidate(b, r) {
			continue
		}
		s.blocks(t.signal, s.now, w, &parts)
		v.weigh(b, r, &parts)
		if s.count(t.signal, s.newestWith(t.signal), together) >= v.events {
			v.asOneClump(b)
		}
		if !found || v.better(&best) {
			best, found = v, true
		}
	}
	return best, found
}

// early fires on open seconds, by counts alone.
func (d *Detector) early(s *series, f int64) {
	if s.first < 0 {
		return
	}
	for i := range s.open {
		b := &s.open[i]
		if b.second >= f {
			return
		}
		for k := range d.plan {
			signal := d.plan[k].signal
			if b.count(signal) == 0 {
				continue
			}
			t := s.tracks[k]
			if t == nil {
				t = d.newTrack(s, k, f)
			}
			if t.firing() || !s.settled() {
				continue
			}
			if v, ok := d.bestEarly(s, t, b.second); ok {
				d.fire(s, t, t.at(b.second/60), &v, b.second, f)
			}
		}
	}
}

// bestEarly judges the short windows that end with a second which is open, or was
// open when it was judged early. The requests of the open part are assumed to be as
// many as a surge could bring, and everything else comes from seconds that were
// closed at that time, so more entries can only turn a no into a yes.
func (d *Detector) bestEarly(s *series, t *track, second int64) (best verdict, found bool) {
	b := t.at(second / 60)
	r := &t.rule.Rule
	if !b.perSecond && b.rate == 0 {
		return best, false
	}
	if s.recent(t.signal, second, windows[earlyWindows-1]) < float64(r.MinCount) {
		return best, false // nor are there enough in a shorter one
	}
	var parts blocks
	for _, w := range windows[:earlyWindows] {
		if second-w < t.after {
			break
		}
		v := verdict{window: w, events: s.recent(t.signal, second, w), atLeast: !b.perSecond}
		if v.events < float64(r.MinCount) {
			continue
		}
		v.exposure = float64(w)
		if !b.perSecond {
			v.exposure = b.rate * float64(min(w, d.lateness))
			if w > d.lateness {
				v.exposure += float64(s.closedCount(Requests, second-w, second-d.lateness))
			}
		}
		if !v.candidate(b, r) {
			continue
		}
		d.openBlocks(s, t.signal, second, w, v.exposure, &parts)
		v.score = b.sureScore(max(1, nullShare*r.Factor), &v, &parts)
		v.near = b.sureScore(max(1, nearShare*r.Factor), &v, &parts)
		if s.recent(t.signal, second, together) >= v.events {
			v.asOneClump(b)
		}
		if v.crosses(b, r) && (!found || v.better(&best)) {
			best, found = v, true
		}
	}
	return best, found
}

// openBlocks fills in the seconds of a window that bestEarly judges. The exposure is
// spread evenly over them, because that of the open seconds is not known.
func (d *Detector) openBlocks(s *series, signal Signal, second, w int64, exposure float64, into *blocks) {
	into.n = int(w)
	for i := range into.n {
		at := second - w + 1 + int64(i)
		into.events[i] = float32(s.closedCount(signal, at-1, at))
		into.exposure[i] = float32(exposure / float64(w))
	}
	for i := range s.open {
		b := &s.open[i]
		if at := b.second - (second - w + 1); b.second > s.now && at >= 0 && at < w {
			into.events[at] = float32(b.count(signal))
		}
	}
}

// newestWith returns the newest judged second of the last minute with a signal, or
// the newest judged second if there is none.
func (s *series) newestWith(signal Signal) int64 {
	for at := s.now; at > s.now-secondRing+together; at-- {
		if s.closedCount(signal, at-1, at) > 0 {
			return at
		}
	}
	return s.now
}

// recent returns the count of a signal in the w seconds that end with second,
// open seconds included.
func (s *series) recent(signal Signal, second, w int64) float64 {
	n := float64(s.closedCount(signal, second-w, second))
	for i := range s.open {
		if b := &s.open[i]; b.second > s.now && b.second > second-w && b.second <= second {
			n += float64(b.count(signal))
		}
	}
	return n
}

// closedCount returns the count of a signal in the judged seconds of (from, to].
// Neither is older than the ring of seconds.
func (s *series) closedCount(signal Signal, from, to int64) uint32 {
	h := s.counts[signal]
	if h == nil {
		return 0
	}
	through := func(t int64) uint32 { return h.second[min(t, s.now)&(secondRing-1)] }
	return through(to) - through(from)
}

// observeSpread updates the over-dispersion when a block of ten seconds has ended.
// Incidents, and what may become one, are left out.
func (t *track) observeSpread(s *series) {
	block := s.now / 10
	last := s.previous / 10
	if last == block || t.firing() || t.frozen&(1<<(s.now/60&63)) != 0 || !s.hasRequests {
		return
	}
	h, n := s.counts[t.signal], s.counts[Requests]
	if h == nil || last-2 < s.first/10 || block-last > tenRing-3 {
		return
	}
	at := func(h *history, b int64) float64 {
		return float64(h.ten[b&(tenRing-1)] - h.ten[(b-1)&(tenRing-1)])
	}
	t.compare([2]float64{at(h, last-1), at(h, last)}, [2]float64{at(n, last-1), at(n, last)})
}

// recover is the recovery test of a firing track, for a judged second: a CUSUM of
// "back below clear_factor" against "half way to the incident, or higher".
func (t *track) recover(s *series, second int64, events float64) {
	if second <= t.highest && t.clear == 0 {
		return // before it fired
	}
	exposure := float64(second - t.lastStep)
	if s.hasRequests {
		exposure = s.exposure(second, 1)
	}
	t.lastStep = second
	if events > 0 && t.clear <= 0 {
		t.measure(s, second)
	}
	calm := t.rule.ClearFactor * t.normal
	ill := illness(calm, t.level)
	t.clear -= t.at(second/60).gain(ill, calm, part{float32(events), float32(exposure)})
	if t.clear <= 0 {
		t.clear, t.highest = 0, second
	}
}

// levelReach is how far back, in seconds, the level of a lasting incident is
// measured if that span holds levelEvents events; otherwise it reaches further back.
const (
	levelReach  = 300
	levelEvents = 6
)

// measure estimates how bad the incident is, since its onset or recently. It follows
// an incident that gets worse or better, as long as there is no doubt that it lasts.
func (t *track) measure(s *series, second int64) {
	since := second - t.onset + 1
	for reach := int64(levelReach); since > 0; reach *= 2 {
		w := min(reach, since, windows[len(windows)-1])
		events, exposure := s.count(t.signal, second, w), s.exposure(second, w)
		if events >= levelEvents && exposure > 0 {
			t.level = max(t.at(second/60).atLeast(events, exposure, 1), t.rule.Factor*t.normal)
			return
		}
		if w < reach {
			return
		}
	}
}

// illness returns the level that the recovery test must rule out: half way between
// calm and the incident on a logarithmic scale, or illPart of the incident if that is
// higher.
func illness(calm, level float64) float64 {
	return max(math.Sqrt(calm*level), illPart*level, 1.25*calm)
}

// recovered reports whether recovery is certain at the given judged second.
func (t *track) recovered(second int64) bool {
	return t.clear >= clearScore && second-t.highest >= seconds(t.rule.KeepFiringFor)
}

// pass lets time without entries pass: zeros if the series counts per second, silence
// if it counts per request.
func (d *Detector) pass(s *series, f int64) {
	if !s.firing() {
		return
	}
	closed := f - d.lateness - 1
	if !s.hasRequests {
		for _, t := range s.tracks {
			if t != nil && t.firing() && closed > t.lastStep && s.hold == 0 {
				t.recover(s, closed, 0)
			}
		}
	}
	d.resolve(s, f)
}
