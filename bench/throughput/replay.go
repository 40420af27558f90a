package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// countInAwk counts requests and 401s per service.
const countInAwk = `
match($0, /"service":"[^"]*"/) { service = substr($0, RSTART+11, RLENGTH-12) }
match($0, /"status":[0-9]+/)   { n[service]++; if (substr($0, RSTART+9, 3) == "401") refused[service]++ }
END                            { for (s in n) print s, n[s], refused[s] }`

// replay measures the binary, wc and mawk (where there is one) on a file.
func (b *bench) replay(ctx context.Context) error {
	file := b.path("records.jsonl")
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	load := exec.CommandContext(ctx, b.path("load"), "-n", b.count())
	load.Stdout, load.Stderr = out, os.Stderr
	if err := load.Run(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	if err := out.Close(); err != nil {
		return err
	}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"authspike", []string{b.path("authspike"), "replay", file}},
		{"wc", []string{"wc", "-l", file}},
		{"mawk", []string{"mawk", countInAwk, file}},
	} {
		if _, err := exec.LookPath(c.args[0]); err != nil {
			fmt.Fprintf(os.Stderr, "%s is not installed\n", c.args[0])
			continue
		}
		cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("run %s: %w", c.name, err)
		}
		b.report("Replay/"+c.name, cmd.ProcessState)
	}
	return nil
}
