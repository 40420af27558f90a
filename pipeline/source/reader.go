package source

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"go.uber.org/zap"

	"github.com/authspike/authspike/pipeline"
)

// partitionReader reads one partition, in one goroutine.
type partitionReader struct {
	k       *Kafka
	sink    pipeline.Sink
	log     *zap.Logger
	metrics partitionMetrics

	placed   bool           // batch.Resume says where to go on
	seek     int64          // where to start if not: a time in Unix milliseconds, or firstOffset or lastOffset
	batch    pipeline.Batch // handed to the sink again and again
	split    splitter
	buf      []byte // the last answer
	use      usage  // of buf
	maxBytes int    // asked for in one fetch, if more than usual
	doubted  int64  // 1 + the offset at which a batch was corrupt
	replica  string // address of a closer broker that the leader named; "": ask the leader
	rack     string // where we are, as long as the broker that is closest to it can be asked

	retry   backoff
	failing time.Time // since when nothing could be read; zero: it can
}

// Special times that ListOffsets understands as positions.
const (
	firstOffset = -2
	lastOffset  = -1
)

func (k *Kafka) newReader(p pipeline.Partition, sink pipeline.Sink) *partitionReader {
	r := &partitionReader{
		k: k, sink: sink, seek: firstOffset, rack: k.opts.Rack,
		log:     k.log.With(zap.String("topic", p.Topic), zap.Int32("partition", p.ID)),
		metrics: k.metrics.partition(p),
		batch:   pipeline.Batch{Partition: p},
		retry:   backoff{least: 100 * time.Millisecond, most: 2 * time.Second},
	}
	r.split.limit = k.opts.BatchBytes
	r.split.lost = func(why loss, records int64) {
		k.metrics.lost.WithLabelValues(string(why)).Add(float64(records))
		r.log.Error("records cannot be read", zap.String("reason", string(why)), zap.Int64("records", records), zap.Int64("after_offset", r.batch.Next-1))
	}
	return r
}

// seekTime returns where reading starts in partitions that are there from the start.
func seekTime(back time.Duration, from time.Time) int64 {
	if back < 0 {
		return lastOffset
	}
	return max(0, from.UnixMilli())
}

// run reads until the context `reading` ends. It returns only a sink's error. If the
// partition was deleted, the sink gets a last batch, as long as ctx allows.
func (r *partitionReader) run(ctx, reading context.Context) error {
	for reading.Err() == nil {
		err := r.session(ctx, reading)
		var failed *sinkError
		if errors.As(err, &failed) {
			return failed.err
		}
		if reading.Err() != nil {
			break
		}
		if err == nil {
			continue // the session was over in good order
		}
		r.noteFailure(err)
		r.k.refresh()
		r.retry.wait(reading)
	}
	if !errors.Is(context.Cause(reading), errGone) || ctx.Err() != nil {
		return nil //nolint:nilerr // ending when ctx ends is no failure
	}
	r.k.metrics.forget(r.batch.Partition)
	r.clear()
	r.batch.End = true
	return r.sink.Consume(ctx, &r.batch)
}

// sinkError marks an error that came from the sink.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }

func (r *partitionReader) noteFailure(err error) {
	r.k.metrics.errors.WithLabelValues(string(reasonOf(err))).Inc()
	if r.failing.IsZero() {
		r.failing = time.Now()
		r.log.Warn("partition cannot be read, trying again", zap.String("reason", string(reasonOf(err))), zap.Error(err))
	}
}

func (r *partitionReader) noteSuccess() {
	if !r.failing.IsZero() {
		r.log.Info("partition can be read again", zap.Duration("after", time.Since(r.failing)), zap.Int("attempts", r.retry.failures+1))
		r.failing = time.Time{}
	}
	r.retry.reset()
}

