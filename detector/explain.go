package detector

import "cmp"

// Why is the reason why a track fires or does not.
type Why uint8

// The answers, from the weakest to the strongest case for an alert.
const (
	Unknown     Why = iota // nothing was heard lately: whether it is normal cannot be known
	Unsettled              // a log without requests that is watched for too short a time to be judged
	Quiet                  // no event within the longest window
	TooFew                 // fewer events than min_count
	BelowFactor            // the estimate is below factor x baseline in every window
	OneClient              // the estimate is high enough, but the events came together, as one client's retries do
	NotCertain             // the estimate is high enough, but may be chance
	Near                   // certainly above the normal, not certainly above factor x baseline
	IsFiring               // the alert fires
)

var whyNames = [...]string{"unknown", "unsettled", "quiet", "too_few", "below_factor", "one_client", "not_certain", "near_factor", "firing"}

// String returns the answer as it appears in the API.
func (w Why) String() string { return whyNames[min(int(w), len(whyNames)-1)] }

// Kept is how exactly the second that was asked for is known.
type Kept uint8

// The degrees of exactness.
const (
	Exact     Kept = iota // those of the verdict on Second, the newest one up to then
	Strongest             // those of the strongest verdict of its minute
	Counted               // those of the minute's counts: nothing in it came near an alert, or its alert fired already
	AtFire                // those of the verdict that made it fire, before the second that was asked for
	NotKept               // it is too long ago
	NotJudged             // it was not judged yet
)

var keptNames = [...]string{"exact", "strongest_of_minute", "counts_of_minute", "of_the_fire", "not_kept", "not_judged"}

// String returns the answer as it appears in the API.
func (k Kept) String() string { return keptNames[min(int(k), len(keptNames)-1)] }

// Nearer reports whether e came closer to an alert than o did. An explanation that
// fired, or whose numbers are not known, is never nearer.
func (e *Explanation) Nearer(o *Explanation) bool {
	class, by := e.nearness()
	otherClass, otherBy := o.nearness()
	return cmp.Or(cmp.Compare(class, otherClass), cmp.Compare(by, otherBy)) > 0
}

// nearness orders explanations by class, and within a class by how near they come.
func (e *Explanation) nearness() (class int, by float64) {
	switch {
	case e.Kept >= NotKept:
	case e.Why == OneClient || e.Why == NotCertain || e.Why == Near:
		return 3, min(e.Score, 2*e.Near+e.Score/4)
	case e.Why == BelowFactor && e.Limit > 0:
		return 2, e.Observed / e.Limit
	case e.Why == TooFew:
		return 1, e.Events
	}
	return 0, 0
}

// unknownAfter is after how many seconds without an entry the state of a series
// becomes unknown; longer if its normal pace is slow.
const unknownAfter = 120

// Explanation holds every number of a verdict on one signal of one series, or of
// one of its pods.
type Explanation struct {
	Alert     string
	Signal    Signal
	Pod       string // "" for the whole service
	Why       Why
	Kept      Kept
	PerSecond bool  // Observed, Baseline and Exposure are per second, not per request
	AtLeast   bool  // Exposure is the most that open seconds can bring, so Observed is a lower bound
	Asked     int64 // the second that was asked for
	Second    int64 // the second whose verdict it is; of Counted, the end of the counts
	Window    int64 // the window that speaks most for an alert, in seconds
	Events    float64
	Exposure  float64 // requests, or seconds, in the window
	Observed  float64 // Events per Exposure
	Baseline  float64 // what is normal; 0 where that is not known
	Expected  float64 // the events that the baseline explains
	Limit     float64 // what Observed must reach: factor x baseline, or more where the baseline wanders
	Factor    float64
	MinCount  int
	Score     float64 // how certain it is that this is no chance; natural logarithm of odds
	Threshold float64 // what Score must reach; 0 where it is not known
	Near      float64 // how certain it is that Observed is above 0.8 x Limit
	NearLimit float64 // what Near must reach
	Spread    float64 // over-dispersion that the scores were divided by

	HistoryEvents   float64 // what the baseline was learned from; 0 where it is not known
	HistoryExposure float64
	Since           int64   // while firing: the second from which on it fires
	Ended           int64   // of what fired at the second asked for and does not any more: until when
	Reason          Reason  // why it ended
	Clear           float64 // while firing, or when it ended: how certain recovery is
	ClearLimit      float64 // what Clear must reach
	Frozen          bool    // the minute will not be learned

	Fired *Explanation // while firing: the verdict that made it fire; nil where that is not known
}

// Explain returns the numbers behind the rules' verdicts on a series as of the
// newest judged second, by rule and signal, each followed by the pods that fire or
// come close; signals that never occurred are left out. It returns false for an
// unknown series.
func (d *Detector) Explain(key Series) ([]Explanation, bool) {
	s := d.byKey[key]
	if s == nil || s.first < 0 {
		return nil, s != nil
	}
	var out []Explanation
	for k, t := range s.tracks {
		if t != nil {
			out = append(out, d.explain(s, t, max(s.now, d.frontier-d.lateness-1), d.frontier))
			out = append(out, d.explainPods(s, k)...)
		}
	}
	return out, true
}

