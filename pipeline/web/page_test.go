package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/authspike/authspike/detector"
)

// newServer returns a server that shows the view; change may alter its options.
func newServer(t *testing.T, v *View, change func(*Options)) *Server {
	t.Helper()
	opts := Options{
		Address: "127.0.0.1:0", Registry: prometheus.NewRegistry(), View: func() *View { return v },
		Explain: func(context.Context, detector.Series) ([]detector.Explanation, error) { return explanations(), nil },
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
		"9.4 %", "940×", // 0.094 over 0.0001
		"series/prod/search%2Fv2",
		"series/-/_overflow",
		"51\u202f242",         // records behind, all partitions
		"4\u202f211\u202f904", // requests of prod/api
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
