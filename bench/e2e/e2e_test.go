// Package e2e_test plays incidents through the real thing: the binary, Apache
// Kafka, two Alertmanagers and a Prometheus. It looks at them from outside only,
// through their own APIs and the notifications that people would get.
package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authspike/authspike/bench/server"
	"github.com/authspike/authspike/deploy"
)

// incidentAlerts are what the incident must raise, and nothing else.
var incidentAlerts = []string{"KidMismatchBurst", "UnauthorizedRateSpike"}

// world is one test's set of servers.
type world struct {
	kafka   *server.Kafka
	ams     []*alertmanager
	service *service
	history map[int32]int64 // where the history ends in each partition
}

// newWorld starts the servers and logs an hour of history.
func newWorld(ctx context.Context, t *testing.T, opts server.KafkaOptions) *world {
	t.Helper()
	opts.Dir = t.TempDir()
	k, err := server.StartKafka(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	w := &world{kafka: k, service: newService(t, k)}
	w.ams = []*alertmanager{startAlertmanager(ctx, t), startAlertmanager(ctx, t)}
	now := time.Now().Unix()
	w.service.history(now-3600, now)
	w.history = ends(t, k)
	return w
}

// begin starts the incident and returns when.
func (w *world) begin() int64 {
	w.service.incident.Store(true)
	return time.Now().Unix()
}

// raised waits until the Alertmanager has all alerts of the incident and told
// people once of each.
func raised(t *testing.T, am *alertmanager) {
	t.Helper()
	eventually(t, "both alerts are active", func() bool {
		list := am.active(t)
		return !slices.ContainsFunc(incidentAlerts, func(name string) bool { return list[name].Status.State != "active" })
	})
	eventually(t, "people know", func() bool { return am.once(false, incidentAlerts...) })
}

// sentAgain waits until the Alertmanager has got each alert once more, and checks
// that it began when it had begun before.
func sentAgain(t *testing.T, am *alertmanager) {
	t.Helper()
	before := am.active(t)
	for _, name := range incidentAlerts {
		var now alert
		eventually(t, name+" is sent again", func() bool {
			now = am.active(t)[name]
			return now.UpdatedAt.After(before[name].UpdatedAt)
		})
		if !now.StartsAt.Equal(before[name].StartsAt) {
			t.Errorf("%s began at %v, and then at %v", name, before[name].StartsAt, now.StartsAt)
		}
	}
}

// resolved waits until no alert is active and people were told once of each end.
func resolved(t *testing.T, am *alertmanager) {
	t.Helper()
	eventually(t, "no alert is active", func() bool { list := am.active(t); return list != nil && len(list) == 0 })
	eventually(t, "people know that it is over", func() bool { return am.once(true, incidentAlerts...) })
}

// quiet checks that people heard of each alert once and of each end once.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	for _, am := range w.ams {
		if !am.once(true, incidentAlerts...) {
			t.Errorf("%s notified %s, want one firing and one resolved of %v", am.URL, am.told(), incidentAlerts)
		}
	}
}

// describes checks what an Alertmanager shows of an alert that began with the
// incident at onset.
func describes(t *testing.T, a alert, name string, onset int64) {
	t.Helper()
	severity := map[string]string{"KidMismatchBurst": "info", "UnauthorizedRateSpike": "warning"}
	want := map[string]string{"alertname": name, "namespace": "prod", "service": "api", "severity": severity[name], "cluster": "e2e"}
	if fmt.Sprint(a.Labels) != fmt.Sprint(want) {
		t.Errorf("labels %v, want %v", a.Labels, want)
	}
	for _, annotation := range []string{"summary", "description"} {
		if text := a.Annotations[annotation]; !strings.Contains(text, "api") || strings.Contains(text, "<no value>") {
			t.Errorf("%s: %s is %q", name, annotation, text)
		}
	}
	if late := a.StartsAt.Unix() - onset; late < -1 || late > 15 {
		t.Errorf("%s starts %d s after the onset", name, late)
	}
	if !a.EndsAt.After(time.Now()) {
		t.Errorf("%s fires and ends at %v", name, a.EndsAt)
	}
	if a.GeneratorURL != fmt.Sprintf("http://authspike.example/series/prod/api?time=%d", a.StartsAt.Unix()) {
		t.Errorf("%s: generator URL is %q", name, a.GeneratorURL)
	}
	t.Logf("%s starts %d s after the onset: %v", name, a.StartsAt.Unix()-onset, a.Annotations)
}

