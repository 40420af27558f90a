package source

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/authspike/authspike/pipeline"
)

// from is a start function that knows one position.
func from(p pipeline.Partition, pos pipeline.Position) func(pipeline.Partition) (pipeline.Position, bool) {
	return func(asked pipeline.Partition) (pipeline.Position, bool) { return pos, asked == p }
}

// readOnce reads a partition up to its head and gives what was read.
func readOnce(t *testing.T, c cluster, start func(pipeline.Partition) (pipeline.Position, bool), next int64) (read, *Kafka) {
	t.Helper()
	l := newLog()
	k, stop := run(t, options(t, c, "logs"), start, l)
	defer stop()
	return l.wait(t, logs0, func(r *read) bool { return r.batches > 0 && r.batch.Next == next }), k
}

func TestGoesOnWhereItWas(t *testing.T) {
	c := broker(t, kfake.SeedTopics(2, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 100)
	produce(t, cl, "logs", 1, 0, 10)
	r, _ := readOnce(t, c, nowhere, 100)
	produce(t, cl, "logs", 0, 100, 50)

	l := newLog()
	opts := options(t, c, "logs")
	opts.WarmStart = -1
	run(t, opts, from(logs0, r.batch.Resume), l)
	r = l.wait(t, logs0, atHead(50))
	expect(t, r, logs0, 100, 50)
	if len(r.breaks) > 0 {
		t.Errorf("breaks %v", r.breaks)
	}
	// The other partition has no position, so it must have appeared in between.
	other := pipeline.Partition{Topic: "logs", ID: 1}
	expect(t, l.wait(t, other, atHead(10)), other, 0, 10)
}

// A position in the middle of a batch of Kafka's: the records before it are not
// delivered again.
func TestGoesOnWithinABatch(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	produce(t, producer(t, c), "logs", 0, 0, 100)
	r, _ := readOnce(t, c, from(logs0, pipeline.Position{Offset: 42}), 100)
	expect(t, r, logs0, 42, 58)
}

func TestRetentionGapAtStart(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 100)
	r, _ := readOnce(t, c, nowhere, 100)
	produce(t, cl, "logs", 0, 100, 100)
	if err := c.DeleteRecords("logs", 0, 150); err != nil {
		t.Fatal(err)
	}
	r, k := readOnce(t, c, from(logs0, r.batch.Resume), 200)
	expect(t, r, logs0, 150, 50)
	if len(r.breaks) != 1 || r.breaks[0] != pipeline.Retention || r.lost != 50 || lostCount(k, lossRetention) != 50 {
		t.Errorf("breaks %v, %d lost, %d counted", r.breaks, r.lost, lostCount(k, lossRetention))
	}
}

// Retention up to the wanted offset takes the last record that was read, too: no loss.
func TestRetentionWithoutGap(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 100)
	r, _ := readOnce(t, c, nowhere, 100)
	produce(t, cl, "logs", 0, 100, 100)
	if err := c.DeleteRecords("logs", 0, 100); err != nil {
		t.Fatal(err)
	}
	r, _ = readOnce(t, c, from(logs0, r.batch.Resume), 200)
	expect(t, r, logs0, 100, 100)
	if len(r.breaks) != 0 || r.lost != 0 {
		t.Errorf("breaks %v, %d lost", r.breaks, r.lost)
	}
}

func TestRetentionGapWhileReading(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 100)
	l := newLog()
	k, err := NewKafka(options(t, c, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	stalled := false
	go func() {
		done <- k.Run(ctx, nowhere, func(p pipeline.Partition) pipeline.Sink {
			l.open(p)
			return sinkFunc(func(_ context.Context, b *pipeline.Batch) error {
				l.take(b)
				if b.Next == 100 && !stalled { // the evaluator lags, and meanwhile records go
					stalled = true
					produce(t, cl, "logs", 0, 100, 100)
					return c.DeleteRecords("logs", 0, 130)
				}
				return nil
			})
		})
	}()
	r := l.wait(t, logs0, func(r *read) bool { return r.batch.Next == 200 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(r.values) != 170 || len(r.breaks) != 1 || r.breaks[0] != pipeline.Retention || r.lost != 30 {
		t.Errorf("%d records, breaks %v, %d lost", len(r.values), r.breaks, r.lost)
	}
}

// remake deletes the topic, makes it anew and writes n records that are newer than
// any before.
func remake(t *testing.T, c *kfake.Cluster, n int) {
	t.Helper()
	if err := c.DeleteTopic("logs"); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateTopic("logs", 1, nil); err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		produce(t, producer(t, c), "logs", 0, 1000, n)
	}
}

func TestRecreatedTopic(t *testing.T) {
	for _, test := range []struct {
		name string
		n    int // records in the new topic; 100 were read from the old one
		want pipeline.Break
	}{
		{"empty", 0, pipeline.Truncated},
		{"shorter", 50, pipeline.Truncated},
		{"as long", 100, pipeline.Recreated},
		{"longer", 150, pipeline.Recreated},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := broker(t, kfake.SeedTopics(1, "logs"))
			cl := producer(t, c)
			produce(t, cl, "logs", 0, 0, 100)
			r, _ := readOnce(t, c, nowhere, 100)
			remake(t, c, test.n)
			r, _ = readOnce(t, c, from(logs0, r.batch.Resume), int64(test.n))
			expect(t, r, logs0, 1000, test.n)
			if len(r.breaks) != 1 || r.breaks[0] != test.want {
				t.Errorf("breaks %v", r.breaks)
			}
		})
	}
}

