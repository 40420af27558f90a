package detector

// SeriesTotals are the exact counts of one series since the state began.
type SeriesTotals struct {
	Series Series
	Counts [NumSignals]uint64 // late samples included
	Late   uint64             // samples that came when their second had been judged
	Newest int64              // the newest second with entries, Unix seconds; 0 where it is not known
	Pods   int                // pods that are told apart
}

// Len returns the maximum number of series that Totals yields.
func (d *Detector) Len() int { return len(d.series) + 1 }

// Totals is an iterator over all series, by namespace and service, with the overflow
// series last.
func (d *Detector) Totals(yield func(SeriesTotals) bool) {
	for _, s := range d.series {
		totals := SeriesTotals{Series: s.key, Counts: s.totals, Late: s.late, Newest: max(0, s.now), Pods: len(s.pods)}
		if n := len(s.open); n > 0 {
			totals.Newest = s.open[n-1].second
		}
		if !yield(totals) {
			return
		}
	}
	if o := d.overflow; o != nil {
		yield(SeriesTotals{Series: o.key, Counts: o.totals, Late: o.late})
	}
}
