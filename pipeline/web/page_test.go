package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/authspike/authspike/detector"
)

// newServer returns a server that shows the view; change may alter its options.
func newServer(t *testing.T, v *View, change func(*Options)) *Server {
	t.Helper()
	opts := Options{
		Address: "127.0.0.1:0", Registry: prometheus.NewRegistry(), View: func() *View { return v },
		Explain: func(_ context.Context, _ detector.Series, at int64) (Account, error) { return account(at), nil },
		Build:   Build{Version: "1.2.3", Revision: "abc123"},
	}
	if change != nil {
		change(&opts)
	}
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get asks the server and returns status and body.
func get(t *testing.T, s *Server, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func TestStatusPage(t *testing.T) {
	s := newServer(t, incident(), nil)
	code, body := get(t, s, http.MethodGet, "/", "")
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, body)
	}
	for _, want := range []string{
		"<title>(2) authspike</title>",
		`<span class="badge ok">ready</span>`,
		"KidMismatchBurst", "UnauthorizedRateSpike",
		`<a class="series" href="./series/prod/api">prod / api</a>`,
		"≥ 9.4 %", "940×", `series/prod/api?time=1773480278">why it fired`, `<a href="series/prod/billing?time=1773476413">TokenFailureBurst</a>`, // 0.094 over 0.0001
		"series/prod/search%2Fv2",
		"series/-/_overflow",
		"51\u202f242",         // records behind, all partitions
		"4\u202f211\u202f904", // requests of prod/api
		"<dt>began</dt><dd>2026-03-14 09:24:32, 2 min ago</dd>", // the onset
		"<dt>began</dt><dd>2026-03-14 09:24:52, 2 min ago</dd>", // where none is known, the alert's start
		"broker 3 does not answer",
		"answered 503 Service Unavailable",
		"1.2.3", "abc123",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("page does not contain %q", want)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "ZgotmplZ") {
		t.Error("page contains a script or a value that the template refused")
	}
}

// Whoever writes the logs chooses names; whoever writes rules chooses links.
func TestHostileNames(t *testing.T) {
	evil := `"><script>alert(1)</script>` + "\u202e\x00"
	v := incident()
	key := detector.Series{Namespace: evil, Service: evil}
	v.Series = append(v.Series, Series{Series: key})
	v.Firing[0].Alert.Labels = []detector.Label{{Name: "alertname", Value: evil}, {Name: "namespace", Value: evil}, {Name: "service", Value: evil}, {Name: "severity", Value: evil}}
	v.Firing[0].Alert.Annotations = []detector.Label{{Name: "runbook_url", Value: "javascript:alert(1)"}, {Name: "summary", Value: evil}}
	v.Partitions[0].Error, v.NotReady = evil, []string{evil}
	s := newServer(t, v, nil)
	for _, path := range []string{"/", "/" + seriesURL(key)} {
		code, body := get(t, s, http.MethodGet, path, "")
		if code != http.StatusOK || strings.Contains(body, "<script") || strings.Contains(body, "javascript:") {
			t.Errorf("%s: status %d:\n%s", path, code, body)
		}
	}
}

// The page stays small however much there is.
func TestLargePage(t *testing.T) {
	v := incident()
	for i := range 10_000 {
		v.Series = append(v.Series, Series{Series: detector.Series{Namespace: "prod", Service: fmt.Sprint("s", i)}})
		v.Partitions = append(v.Partitions, Partition{Topic: "t", ID: int32(i), Lag: int64(i)})
		alert := v.Firing[0]
		alert.Alert.Labels = []detector.Label{{Name: "alertname", Value: "KidMismatchBurst"}, {Name: "namespace", Value: "prod"}, {Name: "service", Value: fmt.Sprint("s", i)}}
		v.Firing = append(v.Firing, alert)
	}
	v.Partitions[5000].Error = "this one is broken"
	_, body := get(t, newServer(t, v, nil), http.MethodGet, "/", "")
	if len(body) > 150<<10 {
		t.Errorf("the page has %d bytes", len(body))
	}
	for _, want := range []string{"this one is broken", "and 9902 more", "and 9954 more", "and 9980 more", ">9\u202f999<"} {
		if !strings.Contains(body, want) {
			t.Errorf("page does not contain %q", want)
		}
	}
}

