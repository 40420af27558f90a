package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/authspike/authspike/detector"
)

// table is an aligned table on its way to a terminal, whose errors nobody needs.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer) table {
	return table{tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)}
}

func (t table) flush() { _ = t.Flush() }

// trafficLevels are the lower bounds of the levels that results are split by,
// in requests per second.
var trafficLevels = []float64{0, 0.1, 1, 10, 100}

func levelOf(rate float64) int {
	l := 0
	for l+1 < len(trafficLevels) && rate >= trafficLevels[l+1] {
		l++
	}
	return l
}

func levelName(l int) string {
	if l+1 == len(trafficLevels) {
		return fmt.Sprintf(">=%g/s", trafficLevels[l])
	}
	return fmt.Sprintf("%g-%g/s", trafficLevels[l], trafficLevels[l+1])
}

// exposure is how long nothing was wrong, in service-days, by traffic level.
type exposure []float64

func newExposure() exposure { return make(exposure, len(trafficLevels)) }

func (e exposure) add(t *truth) {
	for name, u := range t.Services {
		calm := t.To - t.From - warmUp
		for n := range t.Incidents {
			if k := &t.Incidents[n]; k.Service == name && !k.quiet() {
				calm -= min(k.Recovered+patience, t.To) - k.From
			}
		}
		e[levelOf(u.Rate)] += float64(calm) / day
	}
}

// quiet reports whether every alert in the incident would be a false alarm.
func (k *known) quiet() bool {
	for _, s := range k.Signals {
		if s.Excused {
			return false
		}
	}
	return true
}

func (e exposure) total() float64 {
	var sum float64
	for _, d := range e {
		sum += d
	}
	return sum
}

// summary is one class of one contender in numbers.
type summary struct {
	Contender string  `json:"contender"`
	Class     string  `json:"class"`
	Owed      int     `json:"owed"`
	Found     int     `json:"found"`
	Median    float64 `json:"median"`
	P95       float64 `json:"p95"`
	FloorMed  float64 `json:"floor_median"`
	FloorP95  float64 `json:"floor_p95"`
	Within    float64 `json:"within"` // part of the incidents found within 1.5 floors + 15 s
	False     int     `json:"false"`
	PerDay    float64 `json:"false_per_day"`
	PerDayLo  float64 `json:"false_per_day_low"`
	PerDayHi  float64 `json:"false_per_day_high"`
	Cold      int     `json:"cold"`
	Early     int     `json:"early_resolves"`
	Late      int     `json:"late_resolves"`
	Sure      int     `json:"resolves_due"` // resolves that 60 s suffice for
	ResMedian float64 `json:"resolve_median"`
	ResP95    float64 `json:"resolve_p95"`
	Extra     float64 `json:"extra_pairs_per_incident"`
}

// isOf reports whether a false alarm belongs to a class. To "first" belong those that
// are in neither of the others.
func (f *falseAlarm) isOf(class int) bool {
	switch {
	case strings.Contains(f.Signal, detector.Unauthorized.String()):
		return class == the401
	case strings.Contains(f.Signal, detector.KidMismatch.String()):
		return class == theKid
	default:
		return class == first
	}
}

// summarize boils a score down for one class. level < 0 takes all traffic.
func (s *score) summarize(class, level int, calm exposure) summary {
	m := summary{Contender: s.Contender, Class: classNames[class]}
	var delays, floors, resolves []float64
	var within, extra int
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.class != class || !r.Possible || level >= 0 && levelOf(r.Rate) != level {
			continue
		}
		m.Owed++
		floors = append(floors, r.Floor)
		extra += r.Extra
		if r.Early {
			m.Early++
		}
		if !r.Found {
			continue
		}
		m.Found++
		delays = append(delays, r.Delay)
		if r.Delay <= 1.5*r.Floor+15 {
			within++
		}
		if r.Need <= 30 && !r.Early {
			m.Sure++
			if r.Resolve < 0 || r.Resolve > 60 {
				m.Late++
			}
			if r.Resolve >= 0 {
				resolves = append(resolves, r.Resolve)
			}
		}
	}
	m.Median, m.P95 = quantile(delays, 0.5), quantile(delays, 0.95)
	m.FloorMed, m.FloorP95 = quantile(floors, 0.5), quantile(floors, 0.95)
	m.ResMedian, m.ResP95 = quantile(resolves, 0.5), quantile(resolves, 0.95)
	m.Within = float64(within) / math.Max(float64(m.Owed), 1)
	m.Extra = float64(extra) / math.Max(float64(m.Owed), 1)
	s.countFalse(&m, class, level, calm)
	return m
}

