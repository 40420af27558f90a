package source

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/authspike/authspike/pipeline"
)

// observed gives options whose logs can be looked at.
func observed(opts KafkaOptions) (KafkaOptions, *observer.ObservedLogs) {
	core, logs := observer.New(zapcore.InfoLevel)
	opts.Logger = zap.New(core)
	return opts, logs
}

func errorCount(k *Kafka, r reason) int {
	return int(testutil.ToFloat64(k.metrics.errors.WithLabelValues(string(r))))
}

func lostCount(k *Kafka, l loss) int {
	return int(testutil.ToFloat64(k.metrics.lost.WithLabelValues(string(l))))
}

func connections(k *Kafka) int { return int(testutil.ToFloat64(k.metrics.connections)) }

// eventually waits for a condition that has no channel.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}

var logs0 = pipeline.Partition{Topic: "logs"}

func TestBrokerAwayAtStartAndRestarted(t *testing.T) {
	dir := t.TempDir()
	port := freePort(t)
	start := func() *kfake.Cluster {
		c, err := kfake.NewCluster(kfake.Ports(port), kfake.SeedTopics(1, "logs"), kfake.DataDir(dir))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	opts, logs := observed(KafkaOptions{
		Brokers: []string{net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}, Topics: []string{"logs"},
		MaxWait: 20 * time.Millisecond, Refresh: 20 * time.Millisecond,
	})
	l := newLog()
	k, _ := run(t, opts, nowhere, l)
	eventually(t, "dialling has failed twice", func() bool { return errorCount(k, reasonDial) >= 2 })

	c := start()
	produce(t, producer(t, c), "logs", 0, 0, 100)
	l.wait(t, logs0, atHead(100))
	c.Close()
	eventually(t, "the broker is missed", func() bool { return logs.FilterMessageSnippet("partition cannot be read").Len() > 0 })

	c = start()
	defer c.Close()
	produce(t, producer(t, c), "logs", 0, 100, 100)
	r := l.wait(t, logs0, atHead(200))
	expect(t, r, logs0, 0, 200)
	if len(r.breaks) > 0 || r.lost > 0 {
		t.Errorf("breaks %v, %d lost", r.breaks, r.lost)
	}
	eventually(t, "the way back is logged", func() bool {
		return logs.FilterMessageSnippet("can be reached again").Len() > 0 && logs.FilterMessageSnippet("can be read again").Len() > 0
	})
	for _, entry := range logs.FilterMessageSnippet("Kafka cannot be reached").All()[:1] {
		if text := entry.ContextMap()["error"].(string); !strings.Contains(text, "127.0.0.1:") || !strings.Contains(text, "refused") {
			t.Errorf("the log does not say what was tried: %s", text)
		}
	}
	if n := logs.FilterMessageSnippet("Kafka cannot be reached").Len(); n > 2 {
		t.Errorf("two outages are logged %d times", n)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func TestLeaderMoves(t *testing.T) {
	c := broker(t, kfake.NumBrokers(3), kfake.SeedTopics(1, "logs"))
	cl := producer(t, c)
	l := newLog()
	k, _ := run(t, options(t, c, "logs"), nowhere, l)
	for i := range 6 {
		produce(t, cl, "logs", 0, 100*i, 100)
		l.wait(t, logs0, atHead(100*i+100))
		if err := c.MoveTopicPartition("logs", 0, int32(i+1)%3); err != nil {
			t.Fatal(err)
		}
	}
	produce(t, cl, "logs", 0, 600, 100)
	r := l.wait(t, logs0, atHead(700))
	expect(t, r, logs0, 0, 700)
	if len(r.breaks) > 0 || r.lost > 0 || errorCount(k, reasonLeader) == 0 {
		t.Errorf("breaks %v, %d lost, %d leader errors", r.breaks, r.lost, errorCount(k, reasonLeader))
	}
}

// Whatever a broker answers once or twice, nothing is lost or repeated.
func TestBrokerErrors(t *testing.T) {
	for _, c := range []struct {
		key  kmsg.Key
		err  *kerr.Error
		want reason
	}{
		{kmsg.Fetch, kerr.NotLeaderForPartition, reasonLeader},
		{kmsg.Fetch, kerr.FencedLeaderEpoch, reasonLeader},
		{kmsg.Fetch, kerr.UnknownTopicOrPartition, reasonMissing},
		{kmsg.Fetch, kerr.KafkaStorageError, reasonLeader},
		{kmsg.Fetch, kerr.TopicAuthorizationFailed, reasonForbidden},
		{kmsg.Fetch, kerr.UnknownServerError, reasonBroker},
		{kmsg.Fetch, kerr.OffsetOutOfRange, reasonOffset},
		{kmsg.ListOffsets, kerr.OffsetNotAvailable, reasonLeader},
		{kmsg.ListOffsets, kerr.RequestTimedOut, reasonTimeout},
		{kmsg.Metadata, kerr.LeaderNotAvailable, ""},
		{kmsg.DescribeConfigs, kerr.TopicAuthorizationFailed, ""},
	} {
		t.Run(c.key.Name()+" "+c.err.Message, func(t *testing.T) {
			t.Parallel()
			cluster := broker(t, kfake.SeedTopics(1, "logs"))
			produce(t, producer(t, cluster), "logs", 0, 0, 100)
			faults := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{c.key}, Err: c.err, Count: 2})
			l := newLog()
			k, _ := run(t, options(t, cluster, "logs"), nowhere, l)
			r := l.wait(t, logs0, atHead(100))
			expect(t, r, logs0, 0, 100)
			if len(r.breaks) > 0 || r.lost > 0 {
				t.Errorf("breaks %v, %d lost", r.breaks, r.lost)
			}
			if faults.Hits() == 0 || c.want != "" && errorCount(k, c.want) == 0 {
				t.Errorf("%d faults, %d counted as %s", faults.Hits(), errorCount(k, c.want), c.want)
			}
		})
	}
}

// A broker that closes connections in the middle is only a reason to come back.
func TestConnectionsClosed(t *testing.T) {
	c := broker(t, kfake.SeedTopics(1, "logs"))
	produce(t, producer(t, c), "logs", 0, 0, 100)
	var calls atomic.Int32
	c.Control(func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		if calls.Add(1)%5 == 0 && r.Key() != int16(kmsg.Produce) {
			return nil, io.ErrClosedPipe, true
		}
		return nil, nil, false
	})
	l := newLog()
	k, _ := run(t, options(t, c, "logs"), nowhere, l)
	expect(t, l.wait(t, logs0, atHead(100)), logs0, 0, 100)
	eventually(t, "the end of a connection is counted", func() bool { return errorCount(k, reasonDisconnected) > 0 })
}

