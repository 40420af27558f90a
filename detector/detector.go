package detector

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"text/template"
)

// OverflowService is the service of the series that counts everything beyond
// Config.MaxSeries. Its namespace is empty. No rule judges it.
const OverflowService = "_overflow"

// Config is what a Detector judges and how much it may remember.
type Config struct {
	Rules     []Rule // in the order in which their alerts come out; names are unique
	Lateness  int64  // seconds that entries may be late; 0 to 60. Default 10 only in the configuration file, not here
	MaxSeries int    // series beyond it share one overflow series that is only counted; 0 means 10000
	MaxPods   int    // pods per series beyond it are not told apart; 0 means 64
}

// Validate returns all faults as one joined error.
func (c *Config) Validate() error {
	var faults []error
	if c.Lateness < 0 || c.Lateness > 60 {
		faults = append(faults, fmt.Errorf("lateness is 0 to 60 s, not %d", c.Lateness))
	}
	if c.MaxSeries < 0 || c.MaxPods < 0 {
		faults = append(faults, errors.New("max_series and max_pods are not negative"))
	}
	names := map[string]bool{}
	for i := range c.Rules {
		r := &c.Rules[i]
		if err := r.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("rule %s: %w", r.Name, err))
		}
		if names[r.Name] {
			faults = append(faults, fmt.Errorf("rule %s stands twice", r.Name))
		}
		names[r.Name] = true
	}
	return errors.Join(faults...)
}

// compiled is a rule with everything derived from it.
type compiled struct {
	Rule
	index       int
	statistics  uint64
	budget      float64 // seconds per false alarm
	partMinutes int     // minutes of a part of the baseline
	summary     *template.Template
	about       *template.Template
	runbook     *template.Template
}

// planned is one signal of one rule; a series has one track for each.
type planned struct {
	rule   *compiled
	signal Signal
}

// Detector decides which alerts start and stop. See the package comment.
type Detector struct {
	lateness  int64
	maxSeries int
	maxPods   int
	rules     []*compiled
	plan      []planned

	frontier int64 // every second below it was reached; noFrontier before the first Advance
	begin    int64 // since when it watches: the first frontier, or the first sample's second if that is earlier
	byKey    map[Series]*series
	series   []*series // by namespace and service
	overflow *series   // nil while not needed
	out      []Transition
	free     stock
	closing  []podCounts // of the bucket that is being judged
	scratch  []podShare
}

const (
	noFrontier = math.MinInt64 / 4
	never      = math.MaxInt64
)

// New returns a detector that has seen nothing. It reports all faults of cfg at once.
func New(cfg Config) (*Detector, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	d := &Detector{
		lateness: cfg.Lateness, maxSeries: cmp.Or(cfg.MaxSeries, 10000), maxPods: cmp.Or(cfg.MaxPods, 64),
		frontier: noFrontier, begin: never, byKey: map[Series]*series{},
	}
	for i, r := range cfg.Rules {
		r.Signals, r.Labels = slices.Clone(r.Signals), slices.Clone(r.Labels)
		c := &compiled{Rule: r, index: i, statistics: r.statistics(), budget: r.FalseAlarms.Seconds(), partMinutes: int(r.Baseline.Minutes()) / slots}
		for _, t := range [...]struct {
			into **template.Template
			text string
		}{{&c.summary, r.Summary}, {&c.about, r.About}, {&c.runbook, r.RunbookURL}} {
			parsed, err := parseTemplate(t.text)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", r.Name, err)
			}
			*t.into = parsed
		}
		d.rules = append(d.rules, c)
		for _, s := range r.Signals {
			d.plan = append(d.plan, planned{c, s})
		}
	}
	return d, nil
}

