package notify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/config"

	"github.com/authspike/authspike/detector"
)

func TestLifeOfAnAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{}
		n := start(t, nil, am)
		defer n.stop()
		synctest.Wait()
		if got := am.requests(); len(got) != 1 || len(got[0].alerts) != 0 {
			t.Fatalf("at start got %v, want one empty request", got)
		}

		time.Sleep(10 * time.Second)
		began := time.Now()
		n.Update([]detector.Alert{firing("api", began.Unix()-5)})
		synctest.Wait()
		for i := range 5 {
			got := alertsOf(am.requests())
			if len(got) != 1 {
				t.Fatalf("minute %d: got %d alerts, want 1", i, len(got))
			}
			if want := began.Add(-5 * time.Second); !got[0].StartsAt.Equal(want) {
				t.Errorf("minute %d: startsAt %v, want %v", i, got[0].StartsAt, want)
			}
			if want := time.Now().Add(4 * time.Minute); !got[0].EndsAt.Equal(want) {
				t.Errorf("minute %d: endsAt %v, want %v", i, got[0].EndsAt, want)
			}
			next := began.Truncate(time.Minute).Add(time.Duration(i+1) * time.Minute) // the loop began on a full minute
			time.Sleep(time.Until(next))
			synctest.Wait()
		}

		am.requests()
		time.Sleep(7 * time.Second)
		over := time.Now().Unix() - 3
		n.Update([]detector.Alert{resolved("api", began.Unix()-5, over)})
		synctest.Wait()
		got := alertsOf(am.requests())
		if len(got) != 1 || got[0].EndsAt.Unix() != over || got[0].StartsAt.Unix() != began.Unix()-5 {
			t.Fatalf("resolve: got %+v, want one alert that ended at %d", got, over)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		later := am.requests()
		if got := alertsOf(later); len(got) != 0 {
			t.Errorf("after the resolve was taken: got %+v, want nothing more", got)
		}
		if len(later) != 10 {
			t.Errorf("got %d heartbeats in 10 minutes, want 10", len(later))
		}
		if got := n.value(t, "authspike_notifications_sent_total"); got != 7 {
			t.Errorf("sent_total %v, want 7", got)
		}
	})
}

func TestOneBadAlertmanagerHarmsNoOther(t *testing.T) {
	for name, bad := range map[string]answer{
		"hangs":      hang,
		"refuses":    refuse,
		"answers500": func(context.Context, []wireAlert) (*http.Response, error) { return status(500, "broken"), nil },
		"answers400": func(context.Context, []wireAlert) (*http.Response, error) { return status(400, "not so"), nil },
		"answers301": func(context.Context, []wireAlert) (*http.Response, error) { return status(301, ""), nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second := &alertmanager{answer: bad}, &alertmanager{}
				n := start(t, nil, first, second)
				defer n.stop()
				for i := range 20 {
					before := time.Now()
					n.Update([]detector.Alert{firing(fmt.Sprint("api", i), before.Unix())})
					synctest.Wait()
					if !time.Now().Equal(before) {
						t.Fatal("Update took time")
					}
					if got := alertsOf(second.requests()); len(got) == 0 || got[len(got)-1].Labels["service"] != fmt.Sprint("api", i) {
						t.Fatalf("the good one got %+v, want api%d at once", got, i)
					}
					time.Sleep(time.Second)
				}
				if got := n.value(t, "authspike_notifications_errors_total", "http://am0:9093/prefix"); got == 0 {
					t.Error("no error of the bad one was counted")
				}
				if got := n.value(t, "authspike_notifications_errors_total", "http://am1:9093/prefix"); got != 0 {
					t.Errorf("%v errors of the good one were counted", got)
				}
				if s := n.Status(); s[0].LastError == "" || s[1].LastError != "" || s[1].LastSuccess.IsZero() {
					t.Errorf("status %+v", s)
				}
			})
		})
	}
}

func TestResolveIsSentUntilEachHasTakenIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &alertmanager{answer: refuse}, &alertmanager{}
		n := start(t, nil, first, second)
		defer n.stop()
		at := time.Now().Unix()
		n.Update([]detector.Alert{firing("api", at)})
		time.Sleep(3 * time.Second)
		n.Update([]detector.Alert{resolved("api", at, at+2)})
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n.Status()[0].Queued != 1 || n.Status()[1].Queued != 0 {
			t.Errorf("queued %+v, want the resolve to wait for the first only", n.Status())
		}
		second.requests()
		first.set(nil)
		time.Sleep(lastPause)
		synctest.Wait()
		if w, ok := first.kept["KidMismatchBurst/api"]; !ok || w.EndsAt.Unix() != at+2 {
			t.Errorf("the first keeps %+v, want the alert resolved at %d", w, at+2)
		}
		first.requests()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if a, b := alertsOf(first.requests()), alertsOf(second.requests()); len(a)+len(b) != 0 {
			t.Errorf("after both had the resolve: got %v and %v, want nothing", a, b)
		}
	})
}

func TestNewestStateIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{answer: hang}
		n := start(t, nil, am)
		defer n.stop()
		synctest.Wait()
		at := time.Now().Unix()
		time.Sleep(time.Second)
		n.Update([]detector.Alert{firing("api", at), firing("web", at)})
		n.Update([]detector.Alert{resolved("api", at, at+1)})
		n.Update([]detector.Alert{firing("api", at+1), resolved("web", at, at+1)})
		am.set(nil)
		am.requests()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		got := alertsOf(am.requests())
		if len(got) != 2 {
			t.Fatalf("got %d alerts, want the newest state of two", len(got))
		}
		for _, w := range got {
			if starts := w.StartsAt.Unix(); w.Labels["service"] == "api" && starts != at+1 {
				t.Errorf("api starts at %d, want its second start %d", starts, at+1)
			}
			if w.Labels["service"] == "web" && w.EndsAt.After(time.Now()) {
				t.Errorf("web fires, want it resolved")
			}
		}
	})
}

func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{}
		n := start(t, nil, am)
		defer n.stop()
		synctest.Wait()
		am.requests()
		var alerts []detector.Alert
		for i := range 1000 {
			alerts = append(alerts, firing(fmt.Sprint("s", i), time.Now().Unix()))
		}
		n.Update(alerts)
		synctest.Wait()
		got := am.requests()
		if len(got) != 4 {
			t.Errorf("got %d requests for 1000 alerts, want 4", len(got))
		}
		for i, w := range alertsOf(got) {
			if want := fmt.Sprint("s", i); w.Labels["service"] != want {
				t.Fatalf("alert %d is %s, want %s: oldest change first", i, w.Labels["service"], want)
			}
		}
		for _, r := range got {
			if len(r.alerts) > maxBatch {
				t.Errorf("a request has %d alerts", len(r.alerts))
			}
		}
	})
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		am := &alertmanager{answer: func(_ context.Context, alerts []wireAlert) (*http.Response, error) {
			if len(alerts) == 0 {
				return nil, nil
			}
			if tries++; tries < 4 {
				return status(503, "starting"), nil
			}
			return nil, nil
		}}
		n := start(t, nil, am)
		synctest.Wait()
		n.Update([]detector.Alert{firing("api", time.Now().Unix())})
		n.stop()
		if len(am.kept) != 1 {
			t.Error("the last change was not sent before the stop")
		}
		if n.targets[0].ledger.order.Len() != 1 {
			t.Error("a firing alert was not left firing")
		}
	})
}

func TestDrainEndsAtItsDeadline(t *testing.T) {
	for name, answer := range map[string]answer{"hangs": hang, "refuses": refuse} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				am := &alertmanager{answer: answer}
				n := start(t, func(o *Options) { o.Drain = 3 * time.Second }, am)
				synctest.Wait()
				n.Update([]detector.Alert{firing("api", time.Now().Unix()), firing("web", time.Now().Unix())})
				before := time.Now()
				n.stop()
				if took := time.Since(before); took != 3*time.Second {
					t.Errorf("stop took %v, want 3s", took)
				}
				if got := n.value(t, "authspike_notifications_dropped_total", dropStopped); got != 2 {
					t.Errorf("dropped %v at the stop, want 2", got)
				}
			})
		})
	}
}

func TestStopWaitsForNothingWithoutNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{}
		n := start(t, nil, am)
		n.Update([]detector.Alert{firing("api", time.Now().Unix())})
		synctest.Wait()
		am.set(hang)
		time.Sleep(61 * time.Second) // in the middle of a resend that hangs
		before := time.Now()
		n.stop()
		if took := time.Since(before); took != 0 {
			t.Errorf("stop took %v", took)
		}
	})
}

