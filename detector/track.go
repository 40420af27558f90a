package detector

import "math"

const (
	// slots is how many parts the trailing baseline is kept in. The part that is being
	// filled counts in addition.
	slots = 12
	// guard is how many minutes pass before a minute is learned, so that the first
	// minutes of an incident that has not been noticed yet are not. A young series
	// cannot wait that long: it starts with minGuard, the least for which a limit
	// depends on closed minutes alone whatever the lateness.
	guard    = 5
	minGuard = 2
	// deepExposure and deepSeconds bound what is remembered from before the trailing
	// baseline, in requests, or in seconds if there are none. It matters only if the
	// baseline itself holds less than this.
	deepExposure = 2000
	deepSeconds  = 21600
	// outbreak: a part of the baseline above this part of the factor times the
	// whole is an outbreak of the past and weighs less (Noufaily 2013).
	outbreak = 0.5
	// spreadPrior is the weight, in expected squares, of the belief that the spread
	// is spreadCold; spreadLeast and spreadMax bound the estimate, pairMax what one
	// pair of blocks can add to it.
	spreadPrior = 10
	spreadCold  = 2
	spreadLeast = 1.1
	spreadMax   = 25
	pairMax     = 25
	// spreadDecay forgets over-dispersion with every part of the baseline that is
	// completed, by about a half in half a baseline.
	spreadDecay = 0.9
)

// part is a part of the baseline: events and exposure of some learned minutes.
type part struct{ events, exposure float32 }

// track is what one rule knows about one signal of one series.
type track struct {
	rule   *compiled
	signal Signal
	part   uint16 // where in parts the next completed one goes
	filled uint16 // minutes in now

	next   int64  // the next minute to be learned
	frozen uint64 // minutes, mod 64, that taught or will teach nothing
	parts  [slots]part
	now    part    // the part that is being filled
	deep   part    // what went before parts, at most deepExposure
	pairs  float32 // over-dispersion: sum of squared differences of neighbouring blocks
	spread float32 // and of what independent counts would give

	trace  *trace // of the past hour, to explain it
	wander wander // how much the level itself moves from minute to minute

	normals [2]normal // by minute mod 2: the newest and the one before

	after int64 // no window begins before it: the end of the incident before

	season season // what stood out at the same time of other days

	*course // nil while it does not fire
}

// firing reports whether the track as a whole fires.
func (t *track) firing() bool { return t.course != nil }

// course is the state of a firing track.
type course struct {
	level    float64 // the share, or rate, of the incident: not below what is seen, but for chance
	normal   float64 // the baseline that it fired against
	sure     int64   // the first second at which closed seconds alone say that it fires; never before
	onset    int64   // since when, as estimated
	clear    float64 // score of the recovery test
	highest  int64   // the last second at which recovery was no more likely than not
	lastStep int64   // where it counts per second: the second up to which clear counts
}

// at returns what is normal in the given minute: the newer of the two published
// normals unless it is too new.
func (t *track) at(minute int64) *normal {
	newer, older := &t.normals[0], &t.normals[1]
	if newer.minute < older.minute {
		newer, older = older, newer
	}
	if newer.minute <= minute {
		return newer
	}
	return older
}

// newest returns the newest minute that a normal was published for.
func (t *track) newest() int64 { return max(t.normals[0].minute, t.normals[1].minute) }

// learn advances the track to the given minute: minutes that are old enough are
// learned, and what is normal is published for each minute on the way. It does
// nothing if that minute has been published already.
func (t *track) learn(s *series, minute int64) {
	newest := t.newest()
	if minute <= newest {
		return
	}
	if behind := minute - (minuteRing - guard) - t.next; behind > 0 {
		t.skip(s, behind)
	}
	for m := max(newest+1, minute-1); m <= minute; m++ {
		for t.next <= m-s.guardAt(m) {
			t.take(s, t.next)
			t.next++
		}
		t.publish(s, m)
		t.keep(m, newest)
		newest = m
	}
}

// skip passes over minutes that are older than the histories reach. The series was
// silent in them.
func (t *track) skip(s *series, minutes int64) {
	t.next += minutes
	t.frozen = 0
	if !s.hasRequests {
		t.deep.exposure += float32(60 * minutes)
		t.bound(s)
	}
}

// bound keeps the deep past from outweighing the present.
func (t *track) bound(s *series) {
	limit := float32(deepExposure)
	if !s.hasRequests {
		limit = deepSeconds
	}
	if t.deep.exposure > limit {
		t.deep.events *= limit / t.deep.exposure
		t.deep.exposure = limit
	}
}

