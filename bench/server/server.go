// Package server starts the real servers that authspike works with, Apache
// Kafka, Prometheus and Alertmanager, for tests and benchmarks.
//
// Every server listens on loopback only, keeps its files in a directory that the
// caller names, and ends with the process that started it. The package installs
// nothing: Need says what is missing and how to get it.
package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is one started server.
type process struct {
	cmd  *exec.Cmd
	log  string        // the file that takes its output
	done chan struct{} // closed when it has ended
}

// start runs name with args and sends its output to the file log.
func start(log, name string, env []string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open server log: %w", err)
	}
	defer out.Close()                                               //nolint:errcheck // the child holds its own descriptor
	cmd := exec.CommandContext(context.Background(), name, args...) // it outlives the call; stop and kill end it
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = filepath.Dir(log)
	cmd.SysProcAttr = endWithParent()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(p.done)
	}()
	return p, nil
}

// await polls ready until it returns nil, the process ends or ctx is done.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("server ended before it was ready, its last output:\n%s", tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("wait for server: %w; it last answered: %w; its last output:\n%s", ctx.Err(), err, tail(p.log))
		case <-tick.C:
		}
	}
}

// stop ends the process with SIGTERM, after grace with SIGKILL.
func (p *process) stop(grace time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(grace):
		p.kill()
	}
}

// kill ends the process with SIGKILL and waits for it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// tail returns the last lines of a log file.
func tail(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	const most = 4000
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return strings.TrimSpace(string(b))
}

// freePorts returns n loopback ports on which nobody listens.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find free port: %w", err)
		}
		defer l.Close() //nolint:errcheck // only its number was wanted
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// httpReady returns a check that a GET of url answers 200.
func httpReady(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close() //nolint:errcheck // only its status is read
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	}
}
