package source

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"
	"github.com/segmentio/kafka-go/protocol/saslauthenticate"
	"github.com/segmentio/kafka-go/protocol/saslhandshake"
	"github.com/segmentio/kafka-go/sasl"
)

// maxControlFrame bounds the response to any request other than a fetch, in bytes.
// The metadata of a hundred thousand partitions takes about 10 MiB.
const maxControlFrame = 64 << 20

// conn is an authenticated connection to one broker, for one goroutine. It is
// closed when the context that dialled it ends, which ends any pending read.
type conn struct {
	net.Conn
	addr      string
	clientID  string
	isolation int8                               // of fetches: 0 everything, 1 only what is committed
	timeout   time.Duration                      // for one answer
	versions  map[protocol.ApiKey]apiVersionSpan // what the broker understands
	requests  int32                              // requests sent: the correlation id
	renew     time.Time                          // when to authenticate anew, by another connection; zero: never
	stop      func() bool
}

type apiVersionSpan struct{ min, max int16 }

// dial connects to a broker and authenticates. Every error says what was tried.
func (o *KafkaOptions) dial(ctx context.Context, addr string) (*conn, error) {
	dialing, cancel := context.WithTimeout(ctx, o.DialTimeout)
	defer cancel()

	nc, err := o.Dial(dialing, "tcp", addr)
	if err != nil {
		return nil, failf(reasonDial, "dial broker %s: %w", addr, err)
	}
	c := &conn{Conn: nc, addr: addr, clientID: o.ClientID, timeout: o.DialTimeout}
	if o.ReadCommitted {
		c.isolation = 1
	}
	undo := context.AfterFunc(dialing, func() { drop(nc) })
	err = c.establish(dialing, o)
	if !undo() {
		err = failf(reasonTimeout, "no answer within %s: %w", o.DialTimeout, err)
	}
	if err != nil {
		drop(nc)
		return nil, fmt.Errorf("connect to broker %s (%s): %w", addr, o.tried(), err)
	}
	c.timeout = o.RequestTimeout
	c.stop = context.AfterFunc(ctx, func() { drop(nc) })
	return c, nil
}

// tried describes how brokers are contacted, without secrets.
func (o *KafkaOptions) tried() string {
	s := "no TLS"
	if o.TLS.Enabled {
		s = "TLS"
		if o.TLS.CertFile != "" {
			s = "TLS with client certificate"
		}
	}
	switch {
	case o.SASL.Mechanism == "":
		return s + ", no SASL"
	case o.SASL.Username == "":
		return s + ", SASL " + o.SASL.Mechanism
	default:
		return s + ", SASL " + o.SASL.Mechanism + " as " + strconv.Quote(o.SASL.Username)
	}
}

func (c *conn) establish(ctx context.Context, o *KafkaOptions) error {
	host, portText, err := net.SplitHostPort(c.addr)
	if err != nil {
		return failf(reasonDial, "broker address: %w", err)
	}
	if o.TLS.Enabled {
		config, err := o.TLS.config(host)
		if err != nil {
			return failf(reasonTLS, "%w", err)
		}
		tc := tls.Client(c.Conn, config)
		if err := tc.HandshakeContext(ctx); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return explainTLS(err)
		}
		c.Conn = tc
	}
	if err := c.learnVersions(); err != nil {
		return err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return failf(reasonDial, "broker port: %w", err)
	}
	mechanism, err := o.SASL.mechanism()
	if err != nil {
		return failf(reasonAuth, "%w", err)
	}
	if mechanism == nil {
		return nil
	}
	return c.authenticate(sasl.WithMetadata(ctx, &sasl.Metadata{Host: host, Port: port}), mechanism)
}

func (c *conn) learnVersions() error {
	c.versions = map[protocol.ApiKey]apiVersionSpan{protocol.ApiVersions: {0, 0}}
	m, err := c.roundTrip(&apiversions.Request{})
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("ask for versions: the broker closed the connection: %w (does it expect TLS?)", err)
	}
	if err != nil {
		return fmt.Errorf("ask for versions: %w", err)
	}
	res := m.(*apiversions.Response)
	if err := checkCode(res.ErrorCode); err != nil {
		return fmt.Errorf("ask for versions: %w", err)
	}
	for _, k := range res.ApiKeys {
		c.versions[protocol.ApiKey(k.ApiKey)] = apiVersionSpan{k.MinVersion, k.MaxVersion}
	}
	return nil
}

