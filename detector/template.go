package detector

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// Facts are the fields that the templates of a rule's annotations may use, for
// example {{.Service}} or {{percent .Value}}.
type Facts struct {
	Alert, Namespace, Service string
	Signals                   string  // the signals that crossed, for example "kid_mismatch"
	PerSecond                 bool    // Value and Baseline are rates per second, not shares of the requests
	Value, Baseline           float64 // what was seen and what is normal
	AtLeast                   bool    // Value and Times are lower bounds: it fired early, when requests might still arrive
	Times                     float64 // Value as a multiple of Baseline
	Factor                    float64 // the multiple from which on it is an alert
	Count                     uint64  // events in the deciding window
	Requests                  uint64  // requests in it; 0 where the rule counts per second, or is not yet known
	Window                    string  // the deciding window's length, for example "20s"
	Onset                     string  // when it began, as estimated; RFC 3339, UTC
	Pods                      string  // for example "3 of 20: api-1, api-2, api-3"; "" where no pod is known
}

// Unit returns "of requests" or "per second", the unit of what amount prints.
func (f Facts) Unit() string {
	if f.PerSecond {
		return "per second"
	}
	return "of requests"
}

// Observed returns Value with its unit, and whether it is a lower bound: "12.4 % of
// requests" or "at least 12.4 % of requests".
func (f Facts) Observed() string { return f.Least() + f.Amount(f.Value) }

// Least returns "at least " if Value and Times are lower bounds, otherwise "".
func (f Facts) Least() string {
	if f.AtLeast {
		return "at least "
	}
	return ""
}

// Amount returns v with its unit: "12.4 % of requests" or "0.3 per second".
func (f Facts) Amount(v float64) string {
	if f.PerSecond {
		return short(v) + " per second"
	}
	return percent(v) + " of requests"
}

var templateFuncs = template.FuncMap{"percent": percent, "short": short}

// percent returns a share as a percentage with three significant digits.
func percent(share float64) string { return short(100*share) + " %" }

// short returns v with three significant digits and no exponent.
func short(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		rounded = v
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// maxAnnotation bounds a rendered annotation, in bytes; Alertmanager's receivers
// truncate longer ones anyway.
const maxAnnotation = 2048

// parseTemplate parses a template and executes it once, so that a misspelled field is
// found when the rule is loaded and not during an incident.
func parseTemplate(text string) (*template.Template, error) {
	t, err := template.New("annotation").Option("missingkey=error").Funcs(templateFuncs).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("parse template: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, Facts{}); err != nil {
		return nil, fmt.Errorf("try template: %w", err)
	}
	return t, nil
}

// render returns the annotation that t makes from facts.
func render(t *template.Template, facts *Facts) string {
	var b strings.Builder
	if err := t.Execute(&b, *facts); err != nil {
		return "template failed: " + err.Error()
	}
	return clip(b.String(), maxAnnotation)
}

// clip returns s cut to at most limit bytes, at a character boundary.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// stamp returns a Unix second as RFC 3339 in UTC.
func stamp(second int64) string { return time.Unix(second, 0).UTC().Format(time.RFC3339) }
