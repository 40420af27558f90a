package notify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/authspike/authspike/detector"
)

// An Alertmanager that gets a bad alert stores the good ones of the request and
// answers 400 without saying which is which.
func TestPoisonAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{}
		am.answer = func(_ context.Context, alerts []wireAlert) (*http.Response, error) {
			var good []wireAlert
			for _, w := range alerts {
				if !strings.HasPrefix(w.Labels["service"], "poison") || w.Annotations["cured"] != "" {
					good = append(good, w)
				}
			}
			am.keep(good)
			if len(good) < len(alerts) {
				return status(http.StatusBadRequest, "invalid label set"), nil
			}
			return nil, nil
		}
		core, logs := observer.New(zap.InfoLevel)
		n := start(t, func(o *Options) { o.Logger = zap.New(core) }, am)
		defer n.stop()
		var alerts []detector.Alert
		for i := range 300 {
			name := fmt.Sprint("s", i)
			if i == 100 || i == 261 {
				name = fmt.Sprint("poison", i)
			}
			alerts = append(alerts, firing(name, time.Now().Unix()))
		}
		n.Update(alerts)
		synctest.Wait()
		if len(am.kept) != 298 {
			t.Errorf("%d alerts were taken, want 298", len(am.kept))
		}
		if got := n.value(t, "authspike_notifications_dropped_total", dropRefused); got != 2 {
			t.Errorf("dropped %v as refused, want 2", got)
		}
		if got := logs.FilterMessage("Alertmanager refuses an alert").Len(); got != 2 {
			t.Errorf("%d log lines about refused alerts, want 2", got)
		}
		if got := n.value(t, "authspike_notifications_queue_length"); got != 0 {
			t.Errorf("queue length %v, want 0", got)
		}

		// From now on the good ones are not held up, and the bad ones are tried
		// after 1, 2, 4 ... minutes, each alone.
		am.requests()
		tries := 0
		for range 31 {
			time.Sleep(time.Minute)
			synctest.Wait()
			healthy := 0
			for _, r := range am.requests() {
				for _, w := range r.alerts {
					if !strings.HasPrefix(w.Labels["service"], "poison") {
						healthy++
						continue
					}
					tries++
					if len(r.alerts) != 1 {
						t.Fatalf("a refused alert was sent along with %d others", len(r.alerts)-1)
					}
				}
			}
			if healthy != 298 {
				t.Fatalf("%d good alerts in a minute, want 298", healthy)
			}
		}
		if tries != 2*5 { // after 1, 3, 7, 15 and 31 minutes
			t.Errorf("refused alerts were tried %d times in 31 minutes, want 10", tries)
		}

		cured := firing("poison100", time.Now().Unix())
		cured.Annotations = []detector.Label{{Name: "cured", Value: "yes"}}
		n.Update([]detector.Alert{cured})
		synctest.Wait()
		if len(am.kept) != 299 {
			t.Error("an alert that changed was not tried again")
		}
	})
}

// A server that refuses everything is not asked about each alert at once.
func TestAllRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{answer: func(context.Context, []wireAlert) (*http.Response, error) { return status(400, "no"), nil }}
		n := start(t, nil, am)
		defer n.stop()
		var alerts []detector.Alert
		for i := range 500 {
			alerts = append(alerts, firing(fmt.Sprint("s", i), time.Now().Unix()))
		}
		n.Update(alerts)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(am.requests()); got > 300 {
			t.Errorf("%d requests in a minute, want far fewer than the 1000 that splitting would take", got)
		}
		am.set(nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(am.kept) != 500 {
			t.Errorf("%d alerts were taken once they could be, want all", len(am.kept))
		}
	})
}

func TestOverflowDropsTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{answer: refuse}
		n := start(t, func(o *Options) { o.Capacity = 10 }, am)
		defer n.stop()
		for i := range 25 {
			n.Update([]detector.Alert{firing(fmt.Sprint("s", i), time.Now().Unix())})
		}
		synctest.Wait()
		if got := n.value(t, "authspike_notifications_dropped_total", dropOverflow); got != 15 {
			t.Errorf("dropped %v, want 15", got)
		}
		if got := n.value(t, "authspike_notifications_queue_length"); got != 10 {
			t.Errorf("queue length %v, want 10", got)
		}
		am.set(nil)
		time.Sleep(lastPause)
		synctest.Wait()
		for i := range 25 {
			if _, ok := am.kept[fmt.Sprint("KidMismatchBurst/s", i)]; ok != (i >= 15) {
				t.Errorf("s%d taken: %v", i, ok)
			}
		}
	})
}

func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am := &alertmanager{answer: refuse}
		core, logs := observer.New(zap.InfoLevel)
		n := start(t, func(o *Options) { o.Logger = zap.New(core) }, am)
		defer n.stop()
		n.Update([]detector.Alert{firing("api", time.Now().Unix())})
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		got := am.requests()
		seen := map[time.Duration]bool{}
		for i := 1; i < len(got); i++ {
			pause := got[i].at.Sub(got[i-1].at)
			full := min(lastPause, firstPause<<min(i-1, 10))
			if pause < full/2 || pause > full {
				t.Errorf("pause %d is %v, want %v to %v", i, pause, full/2, full)
			}
			seen[pause] = true
		}
		if len(seen) < len(got)/2 {
			t.Errorf("only %d different pauses of %d: no jitter", len(seen), len(got))
		}
		if got := logs.Len(); got < 4 || got > 5 {
			t.Errorf("%d log lines in 20 minutes of failures, want one every 5 minutes", got)
		}
		am.set(nil)
		time.Sleep(lastPause)
		synctest.Wait()
		if logs.FilterMessage("Alertmanager takes alerts again").Len() != 1 {
			t.Error("the end of the failures was not logged")
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for asked, want := range map[string][2]time.Duration{
		"5":  {2500 * time.Millisecond, 5 * time.Second},
		"60": {lastPause / 2, lastPause}, // bounded
		"":   {firstPause / 2, firstPause},
		"-1": {firstPause / 2, firstPause},
	} {
		h := http.Header{}
		h.Set("Retry-After", asked)
		for range 100 {
			if got := pause(0, retryAfter(h)); got < want[0] || got > want[1] {
				t.Fatalf("Retry-After %q: pause %v, want %v", asked, got, want)
			}
		}
	}
}
