package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/authspike/authspike/pipeline"
)

// A partition has disappeared if at least looksUntilGone consecutive metadata
// requests, spread over at least twice the regular interval, did not show it: a
// broker that has just started may not know all topics yet.
const looksUntilGone = 3

// leastRefresh is the minimum time between two metadata requests, however many
// partitions ask for one.
const leastRefresh = 250 * time.Millisecond

// discovery finds topics and partitions, and starts and ends their readers. It
// belongs to the goroutine of Run.
type discovery struct {
	k     *Kafka
	start func(pipeline.Partition) (pipeline.Position, bool)
	open  func(pipeline.Partition) pipeline.Sink
	stop  context.CancelCauseFunc // ends Run with an error

	conn       *conn // to any broker; nil: none
	looked     bool  // the cluster was seen at least once
	warm       time.Time
	topics     map[string]topicState
	partitions map[pipeline.Partition]*partition
	readers    sync.WaitGroup
}

// partition is a partition that is being read.
type partition struct {
	missed int                     // looks in a row that did not see it
	since  time.Time               // when it was missed first
	end    context.CancelCauseFunc // ends its reader
	gone   bool                    // its reader was told to end
	ended  chan struct{}           // closed when it has
}

// errGone ends the reader of a partition that has disappeared.
var errGone = errors.New("the partition was deleted")

func (d *discovery) run(ctx context.Context) {
	retry := backoff{least: leastRefresh, most: 5 * time.Second}
	failing := time.Time{}
	for ctx.Err() == nil {
		err := d.look(ctx)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			d.k.metrics.errors.WithLabelValues(string(reasonOf(err))).Inc()
			if failing.IsZero() {
				failing = time.Now()
				d.k.log.Error("Kafka cannot be reached, trying again", zap.Strings("brokers", d.k.opts.Brokers), zap.Error(err))
			}
			d.disconnect()
			retry.wait(ctx)
			continue
		}
		if !failing.IsZero() {
			d.k.log.Info("Kafka can be reached again", zap.Duration("after", time.Since(failing)), zap.Int("attempts", retry.failures+1))
			failing = time.Time{}
		}
		retry.reset()
		d.wait(ctx)
	}
	d.disconnect()
}

// wait waits until the next metadata request is due or asked for.
func (d *discovery) wait(ctx context.Context) {
	pause(ctx, leastRefresh)
	t := time.NewTimer(d.k.opts.Refresh)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-d.k.nudge:
	}
}

func (d *discovery) disconnect() {
	if d.conn != nil {
		d.conn.close()
		d.conn = nil
	}
}

// newLayout requests the layout of the cluster, over the open connection or, failing
// that, a new one.
func (d *discovery) newLayout(ctx context.Context) (*layout, error) {
	if d.conn != nil && (d.conn.renew.IsZero() || time.Now().Before(d.conn.renew)) {
		if l, err := d.ask(); err == nil {
			return l, nil
		}
	}
	d.disconnect()
	var err error
	if d.conn, err = d.k.contact(ctx); err != nil {
		return nil, err
	}
	return d.ask()
}

func (d *discovery) ask() (*layout, error) {
	l, err := d.k.look(d.conn)
	if err == nil {
		err = d.refuseCompacted(l)
	}
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, io.EOF) && d.k.opts.SASL.Mechanism == "":
		return nil, fmt.Errorf("broker %s (%s) closed the connection: %w (does it want SASL?)", d.conn.addr, d.k.opts.tried(), err)
	default:
		return nil, fmt.Errorf("broker %s (%s): %w", d.conn.addr, d.k.opts.tried(), err)
	}
}

// look requests the layout of the cluster and acts on what has changed.
func (d *discovery) look(ctx context.Context) error {
	l, err := d.newLayout(ctx)
	if err != nil {
		return err
	}
	if !d.looked {
		d.k.log.Info("Kafka found", zap.String("cluster", l.clusterID), zap.Int("brokers", len(l.brokers)), zap.Int("partitions", len(l.leaders)))
		d.warm = time.Now().Add(-d.k.opts.WarmStart)
	}
	d.k.layout.Store(l)
	d.report(l)
	d.endMissing(l)
	d.begin(ctx, l)
	d.looked = true
	return nil
}

