package deploy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"

	"github.com/authspike/authspike/pipeline/app"
	"github.com/authspike/authspike/pipeline/notify"
	"github.com/authspike/authspike/pipeline/source"
	"github.com/authspike/authspike/rules"
)

// names is a registry that keeps only the names of what is registered, also of
// metrics that have no value yet.
type names struct {
	prometheus.Registerer
	known map[string]bool
}

var fqName = regexp.MustCompile(`fqName: "([^"]+)"`)

func (n names) Register(c prometheus.Collector) error {
	described := make(chan *prometheus.Desc, 16)
	go func() { c.Describe(described); close(described) }()
	for d := range described {
		n.known[fqName.FindStringSubmatch(d.String())[1]] = true
	}
	return nil
}

func (n names) MustRegister(cs ...prometheus.Collector) {
	for _, c := range cs {
		_ = n.Register(c)
	}
}

// written finds metrics in source text: whole names, and those whose namespace
// stands apart.
var written = regexp.MustCompile(`"(authspike_[a-z0-9_]+)"|Namespace: "authspike", Name: "([a-z0-9_]+)"`)

// exported returns the names of all metrics of the program.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	n := names{known: map[string]bool{}}
	notify.NewMetrics(n)
	if _, err := source.NewMetrics(n); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"app/families.go", "app/metrics.go", "web/metrics.go"} {
		for _, m := range written.FindAllStringSubmatch(read(t, "../pipeline/"+file), -1) {
			if m[2] != "" {
				m[1] = "authspike_" + m[2]
			}
			n.known[m[1]] = true
		}
	}
	if len(n.known) < 50 {
		t.Fatalf("only %d metrics found: does this test still look at the right places?", len(n.known))
	}
	return n.known
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Dashboard, alerts and their tests name no metric that the program does not have.
func TestMetricsExist(t *testing.T) {
	known := exported(t)
	name := regexp.MustCompile(`authspike_[a-z0-9_]*[a-z0-9]`)
	for _, file := range []string{"grafana/authspike.json", "prometheus/authspike.rules.yml", "prometheus/authspike.rules.test.yml", "README.md"} {
		found := name.FindAllString(read(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, metric := range found {
			if !known[metric] && !known[strings.TrimSuffix(metric, "_bucket")] {
				t.Errorf("%s: no metric is called %s", file, metric)
			}
		}
	}
}

func TestQueries(t *testing.T) {
	queries, err := Queries()
	if err != nil {
		t.Fatal(err)
	}
	if len(queries) < 30 {
		t.Errorf("%d queries", len(queries))
	}
	for _, q := range queries {
		if q.Expr == "" || strings.Contains(q.Expr, "$") {
			t.Errorf("%s: a variable is not filled in: %q", q.Panel, q.Expr)
		}
	}
}

// Every panel asks the data source that is chosen, says what it shows, and overlaps
// no other.
func TestDashboard(t *testing.T) {
	var board struct {
		Panels []struct {
			ID          int
			Type, Title string
			Description string
			Datasource  struct{ UID string }
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ Datasource struct{ UID string } }
		}
	}
	if err := json.Unmarshal(Dashboard, &board); err != nil {
		t.Fatal(err)
	}
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] {
			t.Errorf("%s: id %d is taken", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %q or outside, at %d,%d", p.Title, other, x, y)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Description == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
			t.Errorf("%s: no description, no query or a fixed data source", p.Title)
		}
		for _, target := range p.Targets {
			if target.Datasource.UID != "${datasource}" {
				t.Errorf("%s: a query has a fixed data source", p.Title)
			}
		}
	}
}

type alertRule struct {
	Alert, Expr string
	Labels      map[string]string
	Annotations map[string]string
}

func selfAlerts(t *testing.T) []alertRule {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alertRule } }
	if err := yaml.Unmarshal(Rules, &file); err != nil {
		t.Fatal(err)
	}
	var all []alertRule
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("no alerts")
	}
	return all
}

// Each alert about ourselves has its texts, a severity, a section of the README that
// its link leads to, and a unit test.
func TestSelfAlertsAreComplete(t *testing.T) {
	readme, tests := read(t, "README.md"), read(t, "prometheus/authspike.rules.test.yml")
	for _, a := range selfAlerts(t) {
		if a.Annotations["summary"] == "" || a.Annotations["description"] == "" {
			t.Errorf("%s has no summary or no description", a.Alert)
		}
		if s := a.Labels["severity"]; s != "warning" && s != "critical" {
			t.Errorf("%s: severity %q", a.Alert, s)
		}
		if !strings.HasSuffix(a.Annotations["runbook_url"], "/deploy/README.md#"+strings.ToLower(a.Alert)) || !strings.Contains(readme, "\n### "+a.Alert+"\n") {
			t.Errorf("%s: %q leads to no section of the README", a.Alert, a.Annotations["runbook_url"])
		}
		if !strings.Contains(tests, "\n        alertname: "+a.Alert+"\n") || !strings.Contains(tests, "alertname: "+a.Alert+", exp_alerts: []") {
			t.Errorf("%s: no test that it fires, or none that it does not", a.Alert)
		}
	}
}

// Routes and inhibitions name only alerts that exist, and every symptom.
func TestAlertmanagerNamesAlertsThatExist(t *testing.T) {
	var exist, symptoms []string
	for _, r := range rules.Default() {
		symptoms = append(symptoms, r.Name)
	}
	exist = append(exist, symptoms...)
	for _, a := range selfAlerts(t) {
		exist = append(exist, a.Alert)
	}
	matcher := regexp.MustCompile(`alertname!?=~?"([^"]+)"`)
	var named []string
	for _, m := range matcher.FindAllStringSubmatch(string(Alertmanager), -1) {
		named = append(named, strings.Split(m[1], "|")...)
	}
	for _, pattern := range named {
		re := regexp.MustCompile("^(?:" + pattern + ")$")
		if !slices.ContainsFunc(exist, re.MatchString) {
			t.Errorf("no alert is called %s", pattern)
		}
	}
	for _, s := range symptoms {
		if !slices.Contains(named, s) {
			t.Errorf("%s has no route", s)
		}
	}
}

// The configuration of the ConfigMap is one that `authspike check` accepts, and its
// checkpoint and port are those of the pods.
func TestConfigMap(t *testing.T) {
	const file = "kubernetes/config/authspike.yaml"
	if _, err := app.Check(file); err != nil {
		t.Fatal(err)
	}
	c, faults := app.ParseConfig(file, []byte(read(t, file)))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, pod := range []string{"kubernetes/base/deployment.yaml", "kubernetes/components/sidecar/sidecar.yaml"} {
		text := read(t, pod)
		port := strings.TrimPrefix(c.Web.Listen, ":")
		for _, want := range []string{"mountPath: " + filepath.Dir(c.Checkpoint.Path) + "\n", "containerPort: " + port + "\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", pod, want)
			}
		}
	}
}

// The image is built by the Go of go.mod, knows its version, and runs as the user
// that the pods say.
func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	for _, want := range []string{"FROM --platform=$BUILDPLATFORM golang:" + version + " ", "CGO_ENABLED=0", "-X main.version=$VERSION", "\nUSER 65532:65532\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("Dockerfile lacks %q", want)
		}
	}
	if !strings.Contains(read(t, "../cmd/authspike/version.go"), "var version = ") {
		t.Error("main.version, which the Dockerfile sets, does not exist")
	}
}