// A batch with a wrong checksum is fetched again; if it stays wrong, its records
// are lost, counted, and reading goes on behind it.
func TestCorruptBatch(t *testing.T) {
	for _, c := range []struct {
		times, lost int
	}{{1, 0}, {1 << 30, 3}} {
		t.Run(strconv.Itoa(c.times), func(t *testing.T) {
			cluster := broker(t, kfake.SeedTopics(1, "logs"))
			produce(t, producer(t, cluster), "logs", 0, 0, 10)
			var calls int
			cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				ask := r.(*kmsg.FetchRequest)
				if calls++; calls > c.times || ask.Topics[0].Partitions[0].FetchOffset != 0 {
					return nil, nil, false
				}
				bad := batchSpec{records: []rec{{value: []byte("a")}, {value: []byte("b")}, {value: []byte("c")}}}.encode(t)
				bad[70] ^= 1
				return fetchResponse(ask, 10, bad), nil, true
			})
			l := newLog()
			k, _ := run(t, options(t, cluster, "logs"), nowhere, l)
			r := l.wait(t, logs0, atHead(10-c.lost))
			expect(t, r, logs0, c.lost, 10-c.lost)
			if int(r.lost) != c.lost || lostCount(k, lossCorrupt) != c.lost || errorCount(k, reasonCorrupt) != 1 {
				t.Errorf("%d lost, %d counted, %d errors", r.lost, lostCount(k, lossCorrupt), errorCount(k, reasonCorrupt))
			}
		})
	}
}

