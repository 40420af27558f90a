// Package report turns a replay into a single HTML file: for each series that fired,
// it shows the share against its baseline and its limit, and the numbers that decided.
//
// Its memory is bounded: if there are more points than fit, all series become coarser.
// The same replay gives the same bytes. It reads no clock, and its page loads nothing
// from elsewhere and has no script.
package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
)

const (
	// maxPoints bounds the points of all series together, about 150 bytes each. When
	// they are reached, points are merged in pairs.
	maxPoints = 400_000
	// maxEpisodes bounds the alerts that are told apart; more are only counted.
	maxEpisodes = 1000
)

// Recorder remembers what a replay counted and judged. It belongs to one
// goroutine.
type Recorder struct {
	lateness  int64
	maxPoints int

	step   int64 // minutes that a point covers, a power of two
	points int
	series map[detector.Series]*recorded
	open   []openMinute // not judged yet, ascending
	judged int64        // the minutes before it are judged

	episodes []*episode
	firing   map[alertKey]*episode
	early    []*episode // fired before their second was judged, so that its numbers are yet to come
	dropped  int        // episodes that are only counted
	read     read
}

// read is what has been read.
type read struct {
	records, events, bytes int64
	drops                  [pipeline.NumDrops]int64
	oldest, newest         int64 // Unix seconds; newest is below oldest where nothing was counted
}

// recorded is one series over time.
type recorded struct {
	key     detector.Series
	points  []point              // ascending
	nearest detector.Explanation // the verdict that came nearest to an alert without being one
}

// point is what was counted in one step, and what was normal at its end.
type point struct {
	minute int64 // its first, a multiple of the step
	counts detector.Counts
	levels []level
}

// level is what one rule considered normal for one signal.
type level struct {
	alert           string
	signal          detector.Signal
	perSecond       bool
	baseline, limit float64
}

type openMinute struct {
	minute int64
	series []*recorded
}

// alertKey distinguishes the alerts that can fire at the same time.
type alertKey struct {
	series detector.Series
	alert  string
}

// episode is an alert from its start to its end.
type episode struct {
	alertKey
	fired    detector.Transition
	why      []detector.Explanation // of the rule's signals in the deciding second, the one that decided first
	resolved *detector.Transition   // nil while it fires
	end      detector.Explanation   // of a second before it resolved
}

// NewRecorder returns a recorder for a replay with the given lateness, in seconds.
func NewRecorder(lateness int64) *Recorder {
	return &Recorder{
		lateness: lateness, maxPoints: maxPoints, step: 1,
		series: map[detector.Series]*recorded{}, firing: map[alertKey]*episode{},
		judged: math.MinInt64, read: read{oldest: math.MaxInt64, newest: math.MinInt64},
	}
}

// Counted records the counts of a batch. It retains nothing of d but strings.
func (r *Recorder) Counted(d *pipeline.Delta) {
	r.read.records += int64(d.Records)
	r.read.events += int64(d.Events)
	r.read.bytes += d.Bytes
	for i, n := range d.Drops {
		r.read.drops[i] += int64(n)
	}
	for i := range d.Samples {
		s := &d.Samples[i]
		r.read.oldest, r.read.newest = min(r.read.oldest, s.Second), max(r.read.newest, s.Second)
		x := r.series[s.Series]
		if x == nil {
			x = &recorded{key: s.Series}
			r.series[s.Series] = x
		}
		minute := s.Second / 60
		p, made := x.at(minute - minute%r.step)
		p.counts.Add(&s.Counts)
		if made {
			r.points++
			if minute >= r.judged {
				r.await(x, minute)
			}
			if r.points > r.maxPoints {
				r.coarsen()
			}
		}
	}
}

// at returns the point that begins with a minute, and creates it if there is none.
func (x *recorded) at(minute int64) (p *point, made bool) {
	i, found := len(x.points), false
	if i > 0 && x.points[i-1].minute >= minute {
		i, found = slices.BinarySearchFunc(x.points, minute, func(p point, m int64) int { return cmp.Compare(p.minute, m) })
	}
	if !found {
		x.points = slices.Insert(x.points, i, point{minute: minute})
	}
	return &x.points[i], !found
}

