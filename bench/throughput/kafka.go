package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// kafka measures the binary, and for uncompressed records the usual program, with
// the records that load makes with the given flags.
func (b *bench) kafka(ctx context.Context, name string, flags ...string) error {
	broker := exec.CommandContext(ctx, b.path("load"), append([]string{"-serve", "-recent", "-n", b.count()}, flags...)...)
	broker.Stderr = os.Stderr
	in, err := broker.StdinPipe()
	if err != nil {
		return err
	}
	out, err := broker.StdoutPipe()
	if err != nil {
		return err
	}
	if err := broker.Start(); err != nil {
		return err
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		addr = strings.TrimSpace(addr)
		err = b.authspike(ctx, name, addr)
	}
	if err == nil && name == "none" {
		err = b.usual(ctx, addr)
	}
	// The broker ends with its standard input.
	return errors.Join(err, in.Close(), broker.Wait())
}

// startOnly names the run over hardly any records: what it allocates, a start
// allocates, and is taken off the other runs. Their CPU time is left whole.
const startOnly = "start"

// authspike lets the binary read all records, then stops it as a deployment does.
func (b *bench) authspike(ctx context.Context, name, broker string) error {
	state := b.path("state") // with the checkpoint, and the one before it
	if err := errors.Join(os.RemoveAll(state), os.Mkdir(state, 0o700)); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, b.path("authspike"), "run", "--kafka.brokers", broker, "--kafka.topics", "logs", "--kafka.group", "bench",
		"--checkpoint.path", filepath.Join(state, "checkpoint"), "--web.listen", "127.0.0.1:0")
	log, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	mallocs, err := b.watch(ctx, log)
	if err != nil {
		return errors.Join(err, cmd.Process.Kill(), ignore(cmd.Wait()))
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("stop authspike: %w", err)
	}
	if name == startOnly {
		b.startMallocs = mallocs
		return nil
	}
	more := []string{fmt.Sprintf("%.4f allocs/rec", (mallocs-b.startMallocs)/float64(b.n))}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		more = append(more, fmt.Sprintf("%.1f MiB-resident", float64(usage.Maxrss)/1024))
	}
	b.report("Kafka/"+name+"/authspike", cmd.ProcessState, more...)
	return nil
}

// ignore drops the error of waiting for a process that was killed.
func ignore(error) error { return nil }

// patience bounds how long all records may take.
const patience = time.Minute

// watch waits until the binary that writes log has counted all records, and
// returns how many objects it has allocated since its start.
func (b *bench) watch(ctx context.Context, log io.Reader) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lines := bufio.NewScanner(log)
	var tail []string
	for lines.Scan() {
		var entry struct{ Msg, Address string }
		tail = append(tail, lines.Text())
		if json.Unmarshal(lines.Bytes(), &entry) != nil || entry.Address == "" {
			continue
		}
		// A full pipe would stop the binary.
		go io.Copy(io.Discard, log) //nolint:errcheck // ends with the binary
		return b.poll(ctx, "http://"+entry.Address+"/metrics")
	}
	return 0, fmt.Errorf("authspike said no address:\n%s", strings.Join(tail, "\n"))
}

func (b *bench) poll(ctx context.Context, url string) (float64, error) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		m, err := scrape(ctx, url)
		if err != nil {
			return 0, err
		}
		// What is older than the start of the binary is its warm start.
		read := m["authspike_records_total"] + m["authspike_warm_start_records_total"]
		if read >= float64(b.n) {
			return m["go_memstats_mallocs_total"], nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("counted %v of %d records: %w", read, b.n, ctx.Err())
		case <-tick.C:
		}
	}
}

// scrape returns the sum of each counter and gauge over its labels.
func scrape(ctx context.Context, url string) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	sums := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			sums[name] += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sums, nil
}
