package pipeline

import (
	"math"
	"slices"

	"github.com/authspike/authspike/detector"
)

// Observer watches what a replay counts and judges. It changes no transition, but
// costs speed: the frontier then moves second by second wherever something was
// counted.
type Observer struct {
	// Counted is called with each delta before it is applied. The delta is valid
	// until it returns.
	Counted func(*Delta)
	// Judged is called after each move of the frontier.
	Judged func(*Moment)
}

// Moment is the state of a replay right after a move of the frontier. It is valid
// until Judged returns.
type Moment struct {
	Frontier    int64                 // Unix seconds
	Transitions []detector.Transition // what the move changed
	// Explain returns the numbers behind the verdicts on a series as of now.
	Explain func(detector.Series) []detector.Explanation
	// ExplainAt does the same for a second, Unix seconds.
	ExplainAt func(s detector.Series, at int64) []detector.Explanation
}

// pacer moves the frontier of a replay in the steps that an observer needs.
type pacer struct {
	Observer

	oldest  int64   // second of the oldest sample
	minutes []int64 // with samples, that the frontier has not passed; ascending
}

func newPacer(o Observer) *pacer { return &pacer{Observer: o, oldest: math.MaxInt64} }

func (p *pacer) count(d *Delta) {
	for i := range d.Samples {
		second := d.Samples[i].Second
		p.oldest = min(p.oldest, second)
		if at, found := slices.BinarySearch(p.minutes, second/60); !found {
			p.minutes = slices.Insert(p.minutes, at, second/60)
		}
	}
	p.Counted(d)
}

// move advances the frontier to a second and sends every transition on the way.
func (p *pacer) move(e *Evaluator, to int64, send func(*detector.Transition) error) error {
	for e.frontier < to {
		e.frontier = min(to, p.next(e.frontier, e.lateness))
		effects := e.take(e.detector.Advance(e.frontier), 0)
		p.Judged(&Moment{Frontier: e.frontier, Transitions: effects.Transitions, Explain: e.Explain, ExplainAt: e.ExplainAt})
		if err := emit(effects, send); err != nil {
			return err
		}
	}
	return nil
}

// next returns the frontier that follows the given one: a second later while
// something is to be judged. The first is that of the oldest sample, as in a replay
// without an observer: what the detector takes for its beginning depends on it.
func (p *pacer) next(frontier, lateness int64) int64 {
	passed := 0
	for passed < len(p.minutes) && (p.minutes[passed]+1)*60+lateness <= frontier {
		passed++
	}
	p.minutes = slices.Delete(p.minutes, 0, passed)
	switch {
	case frontier == NoTime && len(p.minutes) > 0:
		return p.oldest + 1
	case len(p.minutes) == 0:
		return math.MaxInt64
	default:
		return max(frontier+1, p.minutes[0]*60+1)
	}
}
