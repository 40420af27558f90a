package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// judgeCommand scores the transitions that `authspike replay` printed about the
// lines of a scenario.
func judgeCommand(args []string) error {
	flags := flag.NewFlagSet("judge", flag.ExitOnError)
	truthFile := flags.String("truth", "", "the truth file that `lines` wrote")
	if err := flags.Parse(args); err != nil {
		return err
	}
	data, err := os.ReadFile(*truthFile)
	if err != nil {
		return fmt.Errorf("read truth: %w", err)
	}
	var t truth
	if err := json.Unmarshal(data, &t); err != nil {
		return fmt.Errorf("read truth: %w", err)
	}
	firings, err := readTransitions(os.Stdin)
	if err != nil {
		return err
	}
	r := newResults()
	o := outcome{truth: t, said: []said{{name: "replay", firings: firings}}}
	if err := r.take(&o); err != nil {
		return err
	}
	r.print(os.Stdout, true)
	return nil
}

// transition is a line of replay's output.
type transition struct {
	Time        time.Time         `json:"time"`
	Alert       string            `json:"alert"`
	State       string            `json:"state"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func readTransitions(r io.Reader) ([]firing, error) {
	var fs []firing
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		var tr transition
		if err := json.Unmarshal(in.Bytes(), &tr); err != nil {
			return nil, fmt.Errorf("read transition %d: %w", n, err)
		}
		fs = collect(fs, []verdict{{
			at: tr.Time.Unix(), rule: tr.Alert, service: tr.Labels["service"],
			signals: parseSignals(tr.Annotations["signals"]),
			firing:  tr.State == "firing", detail: fmt.Sprint(tr.Annotations),
		}})
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read transitions: %w", err)
	}
	return fs, nil
}
