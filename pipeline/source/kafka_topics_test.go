package source

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/authspike/authspike/pipeline"
)

func topicCount(k *Kafka, s topicState) int {
	return int(testutil.ToFloat64(k.metrics.topics.WithLabelValues(string(s))))
}

// growTo gives a topic more partitions and waits until every broker knows them:
// a client that asks a broker which lags behind cannot write to them yet.
func growTo(t *testing.T, cl *kgo.Client, topic string, partitions int) {
	t.Helper()
	req := kmsg.NewPtrCreatePartitionsRequest()
	rt := kmsg.NewCreatePartitionsRequestTopic()
	rt.Topic, rt.Count = topic, int32(partitions)
	req.Topics = append(req.Topics, rt)
	req.TimeoutMillis = 10_000
	if _, err := req.RequestWith(t.Context(), cl); err != nil {
		t.Fatal(err)
	}
	ask := kmsg.NewPtrMetadataRequest()
	about := kmsg.NewMetadataRequestTopic()
	about.Topic = &topic
	ask.Topics = append(ask.Topics, about)
	for _, b := range cl.DiscoveredBrokers() {
		eventually(t, "each broker knows the partitions", func() bool {
			answer, err := ask.RequestWith(t.Context(), b)
			return err == nil && len(answer.Topics) == 1 && len(answer.Topics[0].Partitions) == partitions
		})
	}
}

func TestPartitionsThatAppearAreReadFromTheirFirstRecord(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	l := newLog()
	opts := options(t, c, "logs")
	opts.WarmStart = -1 // at the end: what appears later must not be treated so
	run(t, opts, nowhere, l)
	l.wait(t, logs0, func(r *read) bool { return r.batches > 0 })

	growTo(t, producer(t, c), "logs", 3)
	p := pipeline.Partition{Topic: "logs", ID: 2}
	produce(t, producer(t, c), "logs", 2, 0, 50)
	expect(t, l.wait(t, p, atHead(50)), p, 0, 50)
}

func TestTopicsByPattern(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "app-a", "xapp-b", "app-c", "__app-d", "named"))
	cl := producer(t, c)
	l := newLog()
	opts := options(t, c, "named")
	opts.TopicPattern = "app-.*|__.*"
	k, stop := run(t, opts, nowhere, l)
	for _, topic := range []string{"app-a", "app-c", "named"} {
		p := pipeline.Partition{Topic: topic}
		produce(t, cl, topic, 0, 0, 5)
		expect(t, l.wait(t, p, atHead(5)), p, 0, 5)
	}
	if err := c.CreateTopic("app-later", 1, nil); err != nil {
		t.Fatal(err)
	}
	later := pipeline.Partition{Topic: "app-later"}
	l.wait(t, later, func(r *read) bool { return r.batches > 0 })
	if n := topicCount(k, topicRead); n != 4 {
		t.Errorf("%d topics are read", n)
	}
	stop()
	if len(l.parts) != 4 {
		t.Errorf("partitions %v were opened", l.parts)
	}
}

func TestMissingTopicIsAwaited(t *testing.T) {
	c := broker(t)
	opts, logs := observed(options(t, c, "logs"))
	l := newLog()
	k, _ := run(t, opts, nowhere, l)
	eventually(t, "the topic is missed", func() bool { return topicCount(k, topicMissing) == 1 })
	if err := c.CreateTopic("logs", 1, nil); err != nil {
		t.Fatal(err)
	}
	produce(t, producer(t, c), "logs", 0, 0, 5)
	expect(t, l.wait(t, logs0, atHead(5)), logs0, 0, 5)
	if n := logs.FilterMessageSnippet("does not exist").Len(); n != 1 || topicCount(k, topicMissing) != 0 || topicCount(k, topicRead) != 1 {
		t.Errorf("logged %d times, %d missing", n, topicCount(k, topicMissing))
	}
}

func TestDeletedTopicEnds(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs", "other"))
	produce(t, producer(t, c), "logs", 0, 0, 5)
	registry := prometheus.NewRegistry()
	opts := options(t, c, "logs", "other")
	var err error
	if opts.Metrics, err = NewMetrics(registry); err != nil {
		t.Fatal(err)
	}
	l := newLog()
	run(t, opts, nowhere, l)
	l.wait(t, logs0, atHead(5))
	if err := c.DeleteTopic("logs"); err != nil {
		t.Fatal(err)
	}
	r := l.wait(t, logs0, func(r *read) bool { return r.batch.End })
	if r.batch.From != 5 || r.batch.Next != 5 {
		t.Errorf("the last batch is %+v", r.batch)
	}
	if n, err := testutil.GatherAndCount(registry, "authspike_kafka_lag_records"); err != nil || n != 1 {
		t.Errorf("%d partitions have a lag, %v", n, err)
	}
	// The topic is made anew: read from its first record.
	if err := c.CreateTopic("logs", 1, nil); err != nil {
		t.Fatal(err)
	}
	produce(t, producer(t, c), "logs", 0, 100, 5)
	r = l.wait(t, logs0, atHead(10))
	if r.offsets[5] != 0 || r.values[5] != string(line("logs", 0, 100)) {
		t.Errorf("went on at offset %d with %q", r.offsets[5], r.values[5])
	}
}

