package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/describeconfigs"
	"github.com/segmentio/kafka-go/protocol/metadata"

	"github.com/authspike/authspike/pipeline"
)

// layout is the cluster's metadata at one moment. It is immutable.
type layout struct {
	clusterID string
	brokers   map[int32]string // addresses
	leaders   map[pipeline.Partition]leader
	topics    map[string]topicState // of named topics: those that cannot be read
	known     []string              // brokers by their addresses, for contact when the configured ones are gone
}

type leader struct {
	broker int32 // -1: none
	epoch  int32
}

// leaderOf returns the address of a partition's leader, and the leader epoch.
func (l *layout) leaderOf(p pipeline.Partition) (addr string, epoch int32, err error) {
	at, known := l.leaders[p]
	if !known {
		return "", 0, failf(reasonMissing, "find leader of %s/%d: %w", p.Topic, p.ID, kafka.UnknownTopicOrPartition)
	}
	addr, known = l.brokers[at.broker]
	if !known {
		return "", 0, failf(reasonLeader, "find leader of %s/%d: %w", p.Topic, p.ID, kafka.LeaderNotAvailable)
	}
	return addr, at.epoch, nil
}

// contact connects to any broker: the configured ones in random order, then those
// discovered from them. Its error names each one that was tried.
func (k *Kafka) contact(ctx context.Context) (*conn, error) {
	addrs := slices.Clone(k.opts.Brokers)
	rand.Shuffle(len(addrs), func(i, j int) { addrs[i], addrs[j] = addrs[j], addrs[i] })
	for _, a := range k.layout.Load().known {
		if !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	var faults []error
	for _, addr := range addrs {
		c, err := k.dial(ctx, addr)
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

// dial connects to one broker and counts it.
func (k *Kafka) dial(ctx context.Context, addr string) (*conn, error) {
	c, err := k.opts.dial(ctx, addr)
	if err == nil {
		k.metrics.connections.Inc()
	}
	return c, err
}

// look requests the layout of the cluster from a broker.
func (k *Kafka) look(c *conn) (*layout, error) {
	req := &metadata.Request{TopicNames: slices.Clone(k.opts.Topics)}
	if k.pattern != nil {
		req.TopicNames = nil // all
	}
	m, err := c.roundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("ask for topics: %w", err)
	}
	res := m.(*metadata.Response)
	l := &layout{
		clusterID: res.ClusterID, brokers: make(map[int32]string), leaders: make(map[pipeline.Partition]leader),
		topics: make(map[string]topicState),
	}
	for _, b := range res.Brokers {
		addr := net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port)))
		l.brokers[b.NodeID] = addr
		l.known = append(l.known, addr)
	}
	for _, t := range k.opts.Topics {
		l.topics[t] = topicMissing
	}
	for _, t := range res.Topics {
		k.addTopic(l, t)
	}
	return l, nil
}

func (k *Kafka) addTopic(l *layout, t metadata.ResponseTopic) {
	_, named := l.topics[t.Name]
	matched := k.pattern != nil && !t.IsInternal && !strings.HasPrefix(t.Name, "__") && k.pattern.MatchString(t.Name)
	if !named && !matched {
		return
	}
	switch kafka.Error(t.ErrorCode) {
	case kafka.UnknownTopicOrPartition, kafka.InvalidTopic:
		return
	case kafka.TopicAuthorizationFailed:
		l.topics[t.Name] = topicForbidden
		return
	}
	l.topics[t.Name] = topicRead
	for _, p := range t.Partitions {
		l.leaders[pipeline.Partition{Topic: t.Name, ID: p.PartitionIndex}] = leader{broker: p.LeaderID, epoch: p.LeaderEpoch}
	}
}

// compacted requests which of the topics are compacted. A topic whose configuration
// is hidden by access lists counts as not compacted, and is listed in hidden.
func (k *Kafka) compacted(c *conn, topics []string) (compacted map[string]bool, hidden []string, err error) {
	const topicResource = 2
	req := &describeconfigs.Request{}
	for _, t := range topics {
		req.Resources = append(req.Resources, describeconfigs.RequestResource{
			ResourceType: topicResource, ResourceName: t, ConfigNames: []string{"cleanup.policy"},
		})
	}
	m, err := c.roundTrip(req)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for topic configuration: %w", err)
	}
	compacted = make(map[string]bool)
	for _, r := range m.(*describeconfigs.Response).Resources {
		if r.ErrorCode != 0 {
			hidden = append(hidden, r.ResourceName)
		}
		for _, e := range r.ConfigEntries {
			if e.ConfigName == "cleanup.policy" && strings.Contains(e.ConfigValue, "compact") {
				compacted[r.ResourceName] = true
			}
		}
	}
	return compacted, hidden, nil
}
