package detector

// State says whether an alert fires.
type State uint8

// The states of an alert.
const (
	Firing State = iota
	Resolved
)

// String returns "firing" or "resolved".
func (s State) String() string {
	if s == Firing {
		return "firing"
	}
	return "resolved"
}

// Reason is why an alert changed its state.
type Reason uint8

// The reasons. Fired is the only reason of a change to Firing.
const (
	Fired       Reason = iota
	Recovered          // the signal is back to normal, and that is certain enough
	Stale              // nothing was heard of the series for the rule's stale_after
	RuleRemoved        // the rule is no longer configured
)

// String returns the reason as it appears in annotations and metrics.
func (r Reason) String() string {
	switch r {
	case Recovered:
		return "recovered"
	case Stale:
		return "stale"
	case RuleRemoved:
		return "rule_removed"
	default:
		return "fired"
	}
}

// Label is one label or annotation of an alert.
type Label struct{ Name, Value string }

// Alert is one alert as it is after a transition. It is immutable: its slices never
// change once it has been handed out.
type Alert struct {
	Labels      []Label // identity: alertname, namespace, service, severity, and the rule's own; sorted by name
	Annotations []Label // sorted by name
	State       State
	StartsAt    int64 // Unix seconds: start of the deciding bucket
	EndsAt      int64 // Unix seconds of event time of the resolve; 0 while firing
}

// Name returns the alert's name.
func (a *Alert) Name() string { return a.Get("alertname") }

// Get returns the value of the label called name, or "".
func (a *Alert) Get(name string) string { return find(a.Labels, name) }

// find returns the value of the label called name, or "".
func find(labels []Label, name string) string {
	for _, l := range labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// Transition is one change of one alert's state.
type Transition struct {
	Time     int64 // Unix seconds of event time at which it was decided
	Alert    Alert // the alert after the change
	Reason   Reason
	Value    float64 // the observed share (or rate per second) that decided
	Baseline float64 // what was normal, in the unit of Value
}
