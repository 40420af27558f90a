package detector_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/authspike/authspike/detector"
)

// second is what n services did in one second, without randomness, so that the
// benchmark measures the detector alone.
func second(n int, at int64, r *rand.Rand) []detector.Sample {
	out := make([]detector.Sample, n)
	for i := range out {
		out[i] = detector.Sample{Series: detector.Series{Namespace: "prod", Service: services[i]}, Second: at}
		out[i].Counts[detector.Requests] = 20
		if r.IntN(10) == 0 {
			out[i].Counts[detector.Unauthorized] = 1
			out[i].Counts[detector.TokenExpired] = 1
		}
		if r.IntN(200) == 0 {
			out[i].Counts[detector.TokenMissing] = 1
		}
	}
	return out
}

var services = func() []string {
	out := make([]string, 10_000)
	for i := range out {
		out[i] = fmt.Sprintf("service-%05d", i)
	}
	return out
}()

// BenchmarkSecond is one second of 10,000 series: Add and Advance. An hour of
// history goes before it.
func BenchmarkSecond(b *testing.B) {
	const n = 10_000
	d := newDetector(b)
	r := rand.New(rand.NewPCG(1, 1))
	var minute [60][]detector.Sample
	for i := range minute {
		minute[i] = second(n, 0, r)
	}
	at := int64(origin)
	step := func() {
		batch := minute[at%60]
		for i := range batch {
			batch[i].Second = at
		}
		d.Add(batch)
		at++
		d.Advance(at)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 400 {
		step()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/series")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "%core")
}

// BenchmarkAdd is one sample into an open second.
func BenchmarkAdd(b *testing.B) {
	d := newDetector(b)
	sample := second(1, origin, rand.New(rand.NewPCG(1, 1)))
	sample[0].Pod = "pod-1"
	d.Add(sample)
	b.ReportAllocs()
	for b.Loop() {
		d.Add(sample)
	}
}

// BenchmarkEmptyDay is a day without entries of 10,000 series.
func BenchmarkEmptyDay(b *testing.B) {
	d := newDetector(b)
	at := int64(origin)
	d.Add(second(10_000, at, rand.New(rand.NewPCG(1, 1))))
	b.ReportAllocs()
	for b.Loop() {
		at += 86400
		d.Advance(at)
	}
}

// BenchmarkState writes and reads the state of 10,000 series with five minutes of
// history.
func BenchmarkState(b *testing.B) {
	d := newDetector(b)
	r := rand.New(rand.NewPCG(1, 1))
	for at := int64(origin); at < origin+300; at++ {
		d.Add(second(10_000, at, r))
		d.Advance(at)
	}
	state := d.AppendState(nil)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			state = d.AppendState(state[:0])
		}
		b.ReportMetric(float64(len(state))/10_000, "B/series")
	})
	b.Run("restore", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := newDetector(b).Restore(state); err != nil {
				b.Fatal(err)
			}
		}
	})
}
