package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/ruletest"
)

// TestOptions configure which rules are tested.
type TestOptions struct {
	ConfigFile string // "" for the defaults
	File       string // the tests
	Out        io.Writer
}

// Test runs the rule tests of a file, writes a verdict on each and reports whether all
// of them pass. The file's own rule_files replace the configured rules.
func Test(opts TestOptions) (good bool, err error) {
	data, err := os.ReadFile(opts.File)
	if err != nil {
		return false, fmt.Errorf("read tests: %w", err)
	}
	tests, faults := ruletest.Parse(opts.File, data)
	if err := faults.Err(); err != nil {
		return false, err
	}
	l, err := load(opts.ConfigFile, Flags{})
	if err != nil {
		return false, err
	}
	if len(tests.RuleFiles) > 0 {
		l.config.RuleFiles, l.rules = nil, nil
		for _, name := range tests.RuleFiles {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(opts.File), name)
			}
			l.config.RuleFiles = append(l.config.RuleFiles, name)
		}
		if err := l.loadRules(); err != nil {
			return false, err
		}
	}
	if err := tests.Check(l.rules).Err(); err != nil {
		return false, err
	}
	results, err := tests.Run(ruletest.Options{
		Detector: detector.Config{
			Rules: l.rules, Lateness: int64(l.config.Lateness.Seconds()), MaxSeries: l.config.MaxSeries, MaxPods: l.config.MaxPods,
		},
		Worker: l.worker(""),
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", opts.File, err)
	}
	good = true
	for _, r := range results {
		verdict := "ok  "
		if len(r.Misses) > 0 {
			verdict, good = "FAIL", false
		}
		fmt.Fprintf(opts.Out, "%s  %s: %s\n", verdict, opts.File, r.Name)
		for _, m := range r.Misses {
			fmt.Fprintf(opts.Out, "      %s: %s\n        expected: %s\n        got:      %s\n", m.Place, m.Alert, m.Expected, m.Got)
		}
	}
	return good, nil
}
