package web

import (
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/authspike/authspike/bench/server"
)

// run opens the ports and serves; the returned stop ends it and returns Run's error.
func run(t *testing.T, s *Server) (stop func() error) {
	t.Helper()
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// request asks and returns the answer and its body.
func request(t *testing.T, c *http.Client, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestServes(t *testing.T) {
	s := newServer(t, incident(), nil)
	if s.Addr() != nil {
		t.Error("a port is open before Listen")
	}
	stop := run(t, s)
	resp, body := request(t, http.DefaultClient, "http://"+s.Addr().String()+"/", nil)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "KidMismatchBurst") {
		t.Errorf("status %d: %s", resp.StatusCode, body)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "deny", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
	if s.ProbeAddr() != nil {
		t.Error("there is a port for probes that nobody asked for")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", s.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

// hashOfSecret is bcrypt of "secret", at the lowest cost.
const hashOfSecret = "$2a$04$G4KuoC9P8jtkJ2XxV8fho.Qi5/rXTwQgzc3KEUu0fWFbauQ0OhObO"

func TestTLSAndPasswords(t *testing.T) {
	dir := t.TempDir()
	pool := writeCertificate(t, dir)
	config := filepath.Join(dir, "web.yml")
	text := "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {scraper: " + hashOfSecret + "}\n" +
		"http_server_config: {headers: {X-Frame-Options: sameorigin}}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, incident(), func(o *Options) { o.ConfigFile, o.ProbeAddress = config, "127.0.0.1:0" })
	stop := run(t, s)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	main, probe := "https://"+s.Addr().String(), "http://"+s.ProbeAddr().String()
	as := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	for _, c := range []struct {
		url    string
		change func(*http.Request)
		code   int
	}{
		{main + "/metrics", as("scraper", "secret"), 200},
		{main + "/metrics", as("scraper", "wrong"), 401},
		{main + "/metrics", as("nobody", "secret"), 401},
		{main + "/metrics", nil, 401},
		{main + "/-/ready", nil, 401},
		{"http://" + s.Addr().String() + "/", nil, 400}, // plain HTTP to a TLS port
		{probe + "/-/ready", nil, 200},
		{probe + "/-/healthy", nil, 200},
		{probe + "/metrics", nil, 404},
		{probe + "/api/v1/alerts", nil, 404},
		{probe + "/", nil, 404},
	} {
		if resp, _ := request(t, client, c.url, c.change); resp.StatusCode != c.code {
			t.Errorf("%s: %d, want %d", c.url, resp.StatusCode, c.code)
		}
	}
	resp, _ := request(t, client, main+"/", as("scraper", "secret"))
	if got := resp.Header.Get("X-Frame-Options"); got != "sameorigin" {
		t.Errorf("the configured header is %q", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// writeCertificate writes cert.pem and key.pem of 127.0.0.1 and returns a pool that
// trusts it.
func writeCertificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authspike test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, data := range map[string][]byte{"cert.pem": certPEM, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return pool
}

// An answer under way is finished at a stop; one that takes too long is cut off.
func TestGracefulStop(t *testing.T) {
	for _, c := range []struct {
		name     string
		shutdown time.Duration
		finishes bool
	}{{"finishes", time.Minute, true}, {"is cut off", 50 * time.Millisecond, false}} {
		t.Run(c.name, func(t *testing.T) {
			entered, release := make(chan struct{}), make(chan struct{})
			s := newServer(t, incident(), func(o *Options) {
				o.Shutdown = c.shutdown
				o.Reload = func(ctx context.Context) error {
					close(entered)
					select {
					case <-release:
					case <-ctx.Done():
					}
					return nil
				}
			})
			stop := run(t, s)
			answered := make(chan error, 1)
			go func() {
				resp, err := http.Post("http://"+s.Addr().String()+"/-/reload", "", nil)
				if err == nil {
					err = resp.Body.Close()
				}
				answered <- err
			}()
			<-entered
			stopped := make(chan error, 1)
			go func() { stopped <- stop() }()
			if c.finishes {
				close(release)
			}
			if err := <-answered; (err == nil) != c.finishes {
				t.Errorf("the answer under way: %v", err)
			}
			if err := <-stopped; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := newServer(t, nil, func(o *Options) { o.ProbeAddress = taken.Addr().String() })
	if err := s.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
	if _, err := net.Dial("tcp", s.Addr().String()); err == nil {
		t.Error("the first port was left open")
	}
	if err := newServer(t, nil, nil).Run(t.Context()); err == nil {
		t.Error("Run without Listen is no error")
	}
}

// One port that fails takes the other with it.
func TestFailingPort(t *testing.T) {
	s := newServer(t, nil, func(o *Options) { o.ProbeAddress = "127.0.0.1:0" })
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.listeners[1].Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestValidateReportsAllFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(file, []byte("tls_sever_config: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{Address: "9188", ProbeAddress: "x", ConfigFile: file, Shutdown: -1})
	for _, want := range []string{`listen address "9188"`, `probe address "x"`, "web.yml", "tls_sever_config", "registry", "view", "shutdown time"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("faults do not name %q: %v", want, err)
		}
	}
}

// withSet returns a server whose registry also holds a VictoriaMetrics set.
func withSet(t *testing.T) *Server {
	t.Helper()
	set := vm.NewSet()
	set.NewCounter(`authspike_records_total{topic="a"}`).Add(12)
	h := set.NewHistogram("authspike_fetch_duration_seconds")
	for _, v := range []float64{0.0004, 0.003, 0.02, 5} {
		h.Update(v)
	}
	c, err := NewCollector(set,
		Family{Name: "authspike_records_total", Help: "Records read.", Labels: []string{"topic"}},
		Family{Name: "authspike_fetch_duration_seconds", Help: "Duration of fetches.", Kind: Histogram, Buckets: HistogramBounds(0.001, 10, 3)})
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, incident(), func(o *Options) { o.Registry.MustRegister(c) })
}

func TestMetricsPage(t *testing.T) {
	s := withSet(t)
	get(t, s, http.MethodGet, "/-/ready", "")
	stop := run(t, s)
	url := "http://" + s.Addr().String() + "/metrics"

	resp, body := request(t, &http.Client{Transport: &http.Transport{DisableCompression: true}}, url, nil)
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		t.Errorf("content type %q", got)
	}
	for _, want := range []string{
		`authspike_build_info{goversion="go`, `authspike_fetch_duration_seconds_bucket{le="0.004642"} 2`, "# HELP authspike_records_total Records read.",
		"go_goroutines", "process_start_time_seconds", `authspike_http_request_duration_seconds_count{code="200",handler="ready"} 1`,
		`authspike_http_request_duration_seconds_count{code="200",handler="api_alerts"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("page does not contain %s", want)
		}
	}

	resp, body = request(t, http.DefaultClient, url, func(r *http.Request) {
		r.Header.Set("Accept", "application/openmetrics-text;version=1.0.0")
		r.Header.Set("Accept-Encoding", "gzip")
	})
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(string(plain), "# EOF\n") {
		t.Errorf("%s: %v", resp.Header.Get("Content-Type"), err)
	}
	if problems, err := testutil.GatherAndLint(s.opts.Registry); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// One metric that cannot be shown hides no other, and is counted.
func TestMetricsPageWithABadMetric(t *testing.T) {
	set := vm.NewSet()
	set.NewCounter("undeclared_total").Inc()
	c, err := NewCollector(set)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, incident(), func(o *Options) { o.Registry.MustRegister(c) })
	get(t, s, http.MethodGet, "/metrics", "")
	code, body := get(t, s, http.MethodGet, "/metrics", "")
	if code != 200 || !strings.Contains(body, "go_goroutines") || !strings.Contains(body, `promhttp_metric_handler_errors_total{cause="gathering"} 1`) {
		t.Errorf("status %d: %s", code, body)
	}
}

func TestRealPromtool(t *testing.T) {
	server.Need(t, server.Promtool)
	path, err := server.Promtool.Path()
	if err != nil {
		t.Fatal(err)
	}
	s := withSet(t)
	_, body := get(t, s, http.MethodGet, "/metrics", "")
	check := exec.CommandContext(t.Context(), path, "check", "metrics")
	check.Stdin = strings.NewReader(body)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
