package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/app"
	"github.com/authspike/authspike/pipeline/web"
)

const tick = 200 * time.Millisecond // between two writes to the broker

// options configure the demo.
type options struct {
	out     io.Writer     // the story
	log     io.Writer     // what authspike logs
	listen  string        // host:port of authspike's own port
	history time.Duration // how much the broker has before the play begins
	stay    bool          // goes on with normal traffic after the end
	verbose bool          // logs more than warnings
}

// errPromise is returned if alerts did not fire, or did not resolve, in time.
var errPromise = errors.New("the alerts are not what was promised")

// play plays and narrates the incident, until it is over or ctx ends, which is no
// error. When it returns, everything it started has ended and no file is left.
func play(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "authspike-demo-")
	if err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	b, err := startBroker()
	if err != nil {
		return err
	}
	defer b.stop()
	s := newStage(b, o)
	s.story.opening()
	now := time.Now()
	s.traffic = newTraffic(now.Add(-o.history))
	if err := b.writeHistory(ctx, s.traffic, now.Add(-o.history), now); err != nil {
		return quiet(ctx, err)
	}
	s.story.history(b.written, o.history)

	am, err := startAlertmanager(ctx, s.received)
	if err != nil {
		return fmt.Errorf("start Alertmanager: %w", err)
	}
	defer func() { err = errors.Join(err, am.stop()) }()

	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- app.Run(running, s.app(am.url, filepath.Join(dir, "state"))) }()
	err = s.run(ctx, ended)
	stop()
	return errors.Join(quiet(ctx, err), <-ended)
}

// quiet drops an error if ctx has ended.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(err, errPromise) {
		return nil
	}
	return err
}

// stage is where broker, authspike and Alertmanager meet. One goroutine, that of
// run, owns it; the others send it values.
type stage struct {
	opts     options
	broker   *broker
	traffic  *traffic
	story    *story
	received chan posted           // what the Alertmanager got
	observed chan pipeline.Effects // what authspike decided
	listens  chan net.Addr

	url  string // of authspike's port, "" before it listens
	act  act
	turn time.Time // when the act began
}

func newStage(b *broker, o options) *stage {
	return &stage{
		opts: o, broker: b, story: newStory(o.out),
		received: make(chan posted, 64), observed: make(chan pipeline.Effects, 64), listens: make(chan net.Addr, 1),
	}
}

// app returns the options of authspike: those of `authspike run` with a few flags.
func (s *stage) app(alertmanager, checkpoint string) app.Options {
	level := "warn"
	if s.opts.verbose {
		level = "debug"
	}
	return app.Options{
		Flags: app.Flags{
			Brokers: s.broker.cluster.ListenAddrs(), Topics: []string{topic}, Alertmanagers: []string{alertmanager},
			Listen: s.opts.listen, Checkpoint: checkpoint, LogLevel: level, LogFormat: "console",
		},
		Build:     web.Build{Version: "demo"},
		Stderr:    s.opts.log,
		Listening: func(a net.Addr) { s.listens <- a },
		Observe: func(e pipeline.Effects) {
			select {
			case s.observed <- e:
			default: // a story that is behind is told with a gap; authspike goes on
			}
		},
	}
}

// run logs live traffic and moves from act to act until the demo is over, ctx ends, or
// authspike ends.
func (s *stage) run(ctx context.Context, ended chan error) error {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-ended:
			ended <- err
			return errors.New("authspike ended early")
		case a := <-s.listens:
			s.url = "http://" + a.String()
			s.story.listening(s.url)
		case e := <-s.observed:
			s.story.decided(e, time.Now())
		case p := <-s.received:
			s.story.received(&p)
		case <-ticks.C:
			now := time.Now()
			if err := s.broker.write(ctx, s.traffic, now); err != nil {
				return err
			}
			if over, err := s.next(ctx, now); over || err != nil {
				return err
			}
		}
	}
}

// ready reports whether authspike has read the history and judges.
func (s *stage) ready(ctx context.Context) bool {
	if s.url == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/-/ready", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}
