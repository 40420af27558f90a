package detector

import "math"

// The constants of the statistics. MATH.md has the derivations, bench/detection
// the measurements.
const (
	// nullShare: a shift to less than this part of the factor is not worth an
	// alert, so it belongs to the null hypothesis of the first test. 5 x becomes
	// 2.5 x, which covers Monday mornings and most bursts of single clients.
	nullShare = 0.5
	// nearShare and nearScore: the second test must be sure, at odds of about
	// e^nearScore, that the share is not below this part of the factor: a steady
	// 4 x under a factor of 5 stays silent.
	nearShare = 0.8
	nearScore = 5
	// surge is the factor by which traffic may grow above its recent rate while seconds
	// are open. Early fires assume that it did; because they also need the factor,
	// healthy traffic would have to grow surge x nearShare x factor times, twelvefold.
	surge = 3
	// pendingPart of the threshold makes a track pending: it stops learning.
	pendingPart = 0.5
	// clearScore is what the recovery test needs: odds of e^clearScore that what is
	// observed is not the incident continuing.
	clearScore = 5.5
	// illPart is the part of the incident's level that the recovery test rules out.
	illPart = 0.7
	// chosenSafety allows for the window that fired having been chosen for its high
	// level: the variance of its level is multiplied by this.
	chosenSafety = 2
	// together is within how many seconds one client's retries come. Events that are
	// no further apart are taken for one clump as long as their number allows it.
	together = 2
	// thresholdSlack is added to the logarithm of the number of looks. The overlap of
	// windows would call for more than 0, the null hypothesis that reaches far above
	// the normal for less; by measurement, the two cancel out.
	thresholdSlack = 0
	// kinSpan is for how many seconds after an alert on a failure reason 401s are
	// expected to rise, and kinBudget the seconds per false alarm allowed on the 401s
	// within that time: one in a hundred such alerts may be followed by a false one.
	kinSpan   = 600
	kinBudget = 60000
	// minThreshold keeps a track with next to no traffic from firing on its first
	// two events.
	minThreshold = 6
)

// normal is what a track knows to be normal, as of one minute. Event counts and
// exposures (requests, or seconds) include what is assumed about an unknown series.
type normal struct {
	minute    int64
	events    float64 // seen in the past that counts as normal
	exposure  float64 // requests, or seconds, in the same past
	floor     float64 // the baseline is never lower
	level     float64 // the baseline: events per exposure, at least floor
	spread    float64 // over-dispersion: variance of counts over that of independent ones, at least 1
	threshold float64 // of the score
	rate      float64 // exposure per second that open seconds are taken to have at most; 0 while unknown
	least     float32 // an estimate must reach so many times factor x level: above 1 where the level wanders
	perSecond bool    // exposure is seconds
}

// blocks are the parts of a window: seconds of a short one, blocks of ten
// seconds or minutes of a longer one.
type blocks struct {
	n        int
	events   [minuteRing]float32
	exposure [minuteRing]float32
}

// score returns how certain it is that a window's events come from a level above
// multiple times the normal one: the logarithm of the generalized likelihood
// ratio between "any level" and "at most multiple x the level of the past", where
// the level of the past is itself only known from its counts.
//
// The counts of a block are negative binomial with the track's spread: events
// that come in clumps, like the retries of one client, count as little more than
// one. The score is zero if the estimate is not above the null.
func (b *normal) score(multiple float64, v *verdict, parts *blocks) float64 {
	null := max(b.floor, (b.events+v.events)/(b.exposure+multiple*v.exposure))
	expected := multiple * null * v.exposure
	if v.events <= expected || v.exposure <= 0 || parts.n == 0 {
		return 0
	}
	past := (b.events*math.Log(b.level/null) - b.exposure*(b.level-null)) / b.spread
	least := float32(v.exposure) / float32(2*parts.n) // some exposure for events of seconds without requests
	high, low := v.estimate()/(b.spread-1), multiple*null/(b.spread-1)
	sum := -(high - low) * v.exposure * math.Log(b.spread)
	for i := range parts.n {
		if u := parts.events[i]; u > 0 {
			n := float64(max(parts.exposure[i], least))
			sum += clump(float64(u), high*n) - clump(float64(u), low*n)
		}
	}
	return max(0, past+sum)
}

