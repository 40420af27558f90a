package main

import (
	"math"
	"slices"
	"strings"

	"github.com/authspike/authspike/detector"
)

// The questions that the scoring asks of each incident.
const (
	the401 = iota // the alert on the share of 401s
	theKid        // the alert on kid mismatches
	first         // the first correct alert of any kind
	numClasses
)

var classNames = [numClasses]string{"401", "kid", "first"}

// slowRamp is the rise, in seconds, from which on delay counts from the moment
// at which the true share passed the factor instead of from the onset.
const slowRamp = 180

// patience is how many seconds after its end an incident still explains an
// alert.
const patience = 120

// row is what one contender made of one owed alert.
type row struct {
	Scenario string  `json:"scenario"`
	Seed     uint64  `json:"seed"`
	Kind     string  `json:"kind"`
	Service  string  `json:"service"`
	Class    string  `json:"class"`
	Rate     float64 `json:"rate"`
	Ratio    float64 `json:"ratio"`
	Onset    int64   `json:"onset"`
	Floor    float64 `json:"floor"` // seconds from Onset, the theoretical least delay
	Possible bool    `json:"possible"`
	Found    bool    `json:"found"`
	Delay    float64 `json:"delay"`
	Early    bool    `json:"early"`   // resolved before recovery began
	Resolve  float64 `json:"resolve"` // seconds from recovery to resolve, -1 for never
	Need     float64 `json:"need"`    // seconds after which a recovery is 99 % certain
	Extra    int     `json:"extra"`   // fire and resolve pairs beyond the first
	Named    int     `json:"named"`   // of the stale pods, how many the alert names
	Stale    int     `json:"stale"`   // stale pods of a partial rotation
	class    int
}

// falseAlarm is an alert that nothing true explains.
type falseAlarm struct {
	Scenario string  `json:"scenario"`
	Seed     uint64  `json:"seed"`
	Service  string  `json:"service"`
	Rule     string  `json:"rule"`
	Signal   string  `json:"signal"`
	At       int64   `json:"at"`
	After    int64   `json:"after"` // seconds since the scenario's start
	Lasted   int64   `json:"lasted"`
	True     float64 `json:"true_ratio"` // highest true ratio of a whole minute around At
	usual
	During string `json:"during,omitempty"`
	Cold   bool   `json:"cold,omitempty"` // before the warm-up was over
}

// order counts which of a rotation's two alerts came first: in all rotations,
// and in those where the mismatches say at least as much as the 401s do. They do
// not where the verifier logs only a part of them.
type order struct{ kidFirst, both, kidFirstDue, due int }

func (o *order) add(the401, theKid *row) {
	first := theKid.Delay+float64(theKid.Onset) <= the401.Delay+float64(the401.Onset)
	due := theKid.Floor+float64(theKid.Onset) <= the401.Floor+float64(the401.Onset)
	o.both++
	if due {
		o.due++
	}
	if first {
		o.kidFirst++
	}
	if first && due {
		o.kidFirstDue++
	}
}

// score gathers what one contender did over many runs.
type score struct {
	Contender   string       `json:"contender"`
	Rows        []row        `json:"rows"`
	FalseAlarms []falseAlarm `json:"false_alarms"`
	Excursions  int          `json:"excursions"`  // alerts that no incident explains, while the share truly passed the factor
	BenignSlow  int          `json:"benign_slow"` // alerts on benign incidents that lasted longer than 60 s after their end
	Benign      int          `json:"benign"`
	Near        int          `json:"near"`          // incidents near the factor, in which an alert came though none was owed
	NearExtra   int          `json:"near_extra"`    // fire and resolve pairs beyond the first of each rule in those
	Spent       float64      `json:"spent_seconds"` // of wall time in step
	order       order
}

