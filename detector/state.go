package detector

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// stateVersion is the first byte of the state. It changes with every change of
// what is written, and of what the numbers in it mean.
const stateVersion = 3

// savedRule identifies the rule that statistics in a state belong to.
type savedRule struct {
	name       string
	statistics uint64
}

// savedTrack is a track with the rule, as an index of the state's rules, and the
// signal that it belongs to.
type savedTrack struct {
	rule   uint16
	signal uint16
	track  *track
}

// AppendState appends everything that the detector knows to dst. A new detector that
// restores it continues as if this one had never stopped.
func (d *Detector) AppendState(dst []byte) []byte {
	c := &codec{data: dst}
	d.write(c)
	return c.data
}

// WriteState writes what AppendState would append to w, in pieces. It stops at the
// first error of w.
func (d *Detector) WriteState(w io.Writer) error {
	c := &codec{data: make([]byte, 0, pieceSize+pieceSize/4), to: w}
	d.write(c)
	c.spill(0)
	return c.err
}

func (d *Detector) write(c *codec) {
	c.data = append(c.data, stateVersion)
	rules := make([]savedRule, len(d.rules))
	for i, r := range d.rules {
		rules[i] = savedRule{r.Name, r.statistics}
	}
	d.state(c, &rules)
}

// Restore loads a saved state into a detector that has seen nothing. Alerts of rules
// that are gone resolve: those are the transitions, in the order of series and rule.
// If what shapes a rule's statistics has changed, they start over from the counts of
// the last hour, and a firing alert keeps firing until it is judged. A damaged state
// is an error and changes nothing.
func (d *Detector) Restore(state []byte) ([]Transition, error) {
	if len(d.series) > 0 || d.frontier != noFrontier {
		return nil, errors.New("restore detector: it has begun")
	}
	if len(state) == 0 || state[0] != stateVersion {
		return nil, fmt.Errorf("restore detector: the state is not of version %d", stateVersion)
	}
	saved := &Detector{lateness: d.lateness, maxSeries: d.maxSeries, maxPods: d.maxPods, rules: d.rules, plan: d.plan, byKey: map[Series]*series{}}
	c := &codec{reading: true, data: state[1:]}
	var rules []savedRule
	saved.state(c, &rules)
	if c.err == nil && len(c.data) > 0 {
		c.fail(errRange)
	}
	if c.err != nil {
		return nil, fmt.Errorf("restore detector: %w", c.err)
	}
	*d = *saved
	return d.out, nil
}

// state visits everything, in a fixed order.
func (d *Detector) state(c *codec, rules *[]savedRule) {
	begun := d.frontier != noFrontier
	c.bool(&begun)
	if begun {
		c.time(&d.frontier)
	} else {
		d.frontier = noFrontier
	}
	some := d.begin != never
	c.bool(&some)
	if some {
		c.time(&d.begin)
	} else {
		d.begin = never
	}
	list(c, rules, 2, func(r *savedRule) {
		c.string(&r.name)
		c.uint64(&r.statistics)
	})
	restore := d.restorer(*rules)
	list(c, &d.series, 30, func(s **series) {
		if c.reading {
			*s = d.newSeries(Series{})
		}
		d.seriesState(c, *s, *rules, restore)
		c.spill(pieceSize)
		if !c.reading || c.err != nil {
			return
		}
		if d.byKey[(*s).key] != nil {
			c.fail(errOrder)
		}
		d.byKey[(*s).key] = *s
	})
	if c.reading && c.err == nil && !slices.IsSortedFunc(d.series, func(a, b *series) int { return compareSeries(a.key, b.key) }) {
		c.fail(errOrder)
	}
	if present(c, &d.overflow) {
		d.overflow.key = Series{Service: OverflowService}
		d.overflow.totalsState(c)
	}
}

// restorer maps the rules of a state to those of the detector: nil for a rule
// that is gone; same says whether its statistics still hold.
type restorer []struct {
	rule *compiled
	same bool
}