// await records that the baseline of x in a minute will be known later.
func (r *Recorder) await(x *recorded, minute int64) {
	i, found := slices.BinarySearchFunc(r.open, minute, func(o openMinute, m int64) int { return cmp.Compare(o.minute, m) })
	if !found {
		r.open = slices.Insert(r.open, i, openMinute{minute: minute})
	}
	r.open[i].series = append(r.open[i].series, x)
}

// coarsen halves the resolution of all series.
func (r *Recorder) coarsen() {
	r.step *= 2
	r.points = 0
	for _, x := range r.series {
		x.points = merge(x.points, r.step)
		r.points += len(x.points)
	}
}

// merge merges the points of each step, in minutes, in place.
func merge(points []point, step int64) []point {
	kept := points[:0]
	for _, p := range points {
		p.minute -= p.minute % step
		if n := len(kept); n > 0 && kept[n-1].minute == p.minute {
			last := &kept[n-1]
			last.counts.Add(&p.counts)
			if p.levels != nil {
				last.levels = p.levels
			}
			continue
		}
		kept = append(kept, p)
	}
	clear(points[len(kept):])
	return kept
}

// Judged records what a move of the frontier changed.
func (r *Recorder) Judged(m *pipeline.Moment) {
	for i := range m.Transitions {
		r.transition(m, &m.Transitions[i])
	}
	r.early = slices.DeleteFunc(r.early, func(e *episode) bool {
		judged := m.Frontier >= e.fired.Time+r.lateness
		if judged {
			e.explain(m)
		}
		return judged
	})
	passed := (m.Frontier - r.lateness) / 60
	for len(r.open) > 0 && r.open[0].minute < passed {
		for _, x := range r.open[0].series {
			p, _ := x.at(r.open[0].minute - r.open[0].minute%r.step)
			p.levels = levels(m.Explain(x.key))
			for _, e := range m.ExplainAt(x.key, r.open[0].minute*60+59) {
				if e.Nearer(&x.nearest) {
					x.nearest = e
				}
			}
		}
		r.open = slices.Delete(r.open, 0, 1)
	}
	r.judged = max(r.judged, passed)
}

func levels(all []detector.Explanation) []level {
	found := make([]level, 0, len(all))
	for i := range all {
		e := &all[i]
		if e.Pod != "" {
			continue
		}
		found = append(found, level{alert: e.Alert, signal: e.Signal, perSecond: e.PerSecond, baseline: e.Baseline, limit: e.Limit})
	}
	return found
}

func (r *Recorder) transition(m *pipeline.Moment, t *detector.Transition) {
	key := alertKey{detector.Series{Namespace: t.Alert.Get("namespace"), Service: t.Alert.Get("service")}, t.Alert.Name()}
	if r.series[key.series] == nil { // records without a service have a label of their own
		key.series.Service = ""
	}
	if t.Alert.State == detector.Resolved {
		if e := r.firing[key]; e != nil {
			resolved := *t
			e.resolved = &resolved
			for _, x := range m.ExplainAt(e.series, m.Frontier-2-r.lateness) { // a second before, it fired
				if x.Alert == e.alert && x.Why == detector.IsFiring {
					e.end = x
				}
			}
			delete(r.firing, key)
		}
		return
	}
	if len(r.episodes) == maxEpisodes {
		r.dropped++
		return
	}
	e := &episode{alertKey: key, fired: *t}
	e.explain(m)
	if len(e.why) > 0 && e.why[0].Second < t.Alert.StartsAt {
		r.early = append(r.early, e)
	}
	r.episodes = append(r.episodes, e)
	r.firing[key] = e
}

// explain records the numbers of the moment.
func (e *episode) explain(m *pipeline.Moment) {
	e.why = nil
	for _, x := range m.Explain(e.series) {
		if x.Alert == e.alert {
			e.why = append(e.why, x)
		}
	}
	slices.SortStableFunc(e.why, func(a, b detector.Explanation) int {
		return cmp.Or(cmp.Compare(b.Why, a.Why), cmp.Compare(b.Score, a.Score))
	})
}