// session connects to the partition's leader and reads until something fails, or
// until another connection is better, in which case it returns nil. When only this
// partition ends (reading), the sink may still finish the batch it has (ctx).
func (r *partitionReader) session(ctx, reading context.Context) error {
	p := r.batch.Partition
	addr, epoch, err := r.k.layout.Load().leaderOf(p)
	if err != nil {
		return err
	}
	if r.replica != "" {
		addr, r.replica = r.replica, ""
	}
	c, err := r.k.dial(reading, addr)
	if err != nil {
		return err
	}
	defer c.close()

	if err := r.place(c, epoch); err != nil {
		return err
	}
	for c.renew.IsZero() || time.Now().Before(c.renew) {
		ans, err := r.fetch(c, ask{
			epoch: epoch, offset: r.batch.Next, rack: r.rack,
			maxBytes: max(r.maxBytes, r.k.fetchBytes()), minBytes: r.k.opts.MinBytes, wait: r.k.opts.MaxWait,
		})
		switch {
		case err != nil:
			return err
		case kafka.Error(ans.code) == kafka.OffsetOutOfRange:
			if err := r.relocate(c, epoch); err != nil {
				return err
			}
			continue
		case ans.code != 0:
			return fmt.Errorf("fetch %s/%d: %w", p.Topic, p.ID, kafka.Error(ans.code))
		case ans.preferred >= 0 && len(ans.records) == 0:
			if closer, known := r.k.layout.Load().brokers[ans.preferred]; known && closer != addr {
				r.replica = closer
				return nil
			}
			r.rack = "" // that broker is not known: be content with this one
			continue
		}
		r.noteSuccess()
		if err := r.deliver(ctx, ans); err != nil {
			return err
		}
		r.buf = r.use.fit(r.buf, ans.size)
	}
	return nil
}

// fetch requests records of this partition.
func (r *partitionReader) fetch(c *conn, a ask) (ans answer, err error) {
	a.topic, a.partition = r.batch.Partition.Topic, r.batch.Partition.ID
	ans, r.buf, err = c.fetch(a, r.buf, r.k.opts.BatchBytes)
	return ans, err
}

// deliver passes the records of a response to the sink.
func (r *partitionReader) deliver(ctx context.Context, ans answer) error {
	b := &r.batch
	r.k.metrics.fetches.Inc()
	r.k.metrics.fetchedBytes.Add(float64(ans.size))
	b.HighWatermark, b.AsOf = max(ans.highWatermark, b.Next), ans.asOf.UnixMilli() // a new leader may be behind for a moment
	r.split.aborted = ans.aborted
	r.split.lenient = r.doubted == b.Next+1
	for set, asked := ans.records, b.Next; ; {
		r.clear()
		rest, err := r.split.split(set, b)
		if len(rest) == 0 && len(ans.records) > 0 && b.Next == asked && err == nil {
			r.advance(ans)
		}
		if ferr := r.flush(ctx); ferr != nil {
			return ferr
		}
		if errors.Is(err, errCorrupt) {
			r.doubted = b.Next + 1
			return failf(reasonCorrupt, "read %s/%d at offset %d: %w", b.Partition.Topic, b.Partition.ID, b.Next, err)
		}
		if b.Next > asked {
			r.maxBytes = 0
		}
		if set = rest; len(set) == 0 {
			return nil
		}
	}
}

// advance deals with a batch that is larger than the response: the next fetch
// requests more, and a batch above the limit is counted as lost.
func (r *partitionReader) advance(ans answer) {
	if asked := max(r.maxBytes, r.k.fetchBytes()); ans.cut == 0 && asked < r.k.opts.BatchBytes {
		r.maxBytes = min(2*asked, r.k.opts.BatchBytes)
		return
	}
	var info batchInfo
	if len(ans.records) >= batchHead {
		info.fill(ans.records)
	}
	b := &r.batch
	next := max(b.Next+1, min(info.next, b.HighWatermark))
	r.split.lose(b, lossTooLarge, next-b.Next)
	b.Next = next
}

// clear prepares the batch for what follows. Breaks are set by place and relocate,
// between batches, and stay until they have been delivered.
func (r *partitionReader) clear() {
	b := &r.batch
	b.From = b.Next
	b.Records = b.Records[:0]
	b.Control = 0
}

// flush passes the batch to the sink.
func (r *partitionReader) flush(ctx context.Context) error {
	b := &r.batch
	b.Resume.Offset = b.Next
	r.k.metrics.records.Add(float64(len(b.Records)))
	r.k.metrics.control.Add(float64(b.Control))
	r.metrics.lag.Set(float64(max(0, b.HighWatermark-b.Next)))
	r.metrics.highWatermark.Set(float64(b.HighWatermark))
	r.metrics.next.Set(float64(b.Next))
	if err := r.sink.Consume(ctx, b); err != nil {
		return &sinkError{err}
	}
	b.Break, b.Lost = pipeline.NoBreak, 0
	return nil
}
