package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Monitor is a running Prometheus or Alertmanager.
type Monitor struct {
	URL  string // without a slash at the end
	args []string
	path string
	dir  string
	proc *process
}

// StartPrometheus starts a Prometheus with the configuration file config; its
// data and log go into dir.
func StartPrometheus(ctx context.Context, dir, config string) (*Monitor, error) {
	return startMonitor(ctx, Prometheus, dir, func(port int) []string {
		return []string{
			"--config.file=" + config,
			"--storage.tsdb.path=" + filepath.Join(dir, "data"),
			fmt.Sprintf("--web.listen-address=127.0.0.1:%d", port),
		}
	})
}

// StartAlertmanager starts an Alertmanager, not clustered, with the configuration
// file config; its data and log go into dir.
func StartAlertmanager(ctx context.Context, dir, config string) (*Monitor, error) {
	return startMonitor(ctx, Alertmanager, dir, func(port int) []string {
		return []string{
			"--config.file=" + config,
			"--storage.path=" + filepath.Join(dir, "data"),
			"--cluster.listen-address=",
			fmt.Sprintf("--web.listen-address=127.0.0.1:%d", port),
		}
	})
}

func startMonitor(ctx context.Context, tool Tool, dir string, args func(port int) []string) (*Monitor, error) {
	path, err := tool.Path()
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make server directory: %w", err)
	}
	m := &Monitor{URL: fmt.Sprintf("http://127.0.0.1:%d", ports[0]), path: path, dir: dir, args: args(ports[0])}
	if err := m.Restart(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

// Restart starts the server again after Kill, on the same port and data, and
// waits until it is ready.
func (m *Monitor) Restart(ctx context.Context) (err error) {
	if m.proc, err = start(filepath.Join(m.dir, "server.log"), m.path, nil, m.args...); err != nil {
		return err
	}
	if err := m.proc.await(ctx, httpReady(m.URL+"/-/ready")); err != nil {
		m.proc.kill()
		return err
	}
	return nil
}

// Kill ends the server with SIGKILL.
func (m *Monitor) Kill() { m.proc.kill() }

// Stop ends the server.
func (m *Monitor) Stop() { m.proc.stop(10 * time.Second) }
