package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"time"

	"go.uber.org/zap"
)

// KafkaOptions configure which topics of which cluster are read, and how. The zero
// value of a field means its default.
type KafkaOptions struct {
	Brokers []string // host:port of some brokers; the others are learned from them. Required.

	Topics       []string // names of topics to read
	TopicPattern string   // regular expression: topics whose whole name matches are read too, internal ones never

	Group     string        // group under which offsets are committed; none: not committed
	ClientID  string        // how the brokers name this client in logs and quotas; "authspike"
	Rack      string        // rack of this client: brokers may then name a closer replica to fetch from
	WarmStart time.Duration // how far back reading starts in partitions that have no position; 1 h; negative: at the end

	// LastRecords, for ReadUp, is how many of the last offsets of each partition are
	// read, instead of WarmStart. 0: WarmStart applies.
	LastRecords int64

	MaxWait    time.Duration // how long a broker may wait for MinBytes; bounds the delay at the head; 250 ms
	MinBytes   int           // bytes that are worth an answer before MaxWait is over; 64 KiB
	FetchBytes int           // most bytes asked for in one fetch; 512 KiB, more is no faster and takes memory for each partition; less if there are more than 16 partitions
	BatchBytes int           // largest batch of records that is read, compressed or not; larger ones are counted as lost; 64 MiB

	// ReadCommitted hides records of aborted and of open transactions. A producer that
	// leaves a transaction open then holds the partition back.
	ReadCommitted bool

	Refresh        time.Duration // how often topics and partitions are looked up; 10 s
	DialTimeout    time.Duration // for a connection with TLS and SASL; 10 s
	RequestTimeout time.Duration // for one answer, on top of MaxWait; 30 s

	TLS  TLSOptions
	SASL SASLOptions

	// Dial opens a connection to a broker; (*net.Dialer).DialContext by default.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	Logger  *zap.Logger // nil: no logs
	Metrics *Metrics    // nil: nobody looks
}

// Validate reports every fault of the options, joined into one error.
func (o *KafkaOptions) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if len(o.Brokers) == 0 {
		fault("no brokers: name at least one as host:port")
	}
	for _, b := range o.Brokers {
		if host, port, err := net.SplitHostPort(b); err != nil || host == "" || port == "" {
			fault("broker %q is not host:port", b)
		}
	}
	if len(o.Topics) == 0 && o.TopicPattern == "" {
		fault("no topics: name some, or give a pattern")
	}
	for _, t := range o.Topics {
		if !topicName.MatchString(t) || t == "." || t == ".." {
			fault("topic %q is not a topic name (letters, digits, '.', '_' and '-', at most 249; a regular expression belongs into the pattern)", t)
		}
	}
	if _, err := regexp.Compile(o.TopicPattern); err != nil {
		fault("topic pattern: %w", err)
	}
	durations := []struct {
		name  string
		value time.Duration
	}{{"max wait", o.MaxWait}, {"refresh", o.Refresh}, {"dial timeout", o.DialTimeout}, {"request timeout", o.RequestTimeout}}
	for _, d := range durations {
		if d.value < 0 {
			fault("%s is negative: %s", d.name, d.value)
		}
	}
	if o.MaxWait > maxMaxWait {
		fault("max wait of %s is above %s: alerts would come that much later", o.MaxWait, maxMaxWait)
	}
	sizes := []struct {
		name  string
		value int
	}{{"min bytes", o.MinBytes}, {"fetch bytes", o.FetchBytes}, {"batch bytes", o.BatchBytes}}
	for _, s := range sizes {
		if s.value < 0 || s.value > maxBatchBytes {
			fault("%s of %d is not within 0 and %d", s.name, s.value, maxBatchBytes)
		}
	}
	faults = append(faults, o.TLS.faults()...)
	faults = append(faults, o.SASL.faults()...)
	return errors.Join(faults...)
}

const (
	maxMaxWait    = 10 * time.Second
	maxBatchBytes = 1 << 30
)

var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// withDefaults fills in what was left out.
func (o KafkaOptions) withDefaults() KafkaOptions {
	o.ClientID = or(o.ClientID, "authspike")
	o.WarmStart = or(o.WarmStart, time.Hour)
	o.MaxWait = or(o.MaxWait, 250*time.Millisecond)
	o.FetchBytes = or(o.FetchBytes, 512<<10)
	o.MinBytes = min(or(o.MinBytes, 64<<10), o.FetchBytes)
	o.BatchBytes = max(or(o.BatchBytes, 64<<20), o.FetchBytes)
	o.Refresh = or(o.Refresh, 10*time.Second)
	o.DialTimeout = or(o.DialTimeout, 10*time.Second)
	o.RequestTimeout = or(o.RequestTimeout, 30*time.Second)
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return o
}

// or returns v, or the default if v is zero.
func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
