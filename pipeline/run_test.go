package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authspike/authspike/detector"
)

// played lines begin here in tests with synctest, whose clock begins in 2000.
const millennium = 946_684_800

// script is a source of one partition that delivers batches when the test says so.
type script struct {
	partition Partition
	batches   chan *Batch
}

func (s *script) run(ctx context.Context, start func(Partition) (Position, bool), open func(Partition) Sink) error {
	start(s.partition)
	sink := open(s.partition)
	for {
		select {
		case b, more := <-s.batches:
			if !more {
				<-ctx.Done()
				return nil
			}
			if err := sink.Consume(ctx, b); err != nil && !errors.Is(err, ctx.Err()) {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// batchOf makes a batch of lines that ends the log as of now.
func batchOf(from int, lines []string) *Batch {
	b := &Batch{
		Partition: Partition{Topic: "logs"}, From: int64(from), Next: int64(from + len(lines)), HighWatermark: int64(from + len(lines)),
		AsOf: time.Now().UnixMilli(), Resume: Position{Offset: int64(from + len(lines))},
	}
	for _, line := range lines {
		b.Records = append(b.Records, Record{Value: []byte(line)})
	}
	return b
}

func options(t *testing.T, s *script) RunOptions {
	return RunOptions{
		Evaluator: newEvaluator(t, true),
		Worker:    func(string) WorkerOptions { return WorkerOptions{Count: HealthChecks()} },
		Source:    s.run,
		Cluster:   func() string { return "cluster" },
	}
}

// diary notes in which order things happen.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, what)
}

func TestCheckpointComesBeforeAlert(t *testing.T) {
	for _, disk := range []struct {
		name string
		err  error
	}{{"good disk", nil}, {"full disk", errors.New("no space left on device")}} {
		t.Run(disk.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{partition: Partition{Topic: "logs"}, batches: make(chan *Batch)}
				var d diary
				opts := options(t, s)
				var state []byte
				opts.Save = func(write func(io.Writer) error) (int64, error) {
					d.note("save")
					var b bytes.Buffer
					err := write(&b)
					state = b.Bytes()
					return int64(b.Len()), errors.Join(err, disk.err)
				}
				opts.SaveFailed = func(error) { d.note("failed") }
				opts.Saved = func(map[Partition]int64) { d.note("saved") }
				opts.Handle = func(e Effects) {
					if len(e.Send) > 0 {
						d.note("send")
						opts.Handle = nil
					}
					// A death at this moment must know the alert.
					f := newEvaluator(t, true)
					if _, err := f.Restore(state, 0); err != nil {
						t.Error(err)
					}
					if len(f.Resume(0)) != len(e.Send) {
						t.Error("the state does not have the alert that is sent")
					}
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- Run(ctx, opts) }()
				s.batches <- batchOf(0, slices.Concat(played(millennium-1800, millennium-60, 5), played(millennium-60, millennium, 200)))
				synctest.Wait()
				want := []string{"save", "saved", "send"}
				if disk.err != nil {
					want[1] = "failed"
				}
				d.mu.Lock()
				got := slices.Clone(d.entries)
				d.mu.Unlock()
				if !slices.Equal(got, want) {
					t.Errorf("happened %v, want %v", got, want)
				}
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestFailingEvaluatorStopsTheSource: a delta that does not fit ends everything,
// even though the channel is full and the source waits.
func TestFailingEvaluatorStopsTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{partition: Partition{Topic: "logs"}, batches: make(chan *Batch, 1000)}
		opts := options(t, s)
		opts.Handle = func(Effects) {}
		saves := 0
		opts.Save = func(func(io.Writer) error) (int64, error) { saves++; return 0, nil }
		s.batches <- batchOf(0, played(millennium, millennium+1, 0))
		for range 900 {
			s.batches <- batchOf(5000, played(millennium, millennium+1, 0))
		}
		if err := Run(t.Context(), opts); !errors.Is(err, ErrOffsets) {
			t.Errorf("ended with %v", err)
		}
		if saves != 0 {
			t.Errorf("%d checkpoints after a fault", saves)
		}
	})
}

func TestFailingSourceEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		opts := options(t, nil)
		opts.Source = func(context.Context, func(Partition) (Position, bool), func(Partition) Sink) error { return broken }
		if err := Run(t.Context(), opts); !errors.Is(err, broken) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestStopCountsWhatWasRead: the last checkpoint has everything that a sink took.
func TestStopCountsWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{partition: Partition{Topic: "logs"}, batches: make(chan *Batch)}
		opts := options(t, s)
		var offsets map[Partition]int64
		opts.Save = func(func(io.Writer) error) (int64, error) { return 0, nil }
		opts.Saved = func(o map[Partition]int64) { offsets = o }
		opts.SaveEvery = time.Hour
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- Run(ctx, opts) }()
		lines := played(millennium, millennium+100, 0)
		for at := 0; at < len(lines); at += 100 {
			s.batches <- batchOf(at, lines[at:at+100])
		}
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		got := offsets[s.partition]
		total := slices.Collect(opts.Evaluator.detector.Totals)[0].Counts[detector.Requests]
		// The last batch may be refused because the source was told to stop.
		if got != int64(total) || got < int64(len(lines)-100) {
			t.Errorf("checkpoint at offset %d, %d counted, of %d", got, total, len(lines))
		}
	})
}