// TestRealIncident plays an hour of history and an incident, over SASL and TLS,
// that nothing disturbs.
func TestRealIncident(t *testing.T) {
	server.Need(t, server.Java, server.Broker, server.Alertmanager, server.Prometheus, server.Promtool)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	certs, err := server.NewCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	user := &server.User{Name: "reader", Password: "open sesame"}
	w := newWorld(ctx, t, server.KafkaOptions{TLS: certs, User: user})
	a := configure(t, build(ctx, t), fmt.Sprintf("brokers: [%q], tls: {enabled: true, ca_file: %q}, sasl: {mechanism: SCRAM-SHA-512, username: %q, password: %q}",
		w.kafka.SecureAddrs()[0], certs.CAFile, user.Name, user.Password), w.ams)
	a.start()
	prometheus := startPrometheus(ctx, t, a)

	w.service.live(time.Now().Unix())
	eventually(t, "live traffic is scraped", func() bool {
		return value(t, prometheus, `authspike_requests_total{service="api"} > 0`) != ""
	})
	onset := w.begin()
	for _, am := range w.ams {
		raised(t, am)
		for name, it := range am.active(t) {
			describes(t, it, name, onset)
		}
	}
	eventually(t, "Prometheus knows", func() bool { return value(t, prometheus, "authspike_alerts_firing") == "2" })
	for _, am := range w.ams {
		sentAgain(t, am)
	}
	w.service.incident.Store(false)
	for _, am := range w.ams {
		resolved(t, am)
	}
	w.service.end()

	whole, live := recount(t, w.kafka, w.history)
	a.counted(whole)
	for query, want := range map[string]uint64{
		`up{job="authspike"}`: 1,
		`authspike_requests_total{namespace="prod",service="api"}`:                              live.Requests,
		`authspike_unauthorized_total{namespace="prod",service="api"}`:                          live.Unauthorized,
		`authspike_token_failures_total{namespace="prod",service="api",failure="kid_mismatch"}`: live.KidMismatch,
		`authspike_records_total`:                                                     live.Records,
		`authspike_warm_start_records_total`:                                          whole.Records - live.Records,
		`sum(authspike_alert_transitions_total{state="firing"})`:                      2,
		`sum(authspike_alert_transitions_total{state="resolved",reason="recovered"})`: 2,
		`authspike_alerts_firing`:                                                     0,
		`sum(authspike_late_samples_total) + sum(authspike_events_dropped_total)`:     0,
		`sum(authspike_log_breaks_total) + sum(authspike_batches_repeated_total)`:     0,
	} {
		eventually(t, fmt.Sprintf("%s is %d", query, want), func() bool { return value(t, prometheus, query) == fmt.Sprint(want) })
	}
	queries, err := deploy.Queries()
	if err != nil || len(queries) == 0 {
		t.Fatalf("dashboard has %d queries: %v", len(queries), err)
	}
	for _, q := range queries {
		value(t, prometheus, q.Expr)
	}
	a.lint()
	a.stop()
	w.quiet(t)
}

// TestRealTroubles plays the same incident while an Alertmanager is down, the
// broker is killed and started again, and so is authspike.
func TestRealTroubles(t *testing.T) {
	server.Need(t, server.Java, server.Broker, server.Alertmanager)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	w := newWorld(ctx, t, server.KafkaOptions{})
	a := configure(t, build(ctx, t), fmt.Sprintf("brokers: [%q]", w.kafka.Addrs()[0]), w.ams)
	a.start()
	w.service.live(time.Now().Unix())
	seen := a.totals().Requests
	eventually(t, "live traffic is counted", func() bool { return a.totals().Requests > seen })

	first, second := w.ams[0], w.ams[1]
	second.Kill()
	w.begin()
	raised(t, first)

	a.kill()
	w.kafka.Kill(1)
	if err := w.kafka.Restart(ctx, 1); err != nil {
		t.Fatal(err)
	}
	a.start()
	w.kafka.Kill(1)
	if err := w.kafka.Restart(ctx, 1); err != nil {
		t.Fatal(err)
	}
	seen = a.totals().Requests
	eventually(t, "counting goes on after the broker's restart", func() bool { return a.totals().Requests > seen })
	if err := second.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	raised(t, second)
	a.kill()
	a.start()
	w.service.incident.Store(false)
	for _, am := range w.ams {
		resolved(t, am)
	}
	a.kill()
	w.service.end()
	a.start()

	whole, _ := recount(t, w.kafka, w.history)
	a.counted(whole)
	a.stop()
	w.quiet(t)
}
