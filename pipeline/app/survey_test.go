package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestSurveyOfTopics: the newest part of topics is summed up, up to their end, as
// the configuration says, and no trace is left.
func TestSurveyOfTopics(t *testing.T) {
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "logs", "edge"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	now := time.Now()
	record := func(topic string, partition int32, ago time.Duration, line string) *kgo.Record {
		at := now.Add(-ago)
		return &kgo.Record{Topic: topic, Partition: partition, Timestamp: at, Value: fmt.Appendf(nil, line, at.UnixMilli())}
	}
	var records []*kgo.Record
	for i := range 100 {
		records = append(records, record("logs", int32(i%2), time.Hour, `{"time":%d,"service":"old","path":"/","status":200}`))
	}
	for i := range 50 {
		records = append(records, record("logs", int32(i%2), time.Minute, `{"time":%d,"service":"api","method":"GET","path":"/api/orders/1007","status":401}`))
	}
	records = append(records, record("edge", 1, time.Minute, `{"time":%d,"unit":"cart","path":"/","status":200}`))
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "authspike.yaml")
	text := fmt.Sprintf("kafka: {brokers: [%q], topics: [logs, edge], max_wait: 20ms, group: g}\nmapping: [{topic: edge, service: \"{unit}@{topic}\"}]\n", c.ListenAddrs()[0])
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var last int64
	survey := func(opts SurveyOptions) string {
		t.Helper()
		var out bytes.Buffer
		opts.ConfigFile, opts.Out = config, &out
		opts.Progress = func(done, _ int64) {
			mu.Lock()
			defer mu.Unlock()
			last = max(last, done)
		}
		if err := Survey(t.Context(), opts); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	got := survey(SurveyOptions{Since: 10 * time.Minute})
	for _, want := range []string{
		`(?m)^read +what came to logs, edge in the last 10m0s; 4 partitions, at 20`, `(?m)^records +51, `, `(?m)^  requests +51$`, `(?m)^  unauthorized +50 +98.0 % of requests$`,
		`(?m)^  api +50 +50 100.0 %`, `(?m)^  cart@edge +1 +0 `, `(?m)^ +50 100.0 % +GET /api/orders/\{id\}$`, `(?m)^  logs/0 +25 `, `(?m)^  edge/0 +0 `,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if last != 51 {
		t.Errorf("%d records were told as progress", last)
	}
	if got := survey(SurveyOptions{Last: 10}); !strings.Contains(got, "what came to logs, edge last, 10 records per partition; 4 partitions") || !regexp.MustCompile(`(?m)^records +21, `).MatchString(got) {
		t.Errorf("of the last 10 records:\n%s", got)
	}
	if got := survey(SurveyOptions{Since: 10 * time.Minute, Flags: Flags{Topics: []string{"edge"}}}); !regexp.MustCompile(`(?m)^records +1, `).MatchString(got) {
		t.Errorf("of another topic:\n%s", got)
	}
	// The group of the configuration is not known to the broker.
	groups := kmsg.NewPtrListGroupsRequest()
	answer, err := groups.RequestWith(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Groups) != 0 {
		t.Errorf("the broker knows groups: %+v", answer.Groups)
	}
}

func TestSurveyFaults(t *testing.T) {
	if err := Survey(t.Context(), SurveyOptions{Since: time.Minute}); !errors.Is(err, ErrNoSource) {
		t.Errorf("without anything to read: %v", err)
	}
	if err := Survey(t.Context(), SurveyOptions{Files: []string{"none.log"}}); err == nil || !strings.Contains(err.Error(), "none.log") {
		t.Errorf("a missing file gives %v", err)
	}
	if err := Survey(t.Context(), SurveyOptions{Since: time.Minute, Flags: Flags{Brokers: []string{"127.0.0.1:1"}, Topics: []string{"a"}}}); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("no broker gives %v", err)
	}
	file := filepath.Join(t.TempDir(), "a.log")
	if err := os.WriteFile(file, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Survey(ctx, SurveyOptions{Files: []string{file}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended gives %v", err)
	}
}
