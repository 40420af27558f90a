package source

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/segmentio/kafka-go/protocol/findcoordinator"
	"github.com/segmentio/kafka-go/protocol/offsetcommit"

	"github.com/authspike/authspike/pipeline"
)

// Commit stores, under the configured group, the next offset to read of each
// partition, for tools that show lag. It plays no part in recovery. If the group has
// members, brokers refuse the commit, which is counted and returned like any other
// failure. Without a group it does nothing.
func (k *Kafka) Commit(ctx context.Context, offsets map[pipeline.Partition]int64) error {
	if k.opts.Group == "" || len(offsets) == 0 {
		return nil
	}
	k.committing.Lock()
	defer k.committing.Unlock()

	kept := k.coordinator != nil
	err := k.commit(ctx, offsets)
	if err != nil && kept && reasonOf(err) != reasonMember && ctx.Err() == nil {
		k.dropCoordinator() // it was idle for long, or the group has moved: try a new connection
		err = k.commit(ctx, offsets)
	}
	switch {
	case err == nil:
		k.metrics.commits.WithLabelValues("ok").Inc()
		return nil
	case reasonOf(err) == reasonMember || reasonOf(err) == reasonForbidden:
		k.metrics.commits.WithLabelValues("refused").Inc()
	default:
		k.metrics.commits.WithLabelValues("failed").Inc()
	}
	k.dropCoordinator()
	return fmt.Errorf("commit offsets of group %s: %w", k.opts.Group, err)
}

func (k *Kafka) commit(ctx context.Context, offsets map[pipeline.Partition]int64) error {
	c, err := k.findCoordinator(ctx)
	if err != nil {
		return err
	}
	undo := context.AfterFunc(ctx, func() { drop(c.Conn) })
	m, err := c.roundTrip(commitRequest(k.opts.Group, offsets))
	if !undo() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	for _, t := range m.(*offsetcommit.Response).Topics {
		for _, p := range t.Partitions {
			if err := checkCode(p.ErrorCode); err != nil {
				return fmt.Errorf("%s/%d: %w", t.Name, p.PartitionIndex, err)
			}
		}
	}
	return nil
}

// commitRequest returns a commit on behalf of no member: generation -1 and an empty
// member id.
func commitRequest(group string, offsets map[pipeline.Partition]int64) *offsetcommit.Request {
	req := &offsetcommit.Request{GroupID: group, GenerationID: -1, RetentionTimeMs: -1}
	byTopic := make(map[string][]offsetcommit.RequestPartition)
	for p, offset := range offsets {
		byTopic[p.Topic] = append(byTopic[p.Topic], offsetcommit.RequestPartition{
			PartitionIndex: p.ID, CommittedOffset: offset, CommittedLeaderEpoch: -1,
		})
	}
	for _, t := range slices.Sorted(maps.Keys(byTopic)) {
		req.Topics = append(req.Topics, offsetcommit.RequestTopic{Name: t, Partitions: byTopic[t]})
	}
	return req
}

// findCoordinator returns the connection to the broker that keeps the group's
// offsets. It is reused by later commits.
func (k *Kafka) findCoordinator(ctx context.Context) (*conn, error) {
	if k.coordinator != nil {
		return k.coordinator, nil
	}
	c, err := k.contact(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	m, err := c.roundTrip(&findcoordinator.Request{Key: k.opts.Group})
	if err != nil {
		return nil, fmt.Errorf("find coordinator: %w", err)
	}
	res := m.(*findcoordinator.Response)
	if err := checkCode(res.ErrorCode); err != nil {
		return nil, fmt.Errorf("find coordinator: %w", err)
	}
	// The connection outlives this commit: only closing ends it.
	addr := net.JoinHostPort(res.Host, strconv.Itoa(int(res.Port)))
	k.coordinator, err = k.dial(context.WithoutCancel(ctx), addr)
	return k.coordinator, err
}

// dropCoordinator closes the connection, so that the next commit looks for the
// coordinator again.
func (k *Kafka) dropCoordinator() {
	if k.coordinator != nil {
		k.coordinator.close()
		k.coordinator = nil
	}
}

func (k *Kafka) closeCoordinator() {
	k.committing.Lock()
	defer k.committing.Unlock()
	k.dropCoordinator()
}
