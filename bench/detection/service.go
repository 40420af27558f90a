package main

import (
	"fmt"
	"slices"

	"github.com/authspike/authspike/detector"
)

// service is one simulated service: what is normal for it, and what befalls it.
type service struct {
	series   detector.Series
	rate     float64                      // requests per second at the usual height of the day
	depth    float64                      // how deep traffic falls at night, in [0, 1)
	base     float64                      // share of requests that are 401 on a normal day
	mix      [detector.NumSignals]float64 // share of requests by reason; index NoSignal: 401s that no verifier logs
	clump    float64                      // variance of a second's 401s over that of a binomial; 1 for none
	rates    wander
	shares   wander
	bursts   []burst
	surges   []scaling // of traffic
	lifts    []scaling // of the normal share
	gaps     []span    // without any traffic
	restarts []rollout
	troubles []*incident
	slots    []slot
	mute     bool    // logs no requests, only verifier failures
	pause    float64 // mean pause, in seconds, before a client with an unknown key retries for the first time; each further one is twice as long
	retries  []int64 // seconds of retries to come

	lambda float64 // expected requests in the second drawn last
	noise  [detector.NumSignals]float64
	truth  oracle
}

// scaling multiplies by factor at the top of its ramp and by 1 outside of it.
type scaling struct {
	ramp
	factor float64
}

func (s scaling) at(t int64) float64 { return 1 + (s.factor-1)*s.level(t) }

// rollout replaces every pod, one each stagger seconds.
type rollout struct{ at, stagger int64 }

// slot is a place for a pod; a rollout puts a new pod into it.
type slot struct {
	pod    string
	counts detector.Counts
}

// incident is one thing that truly goes wrong with a service.
type incident struct {
	kind string
	ramp
	share  float64                      // of the requests of each affected pod that fail at the top of the ramp
	mix    [detector.NumSignals]float64 // weights of the reasons logged, sum 1; index NoSignal: none logged
	slots  int                          // affected pods: the first so many, 0 for all
	extra  float64                      // further traffic, as a multiple, all of it failing (share is set accordingly)
	wave   int64                        // seconds for which the share is full and then low, in turns; 0 for steady
	low    float64                      // share in the low half of a wave, as a part of the full one
	own    wander
	benign bool // an alert may fire, but nobody must be woken: it has to end within 60 s
	late   span // seconds of event time that were delivered only at late.to
	gauge  gauge
}

// ended reports whether nothing of the incident is left at second t.
func (i *incident) ended(t int64) bool { return t >= i.to+i.down }

// shareAt returns the failing share of affected pods at second t.
func (i *incident) shareAt(t int64) float64 {
	f := i.share * i.level(t)
	if i.lowHalf(t) {
		f *= i.low
	}
	if i.own.spread > 0 {
		f *= i.own.factor
	}
	return min(f, 0.98)
}

// lowHalf reports whether second t is in the low half of a wave.
func (i *incident) lowHalf(t int64) bool { return i.wave > 0 && (t-i.from)/i.wave%2 == 1 }

func (s *service) affected(i *incident) int {
	if i.slots == 0 {
		return len(s.slots)
	}
	return i.slots
}

// stalePods returns the names of the pods that an incident of some pods hits.
func (s *service) stalePods(i *incident) []string {
	var names []string
	for j := range i.slots {
		names = append(names, s.slots[j].pod)
	}
	return names
}

func (s *service) newPod(r source, j int) {
	s.slots[j].pod = fmt.Sprintf("%s-%06x-%04x", s.series.Service, r.Uint32()&0xffffff, r.Uint32()&0xffff)
}

// backgroundReasons are why single tokens fail on a normal day.
var backgroundReasons = [...]detector.Signal{
	detector.TokenExpired, detector.TokenMissing, detector.TokenMalformed, detector.SignatureInvalid,
	detector.TokenNotYetValid, detector.ClaimsInvalid, detector.KidMismatch,
}

// draw appends what the service logged in second t to dst.
func (s *service) draw(r source, t int64, dst []detector.Sample) []detector.Sample {
	s.moveMinute(r, t)
	s.roll(r, t)
	s.expect(t)
	s.truth.observe(s, t)
	if s.lambda > 0 {
		s.drawPods(r, t)
	}
	s.retry(r, t)
	for j := range s.slots {
		sl := &s.slots[j]
		if sl.counts == (detector.Counts{}) {
			continue
		}
		if s.mute {
			sl.counts[detector.Requests], sl.counts[detector.Unauthorized] = 0, 0
		}
		if sl.counts != (detector.Counts{}) {
			dst = append(dst, detector.Sample{Series: s.series, Pod: sl.pod, Second: t, Counts: sl.counts})
		}
		sl.counts = detector.Counts{}
	}
	return dst
}

