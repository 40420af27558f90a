package web

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/notify"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file in testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update rewrites it):\n%s", name, diff)
	}
}

func TestAPI(t *testing.T) {
	s := newServer(t, incident(), nil)
	for name, path := range map[string]string{
		"series":  "/api/v1/series?limit=2",
		"explain": "/api/v1/series/prod/api",
		"past":    "/api/v1/series/prod/api?time=2026-03-14T10:20:00%2B01:00",
		"alerts":  "/api/v1/alerts",
		"rules":   "/api/v1/rules",
	} {
		code, body := get(t, s, http.MethodGet, path, "")
		if code != http.StatusOK {
			t.Errorf("%s: status %d", path, code)
		}
		var pretty strings.Builder
		e := json.NewEncoder(&pretty)
		e.SetIndent("", "  ")
		if err := e.Encode(json.RawMessage(body)); err != nil {
			t.Fatalf("%s: %v in %s", path, err, body)
		}
		golden(t, name+".json", pretty.String())
	}
}

func TestAPIErrors(t *testing.T) {
	broken := func(o *Options) {
		o.Explain = func(context.Context, detector.Series, int64) (Account, error) { return Account{}, errors.New("busy") }
	}
	starting := func(o *Options) { o.View = func() *View { return nil } }
	for _, c := range []struct {
		path   string
		change func(*Options)
		code   int
		kind   string
	}{
		{"/api/v1/series?limit=0", nil, 400, errBadData},
		{"/api/v1/series?limit=10001", nil, 400, errBadData},
		{"/api/v1/series?next_token=%21", nil, 400, errBadData},
		{"/api/v1/series?next_token=YWJj", nil, 400, errBadData},
		{"/api/v1/alerts?state=pending", nil, 400, errBadData},
		{"/api/v1/alerts?limit=x", nil, 400, errBadData},
		{"/api/v1/series/prod/nobody", nil, 404, errNotFound},
		{"/api/v1/series/prod/nobody?time=1773480000", nil, 404, errNotFound},
		{"/api/v1/series/prod/api?time=11:42", nil, 400, errBadData},
		{"/api/v1/series/prod/api?time=NaN", nil, 400, errBadData},
		{"/api/v1/series/prod/api?time=-5", nil, 400, errBadData},
		{"/api/v1/series/prod/api?time=2026-03-14T07:00:00Z", nil, 404, errNotFound},
		{"/api/v1/series/prod/api?time=2026-03-14T09:27:00Z", nil, 404, errNotFound},
		{"/api/v1/series/prod/api", broken, 503, errUnavailable},
		{"/api/v1/series", starting, 503, errUnavailable},
		{"/api/v1/series/prod/api", starting, 503, errUnavailable},
		{"/api/v1/alerts", starting, 503, errUnavailable},
		{"/api/v1/rules", starting, 503, errUnavailable},
	} {
		code, body := get(t, newServer(t, incident(), c.change), http.MethodGet, c.path, "")
		var e envelope
		if err := json.Unmarshal([]byte(body), &e); err != nil || code != c.code || e.Status != "error" || e.ErrorType != c.kind || e.Error == "" {
			t.Errorf("%s: %d %s, want %d and an error of kind %s", c.path, code, body, c.code, c.kind)
		}
	}
}

