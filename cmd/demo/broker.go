package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topic      = "logs"
	partitions = 3
)

// broker is an embedded Kafka broker with one topic, and the client that logs
// into it.
type broker struct {
	cluster *kfake.Cluster
	client  *kgo.Client
	written int // lines so far
	lines   []string
}

func startBroker() (*broker, error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic), kfake.SleepOutOfOrder())
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		cluster.Close()
		return nil, fmt.Errorf("connect to broker: %w", err)
	}
	return &broker{cluster: cluster, client: client}, nil
}

// write logs the traffic up to a time, to the partitions in rotation.
func (b *broker) write(ctx context.Context, t *traffic, to time.Time) error {
	b.lines = t.lines(b.lines[:0], to)
	records := make([]*kgo.Record, len(b.lines))
	for i, line := range b.lines {
		records[i] = &kgo.Record{Topic: topic, Partition: int32((b.written + i) % partitions), Value: []byte(line)}
	}
	if err := b.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("write to broker: %w", err)
	}
	b.written += len(b.lines)
	return nil
}

// writeHistory logs the traffic between two times, a minute at a time.
func (b *broker) writeHistory(ctx context.Context, t *traffic, from, to time.Time) error {
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if err := b.write(ctx, t, at.Add(time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

func (b *broker) stop() {
	b.client.Close()
	b.cluster.Close()
}
