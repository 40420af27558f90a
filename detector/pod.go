package detector

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

const (
	// podPrior is how many requests a pod must have had for its own past to weigh
	// as much as that of its service.
	podPrior = 200
	// podReach is the level, in multiples of factor x baseline, that the test of a
	// single pod is tuned to. A stale pod fails far more than five times as often; one
	// that does not is still found, but later.
	podReach = 2
	// podGone is after how many seconds without entries a pod is taken to have been
	// replaced.
	podGone = 60
	// podForget is after how many seconds without entries a pod's place is free for
	// another.
	podForget = 3600
	// podSpan is the length, in seconds, of the two spans whose counts say which
	// pods an alert names.
	podSpan = 30
	// shareMost bounds a share that is tested: even if every token is bad there are
	// requests without one.
	shareMost = 0.98
	// namedScore is what a pod needs to be named: odds of e^namedScore, about 20. Of
	// twenty healthy pods, one may be named wrongly.
	namedScore = 3
)

// pod is one pod of a series.
type pod struct {
	name    string
	seen    int64 // the newest judged second with entries
	spans   spans // requests
	signals []podSignal
}

// podSignal is what is known about one track's signal in one pod.
type podSignal struct {
	track    uint16
	firing   bool
	spans    spans
	events   float32 // the pod's own past, of runs that came to nothing
	exposure float32
	run      part    // since score was zero
	began    int64   // and when that was
	score    float32 // CUSUM for podReach x factor against nullShare x factor
	clear    float32 // while firing: the recovery test
	highest  int64   // while firing: the last second at which recovery was no more likely than not
	level    float32 // while firing: the share that fired
}

// spans are the counts of the current and the previous span of podSpan seconds.
type spans struct {
	span int64
	n    [2]uint32
}

func (c *spans) add(second int64, n uint32) {
	c.move(second / podSpan)
	c.n[0] += n
}

func (c *spans) move(span int64) {
	if span == c.span {
		return
	}
	if span == c.span+1 {
		c.n[1] = c.n[0]
	} else {
		c.n[1] = 0
	}
	c.n[0], c.span = 0, span
}

// sum returns the count of the last podSpan to 2 x podSpan seconds.
func (c *spans) sum(second int64) float64 {
	switch second/podSpan - c.span {
	case 0:
		return float64(c.n[0]) + float64(c.n[1])
	case 1:
		return float64(c.n[0])
	default:
		return 0
	}
}

// meetPods gives each pod of a closed bucket a place, as long as there are any.
func (d *Detector) meetPods(s *series, second int64, pods []podCounts) {
	for i := range pods {
		at, known := s.pod(pods[i].name)
		if !known {
			if len(s.pods) >= d.maxPods && !s.forgetPod(second) {
				continue
			}
			at, _ = s.pod(pods[i].name)
			s.pods = slices.Insert(s.pods, at, pod{name: pods[i].name})
		}
		p := &s.pods[at]
		p.seen = second
		p.spans.add(second, pods[i].counts[Requests])
	}
}

func (s *series) pod(name string) (int, bool) {
	return slices.BinarySearchFunc(s.pods, name, func(p pod, name string) int { return strings.Compare(p.name, name) })
}

// forgetPod frees the place of the pod that has been silent longest, if that is at
// least podForget.
func (s *series) forgetPod(second int64) bool {
	oldest := 0
	for i := range s.pods {
		if s.pods[i].seen < s.pods[oldest].seen {
			oldest = i
		}
	}
	if second-s.pods[oldest].seen < podForget {
		return false
	}
	s.pods = slices.Delete(s.pods, oldest, oldest+1)
	return true
}

// of returns what p knows about track k, nil if nothing.
func (p *pod) of(k int) *podSignal {
	for i := range p.signals {
		if int(p.signals[i].track) == k {
			return &p.signals[i]
		}
	}
	return nil
}