func TestCompactedTopicIsRefused(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	for topic, policy := range map[string]string{"table": "compact", "both": "compact,delete"} {
		if err := c.CreateTopic(topic, 1, map[string]string{"cleanup.policy": policy}); err != nil {
			t.Fatal(err)
		}
	}
	opts, logs := observed(options(t, c, "logs", "table", "both"))
	l := newLog()
	k, stop := run(t, opts, nowhere, l)
	l.wait(t, logs0, func(r *read) bool { return r.batches > 2 })
	if topicCount(k, topicCompacted) != 2 || topicCount(k, topicRead) != 1 {
		t.Errorf("%d topics refused, %d read", topicCount(k, topicCompacted), topicCount(k, topicRead))
	}
	stop()
	if n := logs.FilterMessageSnippet("topic refused: it is compacted").Len(); n != 2 || len(l.parts) != 1 {
		t.Errorf("logged %d times, opened %v", n, l.parts)
	}
}

func TestStartsSomeTimeAgo(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	now := time.Now()
	for i, age := range []time.Duration{5 * time.Hour, 3 * time.Hour, 30 * time.Minute, time.Minute} {
		r := &kgo.Record{Topic: "logs", Value: line("logs", 0, i), Timestamp: now.Add(-age)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		back  time.Duration
		first int
	}{{0, 2}, {4 * time.Hour, 1}, {1000 * time.Hour, 0}, {time.Second, 4}, {-1, 4}} {
		opts := options(t, c, "logs")
		opts.WarmStart = test.back
		l := newLog()
		_, stop := run(t, opts, nowhere, l)
		expect(t, l.wait(t, logs0, func(r *read) bool { return r.batches > 0 && r.batch.Next == 4 }), logs0, test.first, 4-test.first)
		stop()
	}
}

func TestValidateReportsAllFaults(t *testing.T) {
	o := KafkaOptions{
		Brokers: []string{"a", "b:9092"}, Topics: []string{"ok", "no/t"}, TopicPattern: "(", MaxWait: time.Minute, MinBytes: -1,
		TLS: TLSOptions{CertFile: "x"}, SASL: SASLOptions{Mechanism: "SCRAM-SHA-512", Token: "t"},
	}
	err := o.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 10 {
		t.Errorf("faults: %v", err)
	}
	if _, err := NewKafka(o); err == nil {
		t.Error("NewKafka took the options")
	}
	if err := new(KafkaOptions).Validate(); err == nil {
		t.Error("the zero value was taken")
	}
}

// A topic that comes back while the sink of the old one is still busy must not
// overtake it: the end of the old one would then end the new one.
func TestRemadeTopicWaitsForTheEndOfTheOldOne(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	produce(t, producer(t, c), "logs", 0, 0, 5)
	l := newLog()
	opened := make(chan struct{}, 10)
	busy, free := make(chan struct{}), make(chan struct{})
	opts, logs := observed(options(t, c, "logs"))
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- k.Run(ctx, nowhere, func(p pipeline.Partition) pipeline.Sink {
			sink := l.open(p)
			opened <- struct{}{}
			first := len(opened) == 1
			return sinkFunc(func(ctx context.Context, b *pipeline.Batch) error {
				if first && b.Next == 5 {
					close(busy)
					first = false
					<-free
				}
				if err := ctx.Err(); err != nil {
					return err // as a sink does that waits for room
				}
				return sink.Consume(ctx, b)
			})
		})
	}()
	<-busy
	if err := c.DeleteTopic("logs"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reader is told to end", func() bool { return logs.FilterMessage("partition was deleted").Len() == 1 })
	if err := c.CreateTopic("logs", 1, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the topic is seen again", func() bool { return topicCount(k, topicRead) == 1 })
	if len(opened) != 1 {
		t.Error("the new topic was opened before the old one had ended")
	}
	close(free)
	r := l.wait(t, logs0, func(r *read) bool { return len(opened) == 2 && r.batch.Next == 0 })
	if len(r.breaks) != 0 || r.batch.End {
		t.Errorf("the new topic: breaks %v, %+v", r.breaks, r.batch)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
