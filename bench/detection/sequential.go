package main

import (
	"math"

	"github.com/authspike/authspike/detector"
)

// The sequential tests of the literature, against a composite null: what is
// less than nullFactor times the base is not evidence. Their increments are
// tempered, because seconds and minutes are over-dispersed: by half, or by what
// the seconds are known to vary more than a binomial would.
const nullFactor = 2.5

// prior is what the tests are told about one signal of a service. Only the
// clairvoyant one uses the shares.
type prior struct{ p0, p1, temper float64 }

// priors returns the true base and the smallest true incident share of each
// signal: sixfold where nothing happens.
func (s *service) priors() [detector.NumSignals]prior {
	var ps [detector.NumSignals]prior
	for _, g := range sequentialSignals {
		base := s.mix[g]
		if g == detector.Unauthorized {
			base = s.base
		}
		p := prior{p0: max(base, smallestBase), temper: min(0.5, 1/s.clump)}
		for _, i := range s.troubles {
			part := i.share * float64(s.affected(i)) / float64(len(s.slots))
			if g != detector.Unauthorized {
				part *= i.mix[g]
			}
			if part > 5*p.p0 && (p.p1 == 0 || part+base < p.p1) {
				p.p1 = part + base
			}
		}
		if p.p1 == 0 {
			p.p1 = min(6*max(p.p0, 0.003), 0.9)
		}
		ps[g] = p
	}
	return ps
}

var sequentialSignals = [...]detector.Signal{detector.Unauthorized, detector.KidMismatch}

var sequentialRules = [detector.NumSignals]string{
	detector.Unauthorized: "Spike",
	detector.KidMismatch:  "KidMismatches",
}

// sequential is a contender that tests two signals of each service.
type sequential struct {
	title    string
	services []*sequentialService
	out      []verdict
}

type sequentialService struct {
	name  string
	mute  bool
	now   detector.Counts
	tests [len(sequentialSignals)]test
}

// test is a sequential test of one signal.
type test interface {
	// add takes k failures of n requests in one second and reports whether
	// the alert fires after them.
	add(k, n float64) bool
	fires() bool
}

func newSequential(title string, sc *scenario, start func(prior) test) *sequential {
	q := &sequential{title: title}
	for _, s := range sc.services {
		ss := &sequentialService{name: s.series.Service, mute: s.mute}
		for j, g := range sequentialSignals {
			ss.tests[j] = start(s.priors()[g])
		}
		q.services = append(q.services, ss)
	}
	return q
}

func (q *sequential) name() string { return q.title }

func (q *sequential) step(second int64, arrived []detector.Sample) []verdict {
	q.out = q.out[:0]
	for _, s := range q.services {
		s.now = detector.Counts{}
		for i := range arrived {
			if arrived[i].Series.Service == s.name {
				s.now.Add(&arrived[i].Counts)
			}
		}
		for j, g := range sequentialSignals {
			if s.mute {
				continue
			}
			was := s.tests[j].fires()
			if is := s.tests[j].add(float64(s.now[g]), float64(s.now[detector.Requests])); is != was {
				q.out = append(q.out, verdict{at: second + 1, rule: sequentialRules[g], service: s.name, signals: only(g), firing: is})
			}
		}
	}
	return q.out
}

// cusum is Page's test with both shares known.
type cusum struct {
	up, upMiss     float64 // log-likelihood ratio of one failure, one success
	down, downMiss float64
	sum            float64
	firing         bool
}

func newCusum(p prior) test {
	null := min(nullFactor*p.p0, p.p1/1.2)
	return &cusum{
		up: p.temper * math.Log(p.p1/null), upMiss: p.temper * math.Log((1-p.p1)/(1-null)),
		down: p.temper * math.Log(p.p0/p.p1), downMiss: p.temper * math.Log((1-p.p0)/(1-p.p1)),
	}
}

func (c *cusum) fires() bool { return c.firing }

func (c *cusum) add(k, n float64) bool {
	miss := max(n-k, 0)
	if c.firing {
		c.sum = max(0, c.sum+k*c.down+miss*c.downMiss)
		if c.sum > cureCertainty {
			c.firing, c.sum = false, 0
		}
		return c.firing
	}
	c.sum = max(0, c.sum+k*c.up+miss*c.upMiss)
	if c.sum > lordenLog {
		c.firing, c.sum = true, 0
	}
	return c.firing
}

// glr is the generalised likelihood ratio over windows of 1 s to 17 min, with
// the base estimated from the hour that ended five minutes ago.
type glr struct {
	failures, requests [glrRing]float64 // running sums
	at                 int64
	p0, temper         float64
	firing             bool
}

const (
	glrRing       = 4096
	leastEstimate = 1e-3 // an hour of a quiet service does not show a smaller share
)

func newGLR(p prior) test { return &glr{temper: p.temper} }

func (g *glr) fires() bool { return g.firing }

func (g *glr) window(length, offset int64) (k, n float64) {
	end, begin := max(g.at-offset, 0)%glrRing, max(g.at-offset-length, 0)%glrRing
	return g.failures[end] - g.failures[begin], g.requests[end] - g.requests[begin]
}

func (g *glr) add(k, n float64) bool {
	was := g.at % glrRing
	g.at++
	g.failures[g.at%glrRing] = g.failures[was] + k
	g.requests[g.at%glrRing] = g.requests[was] + n
	if g.firing {
		k, n := g.window(minute, 0)
		for w := int64(2 * minute); n < 30 && w <= hour; w *= 2 {
			k, n = g.window(w, 0)
		}
		g.firing = n == 0 || k/n > 2*g.p0
		return g.firing
	}
	past, of := g.window(hour, 5*minute)
	if of < 20 || k == 0 {
		return false
	}
	g.p0 = max((past+1)/(of+50), leastEstimate)
	for w := int64(1); w <= 1024; w *= 2 {
		k, n := g.window(w, 0)
		if k < 3 || k > n || k < factor*g.p0*n {
			continue
		}
		if g.temper*n*klBernoulli(k/n, min(nullFactor*g.p0, 0.99)) > lordenLog {
			g.firing = true
			break
		}
	}
	return g.firing
}
