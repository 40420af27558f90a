package main

import (
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
)

// garbage is the GC percentage: how much garbage may accumulate, in percent of the
// live heap. A record leaves no garbage, so that collecting more often than usual costs
// little (bench/README.md).
const garbage = 40

func newRunCommand() *cobra.Command {
	var file string
	var flags app.Flags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Tail topics and alert",
		Long: `Run tails topics, sends alerts and serves metrics until it is stopped.

A configuration file can set everything; without one, brokers, topics and an
Alertmanager are enough. SIGHUP, or a change to the files, reloads the
configuration; a bad one changes nothing and is reported by a metric.`,
		Example: `  authspike run --kafka.brokers kafka:9092 --kafka.topics logs --alertmanager.url http://alertmanager:9093
  authspike run --config authspike.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(garbage)
			}
			hangup := make(chan os.Signal, 1)
			signal.Notify(hangup, syscall.SIGHUP)
			defer signal.Stop(hangup)
			return app.Run(cmd.Context(), app.Options{
				ConfigFile: file, Flags: flags, Build: build(), Stderr: cmd.ErrOrStderr(), Hangup: hangup,
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "config", "", "configuration `file`")
	f.StringSliceVar(&flags.Brokers, "kafka.brokers", nil, "`host:port` of some brokers")
	f.StringSliceVar(&flags.Topics, "kafka.topics", nil, "`names` of the topics to read")
	f.StringVar(&flags.Group, "kafka.group", "", "`group` under which offsets are committed, for lag tools")
	f.StringSliceVar(&flags.Alertmanagers, "alertmanager.url", nil, "`URL` of an Alertmanager, in addition to those of the file; may be repeated")
	f.StringVar(&flags.Listen, "web.listen", "", "`host:port` for metrics, API and page (default :9464)")
	f.StringVar(&flags.Checkpoint, "checkpoint.path", "", "`file` for the state (default data/authspike.checkpoint)")
	f.StringVar(&flags.LogLevel, "log.level", "", "debug, info, warn or error (default info)")
	f.StringVar(&flags.LogFormat, "log.format", "", "json or console (default json)")
	noFiles(cmd, "kafka.brokers", "kafka.topics", "kafka.group", "alertmanager.url", "web.listen")
	fixed(cmd, "log.level", "debug", "info", "warn", "error")
	fixed(cmd, "log.format", "json", "console")
	return cmd
}
