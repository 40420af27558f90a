package main

import (
	"strings"

	"github.com/authspike/authspike/detector"
)

// known is the truth about one incident, as the scoring needs it and as the
// truth file of `lines` holds it. Times are Unix seconds.
type known struct {
	Kind      string                 `json:"kind"`
	Namespace string                 `json:"namespace"`
	Service   string                 `json:"service"`
	From      int64                  `json:"from"`
	Full      int64                  `json:"full"`      // end of the rise
	To        int64                  `json:"to"`        // recovery begins
	Recovered int64                  `json:"recovered"` // recovery is complete
	LateFrom  int64                  `json:"late_from,omitempty"`
	LateTo    int64                  `json:"late_to,omitempty"`
	Rate      float64                `json:"rate"` // requests per second during the incident
	Pods      []string               `json:"pods,omitempty"`
	AllPods   int                    `json:"all_pods"`
	Benign    bool                   `json:"benign,omitempty"`
	Signals   map[string]knownSignal `json:"signals"`
}

// knownSignal is the truth about one signal of an incident.
type knownSignal struct {
	Base    float64 `json:"base"`  // true share in the hour before
	Share   float64 `json:"share"` // true share on the plateau
	Ratio   float64 `json:"ratio"`
	Owed    bool    `json:"owed"`    // an alert must come
	Excused bool    `json:"excused"` // an alert is no mistake
	Floor   int64   `json:"floor"`   // seconds after From at which it could be known, -1 for never
	Reach   int64   `json:"reach"`   // second at which the share passed the factor, -1 for never
	Cure    float64 `json:"cure"`    // seconds after which a recovery is 99 % certain
}

// cureCertainty is log(100): a recovery is certain at odds of a hundred to one.
const cureCertainty = 4.605

func (s *service) known(i *incident) known {
	g := &i.gauge
	k := known{
		Kind: i.kind, Namespace: s.series.Namespace, Service: s.series.Service,
		From: i.from, Full: i.from + i.up, To: i.to, Recovered: i.to + i.down,
		LateFrom: i.late.from, LateTo: i.late.to,
		Rate: g.weight / float64(max(i.to-i.from-i.up, 1)),
		Pods: g.pods, AllPods: len(s.slots), Benign: i.benign,
		Signals: map[string]knownSignal{},
	}
	for sig := detector.Unauthorized; sig < detector.NumSignals; sig++ {
		if s.mute && sig == detector.Unauthorized || g.weight == 0 {
			continue
		}
		share := g.top[sig] / g.weight
		if share <= 1.5*g.base[sig] {
			continue
		}
		k.Signals[sig.String()] = knownSignal{
			Base: g.base[sig], Share: share, Ratio: g.ratio(sig),
			Owed:    !i.benign && i.wave == 0 && g.owed(sig),
			Excused: g.excused(sig),
			Floor:   g.floor[sig], Reach: g.reach[sig],
			Cure: cureCertainty / max(g.cure[sig], 1e-9),
		}
	}
	return k
}

// truth is all that is known about a played scenario.
type truth struct {
	Scenario  string           `json:"scenario"`
	Seed      uint64           `json:"seed"`
	From      int64            `json:"from"`
	To        int64            `json:"to"`
	Services  map[string]usual `json:"services"`
	Incidents []known          `json:"incidents"`

	ratios map[string][]ratios // of each service, by minute since From
}

// highest returns the highest ratio that one of the signals truly had in a whole
// minute of the five before a second, or in the one that it is in.
func (t *truth) highest(service string, set signals, second int64) float64 {
	var top float32
	last := (second - t.From) / minute
	minutes := t.ratios[service]
	for m := max(last-5, 0); m <= last && m < int64(len(minutes)); m++ {
		for g, ratio := range minutes[m] {
			if set.has(detector.Signal(g)) {
				top = max(top, ratio)
			}
		}
	}
	return float64(top)
}

// usual is what is normal for a service.
type usual struct {
	Rate  float64 `json:"rate"`  // requests per second at the usual height of the day
	Base  float64 `json:"base"`  // share of 401s
	Clump float64 `json:"clump"` // variance of a second's 401s over that of a binomial
}

// truth returns what is known once the scenario was played.
func (sc *scenario) truth() truth {
	t := truth{Scenario: sc.name, Seed: sc.seed, From: sc.span.from, To: sc.span.to, Services: map[string]usual{}, ratios: map[string][]ratios{}}
	for _, s := range sc.services {
		t.ratios[s.series.Service] = s.truth.ratios
		t.Services[s.series.Service] = usual{s.rate, s.base, s.clump}
		for _, i := range s.troubles {
			t.Incidents = append(t.Incidents, s.known(i))
		}
	}
	return t
}

// signals is a set of signals: what an alert is about.
type signals uint32

func only(g detector.Signal) signals { return 1 << g }

func (s signals) has(g detector.Signal) bool { return s&only(g) != 0 }

// String returns the names, joined by commas.
func (s signals) String() string {
	var names []string
	for g := detector.Requests; g < detector.NumSignals; g++ {
		if s.has(g) {
			names = append(names, g.String())
		}
	}
	return strings.Join(names, ",")
}

// verdict is one change of one alert, as a contender decided it.
type verdict struct {
	at      int64 // Unix seconds: when it was said
	rule    string
	service string
	signals signals
	firing  bool
	detail  string // what a person would read: names of pods are looked for in it
}

// contender is a detector under test: authspike's, or one it is compared with.
type contender interface {
	name() string
	// step takes what arrived in one second and returns what was decided at
	// its end. arrived is only valid during the call.
	step(second int64, arrived []detector.Sample) []verdict
}

// firing is one stretch for which an alert fired.
type firing struct {
	rule    string
	service string
	signals signals
	from    int64
	to      int64 // 0 while it fires
	detail  string
}

// collect adds verdicts to the firings of a run.
func collect(fs []firing, vs []verdict) []firing {
	for _, v := range vs {
		open := -1
		for i := len(fs) - 1; i >= 0 && open < 0; i-- {
			if f := &fs[i]; f.rule == v.rule && f.service == v.service && f.to == 0 {
				open = i
			}
		}
		switch {
		case v.firing && open < 0:
			fs = append(fs, firing{rule: v.rule, service: v.service, signals: v.signals, from: v.at, detail: v.detail})
		case !v.firing && open >= 0:
			fs[open].to = v.at
			fs[open].detail += " " + v.detail
		}
	}
	return fs
}