func (s *service) moveMinute(r source, t int64) {
	if t%minute != 0 && s.rates.started {
		return
	}
	s.rates.next(r)
	s.shares.next(r)
	for _, i := range s.troubles {
		if i.own.spread > 0 {
			i.own.next(r)
		}
	}
}

func (s *service) roll(r source, t int64) {
	for _, ro := range s.restarts {
		if d := t - ro.at; d >= 0 && d%ro.stagger == 0 && d/ro.stagger < int64(len(s.slots)) {
			s.newPod(r, int(d/ro.stagger))
		}
	}
}

// expect sets the expected requests and normal shares of second t.
func (s *service) expect(t int64) {
	s.lambda = s.rate * daily(t, s.depth) * s.rates.factor
	for _, g := range s.gaps {
		if g.contains(t) {
			s.lambda = 0
		}
	}
	for _, g := range s.surges {
		s.lambda *= g.at(t)
	}
	for _, i := range s.troubles {
		s.lambda *= 1 + i.extra*i.level(t)
	}
	lift := s.shares.factor
	for _, l := range s.lifts {
		lift *= l.at(t)
	}
	for g := range s.noise {
		s.noise[g] = s.mix[g] * lift
	}
	for len(s.bursts) > 0 && s.bursts[0].to <= t {
		s.bursts = s.bursts[1:]
	}
	if len(s.bursts) > 0 && s.bursts[0].contains(t) {
		b := s.bursts[0]
		for g := range s.noise {
			switch {
			case b.reason != everyReason && b.reason != g:
			case b.wanders:
				s.noise[g] *= b.factor
			default:
				s.noise[g] += (b.factor - 1) * s.mix[g]
			}
		}
	}
}

// drawPods draws requests and failures into the slots' counts.
func (s *service) drawPods(r source, t int64) {
	var total float64
	for _, p := range s.noise {
		total += p
	}
	total = min(total, 0.9)
	chance := total
	if s.clump > 1 && total > 0 {
		m := s.lambda / (s.clump - 1)
		chance = r.beta(total*m, (1-total)*m)
	}
	if s.lambda < 3 {
		for range r.poisson(s.lambda) {
			s.drawSlot(r, t, r.IntN(len(s.slots)), 1, chance, total)
		}
		return
	}
	each := s.lambda / float64(len(s.slots))
	for j := range s.slots {
		s.drawSlot(r, t, j, r.poisson(each), chance, total)
	}
}

// drawSlot adds n requests to slot j. Of those, chance fail for everyday
// reasons, in the proportions of s.noise, which sum to total.
func (s *service) drawSlot(r source, t int64, j int, n uint32, chance, total float64) {
	if n == 0 {
		return
	}
	c := &s.slots[j].counts
	c[detector.Requests] += n
	usual := r.binomial(n, chance)
	c[detector.Unauthorized] += usual
	for range usual {
		s.drawUsual(r, t, c, total)
	}
	left := n - usual
	for _, i := range s.troubles {
		if t < i.from || i.ended(t) || i.slots > 0 && j >= i.slots {
			continue
		}
		bad := r.binomial(left, i.shareAt(t))
		left -= bad
		c[detector.Unauthorized] += bad
		drawReasons(r, c, bad, &i.mix)
	}
}

// drawUsual gives one everyday 401 its reason. A client with an unknown key
// retries now and then, so that mismatches come in clumps.
func (s *service) drawUsual(r source, t int64, c *detector.Counts, total float64) {
	u := r.Float64() * total
	for g, p := range s.noise {
		if u -= p; u >= 0 {
			continue
		}
		if g == int(detector.NoSignal) {
			return
		}
		c[g]++
		if g != int(detector.KidMismatch) {
			return
		}
		at, pause := float64(t), s.pause
		for more := 0; more < 5 && r.chance(0.3); more++ {
			if pause > 0 {
				at += r.uniform(0.5, 1.5) * pause
				pause *= 2
				s.retries = append(s.retries, int64(at+0.5))
				continue
			}
			mismatch(c)
		}
		return
	}
}

// retry draws the retries that are due in second t. Any pod may get one.
func (s *service) retry(r source, t int64) {
	s.retries = slices.DeleteFunc(s.retries, func(at int64) bool {
		if at <= t {
			mismatch(&s.slots[r.IntN(len(s.slots))].counts)
		}
		return at <= t
	})
}

// mismatch counts one more request with an unknown key.
func mismatch(c *detector.Counts) {
	c[detector.KidMismatch]++
	c[detector.Requests]++
	c[detector.Unauthorized]++
}

// drawReasons splits bad failures over the reasons of mix.
func drawReasons(r source, c *detector.Counts, bad uint32, mix *[detector.NumSignals]float64) {
	rest := 1.0
	for g, p := range mix {
		if p == 0 || bad == 0 {
			continue
		}
		k := bad
		if p < rest {
			k = r.binomial(bad, p/rest)
		}
		if g != int(detector.NoSignal) {
			c[g] += k
		}
		bad -= k
		rest -= p
	}
}
