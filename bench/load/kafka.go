package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/authspike/authspike/bench/load/traffic"
)

type kafkaOptions struct {
	brokers []string
	topic   string
	codec   string
}

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

// batchBytes bounds a record batch before compression. Producers send 16 KiB by
// default and count what is compressed, of which a fifth is left.
func batchBytes(codec string) int32 {
	if codec == "none" {
		return 16 << 10
	}
	return 80 << 10
}

// produce writes n records with their own times, to the partitions in turn, a
// batch to each.
func produce(ctx context.Context, g *traffic.Generator, n int, opts kafkaOptions) error {
	codec, ok := codecs[opts.codec]
	if !ok {
		return fmt.Errorf("no codec is called %q", opts.codec)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(opts.brokers...), kgo.DefaultProduceTopic(opts.topic), kgo.ProducerBatchCompression(codec),
		kgo.ProducerBatchMaxBytes(batchBytes(opts.codec)), kgo.ProducerLinger(20*time.Millisecond), kgo.MaxBufferedRecords(100_000))
	if err != nil {
		return fmt.Errorf("connect to %v: %w", opts.brokers, err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var once sync.Once
	for i := 0; i < n && ctx.Err() == nil; i++ {
		value, at := g.Append(nil)
		client.Produce(ctx, &kgo.Record{Value: value, Timestamp: at}, func(_ *kgo.Record, err error) {
			if err != nil {
				once.Do(func() { cancel(fmt.Errorf("produce to %s: %w", opts.topic, err)) })
			}
		})
	}
	err = client.Flush(ctx)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// serveRecords writes n records into a broker in this process, prints its address
// on standard output and serves them until standard input ends.
func serveRecords(ctx context.Context, g *traffic.Generator, n, partitions int, opts kafkaOptions) error {
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(int32(partitions), opts.topic))
	if err != nil {
		return fmt.Errorf("start the embedded broker: %w", err)
	}
	defer c.Close()
	opts.brokers = c.ListenAddrs()
	if err := produce(ctx, g, n, opts); err != nil {
		return err
	}
	fmt.Println(opts.brokers[0])
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