func (d *Detector) restorer(rules []savedRule) restorer {
	out := make(restorer, len(rules))
	for i, saved := range rules {
		for _, r := range d.rules {
			if r.Name == saved.name {
				out[i].rule, out[i].same = r, r.statistics == saved.statistics
			}
		}
	}
	return out
}

func (s *series) totalsState(c *codec) {
	for i := range s.totals {
		c.uint64(&s.totals[i])
	}
	c.uint64(&s.late)
}

func (d *Detector) seriesState(c *codec, s *series, rules []savedRule, restore restorer) {
	c.string(&s.key.Namespace)
	c.string(&s.key.Service)
	s.totalsState(c)
	for _, v := range []*int64{&s.hold, &s.now, &s.previous, &s.first, &s.known} {
		c.time(v)
	}
	later := s.due != never
	c.bool(&later)
	if later {
		c.time(&s.due)
	}
	if c.reading {
		s.due = max(s.due, d.frontier+1)
	}
	c.bool(&s.hasRequests)
	list(c, &s.open, 2+int(NumSignals), func(b *bucket) { d.bucketState(c, b) })
	for i := 1; i < len(s.open); i++ {
		c.check(s.open[i-1].second < s.open[i].second)
	}
	c.check(len(s.open) == 0 || s.open[0].second > s.now)
	for i := range s.counts {
		if present(c, &s.counts[i]) {
			s.counts[i].state(c)
		}
	}
	c.check(!s.hasRequests || s.counts[Requests] != nil)
	places := d.tracksState(c, s, rules, restore)
	d.alertsState(c, s, restore)
	list(c, &s.pods, 8, func(p *pod) { p.state(c, places) })
	for i := 1; i < len(s.pods); i++ {
		c.check(s.pods[i-1].name < s.pods[i].name)
	}
}

func (d *Detector) bucketState(c *codec, b *bucket) {
	c.time(&b.second)
	counts, pods := b.total(), b.appendPods(d.closing[:0])
	counts.state(c)
	list(c, &pods, 1+int(NumSignals), func(p *podCounts) {
		c.string(&p.name)
		p.counts.state(c)
	})
	d.closing = pods
	if !c.reading || c.err != nil {
		return
	}
	b.add("", &counts, &d.free)
	for i := range pods {
		b.addPod(pods[i].name, &pods[i].counts, &d.free)
	}
}

func (n *Counts) state(c *codec) {
	for i := range n {
		c.uint32(&n[i])
	}
}

func (h *history) state(c *codec) {
	last := uint32(0)
	for _, ring := range [][]uint32{h.second[:], h.ten[:], h.minute[:]} {
		for i := range ring {
			// Neighbours differ little, and differences wrap around as counts do.
			step := ring[i] - last
			zigzag := step<<1 ^ uint32(int32(step)>>31)
			c.uint32(&zigzag)
			ring[i] = last + (zigzag>>1 ^ -(zigzag & 1))
			last = ring[i]
		}
	}
}

