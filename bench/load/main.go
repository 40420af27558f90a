// Command load writes made log records to standard output, to Kafka, or into an
// embedded broker that it serves until its standard input ends.
//
//	go run ./bench/load -n 1000000 > requests.jsonl
//	go run ./bench/load -shape fluentbit -n 1000000 -brokers localhost:9092 -topic logs -codec zstd
//	go run ./bench/load -n 1000000 -serve
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/authspike/authspike/bench/load/traffic"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatalln("load:", err) //nolint:gocritic // the deferred stop frees nothing that the end of the process does not
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	opts := traffic.Options{}
	f.Uint64Var(&opts.Seed, "seed", 1, "determines the records")
	f.StringVar((*string)(&opts.Shape), "shape", "json", "json, layouts, nginx or fluentbit")
	f.IntVar(&opts.PerSecond, "per-second", 2000, "requests per second of event time")
	f.Float64Var(&opts.Share, "share", 0.005, "of requests that are refused")
	f.IntVar(&opts.Services, "services", 8, "number of services")
	f.IntVar(&opts.Pods, "pods", 3, "number of pods per service")
	f.TextVar(&opts.Start, "start", time.Time{}, "RFC 3339 `time` of the first request")
	n := f.Int("n", 1_000_000, "number of records")
	recent := f.Bool("recent", false, "let the last record be of about now, in place of -start")
	brokers := f.String("brokers", "", "`host:port,...`: write to Kafka")
	serve := f.Bool("serve", false, "write into an embedded broker, print its address, serve until standard input ends")
	var k kafkaOptions
	f.StringVar(&k.topic, "topic", "logs", "`name` of the topic")
	f.StringVar(&k.codec, "codec", "none", "none, gzip, snappy, lz4 or zstd")
	partitions := f.Int("partitions", 4, "number of partitions of the embedded broker's topic")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if *recent && opts.PerSecond > 0 {
		opts.Start = time.Now().UTC().Add(-time.Duration(*n) * time.Second / time.Duration(opts.PerSecond)).Truncate(time.Millisecond)
	}
	g, err := traffic.New(opts)
	if err != nil {
		return err
	}
	switch {
	case *serve:
		return serveRecords(ctx, g, *n, *partitions, k)
	case *brokers != "":
		k.brokers = strings.Split(*brokers, ",")
		return produce(ctx, g, *n, k)
	}
	return write(os.Stdout, g, *n)
}

func write(w io.Writer, g *traffic.Generator, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	var line []byte
	for range n {
		line, _ = g.Append(line[:0])
		// The writer remembers its first error for Flush.
		_, _ = out.Write(append(line, '\n'))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}
