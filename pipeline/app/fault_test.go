package app

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/authspike/authspike/pipeline/checkpoint"
)

// TestPoison: what cannot be read is counted by reason, and nothing else is lost
// by it.
func TestPoison(t *testing.T) {
	const topic = "logs"
	c := broker(t, topic, 1)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	good := traffic(now-1000, now, 2, 0)
	poison := []string{
		"", "   ", "\xff\xfe\xfd\x00", `{"time":"`, strings.Repeat("x", 900_000), `{"status":` + strings.Repeat("[", 100_000),
		`{"time":"1970-01-01T00:00:12Z","namespace":"prod","service":"old","status":401}`,
		`{"time":"2099-01-01T00:00:00Z","namespace":"prod","service":"new","status":401}`,
	}
	p.write(1, slices.Concat(good[:1000], poison, good[1000:]))
	r := start(t, Options{Flags: flags(t, c, topic)})
	eventually(t, "all requests", func() bool { return r.totals("api")["requests"] == 2000 })
	if got := r.totals("old")["unauthorized"]; got != 1 {
		t.Errorf("the line from 1970 is counted %d times, want once", got)
	}
	if got := r.totals("new"); got != nil {
		t.Errorf("the line from 2099 is counted: %v", got)
	}
	p.write(1, append(traffic(now, now+10, 2, 0), poison...))
	eventually(t, "the next requests", func() bool { return r.totals("api")["requests"] == 2020 })
	for reason, least := range map[string]int{"empty": 2, "truncated": 1, "unrecognized": 1} {
		eventually(t, reason, func() bool {
			var n int
			_, err := fmt.Sscan(r.metric(fmt.Sprintf("authspike_events_dropped_total{reason=%q}", reason)), &n)
			return err == nil && n >= least
		})
	}
}

// TestCountersLeaveOutTheWarmStart: they begin where the first start ends.
func TestCountersLeaveOutTheWarmStart(t *testing.T) {
	const topic = "logs"
	c := broker(t, topic, 1)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	p.write(1, traffic(now-100, now, 10, 10))
	r := start(t, Options{Flags: flags(t, c, topic)})
	eventually(t, "readiness", func() bool { return r.get("/-/ready") != "" })
	if got := r.metric("authspike_warm_start_records_total"); got != "1000" {
		t.Errorf("%q records in the warm start, want 1000", got)
	}
	p.write(1, traffic(now, now+10, 10, 10))
	const requests = `authspike_requests_total{namespace="prod",service="api"}`
	eventually(t, "the counter", func() bool { return r.metric(requests) == "100" })
	if got := r.metric(`authspike_unauthorized_total{namespace="prod",service="api"}`); got != "10" {
		t.Errorf("unauthorized %q, want 10", got)
	}
	eventually(t, "the totals", func() bool { return r.totals("api")["requests"] == 1100 })
}

