package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/authspike/authspike/bench/server"
	"github.com/authspike/authspike/pipeline"
)

// realCluster is Apache Kafka itself.
type realCluster struct{ *server.Kafka }

func (c realCluster) ListenAddrs() []string { return c.Addrs() }

func startReal(t *testing.T, opts server.KafkaOptions) realCluster {
	t.Helper()
	server.Need(t, server.Java, server.Broker)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	opts.Dir = t.TempDir()
	k, err := server.StartKafka(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	return realCluster{k}
}

// create makes a topic of one partition on the given brokers, the first of which
// leads it.
func create(t *testing.T, cl *kgo.Client, topic string, replicas []int32, configs ...string) {
	t.Helper()
	req := kmsg.NewPtrCreateTopicsRequest()
	rt := kmsg.NewCreateTopicsRequestTopic()
	rt.Topic, rt.NumPartitions, rt.ReplicationFactor = topic, -1, -1
	ra := kmsg.NewCreateTopicsRequestTopicReplicaAssignment()
	ra.Replicas = replicas
	rt.ReplicaAssignment = append(rt.ReplicaAssignment, ra)
	for i := 0; i < len(configs); i += 2 {
		c := kmsg.NewCreateTopicsRequestTopicConfig()
		c.Name, c.Value = configs[i], &configs[i+1]
		rt.Configs = append(rt.Configs, c)
	}
	req.Topics = append(req.Topics, rt)
	req.TimeoutMillis = 10_000
	eventually(t, "topic "+topic+" is created", func() bool {
		resp, err := req.RequestWith(t.Context(), cl)
		return err == nil && resp.Topics[0].ErrorCode == 0
	})
}

func deleteTopic(t *testing.T, cl *kgo.Client, topic string) {
	t.Helper()
	req := kmsg.NewPtrDeleteTopicsRequest()
	rt := kmsg.NewDeleteTopicsRequestTopic()
	rt.Topic = &topic
	req.Topics = append(req.Topics, rt)
	req.TopicNames = []string{topic}
	req.TimeoutMillis = 10_000
	resp, err := req.RequestWith(t.Context(), cl)
	if err == nil {
		err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// deleteRecords moves the start of partition 0 of a topic.
func deleteRecords(t *testing.T, cl *kgo.Client, topic string, before int64) {
	t.Helper()
	req := kmsg.NewPtrDeleteRecordsRequest()
	rt := kmsg.NewDeleteRecordsRequestTopic()
	rt.Topic = topic
	rp := kmsg.NewDeleteRecordsRequestTopicPartition()
	rp.Offset = before
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	req.TimeoutMillis = 10_000
	resp, err := req.RequestWith(t.Context(), cl)
	if err == nil {
		err = kerr.ErrorForCode(resp.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// inSync gives how many replicas of partition 0 of a topic have caught up.
func inSync(t *testing.T, cl *kgo.Client, topic string) int {
	t.Helper()
	req := kmsg.NewPtrMetadataRequest()
	rt := kmsg.NewMetadataRequestTopic()
	rt.Topic = &topic
	req.Topics = append(req.Topics, rt)
	resp, err := req.RequestWith(t.Context(), cl)
	if err != nil || len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return 0
	}
	return len(resp.Topics[0].Partitions[0].ISR)
}

// TestRealKafka holds the embedded broker's tests against Apache Kafka.
func TestRealKafka(t *testing.T) {
	c := startReal(t, server.KafkaOptions{Brokers: 3, Properties: map[string]string{
		"offsets.topic.replication.factor": "3", "transaction.state.log.replication.factor": "3",
	}})
	admin := producer(t, c)
	// Each part has a topic of its own, which it reads from the start to offset next.
	part := func(name string, test func(t *testing.T, p pipeline.Partition, opts KafkaOptions)) {
		t.Run(name, func(t *testing.T) {
			p := pipeline.Partition{Topic: name}
			create(t, admin, name, []int32{2, 3})
			opts := options(t, c, name)
			opts.MaxWait = 250 * time.Millisecond
			test(t, p, opts)
		})
	}
	upTo := func(t *testing.T, opts KafkaOptions, p pipeline.Partition, start func(pipeline.Partition) (pipeline.Position, bool), next int64) (read, *Kafka) {
		t.Helper()
		l := newLog()
		k, stop := run(t, opts, start, l)
		defer stop()
		return l.wait(t, p, func(r *read) bool { return r.batches > 0 && r.batch.Next == next }), k
	}

	part("compressions", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
		for i, codec := range codecs {
			produce(t, producer(t, c, kgo.ProducerBatchCompression(codec)), p.Topic, 0, 3000*i, 3000)
		}
		r, _ := upTo(t, opts, p, nowhere, 15000)
		expect(t, r, p, 0, 15000)
	})

	part("cut-off", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		for i := range 50 {
			produce(t, admin, p.Topic, 0, 200*i, 200)
		}
		opts.FetchBytes = 5000 // about one and a half of those batches
		r, k := upTo(t, opts, p, nowhere, 10000)
		expect(t, r, p, 0, 10000)
		if r.lost != 0 {
			t.Errorf("%d lost", r.lost)
		}
		_ = k
	})

	part("large", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		cl := producer(t, c, kgo.ProducerBatchMaxBytes(30<<20), kgo.BrokerMaxWriteBytes(100<<20))
		huge := bytes.Repeat([]byte("0123456789abcdef"), 10<<20/16)
		for range 2 {
			if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: p.Topic, Value: huge}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		produce(t, cl, p.Topic, 0, 2, 10)
		r, _ := upTo(t, opts, p, nowhere, 12)
		if len(r.values) != 12 || r.values[1] != string(huge) || r.lost != 0 {
			t.Errorf("%d records, %d lost", len(r.values), r.lost)
		}
		opts.BatchBytes = 1 << 20
		r, k := upTo(t, opts, p, nowhere, 12)
		expect(t, r, p, 2, 10)
		if r.lost != 2 || lostCount(k, lossTooLarge) != 2 {
			t.Errorf("%d lost", r.lost)
		}
	})

	part("transactions", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		writeTransactions(t, c.ListenAddrs(), p.Topic)
		checkTransactions(t, opts, p)
	})

	part("retention", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		produce(t, admin, p.Topic, 0, 0, 100)
		r, _ := upTo(t, opts, p, nowhere, 100)
		produce(t, admin, p.Topic, 0, 100, 100)
		deleteRecords(t, admin, p.Topic, 150)
		r, _ = upTo(t, opts, p, from(p, r.batch.Resume), 200)
		expect(t, r, p, 150, 50)
		if len(r.breaks) != 1 || r.breaks[0] != pipeline.Retention || r.lost != 50 {
			t.Errorf("breaks %v, %d lost", r.breaks, r.lost)
		}
	})

	part("recreated", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		produce(t, admin, p.Topic, 0, 0, 100)
		l := newLog()
		opts.Refresh = 10 * time.Second
		k, _ := run(t, opts, nowhere, l)
		l.wait(t, p, atHead(100))
		for _, n := range []int{150, 50} { // longer than what was read, then shorter
			had := len(l.parts[p].values)
			missed := errorCount(k, reasonMissing)
			deleteTopic(t, admin, p.Topic)
			eventually(t, "the topic is missed", func() bool { return errorCount(k, reasonMissing) > missed })
			create(t, admin, p.Topic, []int32{2, 3})
			produce(t, producer(t, c), p.Topic, 0, 1000, n)
			r := l.wait(t, p, func(r *read) bool { return len(r.values) == had+n })
			if r.values[had] != string(line(p.Topic, 0, 1000)) {
				t.Errorf("with %d records went on with %q, breaks %v", n, r.values[had], r.breaks)
			}
		}
	})

	part("partitions", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		l := newLog()
		run(t, opts, nowhere, l)
		l.wait(t, p, func(r *read) bool { return r.batches > 0 })
		growTo(t, admin, p.Topic, 3)
		p.ID = 2
		produce(t, producer(t, c), p.Topic, 2, 0, 50)
		expect(t, l.wait(t, p, atHead(50)), p, 0, 50)
		deleteTopic(t, admin, p.Topic)
		l.wait(t, p, func(r *read) bool { return r.batch.End })
	})

	t.Run("compacted", func(t *testing.T) {
		create(t, admin, "compacted", []int32{1}, "cleanup.policy", "compact,delete")
		k, _ := run(t, options(t, c, "compacted"), nowhere, newLog())
		eventually(t, "the topic is refused", func() bool { return topicCount(k, topicCompacted) == 1 })
	})

	part("commit", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		opts.Group = "authspike-real"
		k, err := NewKafka(opts)
		if err != nil {
			t.Fatal(err)
		}
		defer k.closeCoordinator()
		eventually(t, "the coordinator is there", func() bool {
			return k.Commit(t.Context(), map[pipeline.Partition]int64{p: 1}) == nil
		})
		if err := k.Commit(t.Context(), map[pipeline.Partition]int64{p: 2}); err != nil {
			t.Fatal(err)
		}
		produce(t, admin, p.Topic, 0, 0, 5)
		member := producer(t, c, kgo.ConsumerGroup(opts.Group), kgo.ConsumeTopics(p.Topic), kgo.DisableAutoCommit())
		if got := member.PollFetches(t.Context()).Records(); len(got) == 0 || got[0].Offset != 2 {
			t.Errorf("a member of the group starts at %v", got)
		}
		if err := k.Commit(t.Context(), map[pipeline.Partition]int64{p: 3}); reasonOf(err) != reasonMember {
			t.Errorf("commit beside a member: %v", err)
		}
	})

	part("leader", func(t *testing.T, p pipeline.Partition, opts KafkaOptions) {
		cl := producer(t, c, kgo.RecordRetries(1000), kgo.RequiredAcks(kgo.AllISRAcks()))
		l := newLog()
		k, _ := run(t, opts, nowhere, l)
		n := 0
		more := func() {
			produce(t, cl, p.Topic, 0, n, 500)
			n += 500
		}
		more()
		l.wait(t, p, atHead(n))
		for _, lead := range []int{2, 3} {
			eventually(t, "the broker leads", func() bool { return int(k.layout.Load().leaders[p].broker) == lead })
			c.Kill(lead)
			more()
			start := time.Now()
			l.wait(t, p, atHead(n))
			t.Logf("broker %d killed: going on after %s", lead, time.Since(start).Round(time.Millisecond))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			err := c.Restart(ctx, lead)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			more()
			eventually(t, "the broker has caught up", func() bool { return inSync(t, admin, p.Topic) == 2 })
		}
		r := l.wait(t, p, atHead(n))
		expect(t, r, p, 0, n)
		if len(r.breaks) > 0 || r.lost > 0 {
			t.Errorf("breaks %v, %d lost", r.breaks, r.lost)
		}
	})
}

