package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/authspike/authspike/bench/server"
)

// A real Prometheus scrapes the port with TLS and a password, and works with what
// it finds there.
func TestRealPrometheus(t *testing.T) {
	server.Need(t, server.Prometheus)
	dir := t.TempDir()
	writeCertificate(t, dir)
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	s := withSet(t)
	s.opts.ConfigFile = write("web.yml", "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users: {scraper: "+hashOfSecret+"}\n")
	stop := run(t, s)
	prometheus, err := server.StartPrometheus(t.Context(), filepath.Join(dir, "prometheus"), write("prometheus.yml", fmt.Sprintf(`
scrape_configs:
  - job_name: authspike
    scrape_interval: 200ms
    scrape_timeout: 200ms
    honor_labels: true
    scheme: https
    tls_config: {ca_file: cert.pem}
    basic_auth: {username: scraper, password: secret}
    static_configs: [{targets: [%q]}]
`, s.Addr())))
	if err != nil {
		t.Fatal(err)
	}
	defer prometheus.Stop()

	for query, want := range map[string]string{
		`up{job="authspike"}`:                              "1",
		"authspike_records_total":                          "12",
		"authspike_build_info":                             "1",
		"scrape_samples_post_metric_relabeling > bool 100": "1",
		// Two of four observations are at or below 4.642 ms.
		"histogram_quantile(0.5, authspike_fetch_duration_seconds_bucket)": "0.004642",
		"authspike_fetch_duration_seconds_count":                           "4",
	} {
		var got string
		tick := time.NewTicker(50 * time.Millisecond)
		for deadline := time.After(20 * time.Second); got == ""; {
			select {
			case <-tick.C:
				got = valueOf(t, prometheus.URL, query)
			case <-deadline:
				t.Fatalf("%s: no value", query)
			}
		}
		tick.Stop()
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// valueOf returns the only value of a query, "" while there is none.
func valueOf(t *testing.T, prometheus, query string) string {
	t.Helper()
	_, body := request(t, http.DefaultClient, prometheus+"/api/v1/query?query="+url.QueryEscape(query), nil)
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Result) != 1 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}