// sureScore is the score for open seconds, which one more event never lowers. The
// null does not move with the window's events, so the past is taken at the upper end
// of what its counts allow, two standard deviations up; and the score is the best of
// fixed alternatives, each twice the one before.
func (b *normal) sureScore(multiple float64, v *verdict, parts *blocks) float64 {
	past := max(b.floor, (b.events+2*math.Sqrt(b.events)+1)/b.exposure)
	each := v.exposure / float64(parts.n) / (b.spread - 1)
	low := multiple * past * each
	best := 0.0
	for n, high := 0, alternativeStep*low; n < alternatives; n, high = n+1, alternativeStep*high {
		sum := -(high - low) * float64(parts.n) * math.Log(b.spread)
		for _, u := range parts.events[:parts.n] {
			if u > 0 {
				sum += clump(float64(u), high) - clump(float64(u), low)
			}
		}
		if sum < best {
			break // the likelihood has one peak
		}
		best = sum
	}
	return best
}

// The alternatives reach up to about 3000 times the null. A level between two of
// them loses less than a tenth of the likelihood ratio.
const (
	alternatives    = 20
	alternativeStep = 1.5
)

// clump returns the logarithm of Gamma(u+r)/Gamma(r): what u events in one block
// weigh, where r is the expected count over spread - 1.
func clump(u, r float64) float64 {
	if u > 8 {
		whole, _ := math.Lgamma(u + r)
		none, _ := math.Lgamma(r)
		return whole - none
	}
	product := 1.0
	for j := 0.0; j < u; j++ {
		product *= r + j
	}
	return math.Log(product)
}

// clumpScore returns how certain it is that so many events are not a single clump:
// the logarithm of the odds against one of that size. Sizes have a logarithmic
// distribution, whose tail is below the geometric series that begins with its first
// term.
func (b *normal) clumpScore(events float64) float64 {
	next := 1 - 1/b.spread
	return max(0, math.Log(events*(1-next)*math.Log(b.spread))-events*math.Log(next))
}

// limit returns the threshold of the score for a level. The number of looks that can
// differ within the budget is the number of events expected in it, at most one per
// second.
func limit(budget, eventsPerSecond float64) float64 {
	return threshold(budget * min(1, eventsPerSecond))
}

// threshold returns what a score must reach so that about one in so many looks is a
// false alarm.
func threshold(looks float64) float64 {
	return max(minThreshold, math.Log1p(looks)+thresholdSlack)
}

// verdict is the outcome of judging one window.
type verdict struct {
	window   int64 // seconds
	events   float64
	exposure float64
	score    float64 // against nullShare x factor
	near     float64 // against nearShare x factor
	atLeast  bool    // the exposure is the most that it can be
	clump    bool    // the events may be one client's: they came together, and the score is only that of their number
}

func (v *verdict) estimate() float64 {
	if v.exposure <= 0 {
		return 0
	}
	return v.events / v.exposure
}

// crosses reports whether v is an alert: enough events, an estimate above the
// factor, and chance ruled out.
func (v *verdict) crosses(b *normal, r *Rule) bool {
	return v.candidate(b, r) && v.score >= b.threshold && v.near >= nearScore
}

// candidate checks what costs no logarithm: enough events and a high enough estimate.
func (v *verdict) candidate(b *normal, r *Rule) bool {
	return v.events >= float64(r.MinCount) && v.events >= float64(b.least)*r.Factor*b.level*v.exposure
}

// weigh fills in the scores, given the window's blocks.
func (v *verdict) weigh(b *normal, r *Rule, parts *blocks) {
	v.score = b.score(max(1, nullShare*r.Factor), v, parts)
	v.near = b.score(max(1, nearShare*r.Factor), v, parts)
}

// asOneClump bounds the score of events that came together. The mere presence of a
// clump is no evidence: the looks that the threshold allows for are clumps.
func (v *verdict) asOneClump(b *normal) {
	if score := b.clumpScore(v.events); score < v.score {
		v.score, v.clump = score, true
	}
}

// better reports whether v argues more strongly for an alert than o does.
func (v *verdict) better(o *verdict) bool {
	return min(v.score, 2*v.near+v.score/4) > min(o.score, 2*o.near+o.score/4)
}