// The same while it runs: the topic goes and comes back between two fetches.
func TestRecreatedTopicWhileReading(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	produce(t, cl, "logs", 0, 0, 100)
	l := newLog()
	opts := options(t, c, "logs")
	opts.Refresh = 10e9 // deletion is not noticed by looking
	run(t, opts, nowhere, l)
	l.wait(t, logs0, atHead(100))
	remake(t, c, 120)
	r := l.wait(t, logs0, func(r *read) bool { return len(r.values) >= 220 })
	if r.values[100] != string(line("logs", 0, 1000)) || len(r.breaks) != 1 || len(r.values) != 220 {
		t.Errorf("%d records, then %q, breaks %v", len(r.values), r.values[100], r.breaks)
	}
}

// Records that reach a truncated log while it is looked at are read: the end at
// which reading goes on is the one by which the log was found to be truncated.
func TestTruncatedLogGrowsMeanwhile(t *testing.T) {
	for _, test := range []struct {
		name  string
		newer int64 // the answer to where newer records are
	}{
		{"none is newer", -1},
		{"a late one is newer", 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := broker(t, kfake.SeedTopics(1, "logs"))
			produce(t, producer(t, c), "logs", 0, 0, 100)
			r, _ := readOnce(t, c, nowhere, 100)
			remake(t, c, 50)
			looked := false
			c.ControlKey(int16(kmsg.ListOffsets), func(req kmsg.Request) (kmsg.Response, error, bool) {
				c.KeepControl()
				ask := req.(*kmsg.ListOffsetsRequest)
				switch at := ask.Topics[0].Partitions[0].Timestamp; {
				case at == lastOffset && !looked: // the end, before anything was written
					looked = true
					return listOffsetsResponse(ask, 0), nil, true
				case at > 0:
					return listOffsetsResponse(ask, test.newer), nil, true
				}
				return nil, nil, false
			})
			r, _ = readOnce(t, c, from(logs0, r.batch.Resume), 50)
			expect(t, r, logs0, 1000, 50)
			if len(r.breaks) != 1 || r.breaks[0] != pipeline.Truncated {
				t.Errorf("breaks %v", r.breaks)
			}
		})
	}
}

// listOffsetsResponse answers where something is in one partition.
func listOffsetsResponse(ask *kmsg.ListOffsetsRequest, offset int64) kmsg.Response {
	res := ask.ResponseKind().(*kmsg.ListOffsetsResponse)
	p := kmsg.NewListOffsetsResponseTopicPartition()
	p.Partition, p.Offset = ask.Topics[0].Partitions[0].Partition, offset
	topic := kmsg.NewListOffsetsResponseTopic()
	topic.Topic, topic.Partitions = ask.Topics[0].Topic, append(topic.Partitions, p)
	res.Topics = append(res.Topics, topic)
	return res
}

func TestCommit(t *testing.T) {
	c := broker(t, kfake.NumBrokers(3), kfake.SeedTopics(2, "logs", "other"))
	opts := options(t, c, "logs")
	opts.Group = "authspike"
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer k.closeCoordinator()
	for next := range int64(10) {
		err := k.Commit(t.Context(), map[pipeline.Partition]int64{logs0: next, {Topic: "logs", ID: 1}: 7, {Topic: "other"}: 9})
		if err != nil {
			t.Fatal(err)
		}
		c.RehashCoordinators()
	}
	info := c.GroupInfo("authspike")
	if len(info.Members) != 0 || info.Commits["logs"][0].Offset != 9 || info.Commits["logs"][1].Offset != 7 || info.Commits["other"][0].Offset != 9 {
		t.Errorf("group is %+v", info)
	}
}

// A group with members keeps its offsets to itself. That is no reason to stop.
func TestCommitIsRefusedByAGroupWithMembers(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	member := producer(t, c, kgo.ConsumerGroup("authspike"), kgo.ConsumeTopics("logs"))
	go member.PollFetches(t.Context())
	if _, err := c.WaitGroupStable(t.Context(), "authspike", 1); err != nil {
		t.Fatal(err)
	}
	opts := options(t, c, "logs")
	opts.Group = "authspike"
	k, err := NewKafka(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer k.closeCoordinator()
	err = k.Commit(t.Context(), map[pipeline.Partition]int64{logs0: 1})
	if reasonOf(err) != reasonMember {
		t.Errorf("commit: %v", err)
	}
}