// judgePods judges each pod of a closed bucket by its own share. If the whole
// service fires there is nothing to add.
func (d *Detector) judgePods(s *series, k int, second int64, pods []podCounts, f int64) {
	t := s.tracks[k]
	normal := t.at(second / 60)
	for i := range pods {
		events := pods[i].counts[t.signal]
		at, known := s.pod(pods[i].name)
		if !known {
			continue
		}
		p := &s.pods[at]
		g := p.of(k)
		if g == nil {
			if events == 0 {
				continue
			}
			p.signals = append(p.signals, podSignal{track: uint16(k), began: second})
			g = &p.signals[len(p.signals)-1]
		}
		g.spans.add(second, events)
		if t.firing() || !s.hasRequests || len(s.pods) < 2 {
			continue
		}
		one := part{float32(events), float32(pods[i].counts[Requests])}
		if g.firing {
			g.recover(t, normal, one, second)
			continue
		}
		base := g.base(normal)
		v, found := g.judge(&t.rule.Rule, normal, base, one, second)
		if !found {
			continue
		}
		own := normal.ofPod(base, len(s.pods))
		if v.score >= own.threshold && v.near >= nearScore {
			t.noteFired(&own, &v, second, p.name)
			d.firePod(s, t, normal, g, &v, second, f)
		} else {
			t.notice(&own, &v, second, p.name)
		}
	}
}

// base returns the level that is normal for the pod: the higher of its own past
// and its service's.
func (g *podSignal) base(b *normal) float64 {
	return max(b.level, (float64(g.events)+podPrior*b.level)/(float64(g.exposure)+podPrior))
}

// ofPod returns what a pod is compared with, given what is normal for its service:
// its own base, and a threshold that allows for the number of pods.
func (b *normal) ofPod(base float64, pods int) normal {
	own := *b
	own.level, own.least = base, 1
	own.threshold += math.Log(float64(pods))
	return own
}

// judge advances the pod's CUSUM by one second. It returns the verdict on its run if
// that has enough events above the limit and is more than chance would make likely.
func (g *podSignal) judge(r *Rule, b *normal, base float64, one part, second int64) (v verdict, found bool) {
	null := nullShare * r.Factor * base
	alternative := min(podReach*r.Factor*base, shareMost)
	if alternative < 1.2*null {
		return v, false // the base is so high that no share stands out
	}
	g.run.events += one.events
	g.run.exposure += one.exposure
	gain := b.gain(alternative, null, one)
	g.score = max(0, g.score+float32(gain))
	if g.score == 0 {
		g.learn()
		g.began = second + 1
		return v, false
	}
	events, limit := float64(g.run.events), r.Factor*base*float64(g.run.exposure)
	if events < float64(r.MinCount) || events < limit || float64(g.score) < noteShare*b.threshold {
		return v, false
	}
	return g.verdict(r, b, second), true
}

// verdict returns the numbers of the pod's run.
func (g *podSignal) verdict(r *Rule, b *normal, second int64) verdict {
	v := verdict{
		window: second - g.began + 1, events: float64(g.run.events), exposure: float64(g.run.exposure), score: float64(g.score),
	}
	whole := blocks{n: 1}
	whole.events[0], whole.exposure[0] = g.run.events, g.run.exposure
	v.near = b.score(max(1, nearShare*r.Factor), &v, &whole)
	return v
}

// gain returns the logarithm of the likelihood ratio of one second between two
// levels.
func (b *normal) gain(high, low float64, one part) float64 {
	n := float64(one.exposure)
	if !b.perSecond {
		n = float64(max(one.exposure, one.events)) // failures may be logged a second after their requests
	}
	if !b.perSecond {
		high, low = intensity(high), intensity(low)
	}
	high, low = high/(b.spread-1)*n, low/(b.spread-1)*n
	gain := -(high - low) * math.Log(b.spread)
	if u := float64(one.events); u > 0 {
		gain += clump(u, high) - clump(u, low)
	}
	return gain
}

// intensity returns the Poisson rate of events per request under which a request has
// none with the same probability as under a share. The two differ if the share is
// high: if half of the requests fail, ten in a row do not succeed by chance.
func intensity(share float64) float64 { return -math.Log1p(-min(share, shareMost)) }

// learn adds a run that came to nothing to the pod's own past, which reaches back
// about ten times podPrior requests.
func (g *podSignal) learn() {
	g.events += g.run.events
	g.exposure += g.run.exposure
	if over := g.exposure / (10 * podPrior); over > 1 {
		g.events /= over
		g.exposure /= over
	}
	g.run = part{}
}

