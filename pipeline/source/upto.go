package source

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/authspike/authspike/pipeline"
)

// errUpTo ends the reader of a partition that has been read far enough, and Run's
// context once all have been.
var errUpTo = errors.New("read up to the end")

// ReadUp reads every partition from WarmStart ago, or its last LastRecords records,
// up to the end that it has at the first fetch, and returns. Unlike Run it gives up
// at once if no broker answers or a topic cannot be read. The sink of each partition
// gets at least one batch, which may be empty.
func (k *Kafka) ReadUp(ctx context.Context, open func(pipeline.Partition) pipeline.Sink) error {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var left atomic.Int32
	reached := func() {
		if left.Add(-1) == 0 {
			stop(errUpTo)
		}
	}
	d := &discovery{
		k: k, stop: stop, topics: make(map[string]topicState), partitions: make(map[pipeline.Partition]*partition),
		start: func(pipeline.Partition) (pipeline.Position, bool) { return pipeline.Position{}, false },
		open: func(p pipeline.Partition) pipeline.Sink {
			left.Add(1)
			return &upTo{sink: open(p), end: -1, reached: reached}
		},
	}
	left.Store(1) // until all partitions are known
	err := d.look(running)
	if err == nil {
		err = d.unreadable()
	}
	if reached(); err == nil {
		d.run(running)
	}
	stop(err)
	d.disconnect()
	d.readers.Wait()
	if cause := context.Cause(running); err == nil && !errors.Is(cause, errUpTo) {
		err = cause
	}
	return err
}

// unreadable returns an error that names the topics which cannot be read, nil if all
// can.
func (d *discovery) unreadable() error {
	var faults []error
	for _, t := range slices.Sorted(maps.Keys(d.topics)) {
		switch d.topics[t] {
		case topicMissing:
			faults = append(faults, fmt.Errorf("topic %s does not exist", t))
		case topicForbidden:
			faults = append(faults, fmt.Errorf("topic %s may not be read: access lists refuse it", t))
		case topicCompacted:
			faults = append(faults, fmt.Errorf("topic %s is compacted: its records are not a log", t))
		case topicRead:
		}
	}
	if len(d.topics) == 0 {
		faults = append(faults, fmt.Errorf("no topic's name matches %q", strings.TrimSpace(d.k.opts.TopicPattern)))
	}
	return errors.Join(faults...)
}

// upTo is a sink that passes on what a partition has now, and then ends its reader.
type upTo struct {
	sink    pipeline.Sink
	end     int64 // -1 until it is known
	idle    int   // batches in a row that brought nothing
	done    bool
	reached func()
}

// maxIdle is after how many batches without progress a partition counts as read to
// its end, which an open transaction may hide. Growing a response to the largest
// batch takes fewer.
const maxIdle = 16

// Consume passes on the records before the end.
func (u *upTo) Consume(ctx context.Context, b *pipeline.Batch) error {
	if u.end < 0 {
		u.end = b.HighWatermark
	}
	if u.done {
		return errUpTo
	}
	n := len(b.Records)
	for n > 0 && b.Records[n-1].Offset >= u.end {
		n--
	}
	b.Records = b.Records[:n]
	if err := u.sink.Consume(ctx, b); err != nil {
		return err
	}
	if u.idle++; b.Next > b.From {
		u.idle = 0
	}
	if b.Next < u.end && !b.End && u.idle < maxIdle {
		return nil
	}
	u.done = true
	u.reached()
	return errUpTo
}
