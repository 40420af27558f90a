package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/authspike/authspike/pipeline/app"
)

func newReplayCommand() *cobra.Command {
	var file, topic, format string
	var explain []string
	cmd := &cobra.Command{
		Use:   "replay FILE...|-",
		Short: "Run the detector over files",
		Long: `Replay runs the detector of authspike run over log files, in event time and at
full speed, and prints each alert that starts or ends. Each file is a partition: its
lines in order of arrival. "-" is standard input. Files compressed with gzip or zstd
are decompressed. The same input gives the same output. With --output html it is a
single page to open in a browser: what fired, when and why. If much of the input could
not be read, it says so on standard error.

With --explain it says instead why a service fired, or did not: every number of each
rule's verdict at the given times, exact to the second. A time is in RFC 3339 (in UTC
if it has no zone), in Unix seconds, or HH:MM[:SS] of each day; a range means all
seconds with entries. Without times it explains each transition and, for each hour,
the verdict of each rule that came nearest to an alert.`,
		Example: `  authspike replay --output jsonl api.log verifier.log
  authspike replay --output html api.log > incident.html
  authspike replay --explain prod/api@11:42 api.log
  authspike replay --explain prod/api@2026-03-04T11:40..2026-03-04T11:45 --output jsonl api.log
  kubectl logs deploy/api | authspike replay -`,
		Args: atLeastOne(filesOrStdin),
		RunE: func(cmd *cobra.Command, files []string) error {
			f, err := app.ParseFormat(format)
			if err != nil {
				return usageError{err}
			}
			var questions []app.Question
			for _, text := range explain {
				q, err := app.ParseQuestion(text)
				if err != nil {
					return usageError{fmt.Errorf("--explain %w", err)}
				}
				questions = append(questions, q)
			}
			if len(questions) > 0 && f == app.HTML {
				return usageError{errors.New("--explain writes text or jsonl; --output html explains every alert by itself")}
			}
			progress, done := newProgress(cmd.ErrOrStderr(), "replay", true)
			defer done()
			return app.Replay(cmd.Context(), app.ReplayOptions{
				ConfigFile: file, Files: files, Topic: topic, Format: f, Explain: questions, Out: cmd.OutOrStdout(), Progress: progress,
				Note: func(text string) {
					done()
					fmt.Fprintln(cmd.ErrOrStderr(), "authspike:", text)
				},
			})
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration `file`; its Kafka, Alertmanager and port are not used")
	cmd.Flags().StringVar(&topic, "topic", "", "`name` of the topic that the lines belong to, for per-topic settings of the configuration")
	noFiles(cmd, "topic")
	cmd.Flags().StringVar(&format, "output", "text", "`format`: text, jsonl (one object per transition) or html (a report with plots)")
	cmd.Flags().StringArrayVar(&explain, "explain", nil, "`namespace/service` to explain, optionally with @time[,time...] or @from..to; may be repeated")
	fixed(cmd, "output", "text", "jsonl", "html")
	return cmd
}

// newProgress returns a function that draws a progress bar, of bytes or of records, if
// w is a terminal, and a function that removes it.
func newProgress(w io.Writer, what string, ofBytes bool) (draw func(done, size int64), end func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w), progressbar.OptionShowBytes(ofBytes), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	// A bar that cannot be drawn is no reason to stop.
	draw = func(done, size int64) {
		if size > 0 && bar.GetMax64() != size {
			bar.ChangeMax64(size)
		}
		_ = bar.Set64(done)
	}
	return draw, func() { _ = bar.Finish() }
}