// tracksState visits the tracks and returns, for each place of a track in the
// state, its place in the detector, or -1.
func (d *Detector) tracksState(c *codec, s *series, rules []savedRule, restore restorer) []int {
	var saved []savedTrack
	for k, t := range s.tracks {
		if t != nil && !c.reading {
			i := slices.IndexFunc(rules, func(r savedRule) bool { return r.name == d.plan[k].rule.Name })
			saved = append(saved, savedTrack{uint16(i), uint16(d.plan[k].signal), t})
		}
	}
	places := make([]int, 0, len(saved))
	list(c, &saved, 40, func(t *savedTrack) {
		c.uint16(&t.rule)
		c.uint16(&t.signal)
		if c.reading {
			t.track = new(track)
		}
		t.track.state(c)
		c.check(int(t.rule) < len(rules) && t.signal < uint16(NumSignals))
		if c.err != nil {
			return
		}
		r := restore[t.rule]
		k := slices.IndexFunc(d.plan, func(p planned) bool { return p.rule == r.rule && uint16(p.signal) == t.signal })
		places = append(places, k)
		if !c.reading || k < 0 {
			return
		}
		t.track.rule, t.track.signal = r.rule, d.plan[k].signal
		switch {
		case r.same:
			s.tracks[k] = t.track
			t.track.named()
		case s.first >= 0 && d.frontier >= 0:
			fresh := d.newTrack(s, k, d.frontier)
			fresh.course, fresh.after = t.track.course, t.track.after
			fresh.inherit(t.track)
		}
	})
	if !c.reading {
		// In the state, places count the tracks that are there.
		places = places[:0]
		for k, t := range s.tracks {
			if t != nil {
				places = append(places, k)
			}
		}
	}
	return places
}

func (t *track) state(c *codec) {
	c.time(&t.next)
	c.uint64(&t.frozen)
	parts := []*part{&t.now, &t.deep}
	for i := range t.parts {
		parts = append(parts, &t.parts[i])
	}
	for _, p := range parts {
		c.float32(&p.events)
		c.float32(&p.exposure)
	}
	at, filled := uint64(t.part), uint64(t.filled)
	c.uint64(&at)
	c.uint64(&filled)
	c.check(at < slots && filled <= 24*60/slots)
	if c.err == nil {
		t.part, t.filled = uint16(at), uint16(filled)
	}
	c.float32(&t.pairs)
	for _, v := range []*float32{&t.spread, &t.wander.squares, &t.wander.noise, &t.wander.mass} {
		c.float32(v)
	}
	for i := range t.normals {
		t.normals[i].state(c)
	}
	t.traceState(c)
	t.season.state(c)
	c.time(&t.after)
	if present(c, &t.course) {
		for _, v := range []*float64{&t.level, &t.normal, &t.clear} {
			c.float(v)
		}
		c.check(t.level > 0 && t.normal > 0)
		c.time(&t.highest)
		c.time(&t.lastStep)
		c.time(&t.onset)
		sure := t.sure != never
		c.bool(&sure)
		if sure {
			c.time(&t.sure)
		} else {
			t.sure = never
		}
	}
}

func (b *normal) state(c *codec) {
	c.time(&b.minute)
	for _, v := range []*float64{&b.events, &b.exposure, &b.floor, &b.level, &b.spread, &b.threshold, &b.rate} {
		c.float(v)
	}
	c.float32(&b.least)
	c.bool(&b.perSecond)
	c.check(b.spread > 1 || b.minute <= 0 || b.level == 0)
}

// alertsState visits the alerts that fire. When reading, those of rules that are
// gone become transitions.
func (d *Detector) alertsState(c *codec, s *series, restore restorer) {
	type savedAlert struct {
		rule   uint16
		active active
	}
	var saved []savedAlert
	for i, a := range s.alerts {
		if a != nil && !c.reading {
			saved = append(saved, savedAlert{uint16(i), *a})
		}
	}
	list(c, &saved, 8, func(a *savedAlert) {
		c.uint16(&a.rule)
		for _, l := range []*[]Label{&a.active.alert.Labels, &a.active.alert.Annotations} {
			list(c, l, 2, func(l *Label) {
				c.string(&l.Name)
				c.string(&l.Value)
			})
		}
		c.time(&a.active.alert.StartsAt)
		c.float(&a.active.value)
		c.float(&a.active.baseline)
		c.check(int(a.rule) < len(restore))
		if !c.reading || c.err != nil {
			return
		}
		if r := restore[a.rule].rule; r != nil {
			s.alerts[r.index] = &a.active
			return
		}
		d.out = append(d.out, ended(&a.active, RuleRemoved, max(0, d.frontier), a.active.value, a.active.baseline))
	})
}
