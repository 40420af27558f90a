package app

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// Question asks why a series fired, or did not, at certain times of a replay.
type Question struct {
	Series detector.Series
	Spans  []Span // none: at each transition, and when it was nearest to an alert in each hour
	text   string
}

// Span is a second, or all seconds of a range in which the series has entries, in
// Unix seconds or seconds of each day.
type Span struct {
	From, To int64
	Range    bool // all seconds, not one
	Daily    bool
}

var errQuestion = errors.New("want NAMESPACE/SERVICE, then nothing, @TIME[,TIME...] or @FROM..TO; a TIME is in RFC 3339, Unix seconds, or HH:MM[:SS] of each day")

// ParseQuestion parses NAMESPACE/SERVICE[@TIME[,TIME...]|@FROM..TO]. An empty
// namespace is "-", or left out together with its slash.
func ParseQuestion(text string) (Question, error) {
	q := Question{text: text}
	name, times, dated := strings.Cut(text, "@")
	if i := strings.LastIndex(text, "@"); i >= 0 {
		name, times = text[:i], text[i+1:]
	}
	namespace, service, ok := strings.Cut(name, "/")
	if !ok {
		namespace, service = "", name
	}
	if namespace == "-" {
		namespace = ""
	}
	if service == "" || dated && times == "" {
		return q, fmt.Errorf("%q: %w", text, errQuestion)
	}
	q.Series = detector.Series{Namespace: namespace, Service: service}
	if !dated {
		return q, nil
	}
	for one := range strings.SplitSeq(times, ",") {
		s, err := parseSpan(one)
		if err != nil {
			return q, fmt.Errorf("%q: %q is no time: %w", text, one, errQuestion)
		}
		q.Spans = append(q.Spans, s)
	}
	return q, nil
}

func parseSpan(text string) (Span, error) {
	begin, end, ranged := strings.Cut(text, "..")
	from, daily, err := parseTime(begin)
	if err != nil {
		return Span{}, err
	}
	s := Span{From: from, To: from, Range: ranged, Daily: daily}
	if !ranged {
		return s, nil
	}
	to, sameKind, err := parseTime(end)
	if err != nil {
		return Span{}, err
	}
	if sameKind != daily || to < from {
		return Span{}, errQuestion
	}
	s.To = to
	return s, nil
}

func parseTime(text string) (second int64, daily bool, err error) {
	for _, layout := range [...]string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return int64(t.Hour()*3600 + t.Minute()*60 + t.Second()), true, nil
		}
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), false, nil
		}
	}
	second, err = strconv.ParseInt(text, 10, 64)
	if err == nil && second <= 0 {
		err = errQuestion
	}
	return second, false, err
}

const day = 86400

// asks appends to dst the seconds to explain because the series has a sample in
// `second`.
func (q *Question) asks(second int64, dst []int64) []int64 {
	for _, s := range q.Spans {
		from, to := s.From, s.To
		if s.Daily {
			from, to = second-second%day+from, second-second%day+to
		}
		switch {
		case !s.Range:
			dst = append(dst, from)
		case second >= from && second <= to:
			dst = append(dst, second)
		}
	}
	return dst
}

// pending are seconds that were asked for and are not judged yet, ascending.
type pending struct {
	seconds []int64
	done    int64 // none up to here comes again
}

func (p *pending) add(second int64) {
	if second <= p.done {
		return
	}
	if at, found := slices.BinarySearch(p.seconds, second); !found {
		p.seconds = slices.Insert(p.seconds, at, second)
	}
}

// drop removes the oldest second.
func (p *pending) drop() {
	p.done = p.seconds[0]
	p.seconds = p.seconds[1:]
}
