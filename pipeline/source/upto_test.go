package source

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/authspike/authspike/pipeline"
)

// readUp reads topics up to their ends.
func readUp(t *testing.T, opts KafkaOptions, l *log) error {
	t.Helper()
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	return k.ReadUp(t.Context(), l.open)
}

func TestReadUpEndsAtTheEnd(t *testing.T) {
	c := broker(t, kfake.SeedTopics(3, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 2000)
	produce(t, cl, "logs", 2, 0, 5)
	l := newLog()
	if err := readUp(t, options(t, c, "logs"), l); err != nil {
		t.Fatal(err)
	}
	for id, n := range []int{2000, 0, 5} {
		p := pipeline.Partition{Topic: "logs", ID: int32(id)}
		if l.parts[p] == nil || l.parts[p].batches == 0 {
			t.Fatalf("partition %d got nothing", id)
		}
		expect(t, *l.parts[p], p, 0, n)
	}
}

// TestReadUpLeavesOutWhatComesMeanwhile: the end is where it was at the first answer.
func TestReadUpLeavesOutWhatComesMeanwhile(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	for i := range 6 {
		produce(t, cl, "logs", 0, 500*i, 500)
	}
	opts := options(t, c, "logs")
	opts.FetchBytes, opts.MinBytes = 4096, 1 // several answers
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	l, more := newLog(), false
	err = k.ReadUp(t.Context(), func(p pipeline.Partition) pipeline.Sink {
		sink := l.open(p)
		return sinkFunc(func(ctx context.Context, b *pipeline.Batch) error {
			if !more {
				more = true
				produce(t, cl, "logs", 0, 3000, 500)
			}
			return sink.Consume(ctx, b)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	p := pipeline.Partition{Topic: "logs"}
	expect(t, *l.parts[p], p, 0, 3000)
	if l.parts[p].batches < 2 {
		t.Error("one answer had all")
	}
}

func TestReadUpFromTheLastRecords(t *testing.T) {
	c := broker(t, kfake.SeedTopics(2, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 1000)
	produce(t, cl, "logs", 1, 0, 3)
	opts := options(t, c, "logs")
	opts.LastRecords = 10
	l := newLog()
	if err := readUp(t, opts, l); err != nil {
		t.Fatal(err)
	}
	p := pipeline.Partition{Topic: "logs"}
	expect(t, *l.parts[p], p, 990, 10)
	p.ID = 1
	expect(t, *l.parts[p], p, 0, 3)
}

func TestReadUpFromATime(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	old := &kgo.Record{Topic: "logs", Value: []byte("old"), Timestamp: time.Now().Add(-time.Hour)}
	if err := cl.ProduceSync(t.Context(), old).FirstErr(); err != nil {
		t.Fatal(err)
	}
	produce(t, cl, "logs", 0, 0, 2)
	opts := options(t, c, "logs")
	opts.WarmStart = 10 * time.Minute
	l := newLog()
	if err := readUp(t, opts, l); err != nil {
		t.Fatal(err)
	}
	p := pipeline.Partition{Topic: "logs"}
	expect(t, *l.parts[p], p, 0, 2)
}

func TestReadUpGivesUp(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	produce(t, producer(t, c), "logs", 0, 0, 3)
	if err := readUp(t, options(t, c, "logs", "nope"), newLog()); err == nil || !strings.Contains(err.Error(), "topic nope does not exist") {
		t.Errorf("a missing topic gives %v", err)
	}
	opts := options(t, c)
	opts.TopicPattern = "other-.*"
	if err := readUp(t, opts, newLog()); err == nil || !strings.Contains(err.Error(), `"other-.*"`) {
		t.Errorf("a pattern that matches nothing gives %v", err)
	}
	gone := options(t, c, "logs")
	gone.Brokers = []string{"127.0.0.1:1"}
	if err := readUp(t, gone, newLog()); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("a broker that is away gives %v", err)
	}
	fails := errors.New("sink")
	k, err := NewKafka(options(t, c, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	err = k.ReadUp(t.Context(), func(pipeline.Partition) pipeline.Sink {
		return sinkFunc(func(context.Context, *pipeline.Batch) error { return fails })
	})
	if !errors.Is(err, fails) {
		t.Errorf("a sink that fails gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.ReadUp(ctx, newLog().open); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended gives %v", err)
	}
}
