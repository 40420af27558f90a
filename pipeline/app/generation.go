package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/checkpoint"
	"github.com/authspike/authspike/pipeline/notify"
	"github.com/authspike/authspike/pipeline/source"
	"github.com/authspike/authspike/pipeline/web"
)

// commitTimeout bounds one commit of group offsets.
const commitTimeout = 10 * time.Second

// generation runs one configuration until ctx ends, which is no error. Stages stop
// in the direction of the data flow: source, workers, evaluator with its last
// checkpoint, then the notifier, which sends what is left for a bounded time.
func (p *process) generation(ctx context.Context, l *loaded) error {
	notifier, err := notify.New(l.notify(p))
	if err != nil {
		return err
	}
	options := l.kafka(p.log)
	options.Metrics = p.source
	kafka, err := source.NewKafka(options)
	if err != nil {
		return err
	}
	release, err := p.claim(l)
	if err != nil {
		return err
	}
	defer release()
	evaluator, err := p.restore(l)
	if err != nil {
		return err
	}
	l.warn(p.log)
	p.pipeline.Expect(l.rules)
	notifier.Update(evaluator.Resume(time.Now().UnixMilli()))

	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	var around sync.WaitGroup
	around.Go(func() { notifier.Run(sending) })
	commits := make(chan map[pipeline.Partition]int64, 1)
	around.Go(func() { p.commit(sending, kafka, commits) })

	err = pipeline.Run(ctx, pipeline.RunOptions{
		Evaluator:  evaluator,
		Worker:     l.worker,
		Source:     kafka.Run,
		Cluster:    kafka.ClusterID,
		Save:       p.store(l),
		SaveEvery:  l.config.Checkpoint.Every,
		Handle:     func(e pipeline.Effects) { p.handle(e, notifier) },
		SaveFailed: p.saveFailed,
		Saved:      func(offsets map[pipeline.Partition]int64) { replace(commits, offsets) },
		Publish:    func(v *pipeline.View) { p.view.Store(p.show(v, l, notifier)) },
		Asks:       p.asks,
	})
	close(commits)
	stopSending()
	around.Wait()
	return err
}

// claim makes sure that no other process uses the checkpoint until release is called.
func (p *process) claim(l *loaded) (release func(), err error) {
	if l.config.Checkpoint.Path == "" {
		return func() {}, nil
	}
	unlock, err := checkpoint.New(l.config.Checkpoint.Path).Lock()
	if errors.Is(err, checkpoint.ErrLocked) {
		return nil, fmt.Errorf("%w: each instance needs a checkpoint.path of its own", err)
	}
	if err != nil {
		p.log.Warn("the checkpoint cannot be claimed, so that two instances may overwrite each other's", zap.Error(err))
		return func() {}, nil
	}
	return func() {
		if err := unlock(); err != nil {
			p.log.Warn("cannot release the checkpoint", zap.Error(err))
		}
	}, nil
}

// store returns the function that saves the state, nil if it is not kept.
func (p *process) store(l *loaded) pipeline.Store {
	if l.config.Checkpoint.Path == "" {
		return nil
	}
	file := checkpoint.New(l.config.Checkpoint.Path)
	return func(write func(io.Writer) error) (int64, error) {
		size, err := file.Save(write)
		if err == nil {
			p.saved.Store(&web.Checkpoint{Saved: time.Now(), Bytes: size})
		}
		return size, err
	}
}

// saveFailed logs and shows that the state could not be saved.
func (p *process) saveFailed(err error) {
	last := *p.saved.Load()
	last.Error = err.Error()
	p.saved.Store(&last)
	p.log.Error("checkpoint not written: alerts go out, but a restart begins at the one before", zap.Error(err))
}

// restore returns an evaluator with the state of the newest checkpoint that makes
// sense.
func (p *process) restore(l *loaded) (*pipeline.Evaluator, error) {
	file := checkpoint.New(l.config.Checkpoint.Path)
	for rejected := false; ; rejected = true {
		d, err := l.detector()
		if err != nil {
			return nil, err
		}
		e := pipeline.NewEvaluator(pipeline.EvaluatorOptions{
			Detector: d, Lateness: int64(l.config.Lateness / time.Second), Metrics: p.pipeline, Live: true,
		})
		if file.Path() == "" {
			return e, nil
		}
		loading, err := file.Load()
		if err != nil {
			return nil, err
		}
		for _, c := range loading.Corrupt {
			p.log.Error("checkpoint is corrupt, using the one before", zap.Error(c.Err), zap.String("kept_as", c.Aside))
		}
		if loading.Value == nil {
			p.metrics.checkpointLoads.WithLabelValues(outcome(loading.Outcome, rejected)).Inc()
			return e, nil
		}
		effects, err := e.Restore(loading.Value, time.Now().UnixMilli())
		if err == nil {
			p.metrics.checkpointLoads.WithLabelValues(outcome(loading.Outcome, rejected)).Inc()
			p.log.Info("going on from the checkpoint", zap.String("path", file.Path()), zap.Int("bytes", len(loading.Value)))
			p.tell(effects)
			return e, nil
		}
		aside, moveErr := file.Reject()
		if moveErr != nil {
			return nil, errors.Join(fmt.Errorf("use checkpoint: %w", err), moveErr)
		}
		p.log.Error("checkpoint makes no sense, using the one before", zap.Error(err), zap.String("kept_as", aside))
	}
}

// outcome returns the label for the outcome of loading; rejected says that an intact
// generation made no sense.
func outcome(o checkpoint.Outcome, rejected bool) string {
	switch {
	case rejected && o == checkpoint.Loaded:
		o = checkpoint.Previous
	case rejected && o == checkpoint.None:
		o = checkpoint.Lost
	}
	return o.String()
}

// handle logs transitions and sends alerts.
func (p *process) handle(e pipeline.Effects, notifier *notify.Notifier) {
	notifier.Update(e.Send)
	p.tell(e)
	if p.opts.Observe != nil {
		p.opts.Observe(e)
	}
}

// tell logs transitions.
func (p *process) tell(e pipeline.Effects) {
	for i := range e.Transitions {
		t := &e.Transitions[i]
		message := "alert fires"
		if t.Alert.State == detector.Resolved {
			message = "alert resolved"
		}
		p.alerts.Info(message,
			zap.String("alertname", t.Alert.Name()),
			zap.String("namespace", t.Alert.Get("namespace")), zap.String("service", t.Alert.Get("service")),
			zap.String("at", stamp(t.Time)), zap.String("starts_at", stamp(t.Alert.StartsAt)), zap.Stringer("reason", t.Reason),
			zap.Float64("value", t.Value), zap.Float64("baseline", t.Baseline))
	}
}

// commit stores group offsets for lag tools, the newest only, until commits closes.
func (p *process) commit(ctx context.Context, kafka *source.Kafka, commits <-chan map[pipeline.Partition]int64) {
	for offsets := range commits {
		bounded, cancel := context.WithTimeout(ctx, commitTimeout)
		if err := kafka.Commit(bounded, offsets); err != nil && ctx.Err() == nil {
			p.log.Warn("group offsets not committed, for lag tools only", zap.Error(err))
		}
		cancel()
	}
}

// replace puts v into the channel, whose capacity is 1, instead of what is waiting
// there. Only one goroutine may send.
func replace[T any](to chan T, v T) {
	select {
	case <-to:
	default:
	}
	to <- v
}
