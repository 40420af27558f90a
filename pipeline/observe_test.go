package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
)

// TestObserverChangesNothing: an observed replay gives the transitions of one that
// nobody looks at, however its input is cut, and the observer is shown each of
// them with the numbers of that moment.
func TestObserverChangesNothing(t *testing.T) {
	for _, cut := range []struct{ chunk, parts int }{{1 << 20, 1}, {7, 1}, {50, 3}} {
		want := replayIncident(t, cut.chunk, cut.parts, nil)
		if len(want) != 2 {
			t.Fatalf("replay gave %v", want)
		}
		var shown []detector.Transition
		records, frontier := 0, int64(NoTime)
		got := replayIncident(t, cut.chunk, cut.parts, &Observer{
			Counted: func(d *Delta) { records += d.Records },
			Judged: func(m *Moment) {
				if m.Frontier <= frontier {
					t.Errorf("frontier moved from %d to %d", frontier, m.Frontier)
				}
				frontier = m.Frontier
				for _, tr := range m.Transitions {
					shown = append(shown, tr)
					if tr.Alert.State == detector.Firing && (tr.Time != m.Frontier || !explains(m, &tr)) {
						t.Errorf("at %d: no numbers for %s of %d", m.Frontier, tr.Alert.Name(), tr.Time)
					}
				}
			},
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v: the observed replay differs:\n%s", cut, diff)
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("%+v: the observer was shown something else:\n%s", cut, diff)
		}
		if records != len(incident) {
			t.Errorf("%+v: %d records were counted, want %d", cut, records, len(incident))
		}
	}
}

// explains reports whether the numbers of the moment are those that fired.
func explains(m *Moment, t *detector.Transition) bool {
	for _, e := range m.Explain(detector.Series{Namespace: t.Alert.Get("namespace"), Service: t.Alert.Get("service")}) {
		if e.Alert == t.Alert.Name() && e.Why == detector.IsFiring && e.Baseline == t.Baseline {
			return true
		}
	}
	return false
}