// TestRealOldKafka does the essential with the last release of Kafka 3.
func TestRealOldKafka(t *testing.T) {
	server.Need(t, server.Java, server.OldBroker)
	c := startReal(t, server.KafkaOptions{Version: server.Kafka39})
	admin := producer(t, c)
	create(t, admin, "logs", []int32{1})
	writeTransactions(t, c.ListenAddrs(), "logs")
	checkTransactions(t, options(t, c, "logs"), logs0)
	produce(t, producer(t, c, kgo.ProducerBatchCompression(kgo.ZstdCompression())), "logs", 0, 0, 3000)
	opts := options(t, c, "logs")
	opts.Group = "authspike-real"
	l := newLog()
	k, _ := run(t, opts, from(logs0, pipeline.Position{Offset: 10}), l)
	expect(t, l.wait(t, logs0, atHead(3000)), logs0, 0, 3000)
	eventually(t, "offsets are committed", func() bool {
		return k.Commit(t.Context(), map[pipeline.Partition]int64{logs0: 3010}) == nil
	})
}

// TestRealSecurity runs each mechanism through TLS, with sessions that end every
// second, so that reading goes over several of them.
func TestRealSecurity(t *testing.T) {
	server.Need(t, server.Java, server.Broker)
	certs, _ := certificates(t)
	c := startReal(t, server.KafkaOptions{TLS: certs, User: &server.User{Name: "reader", Password: "secret"}, Properties: map[string]string{
		"connections.max.reauth.ms":                           "1000",
		"sasl.enabled.mechanisms":                             "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
		"listener.name.sasl_ssl.oauthbearer.sasl.jaas.config": `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
	}})
	admin := producer(t, c)
	create(t, admin, "logs", []int32{1})

	now := time.Now().Unix()
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte(`{"alg":"none"}`)) + "." + encode(fmt.Appendf(nil, `{"sub":"reader","iat":%d,"exp":%d}`, now, now+3600)) + "."
	n := 0
	for _, s := range []SASLOptions{
		{Mechanism: "PLAIN", Username: "reader", Password: "secret"},
		{Mechanism: "SCRAM-SHA-256", Username: "reader", Password: "secret"},
		{Mechanism: "SCRAM-SHA-512", Username: "reader", Password: "secret"},
		{Mechanism: "OAUTHBEARER", Token: token},
	} {
		t.Run(s.Mechanism, func(t *testing.T) {
			opts := options(t, c, "logs")
			opts.Brokers = c.SecureAddrs()
			opts.TLS = TLSOptions{Enabled: true, CAFile: certs.CAFile}
			opts.SASL = s
			l := newLog()
			k, _ := run(t, opts, nowhere, l)
			l.wait(t, logs0, func(r *read) bool { return r.batches > 0 })
			for range 3 {
				sessions := connections(k)
				eventually(t, "a session has ended", func() bool { return connections(k) > sessions+1 })
				produce(t, admin, "logs", 0, n, 10)
				n += 10
				l.wait(t, logs0, atHead(n))
			}
			expect(t, l.wait(t, logs0, atHead(n)), logs0, 0, n)
			for _, r := range reasons {
				if errorCount(k, r) > 0 {
					t.Errorf("%d errors of kind %s", errorCount(k, r), r)
				}
			}

			opts.SASL.Password, opts.SASL.Token = "wrong-secret", ""
			if s.Token != "" {
				opts.SASL.Password, opts.SASL.Token = "", "wrong.secret."
			}
			opts, logs := observed(opts)
			k, _ = run(t, opts, nowhere, newLog())
			eventually(t, "the refusal is counted", func() bool { return errorCount(k, reasonAuth) > 0 && logs.Len() > 0 })
			t.Log(logs.All()[0].ContextMap()["error"])
		})
	}
}