// base returns the fields that every explanation of a track has.
func (t *track) base(asked int64) Explanation {
	r := &t.rule.Rule
	return Explanation{
		Alert: r.Name, Signal: t.signal, Asked: asked, Factor: r.Factor, MinCount: r.MinCount,
		NearLimit: nearScore, ClearLimit: clearScore,
	}
}

// of fills in the numbers of a verdict.
func (e *Explanation) of(v *verdict, b *normal) {
	e.PerSecond, e.AtLeast = b.perSecond, v.atLeast
	e.Window, e.Events, e.Exposure, e.Observed = v.window, v.events, v.exposure, v.estimate()
	e.Baseline, e.Expected, e.Limit = b.level, b.level*v.exposure, float64(b.least)*e.Factor*b.level
	e.Score, e.Threshold, e.Near, e.Spread = v.score, b.threshold, v.near, b.spread
	e.HistoryEvents, e.HistoryExposure = b.events, b.exposure
}

// explain returns the numbers of the newest judged second, with no entries between
// it and the second that is asked for. A track that fired early, on a second after
// `open`, counts as firing only if it would have fired by now in any case.
func (d *Detector) explain(s *series, t *track, asked, open int64) Explanation {
	r := &t.rule.Rule
	own := s.asked(t)
	b := &own
	v, found := t.best(s, b)
	if !found {
		v = t.densest(s, b)
	}
	e := t.base(asked)
	e.of(&v, b)
	e.Second = s.now
	e.Frozen = t.frozen&(1<<(s.now/60&63)) != 0
	silent := float64(asked - s.now)
	patience := float64(unknownAfter)
	if b.rate > 0 {
		patience = max(patience, 10*surge/b.rate)
	}
	var began *Explanation
	if r := t.read(); t.firing() && r != nil && r.whole != nil {
		began = &r.whole.verdict
	}
	switch {
	case t.firing() && (began == nil || began.Second <= open || found && v.crosses(b, r)):
		e.Why, e.Clear, e.Fired = IsFiring, t.clear, began
		if began != nil {
			e.Since = began.Second
			if e.Since <= open {
				e.Asked = max(asked, e.Since)
			}
		}
	case s.hasRequests && silent >= patience:
		e.Why = Unknown
	case !s.settled():
		e.Why = Unsettled
	case v.events == 0:
		e.Why = Quiet
	case v.events < float64(r.MinCount):
		e.Why = TooFew
	case !found:
		e.Why = BelowFactor
	default:
		e.Why = v.short(b)
	}
	return e
}

// short returns what a verdict that did not cross lacked.
func (v *verdict) short(b *normal) Why {
	switch {
	case v.score >= b.threshold:
		return Near
	case v.clump:
		return OneClient
	default:
		return NotCertain
	}
}

// densest returns the window with the highest estimate among those with at least
// min_count events, or the longest if there is none. As in a verdict, no window
// reaches back into a previous incident.
func (t *track) densest(s *series, b *normal) verdict {
	var best verdict
	for _, w := range windows {
		if best.window > 0 && !t.firing() && start(s.now, w) < t.after {
			break
		}
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

// explainPods returns the pods that fire for track k and, of the others, the one
// that comes nearest, as of the newest judged second.
func (d *Detector) explainPods(s *series, k int) []Explanation {
	t := s.tracks[k]
	if !s.hasRequests || len(s.pods) < 2 {
		return nil
	}
	b := t.at(s.now / 60)
	var out []Explanation
	var nearest Explanation
	for i := range s.pods {
		p := &s.pods[i]
		g := p.of(k)
		if g == nil {
			continue
		}
		if g.firing {
			e := t.explainPod(g, b, s.now, len(s.pods))
			e.Pod, e.Why = p.name, IsFiring
			e.Fired = t.firedPod(p.name, s.now)
			if e.Fired != nil {
				e.copyVerdict(e.Fired)
				e.Since = e.Fired.Second
			}
			if e.Second != s.now {
				e.Kept = AtFire
			}
			e.Clear = float64(g.clear)
			out = append(out, e)
			continue
		}
		if t.firing() || g.run.events < float32(t.rule.MinCount) {
			continue
		}
		e := t.explainPod(g, b, s.now, len(s.pods))
		e.Pod = p.name
		if e.Observed >= e.Limit && (nearest.Pod == "" || e.Score > nearest.Score) {
			nearest = e
		}
	}
	if nearest.Pod != "" {
		out = append(out, nearest)
	}
	return out
}

// explainPod returns the numbers of a pod's run. Its limit is against the higher
// of its own past and its service's.
func (t *track) explainPod(g *podSignal, b *normal, second int64, pods int) Explanation {
	own := b.ofPod(g.base(b), pods)
	v := g.verdict(&t.rule.Rule, b, second)
	e := t.base(second)
	e.of(&v, &own)
	e.Second, e.Why = second, NotCertain
	if e.Score >= e.Threshold {
		e.Why = Near
	}
	return e
}