// add scores one run.
func (s *score) add(t *truth, fs []firing) {
	matched := make([]bool, len(fs))
	for n := range t.Incidents {
		s.incident(t, &t.Incidents[n], fs, matched)
	}
	for j := range fs {
		f := &fs[j]
		if matched[j] {
			continue
		}
		what, highest := during(t, f), t.highest(f.service, f.signals, f.from)
		if highest >= factor {
			s.Excursions++
			continue
		}
		s.FalseAlarms = append(s.FalseAlarms, falseAlarm{
			Scenario: t.Scenario, Seed: t.Seed, Service: f.service, Rule: f.rule,
			Signal: f.signals.String(), At: f.from, After: f.from - t.From,
			Lasted: max(f.to-f.from, 0), usual: t.Services[f.service], True: highest,
			During: what, Cold: f.from < t.From+warmUp,
		})
	}
}

// during returns the kind of the incident that a firing fell into, if any.
func during(t *truth, f *firing) string {
	for n := range t.Incidents {
		if k := &t.Incidents[n]; k.Service == f.service && f.from >= k.From && f.from < k.Recovered+patience {
			return k.Kind
		}
	}
	return ""
}

// incident scores one incident and marks the firings it explains.
func (s *score) incident(t *truth, k *known, fs []firing, matched []bool) {
	var explained []*firing
	for j := range fs {
		f := &fs[j]
		end := max(k.Recovered, k.LateTo) + patience
		if matched[j] || f.service != k.Service || f.from < k.From || f.from >= end || !k.explains(f.signals) {
			continue
		}
		matched[j] = true
		explained = append(explained, f)
		if k.Benign {
			s.Benign++
			if f.to == 0 || f.to > k.Recovered+60 {
				s.BenignSlow++
			}
		}
	}
	if k.Benign {
		return
	}
	unauthorized, kid := k.Signals[detector.Unauthorized.String()], k.Signals[detector.KidMismatch.String()]
	var both [2]*row
	if unauthorized.Owed {
		both[0] = s.row(t, k, the401, explained, fs)
	}
	if kid.Owed {
		both[1] = s.row(t, k, theKid, explained, fs)
	}
	if s.row(t, k, first, explained, fs) == nil && len(explained) > 0 {
		s.flaps(explained)
	}
	if both[0] != nil && both[1] != nil && both[0].Found && both[1].Found {
		s.order.add(both[0], both[1])
	}
}

// flaps counts the fire and resolve pairs of an incident near the factor, where
// an alert may or may not come, but not again and again.
func (s *score) flaps(explained []*firing) {
	s.Near++
	seen := map[string]bool{}
	for _, f := range explained {
		if seen[f.rule] {
			s.NearExtra++
		}
		seen[f.rule] = true
	}
}

func inClass(class int, set signals) bool {
	switch class {
	case the401:
		return set.has(detector.Unauthorized)
	case theKid:
		return set.has(detector.KidMismatch)
	default:
		return true
	}
}

// explains reports whether an alert on one of the signals is right during the
// incident, or at least no mistake.
func (k *known) explains(set signals) bool {
	for name, sig := range k.Signals {
		if g, _ := detector.ParseSignal(name); set.has(g) && (sig.Excused || k.Benign) {
			return true
		}
	}
	return false
}

// row scores one class of one incident and returns the row, nil where no alert
// of the class is owed.
func (s *score) row(t *truth, k *known, class int, explained []*firing, all []firing) *row {
	floor, reach, need := possible(k, class)
	if reach < 0 {
		return nil
	}
	r := row{
		Scenario: t.Scenario, Seed: t.Seed, Kind: k.Kind, Service: k.Service, Class: classNames[class], class: class,
		Rate: k.Rate, Ratio: k.ratio(class), Onset: k.From, Resolve: -1, Need: need,
	}
	if class != first {
		r.Stale = len(k.Pods)
	}
	if k.Full-k.From >= slowRamp {
		r.Onset = reach
	}
	if r.Onset >= k.LateFrom && r.Onset < k.LateTo {
		r.Onset = k.LateTo
	}
	r.Floor = float64(max(k.From+floor-r.Onset, 1))
	r.Possible = floor >= 0 && k.From+floor+int64(0.5*r.Floor)+15 < k.To
	var last *firing
	for _, f := range explained {
		if !inClass(class, f.signals) {
			continue
		}
		if !r.Found {
			r.Found = f.from < max(k.To, k.LateTo)
			r.Delay = float64(f.from - r.Onset)
		} else if class != first && f.rule == last.rule {
			r.Extra++
		}
		if class != first {
			for _, pod := range k.Pods {
				if strings.Contains(f.detail, pod) {
					r.Named++
				}
			}
		}
		early := f.to != 0 && f.to < k.To
		if class == first { // one alert of several may end, as long as another speaks
			r.Early = early && (last == nil || r.Early)
		} else {
			r.Early = r.Early || early
		}
		last = f
	}
	if last != nil && last.to != 0 {
		r.Resolve = float64(last.to - max(k.Recovered, k.LateTo))
	}
	if !r.Found && covered(k, class, all) {
		r.Found, r.Delay = true, 0
	}
	r.Named = min(r.Named, r.Stale)
	s.Rows = append(s.Rows, r)
	return &s.Rows[len(s.Rows)-1]
}

