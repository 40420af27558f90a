package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/authspike/authspike/pipeline/app"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/source"
)

// linePrinter prints what is seen in the lines of one file after another.
type linePrinter interface {
	// line handles the next line, including its line feed; the printer must not retain
	// it.
	line(line []byte) error
	// end handles the end of a file.
	end() error
}

// single prints one object per line: the first of its events.
type single struct {
	decoder *logline.Decoder
	env     logline.Envelope
	out     *bufio.Writer
	entries []logline.Entry
	text    []byte
}

func newSingle(opts logline.Options, topic string, out *bufio.Writer) (*single, error) {
	decoder, err := logline.New(opts)
	return &single{decoder: decoder, env: logline.Envelope{Topic: []byte(topic)}, out: out}, err
}

func (s *single) line(line []byte) error {
	s.entries = s.decoder.DecodeIn(&s.env, line, s.entries[:0])
	s.text = append(s.entries[0].AppendJSON(s.text[:0], len(s.entries)), '\n')
	_, err := s.out.Write(s.text)
	return err
}

func (s *single) end() error { return nil }

// explained explains in words how each line is read.
type explained struct{ *app.Explainer }

func (x explained) line(line []byte) error { return x.Explain(line) }
func (x explained) end() error             { return nil }

// printFile prints the lines of the named file, or of stdin if it is "-". A file may
// be compressed.
func printFile(p linePrinter, name string, stdin io.Reader, out *bufio.Writer) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	plain, unpack, err := source.Unpack(in)
	if unpack != nil {
		defer func() { _ = unpack.Close() }()
	}
	if err == nil {
		err = printLines(p, plain, out)
	}
	if err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// printLines prints the lines of in, of any length, until it ends. It flushes out
// whenever no further line has arrived yet, so that each line of a live stream appears
// at once.
func printLines(p linePrinter, in io.Reader, out *bufio.Writer) error {
	lines := bufio.NewReaderSize(in, 256<<10)
	var long []byte
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(err, p.end())
		}
		if len(long) > 0 {
			long = append(long, line...)
			line = long
		}
		if len(line) > 0 {
			if err := p.line(line); err != nil {
				return err
			}
			if lines.Buffered() == 0 {
				if err := out.Flush(); err != nil {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		long = long[:0]
	}
}