func TestRefresh(t *testing.T) {
	s := newServer(t, incident(), nil)
	for query, want := range map[string]string{"": "", "?refresh=5": `content="5"`, "?refresh=1": `content="2"`, "?refresh=x": "", "?refresh=-1": ""} {
		_, body := get(t, s, http.MethodGet, "/"+query, "")
		if got := strings.Contains(body, `http-equiv="refresh"`); got != (want != "") || !strings.Contains(body, want) {
			t.Errorf("%q: refreshes: %v, want %s", query, got, want)
		}
	}
}

func TestSeriesPage(t *testing.T) {
	s := newServer(t, incident(), nil)
	if code, body := get(t, s, http.MethodGet, "/series/prod/nobody", ""); code != http.StatusNotFound || !strings.Contains(body, "Nothing was read of this service") {
		t.Errorf("status %d: %s", code, body)
	}
	code, now := get(t, s, http.MethodGet, "/series/prod/api", "")
	if n := strings.Count(now, "<figure>"); code != http.StatusOK || n != 2 { // the quiet signal is not drawn
		t.Errorf("status %d, %d plots", code, n)
	}
	for _, want := range []string{
		"Last evaluation", "fires since 09:24:52: 96 events in 10 s are at least 5.33 % of the requests, at least 6.27 times the baseline 0.85 %",
		"kid_mismatch of api-7d9f-abcde", `<a href="?time=1773480059"><title>09:20: 41 of 6200</title>`, "<title>fired 2026-03-14 09:24:52, still firing</title>",
		`<a href="../../series/prod/api?time=1773480292">why it fired</a>`, "20 pods",
	} {
		if !strings.Contains(now, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	code, past := get(t, s, http.MethodGet, "/series/prod/api?time=1773480000", "")
	for _, want := range []string{"At 2026-03-14 09:20:00", "did not fire, nearest at 09:20:17: 3 of 611 requests", "api/v1/series/prod/api?time=1773480000"} {
		if code != http.StatusOK || !strings.Contains(past, want) {
			t.Errorf("status %d: the page of a past minute lacks %q", code, want)
		}
	}
	for path, want := range map[string]int{"?time=11:42": 400, "?time=1773470000": 404, "?time=1773499999": 404} {
		if code, body := get(t, s, http.MethodGet, "/series/prod/api"+path, ""); code != want || !strings.Contains(body, `class="notice"`) || want == 404 && !strings.Contains(body, "Last evaluation") {
			t.Errorf("%s: status %d, want %d and why, and the newest verdicts where it is no fault", path, code, want)
		}
	}
	busy := newServer(t, incident(), func(o *Options) {
		o.Explain = func(context.Context, detector.Series, int64) (Account, error) {
			return Account{}, context.DeadlineExceeded
		}
	})
	if code, body := get(t, busy, http.MethodGet, "/series/prod/api", ""); code != http.StatusOK || !strings.Contains(body, "not to be had now") || !strings.Contains(body, "31\u202f007") {
		t.Errorf("status %d: %s", code, body)
	}
}

func TestFormats(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ got, want string }{
		{quantity(0.0942, share), "9.42 %"}, {quantity(1, share), "100 %"}, {quantity(0, share), "0 %"}, {quantity(nan, share), "–"}, {quantity(inf, perSecond), "–"},
		{quantity(0.00001234, share), "0.00123 %"}, {quantity(1234.5, perSecond), "1234/s"}, {quantity(0.25, perSecond), "0.25/s"},
		{spanOf(0.94), "0.9 s"}, {spanOf(5), "5 s"}, {spanOf(119), "119 s"}, {spanOf(180), "3 min"}, {spanOf(7200), "2 h"}, {spanOf(200_000), "2 d"}, {spanOf(nan), "–"},
		{clock(int64(0)), "–"}, {clock(at.Unix()), "2026-03-14 09:26:53"}, {clock(time.Time{}), "–"}, {clock(at.In(time.FixedZone("x", 3600))), "2026-03-14 09:26:53"},
		{ago(at, time.Time{}), "never"}, {ago(at, at.Add(-time.Minute)), "60 s ago"},
		{times(0.5, 0.1), "5×"}, {times(1, 0), ""}, {times(nan, 1), ""}, {times(1, math.SmallestNonzeroFloat64), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
