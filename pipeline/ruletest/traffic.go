package ruletest

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// Amount is a rate of events, or a share of the requests.
type Amount struct {
	Value float64 // per second, or from 0 to 1
	Share bool
}

var perSecond = map[string]float64{"s": 1, "m": 60, "h": 3600}

// UnmarshalText parses 20/s, 3/m, 10/h or 2.5%.
func (a *Amount) UnmarshalText(text []byte) error {
	number, unit, rate := strings.Cut(string(text), "/")
	number, share := strings.CutSuffix(number, "%")
	v, err := strconv.ParseFloat(number, 64)
	span, known := perSecond[unit]
	if err != nil || rate == share || rate && !known || math.IsNaN(v) {
		return errors.New("an amount is a rate, 20/s, 3/m or 10/h, or a share of the requests, 2.5%")
	}
	if share {
		v /= 100
		span = 1
	}
	v /= span
	if v < 0 || v > maxRate || share && v > 1 {
		return errors.New("an amount is 0 to 1000000/s, or 0% to 100%")
	}
	*a = Amount{Value: v, Share: share}
	return nil
}

// stream is a compiled Input.
type stream struct {
	from, to int64 // Unix seconds
	series   detector.Series
	pods     []string
	requests float64 // per second
	rates    [detector.NumSignals]float64
	shares   [detector.NumSignals]float64
}

func newStream(in *Input, start int64) stream {
	s := stream{
		from: start + int64(in.From/time.Second), to: start + int64(in.To/time.Second),
		series: detector.Series{Namespace: in.Namespace, Service: in.Service},
		pods:   in.Pods, requests: in.Requests.Value,
	}
	if len(s.pods) == 0 {
		s.pods = []string{""}
	}
	s.set(detector.Unauthorized, in.Unauthorized)
	// A rate of unauthorized requests is converted to a share, so that no second has
	// more of them than requests.
	if !in.Unauthorized.Share && in.Unauthorized.Value > 0 {
		s.set(detector.Unauthorized, Amount{Value: in.Unauthorized.Value / in.Requests.Value, Share: true})
	}
	for name, amount := range in.Failures {
		if signal, ok := detector.ParseSignal(name); ok {
			s.set(signal, amount)
		}
	}
	return s
}

func (s *stream) set(signal detector.Signal, a Amount) {
	s.rates[signal], s.shares[signal] = a.Value, 0
	if a.Share {
		s.rates[signal], s.shares[signal] = 0, a.Value
	}
}

// appendSecond appends the samples of one Unix second.
func (s *stream) appendSecond(dst []detector.Sample, second int64) []detector.Sample {
	if second < s.from || second >= s.to {
		return dst
	}
	for pod := range s.pods {
		before, after := s.until(pod, second-s.from), s.until(pod, second-s.from+1)
		sample := detector.Sample{Series: s.series, Pod: s.pods[pod], Second: second}
		some := false
		for signal := range after {
			n := after[signal] - before[signal]
			sample.Counts[signal] = uint32(n)
			some = some || n > 0
		}
		if some {
			dst = append(dst, sample)
		}
	}
	return dst
}

// until returns the counts of a pod in the first n seconds. Pods are staggered, so that
// they do not all fail in the same second.
func (s *stream) until(pod int, n int64) (counts [detector.NumSignals]int64) {
	turn := func(all int64) int64 { return (all + int64(len(s.pods)-1-pod)) / int64(len(s.pods)) }
	phase := float64(pod) / float64(len(s.pods))
	counts[detector.Requests] = turn(whole(s.requests * float64(n)))
	for signal := detector.Unauthorized; signal < detector.NumSignals; signal++ {
		if share := s.shares[signal]; share > 0 {
			counts[signal] = whole(share*float64(counts[detector.Requests]) + phase)
			continue
		}
		counts[signal] = turn(whole(s.rates[signal] * float64(n)))
	}
	return counts
}

// whole rounds down, allowing for rounding errors in products that should be integers.
func whole(x float64) int64 { return int64(math.Floor(x + 1e-6)) }
