package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestIncident plays an hour of history and an incident: what fires at the end of
// the log is sent to both Alertmanagers, with the time at which it began, and
// resolved after the recovery.
func TestIncident(t *testing.T) {
	const topic, partitions = "logs", 3
	c := broker(t, topic, partitions)
	p := newProducer(t, c, topic)
	now := time.Now().Unix()
	p.write(partitions, traffic(now-3600, now-60, 10, 500))
	p.write(partitions, traffic(now-60, now, 10, 5))

	one, two := newAlertmanager(t), newAlertmanager(t)
	r := start(t, Options{Flags: flags(t, c, topic, one, two)})
	for _, a := range []*alertmanager{one, two} {
		eventually(t, "the alert", func() bool { return slices.Equal(a.states("UnauthorizedRateSpike"), []bool{true}) })
	}
	eventually(t, "readiness", func() bool { return r.get("/-/ready") != "" })
	if got := one.posted[0].StartsAt.Unix(); got < now-60 || got > now-40 {
		t.Errorf("starts %d s after the onset", got-(now-60))
	}
	if got := r.metric(`authspike_alert_transitions_total{alertname="KidMismatchBurst",reason="fired",state="firing"}`); got != "0" {
		t.Errorf("the counter of another rule is %q, want 0", got)
	}
	starts := one.posted[0].StartsAt.Unix()
	for path, want := range map[string]string{
		"/api/v1/series": fmt.Sprintf(`"late":0,"newest":%q,"pods":3`, time.Unix(now-1, 0).UTC().Format(time.RFC3339)),
		fmt.Sprintf("/api/v1/series/prod/api?time=%d", starts):   `"sentence":"fires since `,
		fmt.Sprintf("/api/v1/series/prod/api?time=%d", now-1800): `"sentence":"did not fire`,
		fmt.Sprintf("/series/prod/api?time=%d", starts):          "fires since ",
	} {
		if body := r.get(path); !strings.Contains(body, want) {
			t.Errorf("%s does not say %s: %s", path, want, body)
		}
	}
	p.write(partitions, traffic(now, now+120, 10, 500))
	for _, a := range []*alertmanager{one, two} {
		eventually(t, "the resolve", func() bool { return slices.Equal(a.states("UnauthorizedRateSpike"), []bool{true, false}) })
	}
	eventually(t, "the counter", func() bool {
		return r.metric(`authspike_alert_transitions_total{alertname="UnauthorizedRateSpike",reason="recovered",state="resolved"}`) == "1"
	})
	for _, family := range families() {
		if !strings.Contains(r.get("/metrics"), "# HELP "+family.Name+" ") && !strings.HasPrefix(family.Name, "authspike_token_failures") {
			t.Errorf("metric %s is not there", family.Name)
		}
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
}
