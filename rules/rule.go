package rules

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

//go:embed default.yaml
var defaultRules []byte

// DefaultYAML returns the built-in rules, as YAML with comments.
func DefaultYAML() []byte { return slices.Clone(defaultRules) }

// Default returns the rules of DefaultYAML.
func Default() []detector.Rule {
	parsed, faults := ParseRules("default.yaml", defaultRules)
	if len(faults) > 0 {
		panic("rules: the embedded rules are wrong: " + faults.Error())
	}
	return parsed
}

// ruleFile is a rule file as it is written.
type ruleFile struct {
	Rules []ruleText `yaml:"rules"`
}

// ruleText is one rule as it is written; detector.Rule documents its meaning.
type ruleText struct {
	Alert          string            `yaml:"alert"`
	Signals        []string          `yaml:"signals"`
	Factor         float64           `yaml:"factor"`
	ClearFactor    float64           `yaml:"clear_factor"`
	MinCount       int               `yaml:"min_count"`
	Floor          float64           `yaml:"floor"`
	FloorPerSecond float64           `yaml:"floor_per_second"`
	Cold           float64           `yaml:"cold"`
	ColdPerSecond  float64           `yaml:"cold_per_second"`
	Baseline       Duration          `yaml:"baseline"`
	FalseAlarms    budget            `yaml:"false_alarms"`
	KeepFiringFor  Duration          `yaml:"keep_firing_for"`
	StaleAfter     Duration          `yaml:"stale_after"`
	Severity       string            `yaml:"severity"`
	Labels         map[string]string `yaml:"labels"`
	Annotations    annotations       `yaml:"annotations"`
}

type annotations struct {
	Summary     string `yaml:"summary"`
	Description string `yaml:"description"`
	RunbookURL  string `yaml:"runbook_url"`
}

// budget is how many false alarms of one series are accepted: "1/30d". It is stored as
// the time per false alarm, in whole seconds.
type budget time.Duration

// UnmarshalText reads a budget: a whole number, a slash and a duration.
func (b *budget) UnmarshalText(text []byte) error {
	count, span, found := strings.Cut(string(text), "/")
	var n int
	if _, err := fmt.Sscanf(count, "%d", &n); err != nil || !found || n < 1 || fmt.Sprint(n) != count {
		return errors.New("a budget is a number of false alarms per time, for example 1/30d")
	}
	d, err := ParseDuration(span)
	if err != nil {
		return fmt.Errorf("%w: a budget is for example 1/30d", err)
	}
	*b = budget((time.Duration(d) / time.Duration(n)).Truncate(time.Second))
	return nil
}

// defaults returns the values of keys that a rule does not have. They suit a failure that
// hardly ever happens in a healthy service.
func defaults() ruleText {
	return ruleText{
		Factor: 5, ClearFactor: 2.5, MinCount: 3,
		Floor: 0.0005, FloorPerSecond: 1.0 / 600, Cold: 0.005, ColdPerSecond: 1.0 / 60,
		Baseline: Duration(time.Hour), FalseAlarms: budget(30 * 24 * time.Hour),
		KeepFiringFor: Duration(20 * time.Second), StaleAfter: Duration(time.Hour),
		Severity: detector.SeverityWarning,
		Annotations: annotations{
			Summary: "{{.Service}}: {{.Signals}} at {{.Observed}}, normal is {{.Amount .Baseline}}",
		},
	}
}

// UnmarshalYAML reads a rule on top of the defaults. If a part cannot be read, the others
// are, so that their faults are found too.
func (r *ruleText) UnmarshalYAML(read func(any) error) error {
	type plain ruleText
	*r = defaults()
	return read((*plain)(r))
}

// fieldPaths are the places in a rule of the fields that detector.FieldError names, if
// they are not keys of the same name.
var fieldPaths = map[string][]any{
	"summary": {"annotations", "summary"}, "description": {"annotations", "description"}, "runbook_url": {"annotations", "runbook_url"},
}

// ParseRules parses a rule file and returns its rules, or every fault in it.
func ParseRules(file string, data []byte) ([]detector.Rule, Faults) {
	var text ruleFile
	doc, faults := Decode(file, data, &text)
	unread := map[int]bool{} // lines whose values could not be read, and say nothing
	for _, f := range faults {
		unread[f.Line] = true
	}
	if len(text.Rules) == 0 {
		if len(faults) > 0 {
			return nil, faults
		}
		return nil, Faults{doc.Fault("there is no rule in it", "write at least one rule under `rules:`; `authspike rules` prints the default ones", "rules")}
	}
	var out []detector.Rule
	named := map[string]bool{}
	for i := range text.Rules {
		t := &text.Rules[i]
		rule, unknown := t.rule()
		for _, j := range unknown {
			faults = append(faults, doc.Fault(fmt.Sprintf("%s is no signal", quote(t.Signals[j])), "known are "+signalNames(), "rules", i, "signals", j))
		}
		if named[t.Alert] {
			faults = append(faults, doc.Fault("the rule "+quote(t.Alert)+" stands twice", "give each alert its own name", "rules", i, "alert"))
		}
		named[t.Alert] = true
		for _, f := range fieldFaults(rule.Validate(), len(unknown) > 0) {
			path := fieldPaths[f.Field]
			if path == nil {
				path = []any{f.Field}
			}
			if at := doc.Fault(f.What, "", append([]any{"rules", i}, path...)...); !unread[at.Line] {
				faults = append(faults, at)
			}
		}
		out = append(out, rule)
	}
	if len(faults) > 0 {
		faults.Sort()
		return nil, faults
	}
	return out, nil
}

// fieldFaults splits a rule's joined faults. If names of signals are unknown, that has
// been reported, and the list that lacks them is not at fault.
func fieldFaults(err error, signalsSaid bool) []*detector.FieldError {
	var out []*detector.FieldError
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, e := range joined.Unwrap() {
		var f *detector.FieldError
		if errors.As(e, &f) && (f.Field != "signals" || !signalsSaid) {
			out = append(out, f)
		}
	}
	return out
}

// rule returns the rule and the positions of signals that are unknown.
func (r *ruleText) rule() (detector.Rule, []int) {
	out := detector.Rule{
		Name: r.Alert, Factor: r.Factor, ClearFactor: r.ClearFactor, MinCount: r.MinCount,
		FloorShare: r.Floor, FloorPerSecond: r.FloorPerSecond, ColdShare: r.Cold, ColdPerSecond: r.ColdPerSecond,
		Baseline: time.Duration(r.Baseline), FalseAlarms: time.Duration(r.FalseAlarms),
		KeepFiringFor: time.Duration(r.KeepFiringFor), StaleAfter: time.Duration(r.StaleAfter), Severity: r.Severity,
		Summary: r.Annotations.Summary, About: r.Annotations.Description, RunbookURL: r.Annotations.RunbookURL,
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		out.Labels = append(out.Labels, detector.Label{Name: name, Value: r.Labels[name]})
	}
	var unknown []int
	for i, name := range r.Signals {
		signal, ok := detector.ParseSignal(name)
		if !ok {
			unknown = append(unknown, i)
			continue
		}
		out.Signals = append(out.Signals, signal)
	}
	return out, unknown
}

func signalNames() string {
	var names []string
	for s := detector.Unauthorized; s < detector.NumSignals; s++ {
		names = append(names, s.String())
	}
	return strings.Join(names, ", ")
}