// countFalse fills in the false alarms. Their interval takes into account that
// they come in groups.
func (s *score) countFalse(m *summary, class, level int, calm exposure) {
	var warm []*falseAlarm
	for i := range s.FalseAlarms {
		f := &s.FalseAlarms[i]
		switch {
		case !f.isOf(class) || level >= 0 && levelOf(f.Rate) != level:
		case f.Cold:
			m.Cold++
		default:
			warm = append(warm, f)
		}
	}
	days := calm.total()
	if level >= 0 {
		days = calm[level]
	}
	m.False = len(warm)
	spread := max(clustering(warm), 1)
	lo, hi := poissonInterval(float64(m.False) / spread)
	m.PerDay, m.PerDayLo, m.PerDayHi = float64(m.False)/days, lo*spread/days, hi*spread/days
}

// printTable prints every contender's numbers.
func printTable(w io.Writer, scores []*score, calm exposure) {
	t := newTable(w)
	fmt.Fprintln(t, "detector\tclass\tfound\tmedian\tp95\tfloor\tp95\t<=1.5f+15\tfalse/day\t95 %\tcold\tearly\tlate\tresolve\tp95\textra\t")
	for _, s := range scores {
		for class := range numClasses {
			printSummary(t, s.Contender, classNames[class], s.summarize(class, -1, calm))
		}
	}
	t.flush()
	fmt.Fprintln(w, "\n`found` of the owed; delays in seconds of event time; `false/day` per service-day (row `first`: alerts other than the two);")
	fmt.Fprintln(w, "`cold`: false alarms in the first 75 minutes; `early`: incidents with a resolve before recovery began;")
	fmt.Fprintln(w, "`late`: resolves more than 60 s after recovery, of those where 30 s make a recovery 99 % certain; `extra`: further fire/resolve pairs per incident.")
}

func printSummary(t io.Writer, name, class string, m summary) {
	if m.Owed == 0 && m.False == 0 {
		return
	}
	fmt.Fprintf(t, "%s\t%s\t%d/%d\t%s\t%s\t%s\t%s\t%.0f %%\t%.3f\t%.3f-%.3f\t%d\t%d\t%d/%d\t%s\t%s\t%.2f\t\n",
		name, class, m.Found, m.Owed, orDash(m.Median), orDash(m.P95), orDash(m.FloorMed), orDash(m.FloorP95), 100*m.Within,
		m.PerDay, m.PerDayLo, m.PerDayHi, m.Cold, m.Early, m.Late, m.Sure, orDash(m.ResMedian), orDash(m.ResP95), m.Extra)
}

// orDash prints a quantile, or a dash for that of nothing.
func orDash(x float64) string {
	if x == -1 {
		return "-"
	}
	return fmt.Sprintf("%.0f", x)
}

// printLevels prints one contender's numbers by traffic.
func printLevels(w io.Writer, s *score, calm exposure) {
	t := newTable(w)
	fmt.Fprintf(t, "%s\tclass\tfound\tmedian\tp95\tfloor\tp95\t<=1.5f+15\tfalse/day\t95 %%\tcold\tearly\tlate\tresolve\tp95\textra\t\n", s.Contender)
	for class := range numClasses {
		for l := range trafficLevels {
			printSummary(t, levelName(l), classNames[class], s.summarize(class, l, calm))
		}
	}
	t.flush()
}

