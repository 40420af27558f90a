package app

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/notify"
	"github.com/authspike/authspike/pipeline/web"
)

// server returns the server of our port, nil if none is configured.
func (p *process) server(l *loaded) (*web.Server, error) {
	c := &l.config.Web
	if c.Listen == "" {
		return nil, nil
	}
	o := web.Options{
		Address: c.Listen, ProbeAddress: c.ProbeListen, ConfigFile: c.ConfigFile,
		Registry: p.registry, View: p.view.Load,
		Explain: p.explain, LogLevel: &p.level, ChangeLogLevel: c.EnableLogLevel, Pprof: c.EnablePprof,
		Build: p.opts.Build, Logger: p.log,
	}
	if c.EnableReload {
		o.Reload = func(ctx context.Context) error { return p.reload(ctx, "request") }
	}
	return web.New(o)
}

// explain asks the owner of the state for what is known about the verdicts on a series.
func (p *process) explain(ctx context.Context, s detector.Series, at int64) (web.Account, error) {
	var found pipeline.Account
	answered := make(chan struct{})
	select {
	case p.asks <- func(e *pipeline.Evaluator) { found = e.Account(s, at); close(answered) }:
	case <-ctx.Done():
		return web.Account{}, ctx.Err()
	}
	<-answered
	return web.Account(found), nil
}

// show converts the pipeline's view to the one for the status page, API and probes.
func (p *process) show(v *pipeline.View, l *loaded, notifier *notify.Notifier) *web.View {
	now := time.UnixMilli(v.Now)
	shown := &web.View{
		Time: now, NotReady: notReady(v), Recent: v.Recent, Rules: l.rules,
		Checkpoint: *p.saved.Load(), Config: *p.loaded.Load(),
	}
	if v.Frontier != pipeline.NoTime {
		shown.Frontier = v.Frontier
	}
	for i := range v.Firing {
		shown.Firing = append(shown.Firing, v.Firing[i].Transition)
	}
	for i := range v.Partitions {
		shown.Partitions = append(shown.Partitions, showPartition(&v.Partitions[i], now))
	}
	shown.Series = make([]web.Series, 0, len(v.Series))
	for i := range v.Series {
		s := &v.Series[i]
		shown.Series = append(shown.Series, web.Series{Series: s.Series, Totals: s.Counts, Late: s.Late, Newest: s.Newest, Pods: s.Pods})
	}
	for _, s := range notifier.Status() {
		shown.Alertmanagers = append(shown.Alertmanagers, web.Alertmanager(s))
	}
	return shown
}

func showPartition(p *pipeline.PartitionView, now time.Time) web.Partition {
	shown := web.Partition{
		Topic: p.Topic, ID: p.ID, Next: p.Next, Lag: max(0, p.High-p.Next), Seconds: math.NaN(), Idle: p.AtEnd,
	}
	if p.Newest != pipeline.NoTime {
		shown.Newest = p.Newest
		shown.Seconds = max(0, now.Sub(time.Unix(p.Newest, 0)).Seconds())
		if p.AtEnd {
			shown.Seconds = 0
		}
	}
	if p.Stalled {
		shown.Error = "nothing was heard of it for two minutes"
	}
	return shown
}

// notReady returns why alerts cannot be trusted yet, nothing if they can.
func notReady(v *pipeline.View) []string {
	switch {
	case v.CaughtUp:
		return nil
	case len(v.Partitions) == 0:
		return []string{"no partition is being read yet"}
	default:
		behind, records := 0, int64(0)
		for i := range v.Partitions {
			if p := &v.Partitions[i]; !p.CaughtUp {
				behind++
				records += max(0, p.High-p.Next)
			}
		}
		return []string{fmt.Sprintf("%d of %d partitions are not known up to now yet, %d records are left", behind, len(v.Partitions), records)}
	}
}
