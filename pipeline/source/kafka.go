package source

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/authspike/authspike/pipeline"
)

// Kafka reads all partitions of its topics.
type Kafka struct {
	opts    KafkaOptions
	pattern *regexp.Regexp // nil: none
	metrics *Metrics
	log     *zap.Logger
	layout  atomic.Pointer[layout] // written by Run, read by the partitions and Commit
	nudge   chan struct{}          // a partition asks for a new layout

	committing  sync.Mutex // Commit may be called from anywhere; holds coordinator
	coordinator *conn
}

// NewKafka validates the options. It opens no connection.
func NewKafka(opts KafkaOptions) (*Kafka, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	k := &Kafka{opts: opts, metrics: opts.Metrics, nudge: make(chan struct{}, 1)}
	if k.metrics == nil {
		var err error
		if k.metrics, err = NewMetrics(nil); err != nil {
			return nil, err
		}
	}
	if opts.TopicPattern != "" {
		var err error
		if k.pattern, err = regexp.Compile("^(?:" + opts.TopicPattern + ")$"); err != nil {
			return nil, fmt.Errorf("topic pattern: %w", err)
		}
	}
	// At most five equal messages a minute are logged, however many partitions log them.
	k.log = opts.Logger.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core {
		return zapcore.NewSamplerWithOptions(c, time.Minute, 5, 0)
	}))
	k.layout.Store(new(layout))
	return k, nil
}

// ClusterID returns the id of the cluster, "" until a broker has told it.
func (k *Kafka) ClusterID() string { return k.layout.Load().clusterID }

// Run reads until ctx ends, in which case it returns nil, or until a sink fails,
// whose error it returns. Trouble with brokers never ends it. When it returns, every
// goroutine and connection that it started has ended.
//
// For every partition it calls start, which returns the position after what has
// already been counted, or false; then open; both from Run's own goroutine. Then the
// sink gets the partition's batches from a goroutine of its own. A partition without
// a position is read from WarmStart ago if it is there when Run starts, and from its
// first record if it appears later, or if other partitions of its topic do have
// positions. When a partition disappears its sink gets a last batch with End set.
func (k *Kafka) Run(ctx context.Context, start func(pipeline.Partition) (pipeline.Position, bool), open func(pipeline.Partition) pipeline.Sink) error {
	running, stop := context.WithCancelCause(ctx)
	d := &discovery{
		k: k, start: start, open: open, stop: stop,
		topics: make(map[string]topicState), partitions: make(map[pipeline.Partition]*partition),
	}
	d.run(running)
	stop(nil)
	d.readers.Wait()
	for p := range d.partitions {
		k.metrics.forget(p)
	}
	k.metrics.partitions.Set(0)
	k.closeCoordinator()
	if ctx.Err() != nil {
		return nil //nolint:nilerr // ending when ctx ends is no failure
	}
	return context.Cause(running)
}

// answerMemory bounds the bytes that the responses for all partitions take together,
// as long as each can still fetch leastFetch bytes.
const (
	answerMemory = 8 << 20
	leastFetch   = 64 << 10
)

// fetchBytes returns how many bytes one fetch requests: fewer the more partitions
// there are.
func (k *Kafka) fetchBytes() int {
	share := answerMemory / max(1, len(k.layout.Load().leaders))
	return min(k.opts.FetchBytes, max(leastFetch, share))
}

// refresh asks for a metadata request before the next one is due.
func (k *Kafka) refresh() {
	select {
	case k.nudge <- struct{}{}:
	default: // one is asked for already
	}
}
