package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

func newDecodeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "decode FILE...|-",
		Short: "Show what authspike sees in each line",
		Long: `Decode prints one JSON object per input line, in order: what authspike reads in
that line alone. Null means absent. It never fails on a bad line: an unreadable
one gives an object whose "error" says why. Of a line with several events it
gives the first, and their number as "events".`,
		Example: `  kubectl logs deploy/api | authspike decode - | jq 'select(.failure)'`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			matcher, err := signature.Compile(rules.DefaultCatalogue())
			if err != nil {
				return fmt.Errorf("compile catalogue: %w", err)
			}
			decoder, err := logline.New(logline.Options{Matcher: matcher})
			if err != nil {
				return err
			}
			out := bufio.NewWriterSize(cmd.OutOrStdout(), 64<<10)
			for _, name := range files {
				if err := decodeFile(decoder, name, cmd.InOrStdin(), out); err != nil {
					return errors.Join(err, out.Flush())
				}
			}
			return out.Flush()
		},
	}
}

// decodeFile decodes the lines of the named file, or of stdin where it is "-".
func decodeFile(decoder *logline.Decoder, name string, stdin io.Reader, out *bufio.Writer) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	if err := decodeLines(decoder, in, out); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// decodeLines decodes the lines of in, of any length, until it ends.
func decodeLines(decoder *logline.Decoder, in io.Reader, out *bufio.Writer) error {
	lines := bufio.NewReaderSize(in, 256<<10)
	var long, text []byte
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
			entries = decoder.Decode(line, entries[:0])
			text = append(entries[0].AppendJSON(text[:0], len(entries)), '\n')
			if _, err := out.Write(text); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		long = long[:0]
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil { // a follower of a live stream sees each line at once
				return err
			}
		}
	}
}
