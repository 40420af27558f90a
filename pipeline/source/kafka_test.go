package source

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap/zaptest"

	"github.com/authspike/authspike/pipeline"
)

// broker starts an embedded Kafka.
func broker(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// cluster is an embedded or a real Kafka.
type cluster interface{ ListenAddrs() []string }

// producer makes a client that chooses the partition by itself.
func producer(t testing.TB, c cluster, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.MetadataMinAge(10 * time.Millisecond),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

// produce writes n records "<topic>/<partition> <i>" with i from first on.
func produce(t testing.TB, cl *kgo.Client, topic string, partition int32, first, n int) {
	t.Helper()
	recs := make([]*kgo.Record, n)
	for i := range recs {
		recs[i] = &kgo.Record{Topic: topic, Partition: partition, Value: line(topic, partition, first+i)}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := cl.ProduceSync(ctx, recs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func line(topic string, partition int32, i int) []byte {
	return fmt.Appendf(nil, "%s/%d %d", topic, partition, i)
}

// log is what a sink was given, copied.
type log struct {
	mu      sync.Mutex
	changed chan struct{} // closed at each change
	parts   map[pipeline.Partition]*read
}

// read is what was read of one partition.
type read struct {
	values  []string
	offsets []int64
	times   []int64
	batch   pipeline.Batch // the last one, without records
	batches int
	control int
	lost    int64
	breaks  []pipeline.Break
	err     error // batches did not join
}

func newLog() *log {
	return &log{changed: make(chan struct{}), parts: make(map[pipeline.Partition]*read)}
}

func (l *log) open(p pipeline.Partition) pipeline.Sink {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parts[p] == nil {
		l.parts[p] = new(read)
	}
	return sinkFunc(func(_ context.Context, b *pipeline.Batch) error { l.take(b); return nil })
}

func (l *log) take(b *pipeline.Batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.parts[b.Partition]
	if r.batches > 0 && !r.batch.End && b.Break == pipeline.NoBreak && b.From != r.batch.Next {
		r.err = fmt.Errorf("batch from %d does not join the one that ends at %d", b.From, r.batch.Next)
	}
	for _, rec := range b.Records {
		if rec.Offset < b.From || rec.Offset >= b.Next {
			r.err = fmt.Errorf("record %d in batch [%d, %d)", rec.Offset, b.From, b.Next)
		}
		r.values = append(r.values, string(rec.Value))
		r.offsets = append(r.offsets, rec.Offset)
		r.times = append(r.times, rec.Time)
	}
	if b.Resume.Offset != b.Next || b.HighWatermark < b.Next && !b.End {
		r.err = fmt.Errorf("batch [%d, %d) resumes at %d, high watermark %d", b.From, b.Next, b.Resume.Offset, b.HighWatermark)
	}
	r.batches++
	r.control += b.Control
	r.lost += b.Lost
	if b.Break != pipeline.NoBreak {
		r.breaks = append(r.breaks, b.Break)
	}
	r.batch = *b
	r.batch.Records = nil
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait waits until ok says so of what was read of the partition.
func (l *log) wait(t testing.TB, p pipeline.Partition, ok func(*read) bool) read {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		l.mu.Lock()
		r, changed := l.parts[p], l.changed
		if r != nil && r.err != nil {
			t.Fatal(r.err)
		}
		if r != nil && ok(r) {
			defer l.mu.Unlock()
			return *r
		}
		l.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(100 * time.Millisecond): // a partition that is not open yet
		case <-ctx.Done():
			l.mu.Lock()
			if r == nil {
				t.Fatalf("gave up waiting for %v: it was not opened", p)
			}
			t.Fatalf("gave up waiting for %v: %d records, %d lost, breaks %v, last batch %+v", p, len(r.values), r.lost, r.breaks, r.batch)
		}
	}
}

func atHead(n int) func(*read) bool {
	return func(r *read) bool { return len(r.values) >= n && r.batch.Next == r.batch.HighWatermark }
}

type sinkFunc func(context.Context, *pipeline.Batch) error

func (f sinkFunc) Consume(ctx context.Context, b *pipeline.Batch) error { return f(ctx, b) }

// nowhere is a start function for readers without positions.
func nowhere(pipeline.Partition) (pipeline.Position, bool) { return pipeline.Position{}, false }

// options are those of a test: everything happens soon.
func options(t testing.TB, c cluster, topics ...string) KafkaOptions {
	return KafkaOptions{
		Brokers: c.ListenAddrs(), Topics: topics, MaxWait: 20 * time.Millisecond, Refresh: 20 * time.Millisecond,
		Logger: zaptest.NewLogger(t),
	}
}

// run runs a source in the background until the test ends.
func run(t testing.TB, opts KafkaOptions, start func(pipeline.Partition) (pipeline.Position, bool), l *log) (*Kafka, context.CancelFunc) {
	t.Helper()
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx, start, l.open) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return k, stop
}

// expect checks that values are lines first to first+n-1.
func expect(t testing.TB, r read, p pipeline.Partition, first, n int) {
	t.Helper()
	if len(r.values) != n {
		t.Fatalf("%d records instead of %d", len(r.values), n)
	}
	for i, v := range r.values {
		if want := string(line(p.Topic, p.ID, first+i)); v != want {
			t.Fatalf("record %d is %q, want %q", i, v, want)
		}
	}
}

func TestReadsAllPartitions(t *testing.T) {
	c := broker(t, kfake.NumBrokers(3), kfake.SeedTopics(3, "logs"), kfake.ClusterID("cluster-1"))
	cl := producer(t, c)
	for p := range int32(3) {
		produce(t, cl, "logs", p, 0, 1000)
	}
	l := newLog()
	k, _ := run(t, options(t, c, "logs"), nowhere, l)
	for id := range int32(3) {
		p := pipeline.Partition{Topic: "logs", ID: id}
		expect(t, l.wait(t, p, atHead(1000)), p, 0, 1000)
	}
	if k.ClusterID() != "cluster-1" {
		t.Errorf("cluster is %q", k.ClusterID())
	}
	produce(t, cl, "logs", 1, 1000, 10)
	p := pipeline.Partition{Topic: "logs", ID: 1}
	expect(t, l.wait(t, p, atHead(1010)), p, 0, 1010)
}
