package detector

import (
	"cmp"
	"slices"
	"strings"
)

// bucket holds the counts of one second of one series so far. Most seconds have
// only requests, and while a partition is read ahead of the others there are many
// open seconds, so everything that is rare is in lists.
type bucket struct {
	second   int64
	requests uint32
	others   *cell // the other signals
	pods     *cell // the part that each pod had, by signal
}

// cell is a count in a bucket that is not zero, except where a pod has none.
type cell struct {
	pod    string // "" among the others
	next   *cell
	n      uint32
	signal Signal
}

// stock is a free list of cells: those of closed buckets are reused by buckets that
// open, so that counting leaves no garbage.
type stock struct {
	cells *cell
	n     int
}

// maxStock bounds the cells on the free list, which take 2 MiB.
const maxStock = 1 << 16

func (k *stock) take() *cell {
	c := k.cells
	if c == nil {
		return new(cell)
	}
	k.cells, k.n = c.next, k.n-1
	return c
}

// put returns the cells of a list to the stock.
func (k *stock) put(list *cell) {
	for list != nil && k.n < maxStock {
		next := list.next
		*list = cell{next: k.cells}
		k.cells, k.n = list, k.n+1
		list = next
	}
}

// add counts a sample, with cells from free.
func (b *bucket) add(pod string, counts *Counts, free *stock) {
	b.requests += counts[Requests]
	for i, n := range counts {
		if n > 0 && Signal(i) != Requests {
			increase(&b.others, "", Signal(i), n, free)
		}
	}
	if pod != "" {
		b.addPod(pod, counts, free)
	}
}

func (b *bucket) addPod(pod string, counts *Counts, free *stock) {
	if *counts == (Counts{}) { // it was there all the same
		increase(&b.pods, pod, Requests, 0, free)
	}
	for i, n := range counts {
		if n > 0 {
			increase(&b.pods, pod, Signal(i), n, free)
		}
	}
}

// increase adds n to the count of a pod and signal, which it appends to the list if
// it is missing.
func increase(list **cell, pod string, signal Signal, n uint32, free *stock) {
	for ; *list != nil; list = &(*list).next {
		if c := *list; c.signal == signal && c.pod == pod {
			c.n += n
			return
		}
	}
	c := free.take()
	*c = cell{pod: pod, n: n, signal: signal}
	*list = c
}

// count returns the count of a signal.
func (b *bucket) count(signal Signal) uint32 {
	if signal == Requests {
		return b.requests
	}
	for c := b.others; c != nil; c = c.next {
		if c.signal == signal {
			return c.n
		}
	}
	return 0
}

// total returns the counts of all signals.
func (b *bucket) total() Counts {
	counts := Counts{Requests: b.requests}
	for c := b.others; c != nil; c = c.next {
		counts[c.signal] = c.n
	}
	return counts
}

// podCounts are the counts of one pod in a bucket.
type podCounts struct {
	name   string
	counts Counts
}

// appendPods appends the counts of each pod, sorted by name whatever the order of
// arrival. dst must be empty.
func (b *bucket) appendPods(dst []podCounts) []podCounts {
	for c := b.pods; c != nil; c = c.next {
		if n := len(dst); n == 0 || dst[n-1].name != c.pod {
			dst = append(dst, podCounts{name: c.pod})
		}
		dst[len(dst)-1].counts[c.signal] += c.n
	}
	slices.SortFunc(dst, func(a, b podCounts) int { return strings.Compare(a.name, b.name) })
	kept := dst[:0]
	for i := range dst {
		if n := len(kept); n > 0 && kept[n-1].name == dst[i].name {
			kept[n-1].counts.Add(&dst[i].counts)
			continue
		}
		kept = append(kept, dst[i])
	}
	return kept
}

// bucket returns the open bucket of a second, and creates it if there is none.
func (s *series) bucket(second int64) *bucket {
	// Most entries belong to the newest second.
	i := len(s.open)
	if i > 0 && s.open[i-1].second >= second {
		var found bool
		i, found = slices.BinarySearchFunc(s.open, second, func(b bucket, second int64) int { return cmp.Compare(b.second, second) })
		if found {
			return &s.open[i]
		}
	}
	if len(s.open) == cap(s.open) {
		s.open = append(make([]bucket, 0, roomFor(len(s.open))), s.open...)
	}
	s.open = slices.Insert(s.open, i, bucket{second: second})
	return &s.open[i]
}

// fewOpen is how many open buckets a series that keeps up has at most.
const fewOpen = 128

// roomFor returns the capacity to allocate for n open buckets. There are many series,
// so doubling would leave a lot unused.
func roomFor(n int) int { return n + n/2 + 4 }

// drop removes the oldest bucket and returns its cells to free.
func (s *series) drop(free *stock) {
	free.put(s.open[0].others)
	free.put(s.open[0].pods)
	if len(s.open) > fewOpen { // moving so many costs more than the place of one
		s.open = s.open[1:]
		return
	}
	s.open = slices.Delete(s.open, 0, 1)
	if n := len(s.open); cap(s.open) > 2*roomFor(n) { // partitions are no longer apart
		s.open = append(make([]bucket, 0, roomFor(n)), s.open...)
	}
}
