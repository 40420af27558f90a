package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline/header"
)

func TestAllCompressions(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	for i, codec := range codecs {
		produce(t, producer(t, c, kgo.ProducerBatchCompression(codec)), "logs", 0, 3000*i, 3000)
	}
	r, _ := readOnce(t, c, nowhere, 15000)
	expect(t, r, logs0, 0, 15000)
}

// large is a cluster that takes batches of up to 64 MiB, and a client that sends them.
func large(t *testing.T, opts ...kgo.Opt) (*kfake.Cluster, *kgo.Client) {
	t.Helper()
	c := broker(t, kfake.SeedTopics(1, "logs"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "67108864"}))
	return c, producer(t, c, append(opts, kgo.ProducerBatchMaxBytes(64<<20), kgo.BrokerMaxWriteBytes(100<<20))...)
}

func TestRecordsOf10MiB(t *testing.T) {
	for _, codec := range []kgo.CompressionCodec{kgo.NoCompression(), kgo.ZstdCompression()} {
		c, cl := large(t, kgo.ProducerBatchCompression(codec))
		produce(t, cl, "logs", 0, 0, 10)
		huge := bytes.Repeat([]byte("0123456789abcdef"), 10<<20/16)
		if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: "logs", Value: huge}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		produce(t, cl, "logs", 0, 11, 10)
		r, k := readOnce(t, c, nowhere, 21)
		if len(r.values) != 21 || r.values[10] != string(huge) || r.values[20] != string(line("logs", 0, 20)) || r.lost != 0 {
			t.Errorf("%d records, %d lost", len(r.values), r.lost)
		}
		_ = k
	}
}

// What is above the limit is lost and counted, and nothing else with it.
func TestRecordsAboveTheLimit(t *testing.T) {
	for _, codec := range []kgo.CompressionCodec{kgo.NoCompression(), kgo.ZstdCompression()} {
		c, cl := large(t, kgo.ProducerBatchCompression(codec))
		produce(t, cl, "logs", 0, 0, 10)
		for range 2 {
			if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: "logs", Value: make([]byte, 3<<20)}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		produce(t, cl, "logs", 0, 10, 10)
		opts := options(t, c, "logs")
		opts.FetchBytes, opts.BatchBytes = 1<<20, 2<<20
		l := newLog()
		k, _ := run(t, opts, nowhere, l)
		r := l.wait(t, logs0, func(r *read) bool { return r.batch.Next == 22 })
		expect(t, r, logs0, 0, 20)
		if r.lost != 2 || lostCount(k, lossTooLarge) != 2 || len(r.breaks) != 0 {
			t.Errorf("%d lost, %d counted, breaks %v", r.lost, lostCount(k, lossTooLarge), r.breaks)
		}
	}
}

// A broker may cut the last batch off wherever the answer is full. Even one that
// cuts the first one off only makes the next fetch larger.
func TestAnswersCutOff(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	var set []byte
	for i := range 20 {
		set = append(set, batchSpec{base: int64(i), records: []rec{{value: bytes.Repeat([]byte{'a' + byte(i)}, 1000*(i+1))}}}.encode(t)...)
	}
	starts := make([]int, 0, 21)
	for rest := set; len(rest) > 0; {
		starts = append(starts, len(set)-len(rest))
		info, _, _ := readHead(rest)
		rest = rest[info.size:]
	}
	starts = append(starts, len(set))
	c.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		ask := r.(*kmsg.FetchRequest)
		at := starts[ask.Topics[0].Partitions[0].FetchOffset]
		return fetchResponse(ask, 20, set[at:min(len(set), at+int(ask.MaxBytes))]), nil, true
	})
	opts := options(t, c, "logs")
	opts.FetchBytes = 5000
	l := newLog()
	run(t, opts, nowhere, l)
	r := l.wait(t, logs0, atHead(20))
	for i, v := range r.values {
		if len(v) != 1000*(i+1) || v[0] != 'a'+byte(i) {
			t.Errorf("record %d has %d bytes of %q", i, len(v), v[0])
		}
	}
	if r.lost != 0 || len(r.values) != 20 {
		t.Errorf("%d records, %d lost", len(r.values), r.lost)
	}
}