func TestTimeOf(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "1773480000": 1773480000, "1773480000.9": 1773480000, "2026-03-14T09:20:00Z": 1773480000, "2026-03-14T10:20:00.5+01:00": 1773480000} {
		if got, err := timeOf(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
}

// All pages together are all series, each once, though series come between them.
func TestSeriesPages(t *testing.T) {
	v := &View{Time: at}
	for i := range 2345 {
		x := Series{Series: detector.Series{Namespace: fmt.Sprint("ns", i%3), Service: fmt.Sprintf("s%04d", i)}}
		x.Totals[detector.Requests] = uint64(i)
		v.Series = append(v.Series, x)
	}
	s := newServer(t, v, nil)
	seen := map[string]uint64{}
	for token, pages := "", 0; ; pages++ {
		_, body := get(t, s, http.MethodGet, "/api/v1/series?limit=100&next_token="+url.QueryEscape(token), "")
		var answer struct{ Data seriesPage }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		for _, x := range answer.Data.Series {
			if _, twice := seen[x.Namespace+"/"+x.Service]; twice {
				t.Fatalf("%s/%s stands on two pages", x.Namespace, x.Service)
			}
			seen[x.Namespace+"/"+x.Service] = x.Totals["requests"]
		}
		if token = answer.Data.NextToken; token == "" {
			break
		}
		v.Series = append(v.Series, Series{Series: detector.Series{Namespace: "ns0", Service: fmt.Sprint("new", pages)}})
	}
	for i := range 2345 {
		if n, ok := seen[fmt.Sprintf("ns%d/s%04d", i%3, i)]; !ok || n != uint64(i) {
			t.Fatalf("s%04d: %d (%v), want %d", i, n, ok, i)
		}
	}

	_, body := get(t, s, http.MethodGet, "/api/v1/series?namespace=ns1&service=s0001", "")
	var one struct{ Data seriesPage }
	if err := json.Unmarshal([]byte(body), &one); err != nil || one.Data.Total != 1 || one.Data.Series[0].Totals["requests"] != 1 {
		t.Errorf("selected one series: %s", body)
	}
}

// The link in an alert leads to a page that is there, whatever the service is called.
func TestGeneratorURLLeadsToThePage(t *testing.T) {
	for _, key := range []detector.Series{
		{Namespace: "prod", Service: "api"}, {Service: "api"}, {Namespace: "prod", Service: "a/b c?d#e%2F"}, {Namespace: "ns/x", Service: "é\"'<>"},
	} {
		s := newServer(t, &View{Time: at, Series: []Series{{Series: key}}}, nil)
		link := notify.GeneratorURL("", &detector.Alert{StartsAt: at.Unix() - 60, Labels: []detector.Label{
			{Name: "namespace", Value: key.Namespace}, {Name: "service", Value: key.Service},
		}})
		if code, _ := get(t, s, http.MethodGet, link, ""); code != http.StatusOK {
			t.Errorf("%s: status %d", link, code)
		}
		if own := "/" + fmt.Sprintf("%s?time=%d", seriesURL(key), at.Unix()-60); own != link {
			t.Errorf("the page's own link is %s, the alert's %s", own, link)
		}
		if code, body := get(t, s, http.MethodGet, "/api/v1"+link, ""); code != http.StatusOK {
			t.Errorf("/api/v1%s: %d %s", link, code, body)
		}
	}
}

func TestProbes(t *testing.T) {
	waiting := incident()
	waiting.NotReady = []string{"partition api-logs/2 was not read to its end yet", "the baseline window is not full: 12 min of 60 min"}
	for _, c := range []struct {
		name string
		view *View
		code int
		body string
	}{
		{"ready", incident(), 200, "authspike is Ready.\n"},
		{"waiting", waiting, 503, "authspike is not Ready:\n- partition api-logs/2 was not read to its end yet\n- the baseline window is not full: 12 min of 60 min\n"},
		{"starting", nil, 503, "authspike is not Ready:\n- the pipeline has not started yet\n"},
	} {
		s := newServer(t, c.view, nil)
		if code, body := get(t, s, http.MethodGet, "/-/ready", ""); code != c.code || body != c.body {
			t.Errorf("%s: %d %q, want %d %q", c.name, code, body, c.code, c.body)
		}
		if code, body := get(t, s, http.MethodGet, "/-/healthy", ""); code != 200 || body != "authspike is Healthy.\n" {
			t.Errorf("%s: healthy answers %d %q", c.name, code, body)
		}
		if code, _ := get(t, s, http.MethodHead, "/-/ready", ""); code != c.code {
			t.Errorf("%s: HEAD answers %d", c.name, code)
		}
		if code, body := get(t, s, http.MethodGet, "/", ""); code != 200 || c.view != nil && len(c.view.NotReady) > 0 && !strings.Contains(body, c.view.NotReady[0]) {
			t.Errorf("%s: the page answers %d", c.name, code)
		}
	}
}

func TestReload(t *testing.T) {
	calls := 0
	var result error
	s := newServer(t, incident(), func(o *Options) {
		o.Reload = func(context.Context) error { calls++; return result }
	})
	if code, _ := get(t, s, http.MethodPost, "/-/reload", ""); code != 200 || calls != 1 {
		t.Errorf("reload answers %d after %d calls", code, calls)
	}
	if code, _ := get(t, s, http.MethodGet, "/-/reload", ""); code != http.StatusMethodNotAllowed || calls != 1 {
		t.Errorf("GET answers %d after %d calls", code, calls)
	}
	result = errors.New("config.yaml:3:1: unknown key")
	if code, body := get(t, s, http.MethodPost, "/-/reload", ""); code != 500 || !strings.Contains(body, "config.yaml:3:1") {
		t.Errorf("a bad file answers %d %s", code, body)
	}
	off := newServer(t, incident(), nil)
	if code, _ := get(t, off, http.MethodPost, "/-/reload", ""); code != http.StatusForbidden {
		t.Errorf("reload is off and answers %d", code)
	}
}

func TestLogLevel(t *testing.T) {
	level := zap.NewAtomicLevelAt(zap.InfoLevel)
	s := newServer(t, incident(), func(o *Options) { o.LogLevel, o.ChangeLogLevel = &level, true })
	if _, body := get(t, s, http.MethodGet, "/-/loglevel", ""); body != "{\"level\":\"info\"}\n" {
		t.Errorf("level is %s", body)
	}
	if code, _ := get(t, s, http.MethodPut, "/-/loglevel", `{"level":"debug"}`); code != 200 || level.Level() != zap.DebugLevel {
		t.Errorf("change answers %d, level is %v", code, level)
	}
	if code, _ := get(t, s, http.MethodPut, "/-/loglevel", `{"level":"loud"}`); code != 400 || level.Level() != zap.DebugLevel {
		t.Errorf("a bad level answers %d, level is %v", code, level)
	}
	if code, _ := get(t, s, http.MethodPut, "/-/loglevel", strings.Repeat(" ", maxBody+1)+`{"level":"info"}`); code != 400 || level.Level() != zap.DebugLevel {
		t.Errorf("a long body answers %d, level is %v", code, level)
	}
	fixed := newServer(t, incident(), func(o *Options) { o.LogLevel = &level })
	if code, _ := get(t, fixed, http.MethodPut, "/-/loglevel", `{"level":"info"}`); code != http.StatusForbidden || level.Level() != zap.DebugLevel {
		t.Errorf("change is off and answers %d, level is %v", code, level)
	}
	if code, _ := get(t, newServer(t, incident(), nil), http.MethodGet, "/-/loglevel", ""); code != http.StatusNotFound {
		t.Errorf("without a level: %d", code)
	}
}

func TestNumbersThatJSONLacks(t *testing.T) {
	got, err := json.Marshal([]any{number(1.5), number(math.NaN()), number(math.Inf(-1)), stamp(0), stamp(1_700_000_000)})
	if err != nil {
		t.Fatal(err)
	}
	if want := `[1.5,null,null,null,"2023-11-14T22:13:20Z"]`; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}
