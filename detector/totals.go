package detector

// SeriesTotals are the exact counts of one series since the state began.
type SeriesTotals struct {
	Series Series
	Counts [NumSignals]uint64 // late samples included
	Late   uint64             // samples that came when their second had been judged
}

// Totals calls yield for each series, by namespace and service, with the overflow
// series last, until yield returns false. It has the form of an iter.Seq.
func (d *Detector) Totals(yield func(SeriesTotals) bool) {
	for _, s := range d.series {
		if !yield(SeriesTotals{s.key, s.totals, s.late}) {
			return
		}
	}
	if o := d.overflow; o != nil {
		yield(SeriesTotals{o.key, o.totals, o.late})
	}
}