// recover is the recovery test of a firing pod, like that of a track.
func (g *podSignal) recover(t *track, b *normal, one part, second int64) {
	calm := t.rule.ClearFactor * b.level
	ill := illness(calm, float64(g.level))
	g.clear -= float32(b.gain(ill, calm, one))
	if g.clear <= 0 {
		g.clear, g.highest = 0, second
	}
}

// firePod starts an alert because of one pod.
func (d *Detector) firePod(s *series, t *track, b *normal, g *podSignal, v *verdict, second, f int64) {
	g.firing, g.level = true, float32(v.estimate())
	g.clear, g.highest = 0, second
	if s.alerts[t.rule.index] != nil {
		return
	}
	facts := d.facts(s, t, b, v, g.began)
	bad, seen := d.shares(s, t, b, second)
	facts.Pods = podList(bad, seen)
	d.announce(s, t.rule, &facts, second, f)
}

// podsFire ends the fires of pods that are over and reports whether a pod still fires
// for track k.
func (s *series) podsFire(k int, stale bool, end int64) bool {
	t := s.tracks[k]
	still := false
	for i := range s.pods {
		p := &s.pods[i]
		g := p.of(k)
		if g == nil || !g.firing {
			continue
		}
		over := g.clear >= clearScore && p.seen-g.highest >= seconds(t.rule.KeepFiringFor)
		if stale || over || s.now-p.seen >= podGone {
			t.noteEnded(end, p.name, float64(g.clear), endReason(stale))
			*g = podSignal{track: g.track, spans: g.spans, events: g.events, exposure: g.exposure, began: p.seen + 1}
			continue
		}
		still = true
	}
	return still
}

// forgetPods ends the runs of all pods: the track itself fires, so one alert says
// it all.
func (s *series) forgetPods(t *track) {
	for i := range s.pods {
		for j := range s.pods[i].signals {
			if g := &s.pods[i].signals[j]; s.tracks[g.track] == t {
				if g.firing {
					t.noteEnded(s.now, s.pods[i].name, float64(g.clear), Fired)
				}
				*g = podSignal{track: g.track, spans: g.spans, events: g.events, exposure: g.exposure, began: s.now + 1}
			}
		}
	}
}

// podShare is what one pod counted recently.
type podShare struct {
	name             string
	events, requests float64
}

// shares returns the pods that are bad at a second, worst first, and how many pods
// were seen recently. The slice is valid until the next call.
func (d *Detector) shares(s *series, t *track, b *normal, second int64) (bad []podShare, seen int) {
	all := d.scratch[:0]
	k := slices.Index(s.tracks, t)
	for i := range s.pods {
		p := &s.pods[i]
		if second-p.seen > 10*podGone {
			continue
		}
		one := podShare{name: p.name, requests: p.spans.sum(second)}
		if g := p.of(k); g != nil {
			one.events = g.spans.sum(second)
		}
		all = append(all, one)
	}
	for i := range s.open {
		if s.open[i].second > second {
			break
		}
		if s.open[i].second <= s.now {
			continue // closed just now, and in the spans
		}
		for c := s.open[i].pods; c != nil; c = c.next {
			at, known := slices.BinarySearchFunc(all, c.pod, func(p podShare, name string) int { return strings.Compare(p.name, name) })
			if !known {
				all = slices.Insert(all, at, podShare{name: c.pod})
			}
			if c.signal == t.signal {
				all[at].events += float64(c.n)
			}
			if c.signal == Requests {
				all[at].requests += float64(c.n)
			}
		}
	}
	seen = len(all)
	for _, one := range all {
		if one.events >= 1 && (b.perSecond || one.bad(b.level, t.rule.Factor)) {
			bad = append(bad, one)
		}
	}
	slices.SortFunc(bad, func(a, b podShare) int {
		return cmp.Or(cmp.Compare(b.events, a.events), strings.Compare(a.name, b.name))
	})
	d.scratch = all
	return bad, seen
}

// bad reports whether a pod's share is at least factor times the level, with odds of
// about e^namedScore against chance.
func (p *podShare) bad(level, factor float64) bool {
	expected := level * max(p.requests, p.events)
	return p.events >= factor*expected && p.events*math.Log(p.events/expected)-(p.events-expected) >= namedScore
}
