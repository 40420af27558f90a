// Package deploy holds the files that install authspike, and the dashboard, rules
// and routes that belong to it, so that tests can hold them to what the program
// really exports. It installs nothing itself.
package deploy

import (
	_ "embed" // the files below
	"encoding/json"
	"fmt"
	"strings"
)

// Dashboard is the Grafana dashboard, as JSON.
//
//go:embed grafana/authspike.json
var Dashboard []byte

// Rules are the Prometheus alerts about authspike itself, as YAML.
//
//go:embed prometheus/authspike.rules.yml
var Rules []byte

// Alertmanager is the Alertmanager configuration, as YAML.
//
//go:embed alertmanager/alertmanager.yml
var Alertmanager []byte

// Query is one query of the dashboard, with its variables filled in so that any
// Prometheus can run it: all jobs, instances and services.
type Query struct {
	Panel string // title of the panel, or name of the annotation
	Expr  string // PromQL
}

// Queries returns every query of the dashboard, in its order.
func Queries() ([]Query, error) {
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
		Annotations struct {
			List []struct{ Name, Expr string }
		}
	}
	if err := json.Unmarshal(Dashboard, &board); err != nil {
		return nil, fmt.Errorf("read dashboard: %w", err)
	}
	var all []Query
	for _, p := range board.Panels {
		for _, t := range p.Targets {
			all = append(all, Query{p.Title, filled.Replace(t.Expr)})
		}
	}
	for _, a := range board.Annotations.List {
		all = append(all, Query{a.Name, filled.Replace(a.Expr)})
	}
	return all, nil
}

var filled = strings.NewReplacer(
	"$__rate_interval", "1m", "$job", ".*", "$instance", ".*", "$namespace", ".*", "$service", ".*",
)