// authenticate runs the exchange of a SASL mechanism, and records how long the
// session is valid.
func (c *conn) authenticate(ctx context.Context, mechanism sasl.Mechanism) error {
	m, err := c.roundTrip(&saslhandshake.Request{Mechanism: mechanism.Name()})
	if err != nil {
		return fmt.Errorf("start sasl: %w", err)
	}
	hello := m.(*saslhandshake.Response)
	if err := checkCode(hello.ErrorCode); err != nil {
		return failf(reasonAuth, "start sasl: %w (the broker offers %q)", err, hello.Mechanisms)
	}
	state, answer, err := mechanism.Start(ctx)
	if err != nil {
		return failf(reasonAuth, "start sasl: %w", err)
	}
	for done := false; !done; {
		m, err := c.roundTrip(&saslauthenticate.Request{AuthBytes: answer})
		if errors.Is(err, io.EOF) {
			return failf(reasonAuth, "authenticate: the broker closed the connection: %w", err)
		}
		if err != nil {
			return fmt.Errorf("authenticate: %w", err)
		}
		res := m.(*saslauthenticate.Response)
		if err := checkCode(res.ErrorCode); err != nil {
			return failf(reasonAuth, "authenticate: the broker says %q: %w", res.ErrorMessage, err)
		}
		if done, answer, err = state.Next(ctx, res.AuthBytes); err != nil {
			return failf(reasonAuth, "authenticate: %w", err)
		}
		if lifetime := time.Duration(res.SessionLifetimeMs) * time.Millisecond; lifetime > 0 {
			c.renew = time.Now().Add(lifetime * 4 / 5)
		}
	}
	return nil
}

// close ends the connection.
func (c *conn) close() {
	if c.stop != nil {
		c.stop()
	}
	drop(c.Conn)
}

// drop closes what is no longer needed.
func drop(c io.Closer) {
	_ = c.Close() // nothing depends on how that ends
}

// version picks the newest version of a request that both sides support.
func (c *conn) version(key protocol.ApiKey) (int16, error) {
	span, known := c.versions[key]
	if !known || span.max < key.MinVersion() || span.min > key.MaxVersion() {
		return 0, failf(reasonProtocol, "broker %s speaks versions %d to %d of %s, this client %d to %d",
			c.addr, span.min, span.max, key, key.MinVersion(), key.MaxVersion())
	}
	return min(span.max, key.MaxVersion()), nil
}

// roundTrip sends a request and waits for its response. After an error the connection
// is unusable.
func (c *conn) roundTrip(req protocol.Message) (protocol.Message, error) {
	version, err := c.version(req.ApiKey())
	if err != nil {
		return nil, err
	}
	if err := c.send(version, req, 0); err != nil {
		return nil, err
	}
	var head [8]byte
	if _, err := io.ReadFull(c.Conn, head[:]); err != nil {
		return nil, fmt.Errorf("read %s: %w", req.ApiKey(), err)
	}
	size, err := c.checkHead(head[:], maxControlFrame)
	if err != nil {
		return nil, err
	}
	frame := append(make([]byte, 0, size+4), head[:]...)[:size+4]
	if _, err := io.ReadFull(c.Conn, frame[8:]); err != nil {
		return nil, fmt.Errorf("read %s: %w", req.ApiKey(), err)
	}
	_, res, err := protocol.ReadResponse(bytes.NewReader(frame), req.ApiKey(), version)
	if err != nil {
		return nil, failf(reasonProtocol, "decode %s: %w", req.ApiKey(), err)
	}
	return res, nil
}

// send writes a request; the response has to arrive within the timeout plus wait, the
// time that the broker was asked to wait.
func (c *conn) send(version int16, req protocol.Message, wait time.Duration) error {
	if err := c.SetDeadline(time.Now().Add(c.timeout + wait)); err != nil {
		return fmt.Errorf("send %s: %w", req.ApiKey(), err)
	}
	c.requests++
	if err := protocol.WriteRequest(c.Conn, version, c.requests, c.clientID, req); err != nil {
		return fmt.Errorf("send %s: %w", req.ApiKey(), err)
	}
	return nil
}

// checkHead checks the first 8 bytes of a response: it returns the number of bytes
// after the first 4, and refuses what does not answer the last request.
func (c *conn) checkHead(head []byte, limit int) (int, error) {
	size, id := binary.BigEndian.Uint32(head), int32(binary.BigEndian.Uint32(head[4:]))
	switch {
	case head[0] == 0x15 && head[1] == 0x03:
		return 0, failf(reasonTLS, "broker %s answers with a TLS alert: it expects TLS", c.addr)
	case size < 4 || uint64(size) > uint64(limit):
		return 0, failf(reasonProtocol, "broker %s announces an answer of %d bytes: is this a Kafka port?", c.addr, size)
	case id != c.requests:
		return 0, failf(reasonProtocol, "broker %s answers request %d instead of %d", c.addr, id, c.requests)
	}
	return int(size), nil
}