func TestNullAndEmptyValues(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	recs := []*kgo.Record{
		{Value: nil}, {Value: []byte{}}, {Key: []byte("k"), Value: []byte("v")}, {Value: []byte("\xff\x00")},
		{Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "Service", Value: []byte("api")}, {Key: "none"}}},
	}
	for _, r := range recs {
		r.Topic = "logs"
	}
	if err := producer(t, c).ProduceSync(t.Context(), recs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	var got []pipeline.Record
	k, err := NewKafka(options(t, c, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	err = k.Run(t.Context(), nowhere, func(pipeline.Partition) pipeline.Sink {
		return sinkFunc(func(_ context.Context, b *pipeline.Batch) error {
			for _, r := range b.Records {
				got = append(got, pipeline.Record{Key: bytes.Clone(r.Key), Value: bytes.Clone(r.Value), Time: r.Time, Headers: bytes.Clone(r.Headers)})
			}
			if len(got) == len(recs) {
				return errEnough
			}
			return nil
		})
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	for i, r := range got {
		if !equalBytes(r.Value, recs[i].Value) || !equalBytes(r.Key, recs[i].Key) || r.Time == 0 {
			t.Errorf("record %d is %+v", i, r)
		}
		var want header.List
		for _, h := range recs[i].Headers {
			want = header.Append(want, h.Key, h.Value)
		}
		if n := len(want); n > 0 {
			want[n-1] = 1 // a varint of -1: the value of the last one is null
		}
		if !bytes.Equal(r.Headers, want) {
			t.Errorf("record %d has headers %q, want %q", i, r.Headers, want)
		}
	}
}

// transact writes one record in a transaction of its own.
func transact(t *testing.T, cl *kgo.Client, topic, value string, end kgo.TransactionEndTry) {
	t.Helper()
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte(value)}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := cl.EndTransaction(t.Context(), end); err != nil {
		t.Fatal(err)
	}
}

// writeTransactions writes records 0 to 4 into the topic, 1 and 3 in aborted transactions.
func writeTransactions(t *testing.T, seeds []string, topic string) {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID("tx"))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for i := range 5 {
		transact(t, cl, topic, fmt.Sprint(i), kgo.TransactionEndTry(i%2 == 0))
	}
}

func checkTransactions(t *testing.T, opts KafkaOptions, p pipeline.Partition) {
	t.Helper()
	for _, committed := range []bool{false, true} {
		opts.ReadCommitted = committed
		l := newLog()
		_, stop := run(t, opts, nowhere, l)
		r := l.wait(t, p, func(r *read) bool { return r.batch.Next == 10 })
		want := "[0 1 2 3 4]"
		if committed {
			want = "[0 2 4]"
		}
		if fmt.Sprint(r.values) != want || r.control != 5 || r.lost != 0 {
			t.Errorf("committed %v: records %v, %d control records, %d lost", committed, r.values, r.control, r.lost)
		}
		stop()
		// The last offset holds a control record; going on behind it is no break.
		second := newLog()
		_, stop = run(t, opts, from(p, r.batch.Resume), second)
		again := second.wait(t, p, func(r *read) bool { return r.batches > 1 })
		if len(again.breaks) != 0 || len(again.values) != 0 {
			t.Errorf("committed %v: going on gives breaks %v, records %v", committed, again.breaks, again.values)
		}
		stop()
	}
}

func TestTransactions(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	writeTransactions(t, c.ListenAddrs(), "logs")
	checkTransactions(t, options(t, c, "logs"), logs0)
}

// With a rack, the leader may name a closer broker to fetch from; one that is not
// known is no reason to stop.
func TestCloserReplica(t *testing.T) {
	for _, known := range []bool{true, false} {
		c := broker(t, kfake.NumBrokers(2), kfake.SeedTopics(1, "logs"))
		produce(t, producer(t, c), "logs", 0, 0, 100)
		leader := c.LeaderFor("logs", 0)
		follower := 1 - leader
		c.SetFollowers("logs", 0, []int32{follower})
		preferred := follower
		if !known {
			preferred = 7
		}
		var byFollower atomic.Int32
		c.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
			c.KeepControl()
			ask := r.(*kmsg.FetchRequest)
			if c.CurrentNode() == follower {
				byFollower.Add(1)
				return nil, nil, false
			}
			if ask.Rack != "here" {
				return nil, nil, false
			}
			resp := fetchResponse(ask, 100, nil).(*kmsg.FetchResponse)
			resp.Topics[0].Partitions[0].PreferredReadReplica = preferred
			return resp, nil, true
		})
		opts := options(t, c, "logs")
		opts.Rack = "here"
		l := newLog()
		_, stop := run(t, opts, nowhere, l)
		expect(t, l.wait(t, logs0, atHead(100)), logs0, 0, 100)
		stop()
		if got := byFollower.Load() > 0; got != known {
			t.Errorf("asked the follower: %v, known: %v", got, known)
		}
	}
}
