package main

import (
	"slices"

	"github.com/authspike/authspike/detector"
)

// The rules people write today, as a Prometheus would evaluate them: counters
// scraped and rules evaluated each 15 s, from what had arrived by then.

const (
	scrape      = 15
	scrapeRing  = 264 // more than 65 minutes of scrapes
	madInterval = 10 * minute
	madHistory  = 24 * 60
)

// counters are a service's counters at past scrapes.
type counters struct {
	requests, unauthorized, kids [scrapeRing]uint64
	last                         int64 // scrapes so far
}

func (c *counters) scrape(n, k, kid uint64) {
	c.last++
	at := c.last % scrapeRing
	c.requests[at], c.unauthorized[at], c.kids[at] = n, k, kid
}

// increase returns how much a counter grew in the window of seconds that ended
// offset seconds ago.
func (c *counters) increase(ring *[scrapeRing]uint64, window, offset int64) float64 {
	end := max(c.last-offset/scrape, 0)
	begin := max(end-window/scrape, 0)
	return float64(ring[end%scrapeRing] - ring[begin%scrapeRing])
}

// share returns 401s per request, and whether there were requests.
func (c *counters) share(window, offset int64) (float64, bool) {
	n := c.increase(&c.requests, window, offset)
	return c.increase(&c.unauthorized, window, offset) / max(n, 1), n > 0
}

// promRule is one alerting rule.
type promRule struct {
	alert  string
	signal detector.Signal
	hold   int64 // the rule's "for", in seconds
	holds  func(w *watched) bool
}

// watched is what one contender knows about one service.
type watched struct {
	service string
	total   totals
	counters
	pending []int64 // by rule: since when its condition holds, 0 for not at all
	fires   []bool  // by rule
	band    madBand
}

// prometheus is a contender made of alerting rules.
type prometheus struct {
	title    string
	rules    []promRule
	services map[string]*watched
	order    []*watched
	out      []verdict
}

func newPrometheus(title string, rules ...promRule) *prometheus {
	return &prometheus{title: title, rules: rules, services: map[string]*watched{}}
}

func (p *prometheus) name() string { return p.title }

func (p *prometheus) step(second int64, arrived []detector.Sample) []verdict {
	for i := range arrived {
		s := &arrived[i]
		w := p.services[s.Series.Service]
		if w == nil {
			w = &watched{service: s.Series.Service, pending: make([]int64, len(p.rules)), fires: make([]bool, len(p.rules))}
			p.services[w.service] = w
			p.order = append(p.order, w)
		}
		w.total.add(&s.Counts)
	}
	p.out = p.out[:0]
	if now := second + 1; now%scrape == 0 {
		for _, w := range p.order {
			w.scrape(w.total[detector.Requests], w.total[detector.Unauthorized], w.total[detector.KidMismatch])
			p.evaluate(w, now)
		}
	}
	return p.out
}

func (p *prometheus) evaluate(w *watched, now int64) {
	for r := range p.rules {
		rule := &p.rules[r]
		holds := rule.holds(w)
		switch {
		case !holds:
			w.pending[r] = 0
		case w.pending[r] == 0:
			w.pending[r] = now
		}
		fires := holds && now-w.pending[r] >= rule.hold
		if fires == w.fires[r] {
			continue
		}
		w.fires[r] = fires
		p.out = append(p.out, verdict{at: now, rule: rule.alert, service: w.service, signals: only(rule.signal), firing: fires})
	}
}

// spike is `ratio[1m] > 5 * ratio[1h] offset 5m`, with at least so many 401s.
func spike(least float64) func(*watched) bool {
	return func(w *watched) bool {
		now, ok := w.share(minute, 0)
		usual, known := w.share(hour, 5*minute)
		return ok && known && now > factor*usual && w.increase(&w.unauthorized, minute, 0) >= least
	}
}

func aboveFivePercent(w *watched) bool {
	now, ok := w.share(minute, 0)
	return ok && now > 0.05
}

func mismatches(w *watched) bool { return w.increase(&w.kids, 2*minute, 0) > 5 }

// madBand is the upper limit of Grafana's robust band: median + 3 MAD, scaled
// to standard deviations, of the share over 5 minutes in the last 24 hours.
type madBand struct {
	history [madHistory]float64
	n       int64
	upper   float64
}

func outsideBand(w *watched) bool {
	now, ok := w.share(5*minute, 0)
	b := &w.band
	if w.last%(minute/scrape) == 0 {
		if ok {
			b.history[b.n%madHistory] = now
			b.n++
		}
		if w.last*scrape%madInterval == 0 {
			b.update()
		}
	}
	return ok && b.n >= 60 && now > b.upper
}

func (b *madBand) update() {
	known := slices.Clone(b.history[:min(b.n, madHistory)])
	if len(known) == 0 {
		return
	}
	slices.Sort(known)
	median := known[len(known)/2]
	for i := range known {
		known[i] = max(known[i]-median, median-known[i])
	}
	slices.Sort(known)
	b.upper = max(median+3*1.4826*known[len(known)/2], 2*median)
}

// promContenders returns today's practice.
func promContenders() []contender {
	kids := promRule{"KidMismatches", detector.KidMismatch, 0, mismatches}
	return []contender{
		newPrometheus("promql for 1m", promRule{"Spike", detector.Unauthorized, minute, spike(0)}, kids),
		newPrometheus("promql 10+", promRule{"Spike", detector.Unauthorized, 0, spike(10)}, kids),
		newPrometheus("static 5%", promRule{"High", detector.Unauthorized, 2 * minute, aboveFivePercent}),
		newPrometheus("mad", promRule{"Outside", detector.Unauthorized, 5 * minute, outsideBand}),
	}
}

// totals are counts that do not overflow.
type totals [detector.NumSignals]uint64

func (t *totals) add(c *detector.Counts) {
	for g := range t {
		t[g] += uint64(c[g])
	}
}
