package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/checkpoint"
	"github.com/authspike/authspike/pipeline/notify"
	"github.com/authspike/authspike/pipeline/source"
	"github.com/authspike/authspike/pipeline/web"
)

// Options configure Run.
type Options struct {
	ConfigFile string // "" for the defaults
	Flags      Flags  // what the command line says; it outdoes the file
	Build      web.Build
	Stderr     io.Writer        // gets the log
	Hangup     <-chan os.Signal // each loads the configuration again; nil for none

	// Listening is called with the address of our port. May be nil.
	Listening func(net.Addr)
	// Observe is called with what happens, after it is in the checkpoint. It must not
	// block. May be nil.
	Observe func(pipeline.Effects)
}

// process is what lives as long as Run: port, log, metrics. Whatever depends on the
// configuration lives in a generation.
type process struct {
	opts     Options
	log      *zap.Logger // repeated messages are thinned out
	alerts   *zap.Logger // nothing is
	level    zap.AtomicLevel
	registry *prometheus.Registry
	pipeline *pipeline.Metrics
	source   *source.Metrics
	notify   *notify.Metrics
	metrics  *appMetrics
	view     atomic.Pointer[web.View]
	loaded   atomic.Pointer[web.Config]
	saved    atomic.Pointer[web.Checkpoint]
	asks     chan func(*pipeline.Evaluator)
	reloads  chan reload
	watched  atomic.Pointer[[]string] // files of the configuration in use
}

// reload is a request to load the configuration again.
type reload struct {
	why    string
	answer chan error // of capacity 1
}

// Run tails and alerts until ctx ends, which is no error. When it returns, everything
// that it started has ended. The order of everything that starts and stops is in this
// function and in generation; both are one straight line on purpose.
func Run(ctx context.Context, opts Options) error {
	l, err := load(opts.ConfigFile, opts.Flags)
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	p, err := newProcess(opts, l)
	if err != nil {
		return err
	}
	server, err := p.server(l)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	serving, closePort := context.WithCancel(context.WithoutCancel(ctx))
	defer closePort()
	var around sync.WaitGroup
	if server != nil {
		if err := server.Listen(ctx); err != nil {
			return err
		}
		p.log.Info("listening", zap.Stringer("address", server.Addr()))
		if opts.Listening != nil {
			opts.Listening(server.Addr())
		}
		around.Go(func() {
			if err := server.Run(serving); err != nil {
				stop(err)
			}
		})
	}
	if l.config.Push.URL != "" {
		around.Go(func() {
			if err := web.Push(serving, p.registry, pushOptions(&l.config.Push), p.log); err != nil {
				stop(err)
			}
		})
	}
	around.Go(func() { p.watch(ctx) })

	err = p.generations(ctx, l)
	stop(err)
	closePort()
	around.Wait()
	if err == nil && !errors.Is(context.Cause(ctx), context.Canceled) {
		err = context.Cause(ctx) // of the port, which ended the generation in good order
	}
	return err
}

func newProcess(opts Options, l *loaded) (*process, error) {
	level, err := parseLevel(l.config.Log.Level)
	if err != nil {
		return nil, err
	}
	p := &process{
		opts: opts, level: zap.NewAtomicLevelAt(level), registry: prometheus.NewRegistry(),
		asks: make(chan func(*pipeline.Evaluator)), reloads: make(chan reload),
	}
	p.alerts = newLogger(opts.Stderr, l.config.Log.Format, p.level)
	p.log = p.alerts.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core {
		return zapcore.NewSamplerWithOptions(c, time.Minute, 10, 100)
	}))
	set := metrics.NewSet()
	p.pipeline = pipeline.NewMetrics(set, l.config.MaxSeries)
	collector, err := web.NewCollector(set, families()...)
	if err != nil {
		return nil, err
	}
	if err := p.registry.Register(collector); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if p.source, err = source.NewMetrics(p.registry); err != nil {
		return nil, err
	}
	p.notify = notify.NewMetrics(p.registry)
	p.metrics = newAppMetrics(p.registry)
	p.metrics.loaded(nil)
	p.loaded.Store(&web.Config{File: l.file, Loaded: time.Now()})
	p.saved.Store(&web.Checkpoint{})
	p.watched.Store(&l.files)
	return p, nil
}

// generations runs one configuration after the other until ctx ends or one fails.
func (p *process) generations(ctx context.Context, l *loaded) error {
	for {
		next, err := p.untilReload(ctx, l)
		if errors.Is(err, pipeline.ErrOtherCluster) {
			if err := p.setAside(l, err); err != nil {
				return err
			}
			continue
		}
		if err != nil || next == nil {
			return err
		}
		l = next
	}
}

// untilReload runs l until a valid configuration replaces it, which it returns, or
// until ctx ends, in which case it returns nil.
func (p *process) untilReload(ctx context.Context, l *loaded) (*loaded, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.generation(running, l) }()
	for {
		select {
		case err := <-ended:
			return nil, err
		case r := <-p.reloads:
			next, err := load(p.opts.ConfigFile, p.opts.Flags)
			if err == nil {
				err = next.check()
			}
			p.metrics.loaded(err)
			if err != nil {
				p.refused(r.why, err)
				r.answer <- err
				continue
			}
			stop()
			if err := <-ended; err != nil {
				r.answer <- err
				return nil, err
			}
			p.took(r.why, l, next)
			r.answer <- nil
			return next, nil
		}
	}
}

// setAside renames a checkpoint that cannot be used.
func (p *process) setAside(l *loaded, why error) error {
	aside, err := checkpoint.New(l.config.Checkpoint.Path).Reject()
	if err != nil {
		return errors.Join(why, err)
	}
	p.metrics.checkpointLoads.WithLabelValues(checkpointOtherCluster).Inc()
	p.log.Error("the checkpoint is of another cluster, starting over", zap.Error(why), zap.String("kept_as", aside))
	return nil
}
