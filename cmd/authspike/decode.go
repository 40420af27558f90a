package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/app"
	"github.com/authspike/authspike/pipeline/logline"
)

func newDecodeCommand() *cobra.Command {
	var file, topic string
	var stats, explain, join bool
	survey := app.SurveyOptions{}
	cmd := &cobra.Command{
		Use:   "decode FILE...|-",
		Short: "Show what authspike sees in each line",
		Long: `Decode prints one JSON object per input line, in order: what authspike reads in
that line alone. Null means absent. It never fails on a bad line: an unreadable
one gives an object whose "error" says why. Of a line with several events it
gives the first, and their number as "events".

With --join it prints one object per event instead, as run counts them: stack traces
and other lines that go on with the one before, and the parts of lines that a
container runtime has cut, are put together with what they belong to, and "lines"
says how many there were. Each file is a partition. Empty lines are left out.

With --config the lines are read as run would: with its mapping, its time zones
and its catalogue. --topic says of which topic they are.

With --explain it tells in words, for each line, how it was read: wrappers and
format and what they were recognised by, the place of each value, the markers that
say why a token was refused, and what run would count. Of a line with several
events the first is told in full, of the others up to 20 in a line each.

With --stats it prints no objects but sums them up: how much is read, and how,
what run would count for which services, who refused tokens and why, and where.
Without FILE it does so for the topics of the configuration, or of the flags: the
last minutes of each partition up to its present end. It leaves no trace there.`,
		Example: `  kubectl logs deploy/api | authspike decode - | jq 'select(.failure)'
  kubectl logs deploy/api | grep 401 | head -3 | authspike decode --explain -
  authspike decode --stats --kafka.brokers kafka:9092 --kafka.topics logs --since 10m`,
		Args: func(cmd *cobra.Command, files []string) error {
			for _, pair := range [][2]string{{"explain", "join"}, {"stats", "explain"}, {"stats", "join"}, {"since", "last"}} {
				if cmd.Flags().Changed(pair[0]) && cmd.Flags().Changed(pair[1]) {
					return fmt.Errorf("--%s and --%s exclude each other", pair[0], pair[1])
				}
			}
			if stats {
				return nil
			}
			for _, flag := range []string{"kafka.brokers", "kafka.topics", "since", "last"} {
				if cmd.Flags().Changed(flag) {
					return fmt.Errorf("--%s is for --stats", flag)
				}
			}
			return atLeastOne(filesOrStdin)(cmd, files)
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			if stats {
				survey.ConfigFile, survey.Topic, survey.Files, survey.Out = file, topic, files, cmd.OutOrStdout()
				return sumUp(cmd, survey)
			}
			reading, err := app.Reading(file, topic)
			if err != nil {
				return err
			}
			decoder, err := logline.New(reading.Logline)
			if err != nil {
				return err
			}
			env := logline.Envelope{Topic: []byte(topic)}
			decode := func(line []byte, dst []logline.Entry) []logline.Entry { return decoder.DecodeIn(&env, line, dst) }
			out := bufio.NewWriterSize(cmd.OutOrStdout(), 64<<10)
			show, end := printFirst(out), func() error { return nil }
			if join {
				j, err := newJoined(reading.Logline, topic, out)
				if err != nil {
					return err
				}
				decode, show, end = j.decode, j.show, j.end
			}
			if explain {
				x, err := app.NewExplainer(file, topic, out)
				if err != nil {
					return err
				}
				// Lines are read by the explainer alone.
				decode = func(line []byte, dst []logline.Entry) []logline.Entry { err = x.Explain(line); return dst }
				show = func(_ []logline.Entry, idle bool) error {
					if err != nil || !idle {
						return err
					}
					return out.Flush()
				}
			}
			for _, name := range files {
				if err := errors.Join(decodeFile(decode, name, cmd.InOrStdin(), show), end()); err != nil {
					return errors.Join(err, out.Flush())
				}
			}
			return out.Flush()
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration `file`; what it says of lines is used")
	cmd.Flags().StringVar(&topic, "topic", "", "`name` of the topic that the lines are of")
	noFiles(cmd, "topic")
	cmd.Flags().BoolVar(&explain, "explain", false, "tell in words how each line is read, and why")
	cmd.Flags().BoolVar(&join, "join", false, "put the lines of an event together, and print an object per event")
	cmd.Flags().BoolVar(&stats, "stats", false, "sum up the lines instead of printing each")
	cmd.Flags().StringSliceVar(&survey.Flags.Brokers, "kafka.brokers", nil, "with --stats: `host:port` of some brokers")
	cmd.Flags().StringSliceVar(&survey.Flags.Topics, "kafka.topics", nil, "with --stats: `names` of the topics to look at")
	cmd.Flags().DurationVar(&survey.Since, "since", 10*time.Minute, "with --stats: how far back topics are read")
	cmd.Flags().Int64Var(&survey.Last, "last", 0, "with --stats: `number` of records per partition that are read, in place of --since")
	noFiles(cmd, "kafka.brokers", "kafka.topics", "since", "last")
	return cmd
}

// sumUp sums up files or topics, with a progress bar on a terminal.
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

// printFirst returns a function that prints the first of a line's events.
func printFirst(out *bufio.Writer) showFunc {
	var text []byte
	return func(entries []logline.Entry, idle bool) error {
		text = append(entries[0].AppendJSON(text[:0], len(entries)), '\n')
		if _, err := out.Write(text); err != nil || !idle {
			return err
		}
		return out.Flush() // who follows a live stream sees each line at once
	}
}

// showFunc takes the events of a line, which hold until it returns; idle says that
// no further line has arrived yet.
type showFunc func(entries []logline.Entry, idle bool) error

// decodeFunc appends the events of a line to dst.
type decodeFunc func(line []byte, dst []logline.Entry) []logline.Entry

// decodeFile decodes the lines of the named file, or of stdin where it is "-".
func decodeFile(decode decodeFunc, name string, stdin io.Reader, show showFunc) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	if err := decodeLines(decode, in, show); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// decodeLines decodes the lines of in, of any length, until it ends.
func decodeLines(decode decodeFunc, in io.Reader, show showFunc) error {
	lines := bufio.NewReaderSize(in, 256<<10)
	var long []byte
	var entries []logline.Entry
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(long) > 0 {
			long = append(long, line...)
			line = long
		}
		if len(line) > 0 {
			entries = decode(line, entries[:0])
			if err := show(entries, lines.Buffered() == 0); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		long = long[:0]
	}
}
