package source

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff spaces out attempts: the n-th pause is random within the upper half of
// least*2^n, capped at most. Randomness keeps the partitions of one broker from
// reconnecting all at once.
type backoff struct {
	least, most time.Duration
	failures    int
}

func (b *backoff) reset() { b.failures = 0 }

// next returns the length of the next pause.
func (b *backoff) next() time.Duration {
	d := b.most
	if b.failures < 20 {
		d = min(d, b.least<<b.failures)
	}
	b.failures++
	return d/2 + rand.N(d/2+1)
}

// wait sleeps for the next pause, or until ctx ends.
func (b *backoff) wait(ctx context.Context) {
	pause(ctx, b.next())
}

// pause waits until d has passed or ctx has ended.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
