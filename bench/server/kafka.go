package server

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

// The versions of Apache Kafka that the tests know.
const (
	Kafka41 = "4.1.1"
	Kafka39 = "3.9.1"
)

// User is who may log in over SASL.
type User struct{ Name, Password string }

// KafkaOptions says which cluster StartKafka starts.
type KafkaOptions struct {
	Version    string            // Kafka41 (default) or Kafka39
	Dir        string            // takes data and logs; must exist and be empty
	Brokers    int               // how many brokers, default 1; the first is also the controller
	TLS        *Certificates     // adds the listener SecureAddrs: TLS, and SASL where User is set
	ClientAuth bool              // the TLS listener asks for a client certificate
	User       *User             // with TLS: SASL PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 for this user
	Properties map[string]string // broker properties on top
}

// Kafka is a running cluster of Apache Kafka in KRaft mode.
type Kafka struct {
	opts  KafkaOptions
	jars  string
	nodes []*node
}

// node is one broker.
type node struct {
	id     int
	dir    string
	plain  int // port of the listener without TLS
	secure int // port of the listener with TLS
	proc   *process
}

// clusterID is the id that every cluster is formatted with.
const clusterID = "4L6g3nShT-eMCtK--X86sw"

// StartKafka formats and starts a cluster and waits until every broker answers.
func StartKafka(ctx context.Context, opts KafkaOptions) (*Kafka, error) {
	if opts.Version == "" {
		opts.Version = Kafka41
	}
	opts.Brokers = max(opts.Brokers, 1)
	dir, err := jars(opts.Version)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2*opts.Brokers + 1)
	if err != nil {
		return nil, err
	}
	k := &Kafka{opts: opts, jars: dir}
	for i := range opts.Brokers {
		n := &node{id: i + 1, dir: filepath.Join(opts.Dir, fmt.Sprintf("broker-%d", i+1)), plain: ports[2*i], secure: ports[2*i+1]}
		k.nodes = append(k.nodes, n)
		if err := k.format(ctx, n, ports[2*opts.Brokers]); err != nil {
			return nil, err
		}
	}
	for _, n := range k.nodes {
		if err := k.launch(n); err != nil {
			k.Stop()
			return nil, err
		}
	}
	for _, n := range k.nodes {
		if err := n.proc.await(ctx, k.answers(n)); err != nil {
			k.Stop()
			return nil, err
		}
	}
	return k, nil
}

// Addrs returns the brokers' addresses without TLS.
func (k *Kafka) Addrs() []string {
	return k.addrs(func(n *node) int { return n.plain })
}

// SecureAddrs returns the brokers' addresses with TLS.
func (k *Kafka) SecureAddrs() []string {
	return k.addrs(func(n *node) int { return n.secure })
}

func (k *Kafka) addrs(port func(*node) int) []string {
	var out []string
	for _, n := range k.nodes {
		out = append(out, fmt.Sprintf("127.0.0.1:%d", port(n)))
	}
	return out
}

// Kill ends broker id (from 1) with SIGKILL.
func (k *Kafka) Kill(id int) { k.nodes[id-1].proc.kill() }

// Restart starts broker id again after Kill and waits until it answers.
func (k *Kafka) Restart(ctx context.Context, id int) error {
	n := k.nodes[id-1]
	if err := k.launch(n); err != nil {
		return err
	}
	return n.proc.await(ctx, k.answers(n))
}

// Stop ends all brokers, the controller last.
func (k *Kafka) Stop() {
	for i := len(k.nodes) - 1; i >= 0; i-- {
		if p := k.nodes[i].proc; p != nil {
			p.stop(10 * time.Second)
		}
	}
}

// answers returns a check that the broker listens everywhere, serves metadata and
// knows itself.
func (k *Kafka) answers(n *node) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if k.opts.TLS != nil {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", n.secure))
			if err != nil {
				return err
			}
			_ = conn.Close() // that it was accepted is all that counts
		}
		client := kafka.Client{Addr: kafka.TCP(fmt.Sprintf("127.0.0.1:%d", n.plain))}
		meta, err := client.Metadata(ctx, &kafka.MetadataRequest{})
		if err != nil {
			return err
		}
		for _, b := range meta.Brokers {
			if b.ID == n.id {
				return nil
			}
		}
		return fmt.Errorf("broker %d is not registered yet", n.id)
	}
}

