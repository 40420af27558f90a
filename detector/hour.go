package detector

import (
	"cmp"
	"slices"
)

// Hour is the past hour of one signal of one rule.
type Hour struct {
	Alert     string
	Signal    Signal
	PerSecond bool     // Exposure is seconds, not requests
	Minutes   []Minute // ascending, the newest up to the newest judged second
	Fires     []Fire   // ascending by From
}

// Minute is what was counted in one minute, and what was normal in it.
type Minute struct {
	Start           int64 // Unix seconds
	Events          float64
	Exposure        float64 // requests, or seconds
	Baseline, Limit float64 // 0 where they are not known
}

// Fire is a time in which the signal fired.
type Fire struct {
	From, To int64  // Unix seconds; To is 0 while it fires
	Pod      string // "" for the whole service
}

// Hours returns the past hour of a series, by rule and signal; signals that never
// occurred are left out.
func (d *Detector) Hours(key Series) []Hour {
	s := d.byKey[key]
	if s == nil || s.first < 0 {
		return nil
	}
	var out []Hour
	for _, t := range s.tracks {
		if t == nil {
			continue
		}
		h := Hour{Alert: t.rule.Name, Signal: t.signal, PerSecond: !s.hasRequests}
		newest := s.now / 60
		oldest := max(s.first/60, newest-traceMinutes+1)
		for m := oldest; m <= newest; m++ {
			one := Minute{Start: m * 60, Events: float64(s.countOf(t.signal, m-1, m)), Exposure: s.exposureIn(m-1, m)}
			one.Baseline, one.Limit = t.normalAt(m, newest)
			h.Minutes = append(h.Minutes, one)
		}
		h.Fires = t.fires(oldest * 60)
		out = append(out, h)
	}
	return out
}

// fires returns the fires since a second, as far as they are kept.
func (t *track) fires(since int64) []Fire {
	r := t.read()
	if r == nil {
		return nil
	}
	var out []Fire
	known := func(second int64, pod string) bool {
		for i := range out {
			if out[i].From == second && out[i].Pod == pod {
				return true
			}
		}
		return false
	}
	for _, x := range []*episode{r.whole, r.pod} {
		if x != nil && (x.ended == 0 || x.ended > since) {
			out = append(out, Fire{From: x.verdict.Second, To: x.ended, Pod: x.verdict.Pod})
		}
	}
	for i := range r.notes {
		n := &r.notes[i]
		if n.what != hasFired || known(n.second, n.pod) {
			continue
		}
		if end := r.endOf(n, i); end == 0 || end > since {
			out = append(out, Fire{From: n.second, To: end, Pod: n.pod})
		}
	}
	slices.SortFunc(out, func(a, b Fire) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Pod, b.Pod)) })
	return out
}
