package source

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff spaces attempts out: the n-th pause is random within the upper half of
// least*2^n, at most most. Randomness keeps the partitions of one broker from
// coming back all at once.
type backoff struct {
	least, most time.Duration
	failures    int
}

func (b *backoff) reset() { b.failures = 0 }

// next gives the length of the next pause.
func (b *backoff) next() time.Duration {
	d := b.most
	if b.failures < 20 {
		d = min(d, b.least<<b.failures)
	}
	b.failures++
	return d/2 + rand.N(d/2+1)
}

// wait makes the next pause, or a shorter one if ctx ends.
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