// refuseCompacted removes compacted topics from the layout. A topic's configuration
// is requested when the topic is new, and again as long as it is refused.
func (d *discovery) refuseCompacted(l *layout) error {
	var unsure []string
	for t, state := range l.topics {
		if state == topicRead && d.topics[t] != topicRead {
			unsure = append(unsure, t)
		}
	}
	if len(unsure) == 0 {
		return nil
	}
	slices.Sort(unsure)
	compacted, hidden, err := d.k.compacted(d.conn, unsure)
	if err != nil {
		return err
	}
	if len(hidden) > 0 {
		d.k.log.Warn("whether topics are compacted cannot be seen: DescribeConfigs is not allowed, taking them as not compacted", zap.Strings("topics", hidden))
	}
	maps.DeleteFunc(l.leaders, func(p pipeline.Partition, _ leader) bool { return compacted[p.Topic] })
	for t := range compacted {
		l.topics[t] = topicCompacted
	}
	return nil
}

// report logs what changed about topics, and counts them by state.
func (d *discovery) report(l *layout) {
	counts := make(map[topicState]int)
	for _, t := range slices.Sorted(maps.Keys(l.topics)) {
		state := l.topics[t]
		counts[state]++
		if d.topics[t] == state {
			continue
		}
		switch state {
		case topicMissing:
			d.k.log.Warn("topic does not exist, waiting for it", zap.String("topic", t))
		case topicForbidden:
			d.k.log.Error("topic may not be read: access lists refuse it, waiting", zap.String("topic", t))
		case topicCompacted:
			d.k.log.Error("topic refused: it is compacted (cleanup.policy), so records disappear before they are counted", zap.String("topic", t))
		case topicRead:
			d.k.log.Info("reading topic", zap.String("topic", t))
		}
	}
	d.topics = l.topics
	for _, s := range topicStates {
		d.k.metrics.topics.WithLabelValues(string(s)).Set(float64(counts[s]))
	}
}

// begin starts readers for partitions that are new, in a fixed order.
func (d *discovery) begin(ctx context.Context, l *layout) {
	fresh := make([]pipeline.Partition, 0, len(l.leaders))
	positions := make(map[pipeline.Partition]pipeline.Position)
	resumed := make(map[string]bool) // topics of which some partition has a position
	for p := range l.leaders {
		if d.partitions[p] == nil {
			fresh = append(fresh, p)
		}
	}
	slices.SortFunc(fresh, func(a, b pipeline.Partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	for _, p := range fresh {
		if pos, known := d.start(p); known {
			positions[p], resumed[p.Topic] = pos, true
		}
	}
	for _, p := range fresh {
		r := d.k.newReader(p, d.open(p))
		if pos, known := positions[p]; known {
			r.batch.Resume, r.placed = pos, true
		} else if !d.looked && !resumed[p.Topic] {
			r.seek = seekTime(d.k.opts.WarmStart, d.warm)
		}
		reading, end := context.WithCancelCause(ctx)
		running := &partition{end: end, ended: make(chan struct{})}
		d.partitions[p] = running
		d.readers.Go(func() {
			if err := r.run(ctx, reading); err != nil && !errors.Is(err, errUpTo) {
				d.stop(err)
			}
			close(running.ended)
			d.k.refresh() // its place is free
		})
	}
	d.k.metrics.partitions.Set(float64(len(d.partitions)))
}

// endMissing ends the readers of partitions that have disappeared. A partition that
// reappears under the same name has to wait until the sink of the old one has got its
// last batch.
func (d *discovery) endMissing(l *layout) {
	for p, running := range d.partitions {
		if running.gone {
			select {
			case <-running.ended:
				delete(d.partitions, p)
			default:
			}
			continue
		}
		if _, there := l.leaders[p]; there {
			running.missed = 0
			continue
		}
		if running.missed++; running.missed == 1 {
			running.since = time.Now()
		}
		if running.missed < looksUntilGone || time.Since(running.since) < 2*d.k.opts.Refresh {
			continue
		}
		d.k.log.Warn("partition was deleted", zap.String("topic", p.Topic), zap.Int32("partition", p.ID))
		running.end(errGone)
		running.gone = true
	}
}
