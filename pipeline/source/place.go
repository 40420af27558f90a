package source

import (
	"fmt"

	"github.com/cespare/xxhash/v2"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/listoffsets"
	"go.uber.org/zap"

	"github.com/authspike/authspike/pipeline"
)

// place makes sure, on a new connection, that reading continues where it should: at
// the place to start from, or else after the last record that was read, if that
// is still in the log. Otherwise the log was truncated, or its topic recreated.
//
// Every error of a fetch leads here, so the deletion of a topic is noticed, even if
// it is recreated under the same name. The exception is a topic that is deleted,
// recreated and filled beyond the wanted offset within one MaxWait, because this
// version of Fetch identifies topics only by name.
func (r *partitionReader) place(c *conn, epoch int32) error {
	b := &r.batch
	if !r.placed {
		next, err := r.offsetAt(c, epoch, r.seek)
		if err == nil && next < 0 {
			next, err = r.offsetAt(c, epoch, lastOffset) // nothing is that new
		}
		if back := r.k.opts.LastRecords; err == nil && back > 0 {
			next, err = r.offsetBack(c, epoch, back)
		}
		if err != nil {
			return err
		}
		r.placed = true
		r.moveTo(next)
		return nil
	}
	b.Next = b.Resume.Offset
	if b.Resume.LastTime == 0 {
		return nil
	}
	ans, err := r.fetch(c, ask{epoch: epoch, offset: b.Resume.LastOffset, maxBytes: 1, minBytes: 1})
	switch {
	case err != nil:
		return err
	case kafka.Error(ans.code) == kafka.OffsetOutOfRange:
		first, err := r.offsetAt(c, epoch, firstOffset)
		if err != nil {
			return err
		}
		if b.Resume.LastOffset < first {
			return nil // retention took that record; if it took more, reading finds out
		}
		return r.relocate(c, epoch)
	case ans.code != 0:
		return fmt.Errorf("look at offset %d of %s/%d: %w", b.Resume.LastOffset, b.Partition.Topic, b.Partition.ID, kafka.Error(ans.code))
	case len(ans.records) == 0:
		// That record was below the high watermark, and no longer is. If the high
		// watermark only lags after an election, the broker refuses to tell the end of
		// the log.
		return r.relocate(c, epoch)
	case r.stillThere(ans):
		return nil
	}
	next, err := r.firstNewer(c, epoch)
	if err == nil && next < 0 {
		next, err = r.offsetAt(c, epoch, firstOffset)
	}
	if err != nil {
		return err
	}
	r.breakAt(next, pipeline.Recreated, 0)
	return nil
}

// stillThere reports whether a response begins with the record that was read last. A
// response that cannot be read proves nothing, and counts as such.
func (r *partitionReader) stillThere(ans answer) bool {
	last := r.batch.Resume
	found := pipeline.Batch{Next: last.LastOffset, HighWatermark: ans.highWatermark}
	look := splitter{limit: r.split.limit, lenient: true, lost: func(loss, int64) {}}
	if _, err := look.split(ans.records, &found); err != nil {
		return true
	}
	if found.Lost > 0 || found.Next == last.LastOffset {
		return true
	}
	if len(found.Records) == 0 {
		return false
	}
	rec := found.Records[0]
	return rec.Offset == last.LastOffset && rec.Time == last.LastTime && xxhash.Sum64(rec.Value) == last.LastHash
}

// relocate finds where to continue if the wanted offset is not in the log.
func (r *partitionReader) relocate(c *conn, epoch int32) error {
	first, err := r.offsetAt(c, epoch, firstOffset)
	if err != nil {
		return err
	}
	last, err := r.offsetAt(c, epoch, lastOffset)
	if err != nil {
		return err
	}
	b := &r.batch
	switch {
	case b.Next < first:
		r.breakAt(first, pipeline.Retention, first-b.Next)
		return nil
	case b.Next > last:
		next, err := r.firstNewer(c, epoch)
		if err != nil {
			return err
		}
		if next < 0 || next > last {
			next = last // what is written behind that end is new, whatever its time
		}
		r.breakAt(next, pipeline.Truncated, 0)
		return nil
	default:
		return fmt.Errorf("fetch %s/%d: %w: %d is within %d and %d", b.Partition.Topic, b.Partition.ID, kafka.OffsetOutOfRange, b.Next, first, last)
	}
}

// firstNewer finds where to continue in a log that no longer holds what was read: at
// the first record that is newer than the last one read, -1 if there is none.
func (r *partitionReader) firstNewer(c *conn, epoch int32) (int64, error) {
	at := int64(firstOffset)
	if t := r.batch.Resume.LastTime; t > 0 {
		at = t + 1
	}
	return r.offsetAt(c, epoch, at)
}

// breakAt records that reading continues elsewhere, to be reported in the next batch.
func (r *partitionReader) breakAt(next int64, how pipeline.Break, lost int64) {
	b := &r.batch
	r.log.Error("log does not continue where reading ended", zap.Stringer("kind", how),
		zap.Int64("wanted_offset", b.Next), zap.Int64("next_offset", next), zap.Int64("records_lost", lost))
	r.k.metrics.breaks.WithLabelValues(how.String()).Inc()
	if lost > 0 {
		r.k.metrics.lost.WithLabelValues(string(lossRetention)).Add(float64(lost))
	}
	b.Break = how
	b.Lost += lost
	b.Resume.LastTime = 0
	r.moveTo(next)
}

func (r *partitionReader) moveTo(next int64) {
	r.batch.Next, r.batch.Resume.Offset = next, next
}

// offsetBack returns the offset that is `back` before the end, or the first one if
// there are fewer.
func (r *partitionReader) offsetBack(c *conn, epoch int32, back int64) (int64, error) {
	first, err := r.offsetAt(c, epoch, firstOffset)
	if err != nil {
		return 0, err
	}
	last, err := r.offsetAt(c, epoch, lastOffset)
	return max(first, last-back), err
}

// offsetAt requests the first offset whose record is not older than a time, -1 if
// there is none; or the first or last offset of the log.
func (r *partitionReader) offsetAt(c *conn, epoch int32, time int64) (int64, error) {
	p := r.batch.Partition
	m, err := c.roundTrip(&listoffsets.Request{ReplicaID: -1, Topics: []listoffsets.RequestTopic{{
		Topic:      p.Topic,
		Partitions: []listoffsets.RequestPartition{{Partition: p.ID, CurrentLeaderEpoch: epoch, Timestamp: time}},
	}}})
	if err != nil {
		return 0, fmt.Errorf("ask for offsets of %s/%d: %w", p.Topic, p.ID, err)
	}
	res := m.(*listoffsets.Response)
	if len(res.Topics) != 1 || len(res.Topics[0].Partitions) != 1 {
		return 0, failf(reasonProtocol, "ask for offsets of %s/%d: answer is for other partitions", p.Topic, p.ID)
	}
	found := res.Topics[0].Partitions[0]
	if err := checkCode(found.ErrorCode); err != nil {
		return 0, fmt.Errorf("ask for offsets of %s/%d: %w", p.Topic, p.ID, err)
	}
	return found.Offset, nil
}
