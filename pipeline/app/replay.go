package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/report"
	"github.com/authspike/authspike/pipeline/source"
)

// ReplayOptions configure what Replay reads and writes.
type ReplayOptions struct {
	ConfigFile string // "" for the defaults
	Files      []string
	Topic      string // that the files' lines are of, "" for none
	Format     Format
	Explain    []Question // what is written instead of the transitions; not as HTML
	Out        io.Writer
	// Progress is called now and then with how many bytes of the files have been read;
	// size is 0 if it is not known. May be nil.
	Progress func(done, size int64)
	// Note is called after the replay with each thing that a person should know about
	// what was read. May be nil.
	Note func(text string)
}

// Replay runs the detector over files, in event time and as fast as they can be read,
// and writes each transition, or the answers to questions; in HTML format, a report at
// the end.
func Replay(ctx context.Context, opts ReplayOptions) (err error) {
	l, err := load(opts.ConfigFile, Flags{})
	if err != nil {
		return err
	}
	d, err := l.detector()
	if err != nil {
		return err
	}
	files := make([]*source.File, 0, len(opts.Files))
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	inputs := make([]pipeline.Input, 0, len(opts.Files))
	for i, name := range opts.Files {
		f, err := source.OpenFile(name)
		if err != nil {
			return err
		}
		files = append(files, f)
		inputs = append(inputs, pipeline.Input{
			Partition: pipeline.Partition{Topic: name, ID: int32(i)},
			Read:      reading(&files, f, opts.Progress),
		})
	}
	out := bufio.NewWriterSize(opts.Out, 64<<10)
	writer := transitionWriter{format: opts.Format, out: out}
	lateness := int64(l.config.Lateness / time.Second)
	run := pipeline.ReplayOptions{
		Evaluator: pipeline.NewEvaluator(pipeline.EvaluatorOptions{Detector: d, Lateness: lateness}),
		Worker:    func(string) pipeline.WorkerOptions { return l.worker(opts.Topic) },
		Inputs:    inputs,
		Emit:      writer.write,
	}
	if opts.Note != nil {
		var read readings
		run.Counted = read.add
		defer func() {
			if err == nil {
				read.note(files, opts.Note)
			}
		}()
	}
	if len(opts.Explain) > 0 {
		x := newAnswerer(opts.Explain, opts.Format, out, lateness)
		run.Observe = &pipeline.Observer{Counted: x.counted, Judged: x.judgedAll}
		run.Emit = func(*detector.Transition) error { return x.err }
		return errors.Join(pipeline.Replay(ctx, run), x.finish(), out.Flush())
	}
	if opts.Format != HTML {
		return errors.Join(pipeline.Replay(ctx, run), out.Flush())
	}
	recorder := report.NewRecorder(lateness)
	run.Observe = &pipeline.Observer{Counted: recorder.Counted, Judged: recorder.Judged}
	run.Emit = func(*detector.Transition) error { return nil } // the recorder has it
	if err := pipeline.Replay(ctx, run); err != nil {
		return err
	}
	return errors.Join(recorder.Write(out, opts.Files, d.Totals), out.Flush())
}

// reading returns a function that reads f and reports the progress of all files.
func reading(files *[]*source.File, f *source.File, progress func(done, size int64)) func(*pipeline.Batch) error {
	if progress == nil {
		return f.Read
	}
	return func(b *pipeline.Batch) error {
		err := f.Read(b)
		var done, size int64
		for _, file := range *files {
			d, s := file.Progress()
			done, size = done+d, size+s
		}
		progress(done, size)
		return err
	}
}
