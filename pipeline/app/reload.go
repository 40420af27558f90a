package app

import (
	"context"
	"encoding/binary"
	"os"
	"time"

	"github.com/cespare/xxhash/v2"
	"go.uber.org/zap"

	"github.com/authspike/authspike/pipeline/web"
)

// watchEvery is how often the files of the configuration are checked.
const watchEvery = 5 * time.Second

// watch reloads the configuration on every hangup and whenever the content of its
// files changes, until ctx ends.
func (p *process) watch(ctx context.Context) {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	seen := fingerprint(p.files())
	for {
		var why string
		select {
		case <-ctx.Done():
			return
		case <-p.opts.Hangup:
			why = "signal"
		case <-ticks.C:
			if fingerprint(p.files()) == seen {
				continue
			}
			why = "file changed"
		}
		// A refusal has been logged and counted; the same content is not tried again.
		_ = p.reload(ctx, why)
		seen = fingerprint(p.files())
	}
}

// files returns the files of the configuration in use.
func (p *process) files() []string { return *p.watched.Load() }

// fingerprint returns a hash of the content of files. One that cannot be read
// counts as empty.
func fingerprint(files []string) uint64 {
	h := xxhash.New()
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			data = nil
		}
		sum := xxhash.Sum64(data)
		_, _ = h.WriteString(name)
		_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, sum))
	}
	return h.Sum64()
}

// reload loads the configuration again and returns once it is in use, or an error that
// says why it is not.
func (p *process) reload(ctx context.Context, why string) error {
	r := reload{why: why, answer: make(chan error, 1)}
	select {
	case p.reloads <- r:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refused records that a configuration was refused.
func (p *process) refused(why string, err error) {
	config := *p.loaded.Load()
	config.Error = err.Error()
	p.loaded.Store(&config)
	p.log.Error("configuration refused, the one before still runs", zap.String("why", why), zap.Error(err))
}

// took records that a configuration has replaced another.
func (p *process) took(why string, before, now *loaded) {
	p.loaded.Store(&web.Config{File: now.file, Loaded: time.Now()})
	p.watched.Store(&now.files)
	if level, err := parseLevel(now.config.Log.Level); err == nil && before.config.Log.Level != now.config.Log.Level {
		p.level.SetLevel(level)
	}
	if before.config.Web != now.config.Web || before.config.Push.URL != now.config.Push.URL || before.config.Log.Format != now.config.Log.Format {
		p.log.Warn("web, push and log.format take effect at a restart")
	}
	p.log.Info("configuration loaded again", zap.String("why", why))
}