// Add counts samples. It never judges. It retains the strings of the samples, but not
// the slice. A sample whose second has been judged already is counted in the totals
// and as late, and nowhere else.
func (d *Detector) Add(samples []Sample) {
	for i := range samples {
		sample := &samples[i]
		s := d.byKey[sample.Series]
		if s == nil {
			s = d.admit(sample)
		}
		d.begin = min(d.begin, max(0, sample.Second))
		if s == d.overflow {
			for signal, n := range sample.Counts {
				s.totals[signal] += uint64(n)
			}
			continue
		}
		if s.add(sample, d.frontier, d.lateness, &d.free) {
			s.due = min(s.due, d.dueAfter(s))
		}
	}
}

// dueAfter returns the frontier at which a series that got a sample is evaluated next.
func (d *Detector) dueAfter(s *series) int64 {
	if s.hold != 0 {
		return s.hold
	}
	return max(d.frontier+1, s.open[0].second+1)
}

// admit creates a series for a sample, or returns the overflow series.
func (d *Detector) admit(sample *Sample) *series {
	if len(d.series) >= d.maxSeries || sample.Series == (Series{Service: OverflowService}) {
		if d.overflow == nil {
			d.overflow = &series{key: Series{Service: OverflowService}}
		}
		return d.overflow
	}
	s := d.newSeries(sample.Series)
	d.insert(s)
	return s
}

func (d *Detector) newSeries(key Series) *series {
	return &series{key: key, due: never, now: -1, first: -1, tracks: make([]*track, len(d.plan)), alerts: make([]*active, len(d.rules))}
}

func (d *Detector) insert(s *series) {
	i, _ := slices.BinarySearchFunc(d.series, s.key, func(s *series, key Series) int { return compareSeries(s.key, key) })
	d.series = slices.Insert(d.series, i, s)
	d.byKey[s.key] = s
}

func compareSeries(a, b Series) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Service, b.Service))
}

// Advance moves the frontier, a Unix second that all partitions which are not idle
// have reached. It closes and judges the seconds that the lateness allows, one by
// one, and returns what changed, in the order of time, series and rule. The slice is
// valid until the next call; the alerts in it may be kept. A frontier that is not
// newer changes nothing.
func (d *Detector) Advance(frontier int64) []Transition {
	d.out = d.out[:0]
	frontier = min(frontier, maxSecond)
	if d.frontier == noFrontier {
		d.begin = min(d.begin, max(0, frontier))
	}
	for d.frontier < frontier {
		next := frontier
		for _, s := range d.series {
			next = min(next, s.due)
		}
		d.frontier = max(next, d.frontier+1)
		if d.frontier < 0 {
			d.frontier = min(0, frontier)
			continue
		}
		for _, s := range d.series {
			if s.due <= d.frontier {
				d.step(s, d.frontier)
			}
		}
	}
	return d.out
}

// Frontier returns the newest frontier, and false before the first Advance.
func (d *Detector) Frontier() (int64, bool) { return d.frontier, d.frontier != noFrontier }

// step advances one series to frontier f.
func (d *Detector) step(s *series, f int64) {
	for _, t := range s.tracks {
		if t != nil {
			t.learn(s, f/60)
		}
	}
	if s.hold <= f {
		s.hold = 0
		for len(s.open) > 0 && s.open[0].second < f-d.lateness {
			d.judge(s, &s.open[0], f)
			s.drop(&d.free)
		}
		d.early(s, f)
	}
	d.pass(s, f)
	s.due = d.nextDue(s, f)
}

// nextDue returns the frontier of the next step of s after one at f.
func (d *Detector) nextDue(s *series, f int64) int64 {
	due := int64(never)
	switch {
	case s.hold != 0:
		due = s.hold
	case len(s.open) > 0:
		due = max(f+1, s.open[0].second+1+d.lateness)
		for i := range s.open {
			if second := s.open[i].second; second >= f {
				due = min(due, second+1)
				break
			}
		}
	}
	for i, a := range s.alerts {
		if a == nil {
			continue
		}
		if !s.hasRequests {
			return f + 1
		}
		due = min(due, max(f+1, s.now+1+d.lateness+seconds(d.rules[i].StaleAfter)))
	}
	return due
}
