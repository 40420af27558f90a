package detector

// traceState visits the trace.
func (t *track) traceState(c *codec) {
	if !present(c, &t.trace) {
		return
	}
	x := t.trace
	last := uint16(0)
	for i := range x.level {
		// Neighbours differ little, and differences wrap around.
		step := x.level[i] - last
		zigzag := step<<1 ^ uint16(int16(step)>>15)
		c.uint16(&zigzag)
		x.level[i] = last + (zigzag>>1 ^ -(zigzag & 1))
		last = x.level[i]
	}
	wandered := x.least != [traceMinutes]uint8{}
	c.bool(&wandered)
	for i := range x.least {
		if !wandered {
			break
		}
		v := uint16(x.least[i])
		c.uint16(&v)
		c.check(v <= 255)
		x.least[i] = uint8(v)
	}
	if present(c, &x.record) {
		x.record.state(c)
	}
}

func (r *record) state(c *codec) {
	c.uint64(&r.above)
	c.time(&r.dropped)
	list(c, &r.notes, 12, func(n *note) { n.state(c) })
	c.check(len(r.notes) <= maxNotes)
	for i := 1; i < len(r.notes); i++ {
		c.check(r.notes[i-1].second <= r.notes[i].second)
	}
	for _, x := range []**episode{&r.whole, &r.pod} {
		if present(c, x) {
			(*x).state(c)
		}
	}
}

func (n *note) state(c *codec) {
	c.time(&n.second)
	c.string(&n.pod)
	for _, v := range []*float32{&n.events, &n.exposure, &n.level, &n.limit, &n.score, &n.threshold, &n.near, &n.spread} {
		c.float32(v)
	}
	c.uint32(&n.window)
	why, what := uint16(n.why), uint16(n.what)
	c.uint16(&why)
	c.uint16(&what)
	c.check(why <= uint16(IsFiring) && what <= uint16(hasEnded))
	n.why, n.what = Why(why), happening(what)
	c.bool(&n.atLeast)
}

func (x *episode) state(c *codec) {
	e := &x.verdict
	c.string(&e.Pod)
	c.time(&e.Second)
	c.time(&e.Window)
	c.bool(&e.PerSecond)
	c.bool(&e.AtLeast)
	for _, v := range []*float64{
		&e.Events, &e.Exposure, &e.Baseline, &e.Limit, &e.Factor, &e.Score, &e.Threshold, &e.Near, &e.Spread,
		&e.HistoryEvents, &e.HistoryExposure,
	} {
		c.float(v)
	}
	count, reason := uint32(e.MinCount), uint16(x.reason)
	c.uint32(&count)
	c.time(&x.ended)
	c.float(&x.clear)
	c.uint16(&reason)
	c.check(reason <= uint16(RuleRemoved))
	if !c.reading || c.err != nil {
		return
	}
	e.MinCount, x.reason = int(count), Reason(reason)
	e.Why, e.Since, e.Asked = IsFiring, e.Second, e.Second
	e.Expected = e.Baseline * e.Exposure
	if e.Exposure > 0 {
		e.Observed = e.Events / e.Exposure
	}
	e.NearLimit, e.ClearLimit = nearScore, clearScore
}

// named fills in the names that the state does not repeat for the episodes of a
// restored track.
func (t *track) named() {
	if r := t.read(); r != nil {
		for _, x := range []*episode{r.whole, r.pod} {
			if x != nil {
				x.verdict.Alert, x.verdict.Signal = t.rule.Name, t.signal
			}
		}
	}
}

// inherit takes over the episodes of the rule's previous track, from before its
// statistics started over.
func (t *track) inherit(o *track) {
	if r := o.read(); r != nil && (r.whole != nil || r.pod != nil) {
		kept := t.writable()
		kept.whole, kept.pod = r.whole, r.pod
		t.named()
	}
}
