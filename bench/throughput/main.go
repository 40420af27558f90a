// Command throughput measures the real binary from end to end: from Kafka,
// beside a program as it is usually written, and from a file, beside wc and mawk.
//
//	go run ./bench/throughput
//
// The embedded broker is a process of its own. What counts is the CPU time, user
// and system, of the measured process from its start to its end as the kernel
// tells it, so that neither a slow broker nor a busy machine hides in it. The
// results have the format of go test -bench.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		log.Fatalln("throughput:", err)
	}
}

// usualCommand makes this program the usual one.
const usualCommand = "usual"

func run(ctx context.Context) error {
	n := flag.Int("n", 2_000_000, "number of records")
	rounds := flag.Int("rounds", 3, "number of rounds")
	flag.Parse()
	if flag.Arg(0) == usualCommand {
		return usual(ctx, flag.Arg(1), *n)
	}
	dir, err := os.MkdirTemp("", "throughput")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is the system's to clean up
	b := bench{dir: dir, n: *n}
	for name, pkg := range map[string]string{"authspike": "./cmd/authspike", "load": "./bench/load"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", b.path(name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
		}
	}
	start := b
	start.n = 1000
	if err := start.kafka(ctx, startOnly); err != nil {
		return fmt.Errorf("start authspike: %w", err)
	}
	b.startMallocs = start.startMallocs
	for range *rounds {
		if err := b.round(ctx); err != nil {
			return err
		}
	}
	return nil
}

// bench is what the measurements share.
type bench struct {
	dir string // with the binaries
	n   int    // records

	startMallocs float64 // objects that a start allocates
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) round(ctx context.Context) error {
	for _, codec := range []string{"none", "lz4", "zstd"} {
		if err := b.kafka(ctx, codec, "-codec", codec); err != nil {
			return fmt.Errorf("from Kafka, %s: %w", codec, err)
		}
	}
	if err := b.kafka(ctx, "1000series", "-services", "1000"); err != nil {
		return fmt.Errorf("from Kafka, 1000 series: %w", err)
	}
	if err := b.replay(ctx); err != nil {
		return fmt.Errorf("from a file: %w", err)
	}
	return nil
}

// report prints a result as go test -bench does.
func (b *bench) report(name string, p *os.ProcessState, more ...string) {
	seconds := (p.UserTime() + p.SystemTime()).Seconds()
	fmt.Printf("Benchmark%s %d %.4f cpu-s/Mrec", name, b.n, seconds*1e6/float64(b.n))
	for _, m := range more {
		fmt.Print(" ", m)
	}
	fmt.Println()
}

func (b *bench) count() string { return strconv.Itoa(b.n) }
