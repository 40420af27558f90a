package source

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/authspike/authspike/pipeline"
)

// serveEndless serves copies of one batch of 43 lines (16 KB, what a producer
// sends by default) from every offset, until standard input ends.
func serveEndless(codecName string) error {
	var codec compress.Compression
	if err := codec.UnmarshalText([]byte(codecName)); err != nil {
		return err
	}
	spec := batchSpec{codec: codec}
	records := 43
	if codec != compress.None {
		records = 200 // about 16 KB again
	}
	for i := range records {
		spec.records = append(spec.records, rec{value: requestLine(i)})
	}
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "bench"),
		kfake.SyntheticFetch(kfake.SyntheticBatch{Batch: spec.encode(&testing.T{})}))
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Println(c.ListenAddrs()[0])
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// endless starts the broker in a process of its own, so that its CPU time is not ours.
func endless(b *testing.B, codec string) (addr string) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchBroker+"="+codec)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	addr, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(addr)
}

// cpu gives the CPU time of this process, user and system.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkFetch reads b.N records from a broker in another process, by this
// package and by the alternatives. Its unit is CPU seconds of this process per
// million records. Run it with
//
//	taskset -c 0 go test -run '^$' -bench Fetch -benchtime 3000000x ./pipeline/source
func BenchmarkFetch(b *testing.B) {
	clients := []struct {
		name string
		read func(b *testing.B, addr string, n int)
	}{
		{"authspike", fetchByUs},
		{"Conn.ReadBatch+Read+readahead", fetchByConn(true, readValues)},
		{"Conn.ReadBatch+Read", fetchByConn(false, readValues)},
		{"Conn.ReadBatch+ReadMessage+readahead", fetchByConn(true, readMessages)},
		{"Client.Fetch", fetchByClient},
		{"franz-go", fetchByFranz},
	}
	for _, codec := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		b.Run(codec, func(b *testing.B) {
			addr := endless(b, codec)
			for _, c := range clients {
				b.Run(c.name, func(b *testing.B) {
					b.ReportAllocs()
					before := cpu()
					c.read(b, addr, b.N)
					b.ReportMetric((cpu()-before).Seconds()*1e6/float64(b.N), "cpu-s/Mrec")
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rec/s")
				})
			}
		})
	}
}

var errEnough = errors.New("enough")

func fetchByUs(b *testing.B, addr string, n int) {
	k, err := NewKafka(KafkaOptions{Brokers: []string{addr}, Topics: []string{"bench"}})
	if err != nil {
		b.Fatal(err)
	}
	sink := sinkFunc(func(_ context.Context, batch *pipeline.Batch) error {
		if n -= len(batch.Records); n <= 0 {
			return errEnough
		}
		return nil
	})
	err = k.Run(b.Context(), nowhere, func(pipeline.Partition) pipeline.Sink { return sink })
	if !errors.Is(err, errEnough) {
		b.Fatal(err)
	}
}

// readAhead is a connection that is read 256 KiB at a time.
type readAhead struct {
	net.Conn
	r *bufio.Reader
}

func (c *readAhead) Read(p []byte) (int, error) { return c.r.Read(p) }

func readValues(batch *kafka.Batch, buf []byte) (n int) {
	for at := 0; ; n++ {
		m, err := batch.Read(buf[at:])
		if err != nil {
			return n
		}
		at += m
	}
}

func readMessages(batch *kafka.Batch, _ []byte) (n int) {
	for ; ; n++ {
		if _, err := batch.ReadMessage(); err != nil {
			return n
		}
	}
}

func fetchByConn(ahead bool, read func(*kafka.Batch, []byte) int) func(*testing.B, string, int) {
	return func(b *testing.B, addr string, n int) {
		d := &kafka.Dialer{}
		if ahead {
			d.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := new(net.Dialer).DialContext(ctx, network, address)
				return &readAhead{c, bufio.NewReaderSize(c, 256<<10)}, err
			}
		}
		c, err := d.DialLeader(b.Context(), "tcp", addr, "bench", 0)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		buf := make([]byte, 32<<20)
		for n > 0 {
			batch := c.ReadBatchWith(kafka.ReadBatchConfig{MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 250 * time.Millisecond})
			got := read(batch, buf)
			if err := batch.Close(); err != nil || got == 0 {
				b.Fatal(got, err)
			}
			n -= got
		}
	}
}

func fetchByClient(b *testing.B, addr string, n int) {
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	c := &kafka.Client{Addr: kafka.TCP(addr), Transport: transport}
	buf := make([]byte, 1<<20)
	for offset := int64(0); n > 0; {
		res, err := c.Fetch(b.Context(), &kafka.FetchRequest{Topic: "bench", Offset: offset, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 250 * time.Millisecond})
		if err == nil {
			err = res.Error
		}
		if err != nil {
			b.Fatal(err)
		}
		for {
			r, err := res.Records.ReadRecord()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(r.Value, buf[:r.Value.Len()]); err != nil {
				b.Fatal(err)
			}
			offset = r.Offset + 1
			n--
		}
	}
}

func fetchByFranz(b *testing.B, addr string, n int) {
	c, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.ConsumeTopics("bench"), kgo.ConsumeResetOffset(kgo.NewOffset().At(0)),
		kgo.FetchMaxBytes(1<<20), kgo.FetchMaxPartitionBytes(1<<20))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for n > 0 {
		f := c.PollFetches(b.Context())
		if err := f.Err(); err != nil {
			b.Fatal(err)
		}
		n -= f.NumRecords()
	}
}
