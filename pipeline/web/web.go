// Package web serves the HTTP port of authspike: metrics, health, the API and the
// status page.
//
// Everything it shows comes from an immutable View that the pipeline publishes, so
// that a scrape, a slow reader or a full page never waits for the pipeline, nor the
// pipeline for them.
//
// Invariant: a response is made from one View; its numbers are consistent.
//
// It computes no statistics and changes nothing except, if enabled, the log level and
// the loaded configuration. Its pages need no JavaScript and load nothing from
// elsewhere.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"

	"github.com/authspike/authspike/detector"
)

// The bounds of a connection.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 2 * time.Minute // a CPU profile takes 30 s and more
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// DefaultShutdown is how long Run waits for responses in flight.
const DefaultShutdown = 5 * time.Second

// Build identifies the build of authspike.
type Build struct {
	Version   string // "" means unknown
	Revision  string
	GoVersion string
}

// Options configure a Server.
type Options struct {
	// Address is where to listen, host:port. Required.
	Address string
	// ProbeAddress, if not "", is a second address that serves only the two probes, in
	// plain HTTP without authentication. It is meant for use with ConfigFile, whose TLS
	// and passwords apply to all of Address.
	ProbeAddress string
	// ConfigFile is a web configuration file in the format of Prometheus' own servers
	// (TLS, basic_auth_users, headers). "" means plain HTTP.
	ConfigFile string
	// Registry is what /metrics exposes. The server adds its own metrics and those of
	// the process and of the Go runtime. Required.
	Registry *prometheus.Registry
	// View returns the newest view, or nil while there is none. It must not block.
	// Required.
	View func() *View
	// Explain returns what is known about the verdicts on a series at a Unix second,
	// or about the newest ones if that is 0. It must return when its context ends. nil
	// leaves explanations out.
	Explain func(ctx context.Context, s detector.Series, at int64) (Account, error)
	// Reload is called by POST /-/reload and returns once the new configuration
	// is in use, or why it is not. nil turns the endpoint off.
	Reload func(context.Context) error
	// LogLevel is shown by GET /-/loglevel. nil turns the endpoint off.
	LogLevel *zap.AtomicLevel
	// ChangeLogLevel allows PUT /-/loglevel.
	ChangeLogLevel bool
	// Pprof serves /debug/pprof/.
	Pprof bool
	// Shutdown bounds the wait for responses in flight. 0 means DefaultShutdown.
	Shutdown time.Duration
	// Build is shown on the page and as authspike_build_info.
	Build Build
	// Logger logs what operators should know. nil means none.
	Logger *zap.Logger
}

// Validate reports all faults of the options, joined, or nil. It reads ConfigFile
// and the certificates that it names.
func (o *Options) Validate() error {
	var faults []error
	if _, _, err := net.SplitHostPort(o.Address); err != nil {
		faults = append(faults, fmt.Errorf("listen address %q: must be host:port or :port", o.Address))
	}
	if o.ProbeAddress != "" {
		if _, _, err := net.SplitHostPort(o.ProbeAddress); err != nil {
			faults = append(faults, fmt.Errorf("probe address %q: must be host:port or :port", o.ProbeAddress))
		}
	}
	if err := toolkit.Validate(o.ConfigFile); err != nil {
		faults = append(faults, fmt.Errorf("web configuration %s: %w", o.ConfigFile, err))
	}
	if o.Registry == nil {
		faults = append(faults, errors.New("no metrics registry given"))
	}
	if o.View == nil {
		faults = append(faults, errors.New("no view given"))
	}
	if o.Shutdown < 0 {
		faults = append(faults, fmt.Errorf("shutdown time %v: must not be negative", o.Shutdown))
	}
	return errors.Join(faults...)
}

// Server serves the port. Its life cycle is New, Listen, Run.
type Server struct {
	opts      Options
	main      http.Handler
	probes    http.Handler
	listeners []listener
}

// listener is an open port and what is served on it.
type listener struct {
	net.Listener

	handler    http.Handler
	configFile string
}

// New returns a Server. It opens no port and starts nothing.
func New(opts Options) (*Server, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if opts.Shutdown == 0 {
		opts.Shutdown = DefaultShutdown
	}
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	s := &Server{opts: opts}
	if err := s.build(); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler returns what is served on Address, without TLS and authentication.
func (s *Server) Handler() http.Handler { return s.main }

// Listen opens the ports, so that a port which is in use is noticed before anything
// else starts. If it fails, none is left open. After it, Run must be called.
func (s *Server) Listen(ctx context.Context) error {
	if err := s.listen(ctx, s.opts.Address, s.main, s.opts.ConfigFile); err != nil {
		return err
	}
	if s.opts.ProbeAddress == "" {
		return nil
	}
	if err := s.listen(ctx, s.opts.ProbeAddress, s.probes, ""); err != nil {
		return errors.Join(err, s.listeners[0].Close())
	}
	return nil
}

func (s *Server) listen(ctx context.Context, address string, h http.Handler, configFile string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("open port: %w", err)
	}
	s.listeners = append(s.listeners, listener{Listener: l, handler: h, configFile: configFile})
	return nil
}

// Addr returns the address of the main port after Listen, nil before.
func (s *Server) Addr() net.Addr { return s.addr(0) }

// ProbeAddr returns the address of the probes' port after Listen; nil before, or if
// there is none.
func (s *Server) ProbeAddr() net.Addr { return s.addr(1) }

func (s *Server) addr(i int) net.Addr {
	if i >= len(s.listeners) {
		return nil
	}
	return s.listeners[i].Addr()
}

// Run serves until ctx ends, waits at most Options.Shutdown for responses in flight
// and closes the ports. It returns an error if a port cannot be served, nil after a
// normal stop.
func (s *Server) Run(ctx context.Context) error {
	if len(s.listeners) == 0 {
		return errors.New("serve web: Listen was not called")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var serving sync.WaitGroup
	errs := make([]error, len(s.listeners))
	for i, l := range s.listeners {
		server := s.server(ctx, l.handler)
		serving.Go(func() {
			defer cancel() // one port that fails takes the others with it
			noSystemd := false
			err := toolkit.Serve(l, server, &toolkit.FlagConfig{WebConfigFile: &l.configFile, WebSystemdSocket: &noSystemd}, s.slog())
			if !errors.Is(err, http.ErrServerClosed) {
				errs[i] = errors.Join(fmt.Errorf("serve web on %s: %w", l.Addr(), err), l.Close())
			}
		})
		serving.Go(func() {
			<-ctx.Done()
			s.stop(server)
		})
	}
	serving.Wait()
	return errors.Join(errs...)
}

func (s *Server) server(ctx context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          s.errorLog(),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
}

// stop lets responses in flight finish, for at most Options.Shutdown.
func (s *Server) stop(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.Shutdown)
	defer cancel()
	if server.Shutdown(ctx) == nil {
		return
	}
	s.opts.Logger.Warn("web answers were cut off at the shutdown deadline", zap.Duration("deadline", s.opts.Shutdown))
	if err := server.Close(); err != nil {
		s.opts.Logger.Warn("cannot close web connections", zap.Error(err))
	}
}

// slog returns the logger for the web toolkit, whose messages at level info are of no
// use to operators.
func (s *Server) slog() *slog.Logger {
	core := s.opts.Logger.Core()
	if raised, err := zapcore.NewIncreaseLevelCore(core, zap.WarnLevel); err == nil {
		core = raised
	}
	return slog.New(zapslog.NewHandler(core))
}
