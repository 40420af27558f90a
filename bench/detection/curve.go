package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/authspike/authspike/rules"
)

// budgets are the accepted times per false alarm that the curve goes through.
var budgets = []struct {
	name string
	per  time.Duration
}{
	{"1/6h", 6 * time.Hour}, {"1/1d", day * time.Second}, {"1/5d", 5 * day * time.Second}, {"1/30d", 30 * day * time.Second},
	{"1/180d", 180 * day * time.Second}, {"1/3y", 1095 * day * time.Second},
}

// curveCommand measures the trade-off between delay and false alarms: the same
// scenarios under budgets from six hours to three years.
func curveCommand(args []string) error {
	flags := flag.NewFlagSet("curve", flag.ExitOnError)
	pattern := flags.String("scenario", "*", "scenarios to play, a glob")
	seed := flags.Uint64("seed", 1, "first seed")
	seeds := flags.Int("seeds", 4, "seeds per scenario")
	workers := flags.Int("workers", max(1, runtime.NumCPU()/2), "scenarios played at a time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	jobs, err := jobsFor(*pattern, *seed, *seeds)
	if err != nil {
		return err
	}
	r := newResults()
	if err := playAll(jobs, *workers, underBudgets, r.take); err != nil {
		return err
	}
	fmt.Printf("%d runs from seed %d, %.1f calm service-days\n\n", len(jobs), *seed, r.Calm.total())
	r.printCurve(os.Stdout)
	return nil
}

// underBudgets returns authspike's detector under each of the budgets.
func underBudgets(*scenario) ([]contender, error) {
	var cs []contender
	for _, b := range budgets {
		all := rules.Default()
		for i := range all {
			all[i].FalseAlarms = b.per
		}
		c, err := newAuthspike(b.name, all)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

func (r *results) printCurve(w io.Writer) {
	t := newTable(w)
	fmt.Fprintln(t, "budget\tper day\t401: false/day\t95 %\tfound\tmedian\tp95\tkid: false/day\t95 %\tfound\tmedian\tp95\tfirst: median\tp95\t")
	for i, s := range r.Scores {
		fmt.Fprintf(t, "%s\t%.3f\t", budgets[i].name, day*time.Second.Seconds()/budgets[i].per.Seconds())
		for class := range numClasses {
			m := s.summarize(class, -1, r.Calm)
			if class != first {
				fmt.Fprintf(t, "%.3f\t%.3f-%.3f\t%d/%d\t", m.PerDay, m.PerDayLo, m.PerDayHi, m.Found, m.Owed)
			}
			fmt.Fprintf(t, "%s\t%s\t", orDash(m.Median), orDash(m.P95))
		}
		fmt.Fprintln(t)
	}
	t.flush()
}
