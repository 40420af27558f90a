package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
)

// usual is the program that most would write first: a Reader in a group,
// encoding/json, and a counter with labels. It reads n records.
func usual(ctx context.Context, broker string, n int) error {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "requests_total", Help: "Requests."},
		[]string{"namespace", "service", "status"})
	prometheus.MustRegister(counter)
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{broker}, GroupID: "usual", Topic: "logs", StartOffset: kafka.FirstOffset, CommitInterval: 1e9,
	})
	for range n {
		m, err := r.ReadMessage(ctx)
		if err != nil {
			return fmt.Errorf("read a message: %w", err)
		}
		var line struct {
			TS, Namespace, Service, Pod, Msg, Path string
			Status                                 int
		}
		if err := json.Unmarshal(m.Value, &line); err != nil {
			return fmt.Errorf("decode a line: %w", err)
		}
		if line.Status != 0 {
			counter.WithLabelValues(line.Namespace, line.Service, strconv.Itoa(line.Status)).Inc()
		}
	}
	return r.Close()
}

// usual runs usual in a process of its own.
func (b *bench) usual(ctx context.Context, broker string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-n", b.count(), usualCommand, broker)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run the usual program: %w", err)
	}
	b.report("Kafka/none/usual", cmd.ProcessState)
	return nil
}
