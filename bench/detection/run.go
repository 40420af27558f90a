package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"sync"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// job is one scenario to play with one seed.
type job struct {
	name string
	seed uint64
}

// outcome is what every contender said about one job.
type outcome struct {
	truth   truth
	said    []said // by contender
	failure error
}

// said is what one contender said in one run.
type said struct {
	name    string
	firings []firing
	spent   time.Duration
}

// field makes the contenders for one scenario.
type field func(*scenario) ([]contender, error)

// play lets every contender watch one scenario.
func play(j job, contenders field) outcome {
	sc, err := build(j.name, j.seed)
	if err != nil {
		return outcome{failure: err}
	}
	cs, err := contenders(sc)
	if err != nil {
		return outcome{failure: fmt.Errorf("set up detectors: %w", err)}
	}
	o := outcome{said: make([]said, len(cs))}
	for i, c := range cs {
		o.said[i].name = c.name()
	}
	sc.play(func(second int64, arrived []detector.Sample) {
		for i, c := range cs {
			begin := time.Now()
			verdicts := c.step(second, arrived)
			o.said[i].spent += time.Since(begin)
			o.said[i].firings = collect(o.said[i].firings, verdicts)
		}
	})
	o.truth = sc.truth()
	return o
}

// playAll plays the jobs on so many goroutines and gives the outcomes to take,
// in the order of the jobs.
func playAll(jobs []job, workers int, contenders field, take func(*outcome) error) error {
	outcomes := make([]chan outcome, len(jobs))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range next {
				outcomes[i] <- play(jobs[i], contenders)
			}
		})
	}
	group.Go(func() {
		defer close(next)
		for i := range jobs {
			next <- i
		}
	})
	defer group.Wait()
	var failed error
	for _, c := range outcomes {
		o := <-c
		if failed == nil {
			failed = o.failure
		}
		if failed == nil {
			failed = take(&o)
		}
	}
	return failed
}

// results gathers the scores of every contender over many jobs.
type results struct {
	Scores []*score  `json:"scores"`
	Calm   exposure  `json:"calm_service_days"` // by traffic level
	Totals []summary `json:"totals"`
}

func newResults() *results { return &results{Calm: newExposure()} }

func (r *results) take(o *outcome) error {
	r.Calm.add(&o.truth)
	for i := range o.said {
		if i == len(r.Scores) {
			r.Scores = append(r.Scores, &score{Contender: o.said[i].name})
		}
		r.Scores[i].Spent += o.said[i].spent.Seconds()
		r.Scores[i].add(&o.truth, o.said[i].firings)
	}
	return nil
}

// jobsFor returns the jobs for every scenario that matches pattern. Long
// scenarios get fewer seeds.
func jobsFor(pattern string, seed uint64, seeds int) ([]job, error) {
	var jobs []job
	for n := range seeds {
		for _, c := range catalogue {
			ok, err := path.Match(pattern, c.name)
			if err != nil {
				return nil, fmt.Errorf("match scenarios: %w", err)
			}
			if ok && (c.name != "week" && c.name != "nightly" || n%8 == 0) {
				jobs = append(jobs, job{c.name, seed + uint64(n)})
			}
		}
	}
	if len(jobs) == 0 {
		return nil, fmt.Errorf("match scenarios: none is called %q", pattern)
	}
	return jobs, nil
}

func runCommand(args []string) error {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	pattern := flags.String("scenario", "*", "scenarios to play, a glob")
	seed := flags.Uint64("seed", 1, "first seed")
	seeds := flags.Int("seeds", 8, "seeds per scenario")
	fresh := flags.Bool("fresh", false, "take the first seed from the clock")
	workers := flags.Int("workers", max(1, runtime.NumCPU()/2), "scenarios played at a time")
	only := flags.String("detector", "*", "detectors to measure, a glob")
	file := flags.String("json", "", "write every row to this file")
	verbose := flags.Bool("v", false, "list misses, false alarms and early resolves")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *fresh {
		*seed = uint64(time.Now().Unix()) << 16
	}
	jobs, err := jobsFor(*pattern, *seed, *seeds)
	if err != nil {
		return err
	}
	r := newResults()
	if err := playAll(jobs, *workers, someContenders(*only), r.take); err != nil {
		return err
	}
	fmt.Printf("%d runs from seed %d\n", len(jobs), *seed)
	r.print(os.Stdout, *verbose)
	if *file == "" {
		return nil
	}
	for _, s := range r.Scores {
		for class := range numClasses {
			r.Totals = append(r.Totals, s.summarize(class, -1, r.Calm))
		}
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	return os.WriteFile(*file, data, 0o644)
}

// someContenders returns those whose name matches a glob.
func someContenders(pattern string) field {
	return func(sc *scenario) ([]contender, error) {
		all, err := allContenders(sc)
		if err != nil {
			return nil, err
		}
		var some []contender
		for _, c := range all {
			if ok, err := path.Match(pattern, c.name()); err != nil {
				return nil, err
			} else if ok {
				some = append(some, c)
			}
		}
		return some, nil
	}
}

func allContenders(sc *scenario) ([]contender, error) {
	ours, err := newAuthspike(subject, rules.Default())
	if err != nil {
		return nil, err
	}
	cs := append([]contender{ours}, promContenders()...)
	return append(cs,
		newSequential("cusum, p0 p1 known", sc, newCusum),
		newSequential("glr, p0 estimated", sc, newGLR),
	), nil
}

func (r *results) print(w io.Writer, verbose bool) {
	fmt.Fprintf(w, "%.1f calm service-days\n\n", r.Calm.total())
	printTable(w, r.Scores, r.Calm)
	for _, s := range r.Scores {
		fmt.Fprintf(w, "\n")
		if verbose || s.Contender == subject {
			printLevels(w, s, r.Calm)
			fmt.Fprintln(w)
			printScenarios(w, s)
		}
		s.printRest(w)
		if verbose {
			s.printFaults(w)
		}
	}
}