// printScenarios prints one contender's numbers by scenario.
func printScenarios(w io.Writer, s *score) {
	t := newTable(w)
	fmt.Fprintf(t, "%s\t401\tmedian\tkid\tmedian\tfirst\tmedian\tfloor\tfalse 401\tkid\tother\tcold\textra\tearly\t\n", s.Contender)
	for _, c := range catalogue {
		var owed, found [numClasses]int
		var delays [numClasses][]float64
		var floors []float64
		var extra, early, cold int
		for i := range s.Rows {
			r := &s.Rows[i]
			if r.Scenario != c.name || !r.Possible {
				continue
			}
			owed[r.class]++
			extra += r.Extra
			if r.Early {
				early++
			}
			if r.Found {
				found[r.class]++
				delays[r.class] = append(delays[r.class], r.Delay)
			}
			if r.class == first {
				floors = append(floors, r.Floor)
			}
		}
		var wrong [numClasses]int
		for i := range s.FalseAlarms {
			f := &s.FalseAlarms[i]
			for class := range wrong {
				switch {
				case f.Scenario != c.name || !f.isOf(class):
				case f.Cold:
					cold++
				default:
					wrong[class]++
				}
			}
		}
		fmt.Fprintf(t, "%s\t", c.name)
		for class := range owed {
			if owed[class] == 0 {
				fmt.Fprint(t, "-\t-\t")
				continue
			}
			fmt.Fprintf(t, "%d/%d\t%s\t", found[class], owed[class], orDash(quantile(delays[class], 0.5)))
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", orDash(quantile(floors, 0.5)), wrong[the401], wrong[theKid], wrong[first], cold, extra, early)
	}
	t.flush()
}

// printRest prints the numbers that have no column.
func (s *score) printRest(w io.Writer) {
	var named, stale, impossible int
	for i := range s.Rows {
		r := &s.Rows[i]
		named, stale = named+r.Named, stale+r.Stale
		if !r.Possible {
			impossible++
		}
	}
	fmt.Fprintf(w, "%s: kid alert before or with the 401 alert in %d of %d, where it could know as soon in %d of %d; benign alerts %d, of them longer than 60 s %d; extra pairs in %d incidents near the factor %d; stale pods named %d of %d; alerts on noise that truly passed the factor %d; beyond the floor %d; %.1f s in the detector\n",
		s.Contender, s.order.kidFirst, s.order.both, s.order.kidFirstDue, s.order.due, s.Benign, s.BenignSlow, s.Near, s.NearExtra, named, stale, s.Excursions, impossible, s.Spent)
}

// printFaults lists what went wrong, one line each.
func (s *score) printFaults(w io.Writer) {
	for i := range s.Rows {
		r := &s.Rows[i]
		var what string
		switch {
		case !r.Possible:
			continue
		case !r.Found:
			what = "missed"
		case r.Delay > 1.5*r.Floor+15:
			what = "slow"
		case r.Early:
			what = "early resolve"
		case r.Extra > 0:
			what = "flapped"
		default:
			continue
		}
		fmt.Fprintf(w, "  %-13s %s seed %d %s %s: rate %.3g/s ratio %.1f floor %.0f delay %.0f extra %d onset %d\n",
			what, r.Scenario, r.Seed, r.Service, r.Class, r.Rate, r.Ratio, r.Floor, r.Delay, r.Extra, r.Onset)
	}
	for i := range s.FalseAlarms {
		f := &s.FalseAlarms[i]
		fmt.Fprintf(w, "  false alarm   %s seed %d %s %s: rate %.3g/s base %.2g clump %.1f, %d s after start, for %d s %s cold=%t true ratio %.1f at %d\n",
			f.Scenario, f.Seed, f.Service, f.Rule, f.Rate, f.Base, f.Clump, f.After, f.Lasted, f.During, f.Cold, f.True, f.At)
	}
}
