package main

import (
	"math"

	"github.com/authspike/authspike/detector"
)

// builder draws the parts of one scenario.
type builder struct {
	*scenario
	r source
}

// spend sets how long the scenario lasts, from a random minute of a random day.
func (b *builder) spend(length int64) {
	from := monday + b.r.Int64N(7*24*60)*minute
	b.span = span{from, from + length}
}

// until lets the scenario end at second t.
func (b *builder) until(t int64) { b.span.to = max(b.span.to, t) }

// service adds a healthy service with a traffic in [lo, hi) requests per second.
func (b *builder) service(name string, lo, hi float64) *service {
	r := b.r
	s := &service{
		series: detector.Series{Namespace: "prod", Service: name},
		rate:   r.logUniform(lo, hi),
		depth:  r.uniform(0.2, 0.7),
		rates:  wander{spread: r.uniform(0.05, 0.2), memory: r.uniform(0.8, 0.95)},
		shares: wander{spread: r.uniform(0.1, 0.3), memory: r.uniform(0.8, 0.95)},
	}
	switch r.IntN(20) {
	case 0:
		s.base = 0
	case 1:
		s.base = r.logUniform(1e-6, 3e-5)
	default:
		s.base = r.logUniform(5e-4, 0.03)
	}
	b.mix(s)
	switch {
	case s.rate < 1:
		s.clump = 1
	case s.rate > 100 && r.chance(0.25):
		s.clump = r.logUniform(3, 8)
	default:
		s.clump = r.logUniform(1.02, 3)
	}
	pods := 1 + r.IntN(3)
	switch {
	case s.rate > 50:
		pods = 4 + r.IntN(17)
	case s.rate > 1:
		pods = 2 + r.IntN(7)
	}
	b.pods(s, pods)
	b.services = append(b.services, s)
	return s
}

// mix spreads the base over the reasons of a normal day.
func (b *builder) mix(s *service) {
	weights := [detector.NumSignals]float64{
		detector.NoSignal:         0.22,
		detector.TokenExpired:     0.5,
		detector.TokenMissing:     0.2,
		detector.TokenMalformed:   0.05,
		detector.SignatureInvalid: 0.01,
		detector.TokenNotYetValid: 0.01,
		detector.ClaimsInvalid:    0.01,
	}
	var sum float64
	for g := range weights {
		weights[g] *= math.Exp(0.5 * b.r.NormFloat64())
		sum += weights[g]
	}
	for g := range weights {
		s.mix[g] = s.base * weights[g] / sum
	}
	if s.base > 0 && b.r.chance(0.4) {
		s.mix[detector.KidMismatch] = b.r.logUniform(1e-6, 5e-5)
	}
}

func (b *builder) pods(s *service, n int) {
	s.slots = make([]slot, n)
	for j := range s.slots {
		s.newPod(b.r, j)
	}
}

// calm gives every service its harmless bursts, once the span is known.
func (b *builder) calm() {
	for _, s := range b.services {
		s.bursts = drawBursts(b.r, b.span, 6)
		wanders := b.r.chance(0.3)
		for i := range s.bursts {
			s.bursts[i].wanders = wanders
		}
	}
}

// onset returns a second some time after the warm-up.
func (b *builder) onset() int64 {
	return b.span.from + warmUp + b.r.seconds(25*minute, 90*minute)
}

// logged returns reasons in which part of the failures carries g and the rest
// no reason: verifiers sample their logs.
func (b *builder) logged(g detector.Signal) [detector.NumSignals]float64 {
	var m [detector.NumSignals]float64
	part := 1.0
	if b.r.chance(0.25) {
		part = b.r.uniform(0.3, 0.9)
	}
	m[detector.NoSignal] = 1 - part
	m[g] += part
	return m
}

// incident adds trouble from second from on, whose share of 401s is lo to hi
// times the base. It lasts for twenty minutes to an hour, longer where so
// little traffic leaves no other chance, and is not longer than four hours.
func (b *builder) incident(s *service, kind string, from int64, lo, hi float64) *incident {
	r := b.r
	base := max(s.base, 0.003)
	least := 0.01
	if s.rate < 1 { // one or two pods: a stale cache breaks much of the service
		least = r.logUniform(0.25, 0.9)
	}
	i := &incident{
		kind:  kind,
		share: min(max((r.logUniform(lo, hi)-1)*base, least), 0.8),
		own:   wander{spread: 0.1, memory: 0.9},
	}
	known := lordenLog / (s.rate * daily(from, s.depth) * klBernoulli(i.share+s.base*(1-i.share), max(s.base, smallestBase)))
	length := min(max(r.seconds(20*minute, hour), int64(4*known)), 4*hour)
	i.ramp = ramp{span: span{from, from + length}, up: r.seconds(0, 120), down: r.seconds(0, 30)}
	s.troubles = append(s.troubles, i)
	b.until(i.to + i.down + hour)
	return i
}

// rotation adds a key rotation that stale caches miss, ended by a restart.
func (b *builder) rotation(s *service, from int64) *incident {
	i := b.incident(s, "rotation", from, 5, 40)
	i.mix = b.logged(detector.KidMismatch)
	b.restartAt(s, i.to)
	return i
}

// restartAt rolls every pod of the service at second t.
func (b *builder) restartAt(s *service, t int64) {
	s.restarts = append(s.restarts, rollout{at: t, stagger: b.r.seconds(1, 4)})
}

// asUsual returns the reasons of a normal day as an incident's reasons.
func asUsual(s *service) [detector.NumSignals]float64 {
	m := s.mix
	m[detector.KidMismatch] = 0
	var sum float64
	for _, p := range m {
		sum += p
	}
	for g := range m {
		m[g] /= sum
	}
	return m
}
