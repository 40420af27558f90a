package app

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/authspike/authspike/detector"
)

// Format is the output format of a replay.
type Format uint8

// The formats.
const (
	Text  Format = iota // for people
	JSONL               // one JSON object a line
	HTML                // a report with plots, in one file
)

// ParseFormat returns the format of that name.
func ParseFormat(name string) (Format, error) {
	switch name {
	case "text":
		return Text, nil
	case "jsonl":
		return JSONL, nil
	case "html":
		return HTML, nil
	default:
		return 0, fmt.Errorf("%q is no output format: text, jsonl or html", name)
	}
}

// transitionWriter writes transitions, one after the other.
type transitionWriter struct {
	format Format
	out    io.Writer
}

// line is a transition in the JSONL format.
type line struct {
	Time        string            `json:"time"`
	Alert       string            `json:"alert"`
	State       string            `json:"state"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	Value       float64           `json:"value"`
	Baseline    float64           `json:"baseline"`
	StartsAt    string            `json:"starts_at"`
	Reason      string            `json:"reason"`
}

func (w *transitionWriter) write(t *detector.Transition) error {
	if w.format == JSONL {
		return w.jsonl(t)
	}
	a := &t.Alert
	service := a.Get("service")
	if ns := a.Get("namespace"); ns != "" {
		service = ns + "/" + service
	}
	if a.State == detector.Firing {
		_, err := fmt.Fprintf(w.out, "%s  FIRING    %-24s %s  since %s: %s\n", stamp(t.Time), a.Name(), service, stamp(a.StartsAt), annotation(a, "summary"))
		return err
	}
	_, err := fmt.Fprintf(w.out, "%s  RESOLVED  %-24s %s  %s after %s\n", stamp(t.Time), a.Name(), service, t.Reason, time.Duration(a.EndsAt-a.StartsAt)*time.Second)
	return err
}

func (w *transitionWriter) jsonl(t *detector.Transition) error {
	labels := pairs(t.Alert.Labels)
	delete(labels, "alertname")
	text, err := json.Marshal(line{
		Time: stamp(t.Time), Alert: t.Alert.Name(), State: t.Alert.State.String(),
		Labels: labels, Annotations: pairs(t.Alert.Annotations),
		Value: t.Value, Baseline: t.Baseline, StartsAt: stamp(t.Alert.StartsAt), Reason: t.Reason.String(),
	})
	if err != nil {
		return fmt.Errorf("write transition: %w", err)
	}
	_, err = w.out.Write(append(text, '\n'))
	return err
}

// pairs returns labels as an object; encoding/json sorts its keys.
func pairs(labels []detector.Label) map[string]string {
	m := make(map[string]string, len(labels))
	for _, l := range labels {
		m[l.Name] = l.Value
	}
	return m
}

func annotation(a *detector.Alert, name string) string {
	if i := slices.IndexFunc(a.Annotations, func(l detector.Label) bool { return l.Name == name }); i >= 0 {
		return a.Annotations[i].Value
	}
	return ""
}

// stamp returns Unix seconds as RFC 3339 in UTC.
func stamp(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }
