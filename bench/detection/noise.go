package main

import "math"

// wander is a log-AR(1) process in steps of one minute: a factor around 1 that
// drifts and returns, as shares and rates of real services do.
type wander struct {
	spread  float64 // standard deviation of the factor's logarithm
	memory  float64 // correlation of one minute with the next, in [0, 1)
	state   float64
	factor  float64
	started bool
}

// next moves one minute on. The factor's long-run mean is 1.
func (w *wander) next(r source) {
	if !w.started {
		w.started, w.state = true, w.spread*r.NormFloat64()
	} else {
		w.state = w.memory*w.state + math.Sqrt(1-w.memory*w.memory)*w.spread*r.NormFloat64()
	}
	w.factor = math.Exp(w.state - w.spread*w.spread/2)
}

// burst is one client that misbehaves for some minutes: it lifts the share of
// one reason, or of all of them, by up to 2.5 times what is normal. No detector
// should speak of it.
type burst struct {
	span
	factor  float64
	reason  int  // index of the reason lifted, everyReason for all
	wanders bool // multiplies what the share has wandered to, so that both together may truly pass the alert's factor
}

const everyReason = -1

// drawBursts scatters bursts over a span, perDay on average, never two at a
// time: together they could truly pass the alert's factor.
func drawBursts(r source, over span, perDay float64) []burst {
	var bursts []burst
	gap := func() int64 { return 900 + int64(r.ExpFloat64()*day/perDay) }
	for at := over.from + gap(); at < over.to; {
		b := burst{
			span:   span{at, at + r.seconds(60, 241)},
			factor: r.uniform(1.5, 3.5),
			reason: everyReason,
		}
		if r.chance(0.3) {
			b.reason = int(backgroundReasons[r.IntN(len(backgroundReasons))])
		}
		bursts = append(bursts, b)
		at = b.to + gap()
	}
	return bursts
}

// span is the half-open interval [from, to) of Unix seconds.
type span struct{ from, to int64 }

func (s span) contains(t int64) bool { return s.from <= t && t < s.to }
func (s span) length() int64         { return s.to - s.from }

// ramp is a trapezoid over a span: it rises during the first up seconds after
// from and falls during the down seconds that follow to.
type ramp struct {
	span
	up, down int64
}

// level returns the height at second t, in [0, 1].
func (p ramp) level(t int64) float64 {
	switch {
	case t < p.from || t >= p.to+p.down:
		return 0
	case t < p.from+p.up:
		return float64(t-p.from+1) / float64(p.up+1)
	case t < p.to:
		return 1
	default:
		return 1 - float64(t-p.to+1)/float64(p.down+1)
	}
}

const (
	minute = 60
	hour   = 3600
	day    = 86400
)

// monday is 2026-01-05 00:00 UTC: scenarios count their days from a Monday.
const monday = 1767571200

// daily is the shape of traffic over a week, 1 at its usual height: a quiet
// night, a working day with two humps, a slower weekend.
func daily(t int64, depth float64) float64 {
	h := float64((t-monday)%day) / hour
	shape := 1 - depth*(0.5+0.5*math.Cos(2*math.Pi*(h-3)/24)) - 0.12*depth*math.Cos(4*math.Pi*(h-1)/24)
	weekday := (t - monday) / day % 7
	if weekday >= 5 {
		shape *= 1 - 0.4*depth
	}
	return math.Max(shape, 0.03)
}
