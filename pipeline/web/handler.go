package web

import (
	"fmt"
	"log"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
)

// maxScrapes bounds the number of concurrent scrapes.
const maxScrapes = 8

// maxBody bounds request bodies, in bytes.
const maxBody = 4 << 10

// build creates the two handlers.
func (s *Server) build() error {
	m, err := newMetrics(s.opts.Registry, s.opts.Build)
	if err != nil {
		return fmt.Errorf("register web metrics: %w", err)
	}
	mux := http.NewServeMux()
	handle := func(pattern, name string, h http.Handler) { mux.Handle(pattern, m.observe(name, h)) }

	handle("GET /metrics", "metrics", promhttp.InstrumentMetricHandler(s.opts.Registry,
		promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{
			EnableOpenMetrics:   true,
			ErrorHandling:       promhttp.ContinueOnError, // one bad metric must not hide the others
			ErrorLog:            s.errorLog(),
			Registry:            s.opts.Registry,
			MaxRequestsInFlight: maxScrapes,
		})))
	handle("GET /-/healthy", "healthy", http.HandlerFunc(s.healthy))
	handle("GET /-/ready", "ready", http.HandlerFunc(s.ready))
	handle("POST /-/reload", "reload", http.HandlerFunc(s.reload))
	handle("GET /-/loglevel", "loglevel", http.HandlerFunc(s.logLevel))
	handle("PUT /-/loglevel", "loglevel", http.HandlerFunc(s.logLevel))
	handle("GET /api/v1/series", "api_series", http.HandlerFunc(s.apiSeries))
	handle("GET /api/v1/series/{namespace}/{service}", "api_explain", http.HandlerFunc(s.apiExplain))
	handle("GET /api/v1/alerts", "api_alerts", http.HandlerFunc(s.apiAlerts))
	handle("GET /api/v1/rules", "api_rules", http.HandlerFunc(s.apiRules))
	handle("GET /{$}", "page", http.HandlerFunc(s.pageStatus))
	handle("GET /series/{namespace}/{service}", "page_series", http.HandlerFunc(s.pageSeries))
	if s.opts.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	// A page of another site must not be able to make a browser send requests that
	// change something here.
	s.main = secure(http.NewCrossOriginProtection().Handler(mux))

	probes := http.NewServeMux()
	probes.HandleFunc("GET /-/healthy", s.healthy)
	probes.HandleFunc("GET /-/ready", s.ready)
	s.probes = secure(probes)
	return nil
}

// secure sets security headers. Those that the web configuration file sets are left
// alone.
func secure(h http.Handler) http.Handler {
	headers := [...][2]string{
		{"Content-Security-Policy", "default-src 'none'; style-src " + cssSource + "; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "deny"},
		{"Referrer-Policy", "no-referrer"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, kv := range headers {
			if w.Header().Get(kv[0]) == "" {
				w.Header().Set(kv[0], kv[1])
			}
		}
		h.ServeHTTP(w, r)
	})
}

// errorLog logs the messages of net/http and promhttp. Clients can cause as many of
// them as they like, so they are logged only at level debug.
func (s *Server) errorLog() *log.Logger {
	l, err := zap.NewStdLogAt(s.opts.Logger, zap.DebugLevel)
	if err != nil { // only for a level that does not exist
		return zap.NewStdLog(s.opts.Logger)
	}
	return l
}

func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	text(w, http.StatusOK, "authspike is Healthy.\n")
}

// ready responds with 200 once alerts can be trusted, otherwise with 503 and the
// reasons.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	reasons := notReady(s.opts.View())
	if len(reasons) == 0 {
		text(w, http.StatusOK, "authspike is Ready.\n")
		return
	}
	text(w, http.StatusServiceUnavailable, "authspike is not Ready:\n- "+strings.Join(reasons, "\n- ")+"\n")
}

func notReady(v *View) []string {
	if v == nil {
		return []string{"the pipeline has not started yet"}
	}
	return v.NotReady
}

func (s *Server) reload(w http.ResponseWriter, r *http.Request) {
	if s.opts.Reload == nil {
		text(w, http.StatusForbidden, "Reload over HTTP is not enabled.\n")
		return
	}
	if err := s.opts.Reload(r.Context()); err != nil {
		text(w, http.StatusInternalServerError, "The configuration was not reloaded; the old one stays in use:\n"+err.Error()+"\n")
		return
	}
	text(w, http.StatusOK, "The configuration was reloaded.\n")
}

// logLevel shows and changes the log level, as {"level":"debug"}.
func (s *Server) logLevel(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.opts.LogLevel == nil:
		text(w, http.StatusNotFound, "The log level cannot be seen here.\n")
	case r.Method == http.MethodPut && !s.opts.ChangeLogLevel:
		text(w, http.StatusForbidden, "Changing the log level over HTTP is not enabled.\n")
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		s.opts.LogLevel.ServeHTTP(w, r)
	}
}

func text(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(body)) // the client is gone if it fails
}
