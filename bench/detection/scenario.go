package main

import (
	"fmt"

	"github.com/authspike/authspike/detector"
)

// warmUp is how long a scenario runs before anything is scored but cold
// alerts: PromQL's rule looks back 65 minutes.
const warmUp = 75 * minute

// scenario is one simulated stretch of time of some services.
type scenario struct {
	name     string
	seed     uint64
	span     span
	services []*service
	delivery delivery
	random   source
}

// delivery says how records reach the detector.
type delivery struct {
	disorder   int64   // seconds by which a record may come late, 0 for in order
	duplicates float64 // chance that a record comes twice
	stall      span    // seconds of the first service that come all at once at stall.to
}

// build makes the scenario called name from a seed.
func build(name string, seed uint64) (*scenario, error) {
	for _, c := range catalogue {
		if c.name != name {
			continue
		}
		sc := &scenario{name: name, seed: seed, random: newSource(seed, name)}
		c.make(&builder{scenario: sc, r: newSource(seed, name+"/shape")})
		return sc, nil
	}
	return nil, fmt.Errorf("build scenario: no scenario is called %q", name)
}

// play draws the scenario and gives what arrives in each second to arrive. The
// samples are only valid during the call. It returns when the span is over.
func (sc *scenario) play(arrive func(second int64, samples []detector.Sample)) {
	var drawn, out []detector.Sample
	post := newPost(sc)
	for t := sc.span.from; t < sc.span.to; t++ {
		drawn = drawn[:0]
		for _, s := range sc.services {
			drawn = s.draw(sc.random, t, drawn)
		}
		out = post.deliver(t, drawn, out[:0])
		arrive(t, out)
	}
}

// post holds back what a delivery delays.
type post struct {
	delivery
	victim  detector.Series
	r       source
	later   [][]detector.Sample // ring by second of arrival
	stalled []detector.Sample
}

func newPost(sc *scenario) *post {
	return &post{
		delivery: sc.delivery,
		victim:   sc.services[0].series,
		r:        newSource(sc.seed, sc.name+"/delivery"),
		later:    make([][]detector.Sample, sc.delivery.disorder+1),
	}
}

// deliver takes what was logged in second t and appends what arrives in it.
func (p *post) deliver(t int64, drawn, dst []detector.Sample) []detector.Sample {
	if p.disorder == 0 && p.stall.length() == 0 {
		return append(dst, drawn...)
	}
	for i := range drawn {
		switch {
		case p.stall.contains(t) && drawn[i].Series == p.victim:
			p.stalled = append(p.stalled, drawn[i])
		case p.disorder > 0:
			p.scatter(t, &drawn[i])
		default:
			dst = append(dst, drawn[i])
		}
	}
	if t == p.stall.to {
		dst = append(dst, p.stalled...)
		p.stalled = nil
	}
	if p.disorder > 0 {
		now := &p.later[t%(p.disorder+1)]
		dst = append(dst, *now...)
		*now = (*now)[:0]
	}
	return dst
}

// scatter splits a sample into a prompt and a delayed part. Most records come
// within three seconds, a tenth of them up to disorder seconds late.
func (p *post) scatter(t int64, s *detector.Sample) {
	late := *s
	for g := range s.Counts {
		late.Counts[g] = p.r.binomial(s.Counts[g], 0.1)
	}
	prompt := *s
	for g := range prompt.Counts {
		prompt.Counts[g] -= late.Counts[g]
	}
	p.hold(t+p.r.Int64N(min(3, p.disorder)+1), prompt)
	p.hold(t+p.r.Int64N(p.disorder+1), late)
}

func (p *post) hold(at int64, s detector.Sample) {
	if s.Counts == (detector.Counts{}) {
		return
	}
	k := at % (p.disorder + 1)
	p.later[k] = append(p.later[k], s)
	if p.r.chance(p.duplicates) {
		p.later[k] = append(p.later[k], s)
	}
}