// TestCheckpointFaults: a start finds a checkpoint that is damaged, or a directory
// that nothing can be written to.
func TestCheckpointFaults(t *testing.T) {
	const topic = "logs"
	c := broker(t, topic, 1)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	p.write(1, slices.Concat(traffic(now-1800, now-60, 10, 500), traffic(now-60, now, 10, 5)))
	am := newAlertmanager(t)
	f := flags(t, c, topic, am)
	life := func(outcome string) {
		t.Helper()
		r := start(t, Options{Flags: f})
		eventually(t, "all records", func() bool { return r.totals("api")["requests"] == 18000 })
		eventually(t, "readiness", func() bool { return r.get("/-/ready") != "" })
		if got := r.metric(fmt.Sprintf("authspike_checkpoint_loads_total{outcome=%q}", outcome)); got != "1" {
			t.Errorf("outcome %s is counted %q times", outcome, got)
		}
		if err := r.end(); err != nil {
			t.Error(err)
		}
	}
	damage := func(path string) {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	life("none")
	life("loaded")
	damage(f.Checkpoint)
	life("previous")
	damage(f.Checkpoint)
	damage(f.Checkpoint + ".prev")
	life("lost")
	if aside, err := filepath.Glob(f.Checkpoint + ".corrupt-*"); err != nil || len(aside) != 3 {
		t.Errorf("kept aside: %v, %v", aside, err)
	}

	// Something is where the new file is written: this binds root too.
	f.Checkpoint = filepath.Join(t.TempDir(), "state")
	if err := os.MkdirAll(filepath.Join(f.Checkpoint+".tmp", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{Flags: f})
	eventually(t, "failed checkpoints", func() bool {
		n := r.metric(`authspike_checkpoint_saves_total{result="failed"}`)
		return n != "" && n != "0"
	})
	eventually(t, "alert in spite of it", func() bool {
		return r.get("/-/ready") != "" && strings.Contains(r.get("/api/v1/alerts"), "UnauthorizedRateSpike")
	})
	if states := am.states("UnauthorizedRateSpike"); !slices.Equal(states, []bool{true}) {
		t.Errorf("states %v, want one firing over all starts", states)
	}
}

// TestSlowAlertmanager: one that hangs holds up neither counting nor the other.
func TestSlowAlertmanager(t *testing.T) {
	const topic = "logs"
	c := broker(t, topic, 1)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	p.write(1, slices.Concat(traffic(now-1800, now-60, 10, 500), traffic(now-60, now, 10, 5)))
	hangs, works := newAlertmanager(t), newAlertmanager(t)
	release := make(chan struct{})
	hangs.answer = func(http.ResponseWriter) bool { <-release; return false }
	t.Cleanup(func() { close(release) })
	r := start(t, Options{
		ConfigFile: write(t, "authspike.yaml", "alerting: {drain: 1s}\n"),
		Flags:      flags(t, c, topic, hangs, works),
	})
	eventually(t, "the alert at the other", func() bool { return slices.Equal(works.states("UnauthorizedRateSpike"), []bool{true}) })
	p.write(1, traffic(now, now+150, 10, 500))
	eventually(t, "all records", func() bool { return r.totals("api")["requests"] == 19500 })
	eventually(t, "the resolve", func() bool { return slices.Equal(works.states("UnauthorizedRateSpike"), []bool{true, false}) })
	began := time.Now()
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v with a drain of 1s", took)
	}
}

// TestReload: a bad file changes nothing and is said in a metric; a good one is
// taken, and no record is counted twice or skipped by it.
func TestReload(t *testing.T) {
	const topic = "logs"
	c := broker(t, topic, 1)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	am := newAlertmanager(t)
	p.write(1, slices.Concat(traffic(now-1800, now-60, 10, 500), traffic(now-60, now, 10, 5)))
	file := write(t, "authspike.yaml", "web: {enable_reload: true}\n")
	hangup := make(chan os.Signal)
	r := start(t, Options{ConfigFile: file, Flags: flags(t, c, topic, am), Hangup: hangup})
	eventually(t, "the alert", func() bool { return slices.Equal(am.states("UnauthorizedRateSpike"), []bool{true}) })

	reload := func(content string) int {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(r.url+"/-/reload", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	const successful = "authspike_config_last_reload_successful"
	if code := reload("web: {enable_reload: true}\nlatenes: 5s\n"); code < 400 || r.metric(successful) != "0" {
		t.Errorf("a bad file gives %d, metric %s", code, r.metric(successful))
	}
	if !strings.Contains(r.log.String(), "lateness") {
		t.Error("the log does not say which key was meant")
	}
	p.write(1, traffic(now, now+10, 10, 5))
	if code := reload("web: {enable_reload: true}\nlateness: 5s\n"); code != http.StatusOK || r.metric(successful) != "1" {
		t.Errorf("a good file gives %d, metric %s", code, r.metric(successful))
	}
	p.write(1, traffic(now+10, now+20, 10, 5))
	eventually(t, "all records", func() bool { return r.totals("api")["requests"] == 18200 })

	// The removed rule's alert resolves.
	if err := os.WriteFile(file, []byte("rule_files: [rules.yaml]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rules := "rules:\n  - alert: OnlyThis\n    signals: [token_expired]\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "rules.yaml"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	hangup <- os.Interrupt
	eventually(t, "the resolve", func() bool { return slices.Equal(am.states("UnauthorizedRateSpike"), []bool{true, false}) })
	eventually(t, "readiness", func() bool { return r.get("/-/ready") != "" })
	p.write(1, traffic(now+20, now+30, 10, 0))
	eventually(t, "all records", func() bool { return r.totals("api")["requests"] == 18300 })
}

// TestCheckpointBelongsToOne: a second instance with the same path is refused.
func TestCheckpointBelongsToOne(t *testing.T) {
	c := broker(t, "logs", 1)
	f := flags(t, c, "logs")
	r := start(t, Options{Flags: f})
	eventually(t, "readiness", func() bool { return r.get("/-/ready") != "" })
	err := Run(t.Context(), Options{Flags: f, Stderr: &safeBuffer{}})
	if !errors.Is(err, checkpoint.ErrLocked) {
		t.Errorf("the second ended with %v", err)
	}
}

// TestOtherCluster: a checkpoint of another cluster is kept aside, and the log is
// read as at a first start.
func TestOtherCluster(t *testing.T) {
	const topic = "logs"
	now := time.Now().Unix()
	one := broker(t, topic, 1)
	newProducer(t, one, topic).write(1, traffic(now-100, now, 10, 0))
	f := flags(t, one, topic)
	r := start(t, Options{Flags: f})
	eventually(t, "the first cluster", func() bool { return r.totals("api")["requests"] == 1000 })
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	two := broker(t, topic, 1, kfake.ClusterID("another"))
	newProducer(t, two, topic).write(1, traffic(now-50, now, 10, 0))
	f.Brokers = two.ListenAddrs()
	r = start(t, Options{Flags: f})
	eventually(t, "the second cluster", func() bool { return r.totals("api")["requests"] == 500 })
	if got := r.metric(`authspike_checkpoint_loads_total{outcome="other_cluster"}`); got != "1" {
		t.Errorf("counted %q times", got)
	}
}

// TestBadStarts: what cannot work ends at once and says why.
func TestBadStarts(t *testing.T) {
	tests := []struct {
		name, config string
		flags        Flags
		want         []string
	}{
		{"nothing to read", "", Flags{}, []string{"kafka.brokers", "kafka.topics"}},
		{"three faults", "kafka:\n  brokers: [a]\n  topcs: [x]\nlog: {level: loud}\n", Flags{}, []string{":3:", `"topcs"`, "topics", "loud"}},
		{"no such rules", "kafka: {brokers: [\"a:1\"], topics: [x]}\nrule_files: [none.yaml]\n", Flags{}, []string{"none.yaml"}},
		{"bad broker", "", Flags{Brokers: []string{"nowhere"}, Topics: []string{"logs"}}, []string{`"nowhere"`, "host:port"}},
		{"unset secret", "kafka: {brokers: [\"a:1\"], topics: [x], sasl: {mechanism: PLAIN, username: u, password: \"env:AUTHSPIKE_TEST_UNSET\"}}\n", Flags{}, []string{"AUTHSPIKE_TEST_UNSET"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts := Options{Flags: test.flags, Stderr: &safeBuffer{}}
			if test.config != "" {
				opts.ConfigFile = write(t, "authspike.yaml", test.config)
			}
			err := Run(t.Context(), opts)
			if err == nil {
				t.Fatal("runs")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}
