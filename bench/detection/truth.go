package main

import (
	"math"
	"sync"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// An alert is owed from sixfold on, forbidden below fourfold and a half, and
// nobody's fault in between: the alert's factor is 5.
const (
	factor       = 5
	owedFrom     = 6
	excusedFrom  = 4.5
	smallestBase = 1e-4 // a share below this counts as this: log(p1/0) is infinite
)

// leastNormal returns the share that is taken for normal where the true one is
// lower: the floor of the default rule that counts the signal. A multiple of next
// to nothing is no alert.
func leastNormal(g detector.Signal) float64 { return defaultFloors()[g] }

var defaultFloors = sync.OnceValue(func() shares {
	var floors shares
	for g := range floors {
		floors[g] = smallestBase
	}
	for _, r := range rules.Default() {
		for _, g := range r.Signals {
			floors[g] = max(r.FloorShare, smallestBase)
		}
	}
	return floors
})

// lordenLog is the logarithm of one false alarm per 30 days, in seconds. A
// change is noticed after about lordenLog / (n KL(p1||p0)) seconds at best
// (Lorden 1971).
var lordenLog = math.Log(30 * day)

// shares is the true share of each signal among the requests. Index Requests
// is not used.
type shares = [detector.NumSignals]float64

// oracle follows the true shares of one service, as no detector can.
type oracle struct {
	weights [60]float64 // expected requests, by minute of the last hour
	sums    [60]shares  // expected failures
	slot    int64
	ratios  []ratios // of each minute that is over
}

// ratios are a minute's true shares as multiples of the hour before, of that before the
// incident that is on, or of what is normal without a job that lifts it past the factor.
type ratios [detector.NumSignals]float32

// closeMinute notes how the minute that has ended compares with the hour before
// it. Its place among the sixty is then taken by the next.
func (o *oracle) closeMinute(s *service) {
	var r ratios
	k := o.slot % 60
	base := o.mean()
	for _, i := range s.troubles {
		if at := o.slot * minute; i.from <= at && !i.ended(at) {
			for g := range base {
				base[g] = min(base[g], i.gauge.base[g])
			}
		}
	}
	for _, l := range s.lifts {
		if l.at(o.slot*minute+minute/2) >= factor {
			base = s.usual(base)
		}
	}
	for g := range r {
		if o.weights[k] > 0 {
			r[g] = float32(o.sums[k][g] / o.weights[k] / max(base[g], leastNormal(detector.Signal(g))))
		}
	}
	o.ratios = append(o.ratios, r)
}

// usual returns the normal shares, or base where that is lower.
func (s *service) usual(base shares) shares {
	least := s.mix
	for _, p := range s.mix {
		least[detector.Unauthorized] += p
	}
	for g, p := range least {
		base[g] = min(base[g], p)
	}
	return base
}

// observe takes the expectation of second t and moves the gauges of the
// incidents that are on.
func (o *oracle) observe(s *service, t int64) {
	var now shares
	var total float64
	// Where no requests are logged, nobody can know shares. What is normal is a
	// rate, here in terms of the usual traffic.
	weight, scale := s.lambda, 1.0
	if s.mute {
		weight, scale = s.rate, s.lambda/s.rate
	}
	for g, p := range s.noise {
		now[g] = p * scale
		total += p * scale
	}
	now[detector.Unauthorized] = total
	calm := now
	for _, i := range s.troubles {
		if t < i.from || i.ended(t) {
			continue
		}
		if t == i.from {
			i.gauge.start(o.mean(), i, s)
		}
		hit := i.shareAt(t) * float64(s.affected(i)) / float64(len(s.slots))
		for g := range now {
			now[g] += hit * (i.mix[g]*scale - calm[g])
		}
		now[detector.Unauthorized] = calm[detector.Unauthorized]*(1-hit) + hit*scale
		for g := range now {
			now[g] = min(now[g], 0.98)
		}
		i.gauge.observe(&now, weight, i, t)
	}
	if slot := t / minute; slot != o.slot {
		if o.slot != 0 {
			o.closeMinute(s)
		}
		o.slot = slot
		o.weights[slot%60], o.sums[slot%60] = 0, shares{}
	}
	k := o.slot % 60
	o.weights[k] += weight
	for g := range now {
		o.sums[k][g] += now[g] * weight
	}
}

// mean returns the true shares of the last hour.
func (o *oracle) mean() shares {
	var m shares
	var weight float64
	for k := range o.sums {
		weight += o.weights[k]
		for g := range m {
			m[g] += o.sums[k][g]
		}
	}
	if weight > 0 {
		for g := range m {
			m[g] /= weight
		}
	}
	return m
}

// gauge measures one incident: how large it truly is, signal by signal, and
// how soon it could have been known.
type gauge struct {
	base    shares // of the hour before
	top     shares // mean over the plateau
	weight  float64
	podPart float64
	info    shares                     // n KL(p1||p0) so far
	floor   [detector.NumSignals]int64 // seconds from the onset until info and factor allow an alert, -1 for never
	reach   [detector.NumSignals]int64 // first second in which the true share is factor times the base, -1 for never
	cure    shares                     // n KL(p0||p1) per second at the end: how fast a recovery shows
	pods    []string
}

func (m *gauge) start(base shares, i *incident, s *service) {
	m.base = base
	m.pods = s.stalePods(i)
	m.podPart = float64(len(s.slots)) / float64(s.affected(i))
	for g := range m.floor {
		m.floor[g], m.reach[g] = -1, -1
	}
}

func (m *gauge) observe(now *shares, lambda float64, i *incident, t int64) {
	plateau := t >= i.from+i.up && t < i.to && !i.lowHalf(t)
	for g := range now {
		p0 := max(m.base[g], smallestBase)
		if plateau {
			m.top[g] += now[g] * lambda
			m.cure[g] = lambda * klBernoulli(p0, max(now[g], p0))
		}
		if m.reach[g] < 0 && now[g] >= factor*max(p0, leastNormal(detector.Signal(g))) {
			m.reach[g] = t
		}
		if m.floor[g] >= 0 || now[g] <= p0 {
			continue
		}
		m.info[g] += lambda * klBernoulli(now[g], p0)
		if m.info[g] >= lordenLog && m.reach[g] >= 0 {
			m.floor[g] = t + 1 - i.from
		}
	}
	if plateau {
		m.weight += lambda
	}
}

// ratio returns how many times the base the plateau's share was.
func (m *gauge) ratio(g detector.Signal) float64 {
	if m.weight == 0 {
		return 0
	}
	return m.top[g] / m.weight / max(m.base[g], leastNormal(g))
}

// podRatio is the ratio on the affected pods alone, taking their share of the
// incident as theirs only.
func (m *gauge) podRatio(g detector.Signal) float64 {
	if m.weight == 0 {
		return 0
	}
	base := m.base[g]
	return (base + m.podPart*(m.top[g]/m.weight-base)) / max(base, leastNormal(g))
}

// owed reports whether an alert on the signal must come.
func (m *gauge) owed(g detector.Signal) bool { return m.ratio(g) >= owedFrom }

// excused reports whether an alert on the signal is right, or at least no
// mistake.
func (m *gauge) excused(g detector.Signal) bool {
	return m.ratio(g) >= excusedFrom || m.podRatio(g) >= excusedFrom
}

// klBernoulli is the information that one trial of probability p gives against
// probability q, in nats.
func klBernoulli(p, q float64) float64 {
	var d float64
	if p > 0 {
		d += p * math.Log(p/q)
	}
	if p < 1 {
		d += (1 - p) * math.Log((1-p)/(1-q))
	}
	return d
}
