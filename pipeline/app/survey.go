package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/source"
	"github.com/authspike/authspike/pipeline/survey"
)

// SurveyOptions configure what Survey summarizes: files or, without files, the newest
// part of topics.
type SurveyOptions struct {
	ConfigFile string // "" for the defaults
	Flags      Flags
	Files      []string
	Topic      string        // that the files' lines are of, "" for none
	Since      time.Duration // how far back topics are read
	Last       int64         // in place of Since: how many of the last records of each partition
	Out        io.Writer
	// Progress is called now and then with how much has been read, in bytes of files or
	// records of topics; size is 0 if it is not known. It may be called from several
	// goroutines. May be nil.
	Progress func(done, size int64)
}

// Survey reads files, or topics up to their current end, and writes what is in them:
// how much can be read and how, what would be counted, and why tokens were rejected.
// It leaves no trace: no offset is committed, no checkpoint written.
func Survey(ctx context.Context, opts SurveyOptions) error {
	l, err := load(opts.ConfigFile, opts.Flags)
	if err != nil {
		return err
	}
	if len(opts.Files) > 0 {
		return l.surveyFiles(ctx, &opts)
	}
	return l.surveyTopics(ctx, &opts)
}

// part returns the summary of a partition or file.
func (l *loaded) part(name, topic string) (*survey.Part, error) {
	worker := l.worker(topic)
	worker.Logline.Lazy = false
	return survey.NewPart(name, worker)
}

func (l *loaded) surveyFiles(ctx context.Context, opts *SurveyOptions) (err error) {
	var parts []*survey.Part
	for _, name := range opts.Files {
		part, err := l.part(name, opts.Topic)
		if err != nil {
			return err
		}
		if err := surveyFile(ctx, part, opts.Progress); err != nil {
			return err
		}
		parts = append(parts, part)
	}
	return survey.Print(opts.Out, strings.Join(opts.Files, ", "), parts)
}

func surveyFile(ctx context.Context, part *survey.Part, progress func(done, size int64)) (err error) {
	f, err := source.OpenFile(part.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var b pipeline.Batch
	for !b.End {
		if err := cmp.Or(ctx.Err(), f.Read(&b)); err != nil {
			return err
		}
		part.Add(&b)
		if progress != nil {
			progress(f.Progress())
		}
	}
	return nil
}

func (l *loaded) surveyTopics(ctx context.Context, opts *SurveyOptions) error {
	k := &l.config.Kafka
	if len(k.Brokers) == 0 || len(k.Topics) == 0 && k.TopicPattern == "" {
		return ErrNoSource
	}
	options := l.kafka(nil)
	options.WarmStart, options.LastRecords = opts.Since, opts.Last
	kafka, err := source.NewKafka(options)
	if err != nil {
		return err
	}
	s := topicSurvey{loaded: l, parts: map[pipeline.Partition]*survey.Part{}, progress: opts.Progress}
	if err := kafka.ReadUp(ctx, s.open); err != nil {
		return fmt.Errorf("read topics: %w", err)
	}
	topics := slices.Clone(k.Topics)
	if k.TopicPattern != "" {
		topics = append(topics, "/"+k.TopicPattern+"/")
	}
	read := "what came to " + strings.Join(topics, ", ")
	if opts.Last > 0 {
		read += fmt.Sprintf(" last, %d records per partition", opts.Last)
	} else {
		read += fmt.Sprintf(" in the last %s", opts.Since)
	}
	return survey.Print(opts.Out, fmt.Sprintf("%s; %d partitions, at %s", read, len(s.parts), stamp(time.Now().Unix())), s.sorted())
}

// topicSurvey summarizes the partitions of topics, each in a goroutine of the source.
type topicSurvey struct {
	loaded   *loaded
	parts    map[pipeline.Partition]*survey.Part // owned by the source's goroutine, which opens them all
	progress func(done, size int64)
	done     atomic.Int64
	size     atomic.Int64
}

// open returns the sink of a partition.
func (s *topicSurvey) open(p pipeline.Partition) pipeline.Sink {
	part, err := s.loaded.part(fmt.Sprintf("%s/%d", p.Topic, p.ID), p.Topic)
	if err == nil {
		s.parts[p] = part
	}
	return &surveySink{part: part, err: err, of: s}
}

func (s *topicSurvey) sorted() []*survey.Part {
	names := make([]pipeline.Partition, 0, len(s.parts))
	for p := range s.parts {
		names = append(names, p)
	}
	slices.SortFunc(names, func(a, b pipeline.Partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	parts := make([]*survey.Part, len(names))
	for i, p := range names {
		parts[i] = s.parts[p]
	}
	return parts
}

// surveySink summarizes one partition.
type surveySink struct {
	part  *survey.Part
	err   error
	of    *topicSurvey
	begun bool
}

// Consume adds the records of b to the summary.
func (s *surveySink) Consume(_ context.Context, b *pipeline.Batch) error {
	if s.err != nil {
		return s.err
	}
	if !s.begun {
		s.begun = true
		s.of.size.Add(b.HighWatermark - b.From)
	}
	s.part.Add(b)
	if s.of.progress != nil {
		s.of.progress(s.of.done.Add(b.Next-b.From), s.of.size.Load())
	}
	return nil
}
