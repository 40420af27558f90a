package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

// loaded is a configuration with all the files that it names, ready to run.
type loaded struct {
	config  *Config
	file    string   // "" where there is none
	files   []string // all that were read
	rules   []detector.Rule
	matcher *signature.Matcher

	catalogue *rules.Catalogue
}

// load reads the configuration file, if there is one, and the files it names. Its
// error holds all faults of all files.
func load(file string, flags Flags) (*loaded, error) {
	l := &loaded{file: file}
	config := DefaultConfig()
	var errs []error
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read configuration: %w", err)
		}
		l.files = append(l.files, file)
		c, faults := ParseConfig(file, data)
		config = *c
		errs = append(errs, faults.Err())
	}
	flags.apply(&config)
	l.config = &config
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, l.loadRules(), l.loadCatalogue())
	}
	return l, errors.Join(l.loadRules(), l.loadCatalogue())
}

// loadRules reads the rule files, or uses the built-in rules.
func (l *loaded) loadRules() error {
	if len(l.config.RuleFiles) == 0 {
		l.rules = rules.Default()
		return nil
	}
	var faults rules.Faults
	var errs []error
	from := map[string]string{} // the file of each rule
	for _, pattern := range l.config.RuleFiles {
		names, err := filepath.Glob(pattern)
		if err == nil && len(names) == 0 {
			err = errors.New("no such file")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("read rules %s: %w", pattern, err))
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				errs = append(errs, fmt.Errorf("read rules: %w", err))
				continue
			}
			l.files = append(l.files, name)
			list, bad := rules.ParseRules(name, data)
			faults = append(faults, bad...)
			for i := range list {
				if other, twice := from[list[i].Name]; twice {
					faults = append(faults, rules.Fault{File: name, What: fmt.Sprintf("rule %s stands in %s too", list[i].Name, other), Remedy: "an alert's name is unique"})
				}
				from[list[i].Name] = name
			}
			l.rules = append(l.rules, list...)
		}
	}
	return errors.Join(append(errs, faults.Err())...)
}

// loadCatalogue compiles the verifier messages.
func (l *loaded) loadCatalogue() error {
	catalogue := rules.DefaultCatalogue()
	if name := l.config.CatalogueFile; name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read catalogue: %w", err)
		}
		l.files = append(l.files, name)
		extended, faults := catalogue.Extend(name, data)
		if err := faults.Err(); err != nil {
			return err
		}
		catalogue = extended
	}
	matcher, err := signature.Compile(catalogue)
	if err != nil {
		return fmt.Errorf("compile catalogue: %w", err)
	}
	l.matcher, l.catalogue = matcher, catalogue
	return nil
}

// worker returns how the records of a topic are read.
func (l *loaded) worker(topic string) pipeline.WorkerOptions {
	zone, ok := l.config.Timezones[topic]
	if !ok {
		zone = l.config.Timezone
	}
	return pipeline.WorkerOptions{
		Topic:        topic,
		Logline:      logline.Options{Timezone: zone.Location, Region: time.LoadLocation, Matcher: l.matcher, Lazy: !l.config.Strict, Mapping: l.config.mapping(topic)},
		Count:        l.config.Count,
		Unauthorized: l.config.UnauthorizedStatus,
	}
}

// detector returns a new detector with the rules.
func (l *loaded) detector() (*detector.Detector, error) {
	return detector.New(detector.Config{
		Rules:     l.rules,
		Lateness:  int64(l.config.Lateness.Seconds()),
		MaxSeries: l.config.MaxSeries,
		MaxPods:   l.config.MaxPods,
	})
}

// warn logs settings that are allowed but rarely intended.
func (l *loaded) warn(log *zap.Logger) {
	for i := range l.rules {
		if r := &l.rules[i]; r.Baseline > l.config.Kafka.WarmStart {
			log.Warn("a first start reads less than a rule's baseline, and judges by less until it has it",
				zap.String("alertname", r.Name), zap.Duration("baseline", r.Baseline), zap.Duration("warm_start", l.config.Kafka.WarmStart))
		}
	}
	if len(l.config.Alerting.Alertmanagers) == 0 {
		log.Warn("no Alertmanager is configured: alerts go to the log, the API and the metrics only")
	}
}