// format writes the broker's properties and lays out its log directory.
func (k *Kafka) format(ctx context.Context, n *node, controller int) error {
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return fmt.Errorf("make broker directory: %w", err)
	}
	props, err := k.properties(n, controller)
	if err != nil {
		return err
	}
	config := filepath.Join(n.dir, "server.properties")
	if err := os.WriteFile(config, []byte(props), 0o600); err != nil {
		return fmt.Errorf("write broker properties: %w", err)
	}
	args := []string{"-cp", filepath.Join(k.jars, "*"), "kafka.tools.StorageTool", "format", "-t", clusterID, "-c", config}
	if u := k.opts.User; u != nil {
		for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} {
			args = append(args, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, u.Name, u.Password))
		}
	}
	java, err := Java.Path()
	if err != nil {
		return err
	}
	p, err := start(filepath.Join(n.dir, "format.log"), java, nil, args...)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("format broker storage: %w", ctx.Err())
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("format broker storage: exit status %d:\n%s", code, tail(p.log))
	}
	return nil
}

// launch starts the broker's JVM.
func (k *Kafka) launch(n *node) error {
	java, err := Java.Path()
	if err != nil {
		return err
	}
	n.proc, err = start(filepath.Join(n.dir, "broker.log"), java, nil,
		"-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4",
		"-cp", filepath.Join(k.jars, "*"), "kafka.Kafka", filepath.Join(n.dir, "server.properties"))
	return err
}

// properties returns the broker's configuration.
func (k *Kafka) properties(n *node, controller int) (string, error) {
	roles, listeners := "broker", fmt.Sprintf("PLAINTEXT://127.0.0.1:%d", n.plain)
	advertised := listeners
	secure := "SSL"
	if k.opts.User != nil {
		secure = "SASL_SSL"
	}
	if k.opts.TLS != nil {
		listener := fmt.Sprintf(",%s://127.0.0.1:%d", secure, n.secure)
		listeners += listener
		advertised += listener
	}
	if n.id == 1 {
		roles = "broker,controller"
		listeners += fmt.Sprintf(",CONTROLLER://127.0.0.1:%d", controller)
	}
	const replicas = "1" // internal topics live on one broker
	props := map[string]string{
		"process.roles":                            roles,
		"node.id":                                  fmt.Sprint(n.id),
		"controller.quorum.voters":                 fmt.Sprintf("1@127.0.0.1:%d", controller),
		"controller.listener.names":                "CONTROLLER",
		"listeners":                                listeners,
		"advertised.listeners":                     advertised,
		"listener.security.protocol.map":           "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL",
		"inter.broker.listener.name":               "PLAINTEXT",
		"log.dirs":                                 filepath.Join(n.dir, "data"),
		"offsets.topic.replication.factor":         replicas,
		"offsets.topic.num.partitions":             "1",
		"transaction.state.log.replication.factor": replicas,
		"transaction.state.log.min.isr":            "1",
		"transaction.state.log.num.partitions":     "1",
		"group.initial.rebalance.delay.ms":         "0",
		"message.max.bytes":                        "33554432",
		"replica.fetch.max.bytes":                  "33554432",
		"socket.request.max.bytes":                 "104857600",
		"log.retention.check.interval.ms":          "500",
		"log.segment.delete.delay.ms":              "100",
		"file.delete.delay.ms":                     "100",
		"broker.session.timeout.ms":                "3000",
		"broker.heartbeat.interval.ms":             "500",
		"auto.create.topics.enable":                "false",
	}
	if k.opts.TLS != nil {
		store, err := k.opts.TLS.keystore(n.dir)
		if err != nil {
			return "", err
		}
		props["ssl.keystore.type"] = "PEM"
		props["ssl.keystore.location"] = store
		props["ssl.truststore.type"] = "PEM"
		props["ssl.truststore.location"] = k.opts.TLS.CAFile
		if k.opts.ClientAuth {
			props["ssl.client.auth"] = "required"
		}
	}
	if u := k.opts.User; u != nil {
		props["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
		props["listener.name.sasl_ssl.plain.sasl.jaas.config"] = fmt.Sprintf(
			`org.apache.kafka.common.security.plain.PlainLoginModule required user_%s="%s";`, u.Name, u.Password)
		for _, m := range []string{"scram-sha-256", "scram-sha-512"} {
			props["listener.name.sasl_ssl."+m+".sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
		}
	}
	for key, value := range k.opts.Properties {
		props[key] = value
	}
	var b strings.Builder
	for key, value := range props {
		fmt.Fprintf(&b, "%s=%s\n", key, value)
	}
	return b.String(), nil
}
