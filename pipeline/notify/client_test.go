package notify

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
)

// clientOf returns a client of one Alertmanager with the given settings.
func clientOf(t *testing.T, url string, change func(*Alertmanager)) *client {
	t.Helper()
	a := Alertmanager{URL: url, Client: config.DefaultHTTPClientConfig}
	if change != nil {
		change(&a)
	}
	n, err := New(Options{Alertmanagers: []Alertmanager{a}})
	if err != nil {
		t.Fatal(err)
	}
	return n.targets[0].client
}

func TestClientOnRealConnections(t *testing.T) {
	answer := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, text)
		}
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		reason  reason // "" for taken
		text    string
	}{
		{"takes", answer(200, ""), "", ""},
		{"takes, 204", answer(204, ""), "", ""},
		{"bad request", answer(400, "invalid\n  label set"), reasonRefused, "answered 400 Bad Request: invalid label set"},
		{"too large", answer(413, ""), reasonRefused, "(no text)"},
		{"unprocessable", answer(422, `{"code":602}`), reasonRefused, "602"},
		{"no credentials", answer(401, "Unauthorized"), reasonAuth, "401"},
		{"not found", answer(404, strings.Repeat("long ", 10_000)), reasonClient, "..."},
		{"rate limited", answer(429, "slow down"), reasonRateLimited, "slow down"},
		{"broken", answer(500, "\xff\xfe"), reasonServer, "500"},
		{"odd", answer(999, ""), reasonServer, "999"},
		{"moved for good", http.RedirectHandler("/elsewhere", http.StatusMovedPermanently).ServeHTTP, reasonRedirect, "turned the POST into GET"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client is gone
			<-r.Context().Done()
		}, reasonTimeout, "deadline exceeded"},
		{"closes", func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "") }, reasonConnection, "EOF"},
		{"speaks no HTTP", func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "220 smtp ready\r\n") }, reasonConnection, "malformed HTTP"},
		{"cut short", func(w http.ResponseWriter, _ *http.Request) {
			hangUp(w, "HTTP/1.1 500 Broken\r\nContent-Length: 100\r\n\r\nhalf")
		}, reasonServer, "half (answer cut short)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					return // 200, as a GET of alerts would be
				}
				c.handler(w, r)
			}))
			t.Cleanup(s.Close)
			timeout := time.Minute
			if c.reason == reasonTimeout {
				timeout = 50 * time.Millisecond
			}
			f := clientOf(t, s.URL, func(a *Alertmanager) { a.Timeout = timeout }).post(t.Context(), []byte("[]"))
			switch {
			case f == nil && c.reason != "":
				t.Fatalf("taken, want %s", c.reason)
			case f != nil && (f.reason != c.reason || !strings.Contains(f.Error(), c.text) || len(f.Error()) > 500):
				t.Fatalf("%s: %v, want %q: ...%s", f.reason, f, c.reason, c.text)
			}
		})
	}
}

// hangUp writes the text as it is and closes the connection.
func hangUp(w http.ResponseWriter, text string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, text)
	_ = conn.Close()
}

func TestClientNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f := clientOf(t, "http://"+address, nil).post(t.Context(), []byte("[]"))
	if f == nil || f.reason != reasonConnection {
		t.Errorf("got %v, want a failed connection", f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if f := clientOf(t, "http://"+address, nil).post(ctx, []byte("[]")); f == nil || f.reason != reasonStopped {
		t.Errorf("got %v, want stopped", f)
	}
}

// What people set for Prometheus' own HTTP clients works here in the same way.
func TestClientAuthentication(t *testing.T) {
	var last *http.Request
	var body []byte
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"access_token":"from-oauth","token_type":"bearer","expires_in":3600}`)
			return
		}
		last = r
		body, _ = io.ReadAll(r.Body)
	})
	plain := httptest.NewServer(handler)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pemOf(secure), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, url, yaml string
		header, want    string
	}{
		{"basic", plain.URL, "basic_auth: {username: u, password: p}", "Authorization", "Basic dTpw"},
		{"basic in the URL", strings.Replace(plain.URL, "http://", "http://u:p@", 1), "", "Authorization", "Basic dTpw"},
		{"bearer", plain.URL, "authorization: {credentials: abc}", "Authorization", "Bearer abc"},
		{"bearer from a file", plain.URL, "authorization: {credentials_file: " + secret + "}", "Authorization", "Bearer from-file"},
		{"OAuth2", plain.URL, "oauth2: {client_id: i, client_secret: s, token_url: " + plain.URL + "/token}", "Authorization", "Bearer from-oauth"},
		{"headers", plain.URL, "http_headers: {X-Scope-OrgID: {values: [team-a]}}", "X-Scope-OrgID", "team-a"},
		{"TLS", secure.URL, "tls_config: {ca_file: " + ca + "}", "User-Agent", "authspike"},
		{"proxy", "http://alertmanager.invalid:9093", "proxy_url: " + plain.URL, "User-Agent", "authspike"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := config.LoadHTTPConfig(c.yaml)
			if err != nil {
				t.Fatal(err)
			}
			last = nil
			f := clientOf(t, c.url+"/base", func(a *Alertmanager) { a.Client = *cfg }).post(t.Context(), []byte(`[{}]`))
			if f != nil {
				t.Fatal(f)
			}
			if last.URL.Path != "/base/api/v2/alerts" || !bytes.Equal(body, []byte(`[{}]`)) {
				t.Errorf("got %s with %s", last.URL.Path, body)
			}
			if got := last.Header.Get(c.header); got != c.want {
				t.Errorf("%s: %q, want %q", c.header, got, c.want)
			}
		})
	}

	t.Run("TLS, unknown authority", func(t *testing.T) {
		if f := clientOf(t, secure.URL, nil).post(t.Context(), []byte("[]")); f == nil || f.reason != reasonConnection || !strings.Contains(f.Error(), "certificate") {
			t.Errorf("got %v, want a refused certificate", f)
		}
	})
}

func pemOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}