// take learns minute m, unless it is frozen or empty.
func (t *track) take(s *series, m int64) {
	bit := uint64(1) << (m & 63)
	frozen := t.frozen&bit != 0
	t.frozen &^= bit
	exposure := s.exposureOf(m)
	if exposure <= 0 {
		return
	}
	events := 0.0
	if h := s.counts[t.signal]; h != nil {
		events = float64(h.through(m, s.now) - h.through(m-1, s.now))
	}
	t.season.remember(m, part{float32(events), float32(exposure)}, frozen, t.at(m+minuteRing))
	if frozen {
		return
	}
	t.now.exposure += float32(exposure)
	t.now.events += float32(events)
	if b := t.at(m + minuteRing); b.events >= wanderEvents {
		t.wander.learn(events, exposure*b.level, b.spread)
	}
	if t.filled++; int(t.filled) < t.rule.partMinutes {
		return
	}
	old := t.parts[t.part]
	t.deep.events += old.events
	t.deep.exposure += old.exposure
	t.bound(s)
	t.parts[t.part] = t.now
	t.part = (t.part + 1) % slots
	t.now, t.filled = part{}, 0
	t.pairs *= spreadDecay
	t.spread *= spreadDecay
	t.wander.forget()
}

// publish computes what is normal in minute m.
func (t *track) publish(s *series, m int64) {
	r := &t.rule.Rule
	b := normal{minute: m, perSecond: !s.hasRequests, floor: r.FloorShare}
	cold := r.ColdShare
	if b.perSecond {
		b.floor, cold = r.FloorPerSecond, r.ColdPerSecond
	}
	b.spread = t.overdispersion()
	plain := part{t.now.events + t.deep.events, t.now.exposure + t.deep.exposure}
	for _, p := range t.parts {
		plain.events += p.events
		plain.exposure += p.exposure
	}
	b.events, b.exposure = float64(t.deep.events), float64(t.deep.exposure)
	ceiling := outbreak * r.Factor * max(b.floor, float64(plain.events)/max(1, float64(plain.exposure)))
	for i := range t.parts {
		b.add(t.parts[i], ceiling)
	}
	b.add(t.now, ceiling)
	// One event in the exposure that the cold level needs for one.
	b.events++
	b.exposure += 1 / cold
	b.level = max(b.floor, b.events/b.exposure)
	t.season.plain = float32(b.level)
	b.lift(t.season.level(m, b.level/b.floor) * b.floor)
	b.least = float32(max(1, nearShare*math.Exp(wanderSafety*t.wander.deviation())))
	rate := 1.0
	if !b.perSecond {
		mean, highest := s.requestRate(m)
		b.rate = surge * highest
		rate = mean
	}
	b.threshold = limit(t.rule.budget, b.level*rate)
	t.normals[m&1] = b
}

// add adds p, weighted down by the square of its residual if it is a past outbreak:
// above ceiling, and beyond what chance explains.
func (b *normal) add(p part, ceiling float64) {
	events, exposure := float64(p.events), float64(p.exposure)
	weight := 1.0
	if expected := ceiling * exposure; events > expected && expected > 0 {
		// Anscombe's residual of a Poisson count, nearly normal; 2.58 leaves half a
		// percent in the tail.
		residual := 1.5 * (math.Cbrt(events*events) - math.Cbrt(expected*expected)) / (math.Pow(expected, 1.0/6) * math.Sqrt(b.spread))
		if residual > 2.58 {
			weight = 2.58 / residual * 2.58 / residual
		}
	}
	b.events += weight * events
	b.exposure += weight * exposure
}

// overdispersion returns the estimated ratio of variance to mean of the counts.
func (t *track) overdispersion() float64 {
	phi := (float64(t.pairs) + spreadPrior*spreadCold) / (float64(t.spread) + spreadPrior)
	return min(max(spreadLeast, phi), spreadMax)
}

// compare adds two neighbouring blocks to the over-dispersion: given their sum,
// the first of two independent counts is binomial. Slow changes cancel out.
func (t *track) compare(events, exposure [2]float64) {
	sum, all := events[0]+events[1], exposure[0]+exposure[1]
	if sum == 0 || exposure[0] == 0 || exposure[1] == 0 {
		return
	}
	difference := events[0] - sum*exposure[0]/all
	variance := sum * exposure[0] * exposure[1] / (all * all)
	t.pairs += float32(min(difference*difference, pairMax*variance))
	t.spread += float32(variance)
}

// freeze marks the minutes from `from` to `to` as ones that teach nothing.
func (t *track) freeze(from, to int64) {
	for m := max(from, to-63, t.next); m <= to; m++ {
		t.frozen |= 1 << (m & 63)
	}
}
