package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/authspike/authspike/bench/server"
)

const (
	topic      = "app-logs"
	partitions = 3
	perSecond  = 12
)

// counts is what a topic holds, by the names of /api/v1/series.
type counts struct {
	Records      uint64 `json:"-"`
	Requests     uint64 `json:"requests"`
	Unauthorized uint64 `json:"unauthorized"`
	KidMismatch  uint64 `json:"kid_mismatch"`
}

func (c *counts) add(t *testing.T, record []byte) {
	var line struct{ Status int }
	if err := json.Unmarshal(record, &line); err != nil {
		t.Fatal(err)
	}
	c.Records++
	switch {
	case line.Status == 401:
		c.Unauthorized++
		fallthrough
	case line.Status != 0:
		c.Requests++
	case bytes.Contains(record, []byte("signing key with kid")):
		c.KidMismatch++
	}
}

// lines returns what the service api logs in one second of event time: requests,
// one in 600 of them refused, or in an incident every third one, because the key
// of its token is unknown.
func lines(second int64, incident bool) []*kgo.Record {
	var records []*kgo.Record
	add := func(i int, format string, args ...any) {
		at := time.Unix(second, int64(i)*int64(time.Second)/perSecond)
		pod := i % partitions
		line := fmt.Sprintf(`{"time":%q,"namespace":"prod","service":"api","pod":"api-%d",`, at.UTC().Format("2006-01-02T15:04:05.000Z"), pod) +
			fmt.Sprintf(format, args...) + "}"
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(pod), Timestamp: at, Value: []byte(line)})
	}
	for i := range perSecond {
		status := 200
		if incident && i%3 == int(second%3) || !incident && i == 0 && second%50 == 0 {
			status = 401
		}
		if status == 401 && incident {
			add(i, `"level":"error","msg":"token rejected: signing key with kid \"k-2031\" not found in JWKS"`)
		}
		add(i, `"level":"info","method":"GET","path":"/api/items/%d","status":%d,"msg":"request"`, i, status)
	}
	return records
}

// service is the watched service: what it logs goes to the topic.
type service struct {
	t        *testing.T
	client   *kgo.Client
	incident atomic.Bool
	stop     context.CancelFunc
	done     chan struct{}
}

// newService creates the topic.
func newService(t *testing.T, k *server.Kafka) *service {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(k.Addrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	admin := kafka.Client{Addr: kafka.TCP(k.Addrs()...)}
	resp, err := admin.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1}},
	})
	if err == nil {
		err = resp.Errors[topic]
	}
	if err != nil {
		t.Fatal(err)
	}
	return &service{t: t, client: client}
}

// history logs the quiet seconds from one to another, at once.
func (s *service) history(from, to int64) {
	s.t.Helper()
	for second := from; second < to; second++ {
		for _, r := range lines(second, false) {
			s.client.Produce(s.t.Context(), r, nil)
		}
	}
	if err := s.client.Flush(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// live logs each second once it is over, from one on, until end is called. The
// client sends again what a broker did not confirm, once.
func (s *service) live(from int64) {
	ctx, stop := context.WithCancel(s.t.Context())
	s.stop, s.done = stop, make(chan struct{})
	s.t.Cleanup(stop)
	go func() {
		defer close(s.done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for second := from; ; {
			select {
			case now := <-tick.C:
				for ; second < now.Unix(); second++ {
					for _, r := range lines(second, s.incident.Load()) {
						s.client.Produce(s.t.Context(), r, nil)
					}
				}
			case <-ctx.Done():
				return
			}
		}
	}()
}

// end stops logging and waits until the brokers have everything.
func (s *service) end() {
	s.t.Helper()
	s.stop()
	<-s.done
	if err := s.client.Flush(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// ends returns how many records each partition has.
func ends(t *testing.T, k *server.Kafka) map[int32]int64 {
	t.Helper()
	var ask []kafka.OffsetRequest
	for p := range partitions {
		ask = append(ask, kafka.LastOffsetOf(p))
	}
	admin := kafka.Client{Addr: kafka.TCP(k.Addrs()...)}
	resp, err := admin.ListOffsets(t.Context(), &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: ask}})
	if err != nil {
		t.Fatal(err)
	}
	offsets := map[int32]int64{}
	for _, p := range resp.Topics[topic] {
		if p.Error != nil {
			t.Fatal(p.Error)
		}
		offsets[int32(p.Partition)] = p.LastOffset
	}
	return offsets
}

// recount reads the topic again, from its start to its end, and counts what it
// holds: all of it, and what lies at the offsets since and behind.
func recount(t *testing.T, k *server.Kafka, since map[int32]int64) (whole, part counts) {
	t.Helper()
	left := int64(0)
	for _, end := range ends(t, k) {
		left += end
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(k.Addrs()...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			t.Fatalf("recount: %d records are missing: %v", left, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			left--
			whole.add(t, r.Value)
			if r.Offset >= since[r.Partition] {
				part.add(t, r.Value)
			}
		})
	}
	return whole, part
}
