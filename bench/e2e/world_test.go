package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/authspike/authspike/bench/server"
)

// patience bounds each wait.
const patience = 75 * time.Second

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	began := time.Now()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("still waiting: %s", what)
		}
	}
	t.Logf("after %5.1f s: %s", time.Since(began).Seconds(), what)
}

// get returns the body of a page, nil where it does not answer with 200.
func get(t *testing.T, url string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil
	}
	return body
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// alertmanager is a real Alertmanager and what it notified people of.
type alertmanager struct {
	*server.Monitor

	mu       sync.Mutex
	notified map[string][]string // status of each notification, in order, by alert and service
}

// startAlertmanager starts an Alertmanager that notifies of every change within a
// second.
func startAlertmanager(ctx context.Context, t *testing.T) *alertmanager {
	t.Helper()
	a := &alertmanager{notified: map[string][]string{}}
	hook := httptest.NewServer(http.HandlerFunc(a.notify))
	t.Cleanup(hook.Close)
	dir := t.TempDir()
	var err error
	a.Monitor, err = server.StartAlertmanager(ctx, dir, writeFile(t, filepath.Join(dir, "alertmanager.yml"), fmt.Sprintf(`
route: {receiver: people, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: people
    webhook_configs: [{url: %q, send_resolved: true}]
`, hook.URL)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Stop)
	return a
}

func (a *alertmanager) notify(w http.ResponseWriter, r *http.Request) {
	var message struct {
		Alerts []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, it := range message.Alerts {
		key := it.Labels["alertname"] + " " + it.Labels["service"]
		a.notified[key] = append(a.notified[key], it.Status)
	}
}

// once reports whether people heard of the alerts fires exactly once each, and,
// if over, of their ends exactly once, and of nothing else.
func (a *alertmanager) once(over bool, fires ...string) bool {
	want := []string{"firing"}
	if over {
		want = append(want, "resolved")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range fires {
		if !slices.Equal(a.notified[name+" api"], want) {
			return false
		}
	}
	return len(a.notified) == len(fires)
}

// told returns all notifications as text.
func (a *alertmanager) told() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprint(a.notified)
}

// alert is an alert as Alertmanager's API shows it.
type alert struct {
	Labels, Annotations         map[string]string
	StartsAt, EndsAt, UpdatedAt time.Time
	GeneratorURL                string
	Status                      struct{ State string }
}

// active returns the alerts that the API calls active, by name; nil if it does
// not answer.
func (a *alertmanager) active(t *testing.T) map[string]alert {
	t.Helper()
	var list []alert
	body := get(t, a.URL+"/api/v2/alerts?active=true")
	if body == nil {
		return nil
	}
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	byName := map[string]alert{}
	for _, it := range list {
		byName[it.Labels["alertname"]] = it
	}
	return byName
}

// build makes the binary under test.
func build(ctx context.Context, t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "authspike")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "../../cmd/authspike")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// authspike is the binary under test with its configuration.
type authspike struct {
	t      *testing.T
	binary string
	config string
	addr   string // host:port, the same after a restart
	log    string // file
	cmd    *exec.Cmd
}

// configure writes the configuration: kafka is what stands under that key.
func configure(t *testing.T, binary, kafka string, ams []*alertmanager) *authspike {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	a := &authspike{t: t, binary: binary, addr: l.Addr().String(), log: filepath.Join(dir, "log")}
	a.config = writeFile(t, filepath.Join(dir, "authspike.yaml"), fmt.Sprintf(`
kafka: {topics: [%s], group: authspike, warm_start: 2h, %s}
alerting:
  resend: 10s
  external_labels: {cluster: e2e}
  alertmanagers: [{url: %s}, {url: %s}]
checkpoint: {path: %s, every: 2s}
web: {listen: %q, external_url: "http://authspike.example"}
`, topic, kafka, ams[0].URL, ams[1].URL, filepath.Join(dir, "state"), a.addr))
	t.Cleanup(func() {
		if a.cmd != nil {
			a.kill()
		}
		if log, err := os.ReadFile(a.log); err == nil && t.Failed() {
			t.Logf("authspike:\n%s", log)
		}
	})
	return a
}

// start runs the binary and waits until it is ready to judge.
func (a *authspike) start() {
	a.t.Helper()
	out, err := os.OpenFile(a.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		a.t.Fatal(err)
	}
	defer out.Close()
	a.cmd = exec.Command(a.binary, "run", "--config", a.config)
	a.cmd.Stdout, a.cmd.Stderr = out, out
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	eventually(a.t, "authspike is ready", func() bool { return get(a.t, a.url("/-/ready")) != nil })
}

// kill ends it with SIGKILL.
func (a *authspike) kill() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait() // it says that it was killed
	a.cmd = nil
}

// stop asks it to end, which must succeed.
func (a *authspike) stop() {
	a.t.Helper()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		a.t.Fatal(err)
	}
	if err := a.cmd.Wait(); err != nil {
		a.t.Errorf("graceful stop: %v", err)
	}
	a.cmd = nil
}

func (a *authspike) url(path string) string { return "http://" + a.addr + path }

// totals returns what the API has counted of the service api, which leaves out
// Records; nothing while it does not answer.
func (a *authspike) totals() counts {
	a.t.Helper()
	var answer struct {
		Data struct {
			Series []struct{ Totals counts }
		}
	}
	body := get(a.t, a.url("/api/v1/series?namespace=prod&service=api"))
	if body == nil {
		return counts{}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		a.t.Fatal(err)
	}
	if len(answer.Data.Series) != 1 {
		return counts{}
	}
	return answer.Data.Series[0].Totals
}

// counted waits until the totals have reached those of the topic, and checks that
// they are the same.
func (a *authspike) counted(topic counts) {
	a.t.Helper()
	eventually(a.t, "everything is counted", func() bool { return a.totals().Requests >= topic.Requests })
	got := a.totals()
	got.Records = topic.Records
	if got != topic {
		a.t.Errorf("totals %+v, want %+v", got, topic)
	}
}

// lint runs promtool over the page of metrics.
func (a *authspike) lint() {
	a.t.Helper()
	promtool, err := server.Promtool.Path()
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.CommandContext(a.t.Context(), promtool, "check", "metrics")
	cmd.Stdin = bytes.NewReader(get(a.t, a.url("/metrics")))
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		a.t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// startPrometheus starts a Prometheus that scrapes a.
func startPrometheus(ctx context.Context, t *testing.T, a *authspike) *server.Monitor {
	t.Helper()
	dir := t.TempDir()
	p, err := server.StartPrometheus(ctx, dir, writeFile(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`
scrape_configs:
  - job_name: authspike
    scrape_interval: 1s
    scrape_timeout: 1s
    honor_labels: true
    static_configs: [{targets: [%q]}]
`, a.addr)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// value returns the only value of a query, "" where there is none or more. A query
// that Prometheus refuses fails the test.
func value(t *testing.T, prometheus *server.Monitor, query string) string {
	t.Helper()
	var answer struct {
		Status string
		Data   struct {
			Result []struct{ Value [2]any }
		}
	}
	body := get(t, prometheus.URL+"/api/v1/query?query="+url.QueryEscape(query))
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v: %s", query, err, body)
	}
	if len(answer.Data.Result) != 1 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}