// fetchResponse answers a fetch of one partition.
func fetchResponse(ask *kmsg.FetchRequest, highWatermark int64, records []byte) kmsg.Response {
	resp := ask.ResponseKind().(*kmsg.FetchResponse)
	topic := kmsg.NewFetchResponseTopic()
	topic.Topic = ask.Topics[0].Topic
	part := kmsg.NewFetchResponseTopicPartition()
	part.Partition = ask.Topics[0].Partitions[0].Partition
	part.HighWatermark = highWatermark
	part.RecordBatches = records
	topic.Partitions = append(topic.Partitions, part)
	resp.Topics = append(resp.Topics, topic)
	return resp
}

// Cancelling ends Run at once, also in the middle of a fetch that waits, and of a
// connection that never comes about.
func TestCancelIsQuick(t *testing.T) {
	c := broker(t, kfake.SeedTopics(2, "logs"))
	produce(t, producer(t, c), "logs", 0, 0, 1)
	opts := options(t, c, "logs")
	opts.MaxWait = 10 * time.Second
	opts.MinBytes = 1
	l := newLog()
	_, stop := run(t, opts, nowhere, l)
	l.wait(t, logs0, atHead(1))
	start := time.Now()
	stop()
	if d := time.Since(start); d > time.Second {
		t.Errorf("it took %s to stop", d)
	}
}

// Attempts to reach brokers that are away get rarer, but go on; so do not the logs.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials int
		opts, logs := observed(KafkaOptions{
			Brokers: []string{"a.test:9092", "b.test:9092"}, Topics: []string{"logs"},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				dials++
				return nil, errors.New("connection refused")
			},
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		k, err := NewKafka(opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Run(ctx, nowhere, nil); err != nil {
			t.Error(err)
		}
		// An attempt dials both; pauses end up between 2.5 and 5 s.
		if rounds := dials / 2; rounds < 3600/5 || rounds > 3600*2/5+10 {
			t.Errorf("%d attempts in an hour", rounds)
		}
		if logs.Len() != 1 {
			t.Errorf("%d log entries", logs.Len())
		}
	})
}

// A connection that is accepted but never answers is given up in time.
func TestSilentBroker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials int
		k, err := NewKafka(KafkaOptions{
			Brokers: []string{"a.test:9092"}, Topics: []string{"logs"},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				dials++
				ours, theirs := net.Pipe()
				go io.Copy(io.Discard, theirs)
				return ours, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
		defer cancel()
		if err := k.Run(ctx, nowhere, nil); err != nil {
			t.Error(err)
		}
		if dials < 3 || dials > 5 || errorCount(k, reasonTimeout) < 3 {
			t.Errorf("%d dials, %d timeouts", dials, errorCount(k, reasonTimeout))
		}
	})
}

func TestNotKafka(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			c.Close()
		}
	}()
	opts, logs := observed(KafkaOptions{Brokers: []string{ln.Addr().String()}, Topics: []string{"logs"}})
	k, _ := run(t, opts, nowhere, newLog())
	eventually(t, "the answer is refused", func() bool { return errorCount(k, reasonProtocol) > 0 && logs.Len() > 0 })
	if text := logs.All()[0].ContextMap()["error"].(string); !strings.Contains(text, "is this a Kafka port?") {
		t.Error(text)
	}
}

func TestSinkErrorEndsRun(t *testing.T) {
	c := broker(t, kfake.SeedTopics(3, "logs"))
	for p := range int32(3) {
		produce(t, producer(t, c), "logs", p, 0, 10)
	}
	k, err := NewKafka(options(t, c, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err = k.Run(t.Context(), nowhere, func(p pipeline.Partition) pipeline.Sink {
		return sinkFunc(func(ctx context.Context, _ *pipeline.Batch) error {
			if p.ID == 2 {
				return full
			}
			<-ctx.Done() // the other sinks are stuck behind it
			return ctx.Err()
		})
	})
	if !errors.Is(err, full) {
		t.Errorf("Run: %v", err)
	}
}
