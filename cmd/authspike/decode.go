package main

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
)

// decodeOptions are the flags of decode.
type decodeOptions struct {
	config, topic        string
	stats, explain, join bool
	survey               app.SurveyOptions
}

func newDecodeCommand() *cobra.Command {
	var opts decodeOptions
	cmd := &cobra.Command{
		Use:   "decode FILE...|-",
		Short: "Show what authspike sees in each line",
		Long: `Decode prints one JSON object per input line, in order: what authspike sees in that
line by itself. Null means absent. It never fails on a bad line: an unreadable line
gives an object whose "error" says why. For a line with several events it prints the
first, and their number as "events". Files may be compressed with gzip or zstd.

With --join it prints one object per event instead, as run counts them: stack traces
and other continuation lines, and the parts of lines that a container runtime has
split, are joined with what they belong to, and "lines" says how many there were.
Each file is a partition. Empty lines are left out.

With --config the lines are read as run would read them: with its mapping, its time
zones and its catalogue. --topic names the topic that they belong to.

With --explain it explains in words how each line was read: wrappers and format and
what they were recognized by, where each value came from, the markers that say why a
token was rejected, and what run would count. For a line with several events the
first is explained in full, and up to 20 others in one line each.

With --stats it prints a summary instead: how much could be read, and how, what run
would count for which services, which verifiers rejected tokens and why, and on which
routes. Without FILE it summarizes the topics of the configuration, or of the flags:
the last minutes of each partition up to its current end. It leaves no trace there.`,
		Example: `  kubectl logs deploy/api | authspike decode - | jq 'select(.failure)'
  kubectl logs deploy/api | grep 401 | head -3 | authspike decode --explain -
  authspike decode --stats --kafka.brokers kafka:9092 --kafka.topics logs --since 10m`,
		Args: opts.check,
		RunE: opts.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.config, "config", "", "configuration `file`; the parts about reading lines are used")
	flags.StringVar(&opts.topic, "topic", "", "`name` of the topic that the lines belong to")
	flags.BoolVar(&opts.explain, "explain", false, "explain in words how each line is read, and why")
	flags.BoolVar(&opts.join, "join", false, "join the lines of an event, and print one object per event")
	flags.BoolVar(&opts.stats, "stats", false, "summarize the lines instead of printing each")
	flags.StringSliceVar(&opts.survey.Flags.Brokers, "kafka.brokers", nil, "with --stats: `host:port` of some brokers")
	flags.StringSliceVar(&opts.survey.Flags.Topics, "kafka.topics", nil, "with --stats: `names` of the topics to read")
	flags.DurationVar(&opts.survey.Since, "since", 10*time.Minute, "with --stats: how far back topics are read")
	flags.Int64Var(&opts.survey.Last, "last", 0, "with --stats: `number` of records to read per partition, instead of --since")
	noFiles(cmd, "topic", "kafka.brokers", "kafka.topics", "since", "last")
	return cmd
}

// check refuses flags that cannot be combined, and a missing file if one is needed.
func (o *decodeOptions) check(cmd *cobra.Command, files []string) error {
	for _, pair := range [][2]string{{"explain", "join"}, {"stats", "explain"}, {"stats", "join"}, {"since", "last"}} {
		if cmd.Flags().Changed(pair[0]) && cmd.Flags().Changed(pair[1]) {
			return fmt.Errorf("--%s and --%s exclude each other", pair[0], pair[1])
		}
	}
	if o.stats {
		return nil
	}
	for _, flag := range []string{"kafka.brokers", "kafka.topics", "since", "last"} {
		if cmd.Flags().Changed(flag) {
			return fmt.Errorf("--%s is for --stats", flag)
		}
	}
	return atLeastOne(filesOrStdin)(cmd, files)
}

func (o *decodeOptions) run(cmd *cobra.Command, files []string) error {
	if o.stats {
		o.survey.ConfigFile, o.survey.Topic, o.survey.Files, o.survey.Out = o.config, o.topic, files, cmd.OutOrStdout()
		return sumUp(cmd, o.survey)
	}
	out := bufio.NewWriterSize(cmd.OutOrStdout(), 64<<10)
	printer, err := o.printer(out)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := printFile(printer, name, cmd.InOrStdin(), out); err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	return out.Flush()
}

// printer returns the printer that the flags ask for, writing to out.
func (o *decodeOptions) printer(out *bufio.Writer) (linePrinter, error) {
	if o.explain {
		x, err := app.NewExplainer(o.config, o.topic, out)
		return explained{x}, err
	}
	reading, err := app.Reading(o.config, o.topic)
	if err != nil {
		return nil, err
	}
	if o.join {
		return newJoined(reading.Logline, o.topic, out)
	}
	return newSingle(reading.Logline, o.topic, out)
}

// sumUp summarizes files or topics, with a progress bar on a terminal.
func sumUp(cmd *cobra.Command, opts app.SurveyOptions) error {
	switch {
	case opts.Since <= 0 || opts.Last < 0:
		return usageError{errors.New("--since and --last are above 0")}
	case len(opts.Files) > 0 && len(opts.Flags.Brokers)+len(opts.Flags.Topics) > 0:
		return usageError{errors.New("files or topics are summed up, not both at once")}
	}
	draw, done := newProgress(cmd.ErrOrStderr(), "decode", len(opts.Files) > 0)
	defer done()
	opts.Progress = draw
	err := app.Survey(cmd.Context(), opts)
	if errors.Is(err, app.ErrNoSource) {
		return usageError{errors.New("nothing to sum up: name files, or topics by --kafka.brokers and --kafka.topics or in the file of --config")}
	}
	return err
}
