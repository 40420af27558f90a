package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"github.com/authspike/authspike/bench/server"
	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/notify"
)

// apiAlert is what Alertmanager's API says about an alert.
type apiAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	UpdatedAt    time.Time         `json:"updatedAt"`
	GeneratorURL string            `json:"generatorURL"`
}

// alerts returns the active alerts of an Alertmanager by service.
func alerts(ctx context.Context, t *testing.T, url string) map[string]apiAlert {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v2/alerts?active=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []apiAlert
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	byService := make(map[string]apiAlert, len(list))
	for _, a := range list {
		byService[a.Labels["service"]] = a
	}
	return byService
}

// await asks again until ok or the context ends.
func await(ctx context.Context, t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: did not happen", what)
		}
	}
}

func alert(service string, state detector.State, startsAt, endsAt int64) detector.Alert {
	return detector.Alert{
		Labels:      []detector.Label{{Name: "alertname", Value: "KidMismatchBurst"}, {Name: "service", Value: service}},
		Annotations: []detector.Label{{Name: "summary", Value: "tokens of " + service + " are refused"}},
		State:       state, StartsAt: startsAt, EndsAt: endsAt,
	}
}

// Two real Alertmanagers, one of which is down for a while, and an alert that
// both refuse.
func TestRealAlertmanagers(t *testing.T) {
	server.Need(t, server.Alertmanager)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	conf := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(conf, []byte("route: {receiver: none}\nreceivers: [{name: none}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var ams [2]*server.Monitor
	var targets []notify.Alertmanager
	for i := range ams {
		am, err := server.StartAlertmanager(ctx, filepath.Join(dir, string(rune('a'+i))), conf)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { ams[i].Stop() }()
		ams[i] = am
		targets = append(targets, notify.Alertmanager{URL: am.URL, Client: config.DefaultHTTPClientConfig})
	}
	first, second := ams[0], ams[1]

	n, err := notify.New(notify.Options{
		Alertmanagers: targets, Resend: time.Second, ExternalURL: "http://authspike.example",
		ExternalLabels: []detector.Label{{Name: "cluster", Value: "eu-1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Run(running)
	}()
	defer func() {
		stop()
		<-ended
	}()

	// An empty request proves the way before there is any alert.
	await(ctx, t, "both are known to be there", func() bool {
		s := n.Status()
		return !s[0].LastSuccess.IsZero() && !s[1].LastSuccess.IsZero()
	})

	// One that cannot be stored is among those that can.
	began := time.Now().Unix() - 30
	poison := alert("poison", detector.Firing, began, 0)
	poison.Labels = append(poison.Labels, detector.Label{Name: "not a label name", Value: "x"})
	n.Update([]detector.Alert{alert("api", detector.Firing, began, 0), poison, alert("web", detector.Firing, began, 0)})
	for _, am := range ams {
		await(ctx, t, "the good alerts are there", func() bool { return len(alerts(ctx, t, am.URL)) == 2 })
		a := alerts(ctx, t, am.URL)["api"]
		if a.StartsAt.Unix() != began || a.Labels["cluster"] != "eu-1" || a.Annotations["summary"] != "tokens of api are refused" ||
			a.GeneratorURL != fmt.Sprintf("http://authspike.example/series/-/api?time=%d", began) || !a.EndsAt.After(time.Now()) {
			t.Errorf("Alertmanager has %+v", a)
		}
	}

	// It is sent again, and starts when it started.
	sent := alerts(ctx, t, first.URL)["api"]
	await(ctx, t, "the alert is sent again", func() bool { return alerts(ctx, t, first.URL)["api"].UpdatedAt.After(sent.UpdatedAt) })
	if again := alerts(ctx, t, first.URL)["api"]; !again.StartsAt.Equal(sent.StartsAt) || !again.EndsAt.After(sent.EndsAt) {
		t.Errorf("first %+v, then %+v", sent, again)
	}

	// One is down when the alert resolves, and gets the resolve once it is back.
	second.Kill()
	n.Update([]detector.Alert{alert("api", detector.Resolved, began, time.Now().Unix()-1)})
	await(ctx, t, "the first has the resolve", func() bool { _, ok := alerts(ctx, t, first.URL)["api"]; return !ok })
	await(ctx, t, "the resolve waits for the one that is down", func() bool {
		s := n.Status()[1]
		return s.LastError != "" && s.Queued > 0
	})
	if err := second.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, "the second has the resolve and the other alert", func() bool {
		list := alerts(ctx, t, second.URL)
		_, api := list["api"]
		_, web := list["web"]
		return !api && web && n.Status()[1].Queued == 0
	})

	// Nothing of it comes back.
	seen := n.Status()[0].LastSuccess
	await(ctx, t, "two more rounds", func() bool { return n.Status()[0].LastSuccess.Sub(seen) > 2*time.Second })
	for _, am := range ams {
		if list := alerts(ctx, t, am.URL); len(list) != 1 {
			t.Errorf("%s has %v, want only web", am.URL, list)
		}
	}
}
