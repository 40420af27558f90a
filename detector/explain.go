package detector

// Why says why a track fires or does not.
type Why uint8

// The answers, from the least to the most that speaks for an alert.
const (
	Unknown     Why = iota // nothing was heard lately: whether it is normal cannot be known
	Quiet                  // no event within the longest window
	TooFew                 // fewer events than min_count
	BelowFactor            // the estimate is below factor x baseline in every window
	NotCertain             // the estimate is high enough, but may be chance
	Near                   // certainly above the normal, not certainly above factor x baseline
	IsFiring               // the alert fires
)

var whyNames = [...]string{"unknown", "quiet", "too_few", "below_factor", "not_certain", "near_factor", "firing"}

// String returns the answer as it stands in the API.
func (w Why) String() string { return whyNames[min(int(w), len(whyNames)-1)] }

// unknownAfter is after how many seconds without an entry it cannot be known
// whether a series is well: its normal pace, if that is slow, allows for more.
const unknownAfter = 120

// Explanation holds every number of a verdict on one signal of one series.
type Explanation struct {
	Alert     string
	Signal    Signal
	Why       Why
	PerSecond bool  // Observed, Baseline and Exposure are per second, not per request
	Second    int64 // the newest second that was judged
	Window    int64 // the window that speaks most for an alert, in seconds
	Events    float64
	Exposure  float64 // requests, or seconds, in the window
	Observed  float64 // Events per Exposure
	Baseline  float64 // what is normal
	Expected  float64 // the events that the baseline explains
	Limit     float64 // what Observed must reach: factor x baseline, or more where the baseline wanders
	Score     float64 // how certain it is that this is no chance; natural logarithm of odds
	Threshold float64 // what Score must reach
	Near      float64 // how certain it is that Observed is above 0.8 x Limit
	NearLimit float64 // what Near must reach
	Spread    float64 // over-dispersion that the scores were divided by

	HistoryEvents   float64 // what the baseline was learned from
	HistoryExposure float64
	Since           int64   // while firing: the second from which on it fires
	Clear           float64 // while firing: how certain recovery is
	ClearLimit      float64 // what Clear must reach
	Frozen          bool    // the present minute will not be learned
}

// Explain returns the numbers behind the rules' verdicts on a series as of the
// newest judged second, by rule and signal; signals that never occurred are left
// out. It reports false for a series that is not known.
func (d *Detector) Explain(key Series) ([]Explanation, bool) {
	s := d.byKey[key]
	if s == nil || s.first < 0 {
		return nil, s != nil
	}
	var out []Explanation
	for _, t := range s.tracks {
		if t != nil {
			out = append(out, d.explain(s, t))
		}
	}
	return out, true
}

func (d *Detector) explain(s *series, t *track) Explanation {
	r := &t.rule.Rule
	b := t.at(s.now / 60)
	v, found := t.best(s, b)
	if !found {
		v = t.densest(s, b)
	}
	e := Explanation{
		Alert: r.Name, Signal: t.signal, PerSecond: b.perSecond, Second: s.now,
		Window: v.window, Events: v.events, Exposure: v.exposure, Observed: v.estimate(),
		Baseline: b.level, Expected: b.level * v.exposure, Limit: b.least * r.Factor * b.level,
		Score: v.score, Threshold: b.threshold, Near: v.near, NearLimit: nearScore, Spread: b.spread,
		HistoryEvents: b.events, HistoryExposure: b.exposure, ClearLimit: clearScore,
		Frozen: t.frozen&(1<<(s.now/60&63)) != 0,
	}
	silent := float64(d.frontier - d.lateness - s.now)
	patience := float64(unknownAfter)
	if b.rate > 0 {
		patience = max(patience, 10*surge/b.rate)
	}
	switch {
	case t.firing:
		e.Why, e.Clear = IsFiring, t.clear
		if a := s.alerts[t.rule.index]; a != nil {
			e.Since = a.alert.StartsAt
		}
	case s.hasRequests && silent > patience:
		e.Why = Unknown
	case v.events == 0:
		e.Why = Quiet
	case v.events < float64(r.MinCount):
		e.Why = TooFew
	case !found:
		e.Why = BelowFactor
	case v.score < b.threshold:
		e.Why = NotCertain
	default:
		e.Why = Near
	}
	return e
}

// densest returns the window with the highest estimate of those with at least
// min_count events, or the longest if there is none.
func (t *track) densest(s *series, b *normal) verdict {
	var best verdict
	for _, w := range windows {
		v := verdict{window: w, events: s.count(t.signal, s.now, w), exposure: s.exposure(s.now, w)}
		enough := v.events >= float64(t.rule.MinCount)
		if best.window == 0 || enough && v.estimate() > best.estimate() || best.events < float64(t.rule.MinCount) {
			best = v
		}
	}
	var parts blocks
	s.blocks(t.signal, s.now, best.window, &parts)
	best.weigh(b, &t.rule.Rule, &parts)
	return best
}