// TestCheckpointsInBetween: without alerts the state is kept at the interval, and
// only when something was read.
func TestCheckpointsInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{partition: Partition{Topic: "logs"}, batches: make(chan *Batch)}
		opts := options(t, s)
		var d diary
		opts.Save = func(func(io.Writer) error) (int64, error) { d.note("save"); return 0, nil }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- Run(ctx, opts) }()
		count := func() int {
			synctest.Wait()
			d.mu.Lock()
			defer d.mu.Unlock()
			return len(d.entries)
		}
		s.batches <- batchOf(0, played(millennium, millennium+1, 0))
		time.Sleep(9500 * time.Millisecond) // of the test's own clock
		if n := count(); n != 0 {
			t.Errorf("%d checkpoints after 9.5 s", n)
		}
		time.Sleep(time.Second)
		if n := count(); n != 1 {
			t.Errorf("%d checkpoints after 10.5 s, want 1", n)
		}
		time.Sleep(time.Minute)
		if n := count(); n != 1 {
			t.Errorf("%d checkpoints of the same state", n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestSlowEvaluatorHoldsTheSource: what waits between the two is bounded.
func TestSlowEvaluatorHoldsTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{partition: Partition{Topic: "logs"}, batches: make(chan *Batch)}
		opts := options(t, s)
		hold := make(chan struct{})
		asks := make(chan func(*Evaluator))
		opts.Asks = asks
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- Run(ctx, opts) }()
		line := played(millennium, millennium+1, 0)[:1]
		s.batches <- batchOf(0, line)
		synctest.Wait()
		asks <- func(*Evaluator) { <-hold }
		taken := 1
		for full := false; !full; {
			synctest.Wait()
			select {
			case s.batches <- batchOf(taken, line):
				taken++
			default:
				full = true
			}
		}
		if taken < deltasAhead || taken > deltasAhead+2 {
			t.Errorf("%d batches were taken while nobody evaluated, want about %d", taken, deltasAhead)
		}
		close(hold)
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestLeaderWaits: a partition is not read more than the lead, and one batch,
// ahead of the slowest; it goes on when that one does, or when it stalls.
func TestLeaderWaits(t *testing.T) {
	for _, stalls := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			opts := options(t, nil)
			ahead, behind := Partition{Topic: "logs"}, Partition{Topic: "logs", ID: 1}
			sinks := make(chan map[Partition]Sink, 1)
			opts.Source = func(ctx context.Context, start func(Partition) (Position, bool), open func(Partition) Sink) error {
				start(ahead)
				start(behind)
				sinks <- map[Partition]Sink{ahead: open(ahead), behind: open(behind)}
				<-ctx.Done()
				return nil
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- Run(ctx, opts) }()
			to := <-sinks
			give := func(p Partition, from int, lines []string) {
				b := batchOf(from, lines)
				b.Partition, b.HighWatermark = p, 1<<40
				if err := to[p].Consume(ctx, b); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
			lines := func(minute int) []string { return repeat(60, millennium-36000+int64(minute)*60, 1) }
			give(behind, 0, slices.Concat(lines(0), lines(1)))
			synctest.Wait()
			var minutes atomic.Int64
			go func() {
				for minute := range 100 {
					if ctx.Err() == nil {
						give(ahead, minute*60, lines(minute))
						minutes.Store(int64(minute))
					}
				}
			}()
			synctest.Wait()
			if got := minutes.Load(); got > 1 {
				t.Errorf("read %d minutes ahead without letting the other in first", got)
			}
			time.Sleep(time.Minute) // of the test's own clock, as below
			if got := minutes.Load(); got < 9 || got > 13 {
				t.Errorf("read %d minutes ahead, want about %d", got, maxLead/60)
			}
			if stalls {
				time.Sleep(stalledAfter + 5*time.Second)
			} else {
				give(behind, 120, slices.Concat(lines(50), lines(51)))
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if got := minutes.Load(); got < 59 {
				t.Errorf("then read to minute %d", got)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