// A restart hands over what still fires; nothing resolves and nothing starts anew.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{}
		began := time.Now().Unix()
		for range 3 {
			n := start(t, nil, am)
			n.Update([]detector.Alert{firing("api", began)})
			time.Sleep(90 * time.Second)
			n.stop()
			time.Sleep(2 * time.Minute)
		}
		var until time.Time
		for _, r := range am.requests() {
			for _, w := range r.alerts {
				if w.StartsAt.Unix() != began || !w.EndsAt.After(r.at) {
					t.Errorf("at %v got %+v, want it to fire since %d", r.at, w, began)
				}
				if !until.IsZero() && until.Before(r.at) {
					t.Errorf("the alert had ended at %v, before %v", until, r.at)
				}
				until = w.EndsAt
			}
		}
	})
}

func TestUpdateBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, err := New(Options{Alertmanagers: []Alertmanager{{URL: "http://am:9093/prefix"}}})
		if err != nil {
			t.Fatal(err)
		}
		am := &alertmanager{}
		n.targets[0].client.http.Transport = am
		for i := range 100 {
			n.Update([]detector.Alert{firing(fmt.Sprint("s", i), 0)})
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		n.Run(ctx)
		if len(am.kept) != 100 {
			t.Errorf("%d alerts were taken, want 100", len(am.kept))
		}
	})
}

func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	m := NewMetrics(reg)
	target := func(url string) Alertmanager { return Alertmanager{URL: url, Client: config.DefaultHTTPClientConfig} }
	if _, err := New(Options{Metrics: m, Alertmanagers: []Alertmanager{target("http://a:1"), target("http://user:secret@b:2/x/")}}); err != nil {
		t.Fatal(err)
	}
	problems, err := testutil.GatherAndLint(reg)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Errorf("lint: %v", problems)
	}
	count := func(name string, want int) {
		t.Helper()
		got, err := testutil.GatherAndCount(reg, name)
		if err != nil || got != want {
			t.Errorf("%s has %d series (%v), want %d from the start", name, got, err, want)
		}
	}
	count("authspike_notifications_errors_total", 2*len(reasons))
	count("authspike_notifications_dropped_total", 2*len(dropReasons))
	count("authspike_notifications_sent_total", 2)

	// The configuration is loaded again, with one Alertmanager less.
	if _, err := New(Options{Metrics: m, Alertmanagers: []Alertmanager{target("http://b:2/x")}}); err != nil {
		t.Fatal(err)
	}
	count("authspike_notifications_errors_total", len(reasons))
	want := `
# HELP authspike_notifications_queue_capacity Maximum number of alerts kept for the Alertmanager, firing ones included.
# TYPE authspike_notifications_queue_capacity gauge
authspike_notifications_queue_capacity{alertmanager="http://b:2/x"} 10000
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "authspike_notifications_queue_capacity"); err != nil {
		t.Error(err)
	}
}

func TestValidateReportsAllFaults(t *testing.T) {
	both := config.DefaultHTTPClientConfig
	both.BearerToken, both.BasicAuth = "x", &config.BasicAuth{Username: "u"}
	opts := Options{
		Resend: time.Millisecond, Drain: -1, Capacity: -1, ExternalURL: "here", ExternalLabels: []detector.Label{{Name: "a-b"}},
		Alertmanagers: []Alertmanager{
			{URL: "alertmanager:9093"},
			{URL: "http://u:secret@[bad"},
			{URL: "http://am:9093", Timeout: -1, Client: both, Labels: []detector.Label{{Name: "0"}}},
			{URL: "http://am:9093/"},
		},
	}
	_, err := New(opts)
	if err == nil {
		t.Fatal("no fault reported")
	}
	for _, want := range []string{
		"resend interval 1ms", "drain time -1ns", "capacity -1", `external URL: "here"`, `external label "a-b"`,
		`alertmanager: "alertmanager:9093": must start with http://`, "alertmanager: parse URL",
		"http://am:9093: timeout -1ns", "http://am:9093: HTTP client: at most one of", `label "0"`, "listed twice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("faults do not name %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("faults show a password:\n%v", err)
	}
}
