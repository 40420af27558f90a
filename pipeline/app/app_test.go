package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// broker starts an embedded Kafka broker with one topic.
func broker(t *testing.T, topic string, partitions int32, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append(opts, kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic), kfake.SleepOutOfOrder())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// producer writes lines into a topic.
type producer struct {
	t     *testing.T
	c     *kgo.Client
	topic string
}

func newProducer(t *testing.T, c *kfake.Cluster, topic string) *producer {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &producer{t, client, topic}
}

// write produces lines to the partitions in turn.
func (p *producer) write(partitions int, lines []string) {
	p.t.Helper()
	records := make([]*kgo.Record, len(lines))
	for i, line := range lines {
		records[i] = &kgo.Record{Topic: p.topic, Partition: int32(i % partitions), Value: []byte(line)}
	}
	if err := p.c.ProduceSync(context.Background(), records...).FirstErr(); err != nil {
		p.t.Fatal(err)
	}
}

// traffic returns the lines of a service from one Unix second to another: perSecond
// requests, of which every nth is refused; 0 means none.
func traffic(from, to int64, perSecond, nth int) []string {
	var lines []string
	for second := from; second < to; second++ {
		for i := range perSecond {
			status := 200
			if nth > 0 && (int(second-from)*perSecond+i)%nth == 0 {
				status = 401
			}
			at := time.Unix(second, int64(i)*int64(time.Second)/int64(perSecond)).UTC().Format("2006-01-02T15:04:05.000Z")
			lines = append(lines, fmt.Sprintf(`{"time":%q,"namespace":"prod","service":"api","pod":"api-%d","method":"GET","path":"/api/items/%d","status":%d,"msg":"request"}`, at, i%3, i, status))
		}
	}
	return lines
}

// alertmanager is a server that takes alerts as Alertmanager does.
type alertmanager struct {
	*httptest.Server

	mu     sync.Mutex
	posted []posted
	answer func(http.ResponseWriter) bool // false: not taken
}

type posted struct {
	Labels   map[string]string `json:"labels"`
	StartsAt time.Time         `json:"startsAt"`
	EndsAt   time.Time         `json:"endsAt"`
	at       time.Time
}

func (p *posted) firing() bool { return p.EndsAt.After(p.at) }

func newAlertmanager(t *testing.T) *alertmanager {
	a := &alertmanager{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.answer != nil && !a.answer(w) {
			return
		}
		var alerts []posted
		if err := json.NewDecoder(r.Body).Decode(&alerts); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, p := range alerts {
			p.at = time.Now()
			a.posted = append(a.posted, p)
		}
	}))
	t.Cleanup(a.Close)
	return a
}

// states returns whether each post about an alert was firing, in order, repeats of
// one state left out.
func (a *alertmanager) states(alertname string) []bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	var states []bool
	for _, p := range a.posted {
		if p.Labels["alertname"] != alertname {
			continue
		}
		if n := len(states); n == 0 || states[n-1] != p.firing() {
			states = append(states, p.firing())
		}
	}
	return states
}

// running is an application under test.
type running struct {
	t    *testing.T
	url  string
	log  *safeBuffer
	stop context.CancelFunc
	done chan error
}

// safeBuffer is a log that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs the application until the test ends or stop is called.
func start(t *testing.T, opts Options) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{t: t, log: &safeBuffer{}, stop: stop, done: make(chan error, 1)}
	listening := make(chan net.Addr, 1)
	opts.Stderr = r.log
	opts.Listening = func(a net.Addr) { listening <- a }
	go func() { r.done <- Run(ctx, opts) }()
	t.Cleanup(func() {
		r.end()
		if t.Failed() {
			t.Log(r.log)
		}
	})
	select {
	case a := <-listening:
		r.url = "http://" + a.String()
	case err := <-r.done:
		r.done <- err
		t.Fatalf("ended at once: %v\n%s", err, r.log)
	}
	return r
}

// end stops the application and returns its error.
func (r *running) end() error {
	r.stop()
	err := <-r.done
	r.done <- err
	return err
}

func flags(t *testing.T, c *kfake.Cluster, topic string, alertmanagers ...*alertmanager) Flags {
	f := Flags{
		Brokers: c.ListenAddrs(), Topics: []string{topic}, Listen: "127.0.0.1:0",
		Checkpoint: filepath.Join(t.TempDir(), "state"), LogLevel: "debug", LogFormat: "console",
	}
	for _, a := range alertmanagers {
		f.Alertmanagers = append(f.Alertmanagers, a.URL)
	}
	return f
}

// get returns the body of one of our pages, "" while it is not there.
func (r *running) get(path string) string {
	resp, err := http.Get(r.url + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return ""
	}
	return string(body)
}

// metric returns the value of a metric with its labels as text, "" where there is
// none.
func (r *running) metric(name string) string {
	for line := range strings.Lines(r.get("/metrics")) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("still waiting: %s", what)
		case <-again.C:
		}
	}
}

// totals returns the totals of a service as /api/v1/series has them.
func (r *running) totals(service string) map[string]uint64 {
	var answer struct {
		Data struct {
			Series []struct {
				Service string            `json:"service"`
				Totals  map[string]uint64 `json:"totals"`
			} `json:"series"`
		} `json:"data"`
	}
	if json.Unmarshal([]byte(r.get("/api/v1/series")), &answer) != nil {
		return nil
	}
	for _, s := range answer.Data.Series {
		if s.Service == service {
			return s.Totals
		}
	}
	return nil
}

// write makes a file and returns its name.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