// covered reports whether an alert of the class was already firing at the
// onset and stayed: a false alarm that came true.
func covered(k *known, class int, all []firing) bool {
	for j := range all {
		f := &all[j]
		if f.service == k.Service && inClass(class, f.signals) && f.from < k.From && (f.to == 0 || f.to >= k.To) {
			return true
		}
	}
	return false
}

// possible returns the least delay for a class of an incident, the second at
// which its share passes the factor, -1 if no alert is owed, and the seconds
// that a certain recovery takes.
func possible(k *known, class int) (floor, reach int64, need float64) {
	floor, reach = -1, -1
	for name, sig := range k.Signals {
		g, _ := detector.ParseSignal(name)
		if !sig.Owed || !inClass(class, only(g)) {
			continue
		}
		if sig.Floor >= 0 && (floor < 0 || sig.Floor < floor) {
			floor = sig.Floor
		}
		if sig.Reach >= 0 && (reach < 0 || sig.Reach < reach) {
			reach = sig.Reach
		}
		need = max(need, sig.Cure)
	}
	return floor, reach, need
}

func (k *known) ratio(class int) float64 {
	var r float64
	for name, sig := range k.Signals {
		if g, _ := detector.ParseSignal(name); sig.Owed && inClass(class, only(g)) {
			r = max(r, sig.Ratio)
		}
	}
	return r
}

// clustering returns how much more the false alarms vary than independent ones
// would: they come in groups, from services whose noise is worse than others'.
func clustering(fs []*falseAlarm) float64 {
	type place struct {
		scenario, service string
		seed              uint64
	}
	groups := map[place]float64{}
	for _, f := range fs {
		groups[place{f.Scenario, f.Service, f.Seed}]++
	}
	var squares float64
	for _, n := range groups {
		squares += n * n
	}
	return squares / max(float64(len(fs)), 1)
}

// quantile returns the q-quantile of xs, which it sorts, -1 for none.
func quantile(xs []float64, q float64) float64 {
	if len(xs) == 0 {
		return -1
	}
	slices.Sort(xs)
	return xs[min(int(q*float64(len(xs))), len(xs)-1)]
}

// poissonInterval returns the exact 95 % confidence interval of a Poisson mean
// of which k events were seen (Garwood 1936). k need not be whole: then the
// gamma distribution that the limits come from is used between the counts.
func poissonInterval(k float64) (lo, hi float64) {
	if k > 0 {
		lo = gammaQuantile(k, 0.025)
	}
	return lo, gammaQuantile(k+1, 0.975)
}

// gammaQuantile inverts the regularised lower incomplete gamma function.
func gammaQuantile(shape, q float64) float64 {
	lo, hi := 0.0, 3*shape+20
	for range 60 {
		if m := (lo + hi) / 2; lowerGamma(shape, m) < q {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

// lowerGamma is the regularised lower incomplete gamma function, by its series.
func lowerGamma(shape, x float64) float64 {
	lg, _ := math.Lgamma(shape + 1)
	term := math.Exp(shape*math.Log(x) - x - lg)
	sum := term
	for n := 1.0; term > 1e-15*sum && n < 10000; n++ {
		term *= x / (shape + n)
		sum += term
	}
	return sum
}
