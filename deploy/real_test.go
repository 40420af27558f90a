package deploy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/authspike/authspike/bench/server"
	"github.com/authspike/authspike/rules"
)

// output runs a tool, which must succeed, and returns what it printed to stdout.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

// path returns where a tool is.
func path(t *testing.T, tool server.Tool) string {
	t.Helper()
	server.Need(t, tool)
	name, err := tool.Path()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRealPromtool(t *testing.T) {
	promtool := path(t, server.Promtool)
	output(t, promtool, "check", "rules", "prometheus/authspike.rules.yml")
	output(t, promtool, "check", "config", "prometheus/scrape.yml")
	output(t, promtool, "test", "rules", "prometheus/authspike.rules.test.yml")
}

// Every query of the dashboard is PromQL, as promtool finds when they are rules.
func TestRealQueriesParse(t *testing.T) {
	promtool := path(t, server.Promtool)
	queries, err := Queries()
	if err != nil {
		t.Fatal(err)
	}
	type rule struct{ Record, Expr string }
	group := struct {
		Name  string
		Rules []rule
	}{Name: "dashboard"}
	for i, q := range queries {
		group.Rules = append(group.Rules, rule{fmt.Sprintf("dashboard:%d", i), q.Expr})
	}
	data, err := yaml.Marshal(map[string]any{"groups": []any{group}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := output(t, promtool, "check", "rules", file); !strings.Contains(out, fmt.Sprintf(" %d rules found", len(queries))) {
		t.Errorf("promtool has not seen %d queries: %s", len(queries), out)
	}
}

// Each alert goes where it belongs: symptoms by severity, those about ourselves to
// the operators, and only critical ones to the pager.
func TestRealAmtool(t *testing.T) {
	amtool := path(t, server.Amtool)
	output(t, amtool, "check-config", "alertmanager/alertmanager.yml")
	routed := func(alert, severity, want string) {
		t.Helper()
		got := strings.TrimSpace(output(t, amtool, "config", "routes", "test", "--config.file", "alertmanager/alertmanager.yml",
			"alertname="+alert, "severity="+severity, "namespace=shop", "service=checkout"))
		if got != want {
			t.Errorf("%s with severity %s goes to %s, want %s", alert, severity, got, want)
		}
	}
	for _, r := range rules.Default() {
		routed(r.Name, r.Severity, map[string]string{"info": "auth-info", "warning": "auth-warnings"}[r.Severity])
	}
	for _, a := range selfAlerts(t) {
		routed(a.Alert, a.Labels["severity"], map[string]string{"warning": "authspike-operators", "critical": "authspike-pager"}[a.Labels["severity"]])
	}
	routed("Unrelated", "warning", "auth-warnings")
}

type security struct {
	RunAsNonRoot             *bool `yaml:"runAsNonRoot"`
	RunAsUser                *int  `yaml:"runAsUser"`
	ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
	AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
	Capabilities             struct{ Drop []string }
	SeccompProfile           struct{ Type string } `yaml:"seccompProfile"`
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

type container struct {
	Name, Image     string
	SecurityContext security `yaml:"securityContext"`
	LivenessProbe   probe    `yaml:"livenessProbe"`
	ReadinessProbe  probe    `yaml:"readinessProbe"`
	Resources       struct{ Limits, Requests map[string]string }
}

// workload is a Deployment or a DaemonSet.
type workload struct {
	Kind string
	Spec struct {
		Template struct {
			Spec struct {
				SecurityContext security    `yaml:"securityContext"`
				InitContainers  []container `yaml:"initContainers"`
				Containers      []container
				Volumes         []map[string]any
			}
		}
	}
}

// Each overlay renders, holds the objects it promises, and its container may do
// nothing that it need not.
func TestRealKustomize(t *testing.T) {
	server.Need(t)
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("needs kubectl")
	}
	for _, tt := range []struct {
		overlay, kind, volume string
		kinds                 []string
		sidecar               bool
	}{
		{overlay: "deployment", kind: "Deployment", volume: "persistentVolumeClaim", kinds: []string{"ConfigMap", "PersistentVolumeClaim", "Service", "ServiceAccount"}},
		{overlay: "daemonset", kind: "DaemonSet", volume: "emptyDir", kinds: []string{"ConfigMap", "Service", "ServiceAccount"}},
		{overlay: "sidecar", kind: "Deployment", volume: "emptyDir", kinds: []string{"ConfigMap"}, sidecar: true},
	} {
		t.Run(tt.overlay, func(t *testing.T) {
			var found *workload
			var kinds []string
			for doc := range strings.SplitSeq(output(t, kubectl, "kustomize", "kubernetes/overlays/"+tt.overlay), "\n---\n") {
				var w workload
				if err := yaml.Unmarshal([]byte(doc), &w); err != nil {
					t.Fatal(err)
				}
				if w.Kind == tt.kind {
					found = &w
					continue
				}
				kinds = append(kinds, w.Kind)
			}
			if found == nil {
				t.Fatalf("no %s", tt.kind)
			}
			if slices.Sort(kinds); !slices.Equal(kinds, tt.kinds) {
				t.Errorf("it has %v besides, want %v", kinds, tt.kinds)
			}
			spec := &found.Spec.Template.Spec
			all, ready := spec.Containers, "/-/ready"
			if tt.sidecar {
				all, ready = spec.InitContainers, ""
			}
			i := slices.IndexFunc(all, func(c container) bool { return c.Name == "authspike" })
			if i < 0 {
				t.Fatal("no container is called authspike")
			}
			c := all[i]
			confined(t, spec.SecurityContext, c.SecurityContext)
			if c.LivenessProbe.HTTPGet.Path != "/-/healthy" || c.ReadinessProbe.HTTPGet.Path != ready {
				t.Errorf("probes: %+v, %+v", c.LivenessProbe, c.ReadinessProbe)
			}
			if c.Resources.Limits["memory"] == "" || c.Resources.Requests["cpu"] == "" || !strings.HasPrefix(c.Image, "authspike:") {
				t.Errorf("resources %+v, image %q", c.Resources, c.Image)
			}
			if !slices.ContainsFunc(spec.Volumes, func(v map[string]any) bool {
				return strings.HasSuffix(v["name"].(string), "state") && v[tt.volume] != nil
			}) {
				t.Errorf("the state is in no %s: %v", tt.volume, spec.Volumes)
			}
		})
	}
}

// confined checks what a container may do, by its own word or that of its pod.
func confined(t *testing.T, pod, own security) {
	t.Helper()
	if own.RunAsNonRoot != nil {
		pod.RunAsNonRoot, pod.RunAsUser, pod.SeccompProfile = own.RunAsNonRoot, own.RunAsUser, own.SeccompProfile
	}
	if pod.RunAsNonRoot == nil || !*pod.RunAsNonRoot || pod.RunAsUser == nil || *pod.RunAsUser != 65532 || pod.SeccompProfile.Type != "RuntimeDefault" {
		t.Errorf("it may run as root or without seccomp: %+v", pod)
	}
	if !own.ReadOnlyRootFilesystem || own.AllowPrivilegeEscalation == nil || *own.AllowPrivilegeEscalation || !slices.Equal(own.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("it may do too much: %+v", own)
	}
}
