// Package survey summarizes part of a log: how much of it can be read, and how, what
// would be counted, for which services, and why tokens were rejected.
//
// Invariant: its size is bounded by what decoder and catalogue can name and by
// maxNames, whatever the log holds; of what clients send it keeps only routes. The
// package itself reads no log and no clock.
package survey

import (
	"cmp"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/naming"
)

// maxNames bounds the services, and the routes, that are told apart per partition;
// the others are counted together.
const maxNames = 2000

// others is the name of what is beyond maxNames.
const others = "(others)"

// Part is the summary of one partition or file. It belongs to one goroutine.
type Part struct {
	Name string

	worker *pipeline.Worker
	delta  pipeline.Delta
	text   []byte // of a name that is being made
	sums   sums
}

// sums are what a part, or all of them, add up to.
type sums struct {
	records, bytes, events int
	fully                  int
	fallbacks, unread      map[string]int // by reason, an event under one
	untimed                int
	oldest, newest         int64 // nanoseconds, 0 where no event has a time
	end                    int64 // Unix milliseconds at which the part's end was there, 0 for a file
	lost                   int64

	counts   detector.Counts
	left     int                    // requests that the selectors leave out
	joins    [pipeline.NumJoins]int // lines that are no event of their own
	statuses map[string]int
	formats  map[string]int
	services map[string]*service
	refused  map[string]int // unauthorized requests by method and route
	failures map[failure]int
}

// service are the counts of one service.
type service struct {
	counts   detector.Counts
	failures int
	pods     map[string]bool // up to maxPods of them
}

const maxPods = 1000

// failure is a reason, and the verifier that gave it.
type failure struct {
	reason   detector.Signal
	verifier string // "" where it is not known
}

// NewPart returns a summary of a partition or file called name.
func NewPart(name string, opts pipeline.WorkerOptions) (*Part, error) {
	p := &Part{Name: name, sums: newSums()}
	opts.Watch = pipeline.Watch{Read: p.read, Counted: p.counted}
	worker, err := pipeline.NewWorker(opts)
	if err != nil {
		return nil, err
	}
	p.worker = worker
	return p, nil
}

func newSums() sums {
	return sums{
		fallbacks: map[string]int{}, unread: map[string]int{}, statuses: map[string]int{}, formats: map[string]int{},
		services: map[string]*service{}, refused: map[string]int{}, failures: map[failure]int{},
	}
}

// Add adds the records of b to the summary. It retains of b only what a worker does.
func (p *Part) Add(b *pipeline.Batch) {
	s, d := &p.sums, &p.delta
	p.worker.Work(b, d)
	s.end = max(s.end, b.AsOf)
	s.lost += b.Lost
	s.records += d.Records
	s.bytes += int(d.Bytes)
	s.events += d.Events
	s.left += int(d.Drops[pipeline.DropSelected])
	for join, n := range d.Joins {
		s.joins[join] += int(n)
	}
	for i := range b.Records {
		if len(b.Records[i].Value) == 0 {
			s.events++
			s.unread[logline.ErrEmpty]++
		}
	}
}

// read adds how an event was read.
func (p *Part) read(e *logline.Entry, r *pipeline.Record, counts bool) {
	s := &p.sums
	p.quality(e, r, counts)
	p.span(e, r)
	p.format(e)
	count(s.formats, p.text)
	if e.Status != 0 {
		p.text = append(p.text[:0], byte('0'+e.Status/100), byte('0'+e.Status/10%10), byte('0'+e.Status%10))
		s.statuses[string(p.text)]++
	}
}

// counted adds what a line counts for.
func (p *Part) counted(e *logline.Entry, series *detector.Series, pod string, counts *detector.Counts) {
	s := &p.sums
	s.counts.Add(counts)
	one := p.service(series)
	one.counts.Add(counts)
	if e.Failure.IsFailure() && counts[e.Failure] > 0 {
		one.failures++
		s.failures[failure{e.Failure, e.Verifier}]++
	}
	if pod != "" && (len(one.pods) < maxPods || one.pods[pod]) {
		one.pods[pod] = true
	}
	if counts[detector.Unauthorized] > 0 {
		if p.text = append(p.text[:0], e.Method...); len(p.text) > 0 {
			p.text = append(p.text, ' ')
		}
		if len(e.Path) == 0 {
			p.text = append(p.text, "(no path)"...)
		}
		p.text = naming.AppendRoute(p.text, e.Path)
		count(s.refused, p.text)
	}
}

// The ways of reading an event less than fully; the first that applies is reported.
const (
	byText    = "text of no known format"
	byNewest  = "time of what stands before"
	byRecord  = "time of the Kafka record"
	noService = "service unknown"
	noFormat  = "text with nothing to count"
)

// quality counts how an event was read.
func (p *Part) quality(e *logline.Entry, r *pipeline.Record, counted bool) {
	s := &p.sums
	switch {
	case e.Err != "":
		s.unread[e.Err]++
	case e.Format == "" && !counted:
		s.unread[noFormat]++
	case e.Format == "":
		s.fallbacks[byText]++
	case e.TimeFrom == logline.TimeNone && r.Time == 0:
		s.fallbacks[byNewest]++
	case e.TimeFrom == logline.TimeNone:
		s.fallbacks[byRecord]++
	case counted && len(e.Service) == 0:
		s.fallbacks[noService]++
	default:
		s.fully++
	}
}

// span widens the time that the part spans.
func (p *Part) span(e *logline.Entry, r *pipeline.Record) {
	s, at := &p.sums, e.Time
	if e.TimeFrom == logline.TimeNone {
		s.untimed++
		if at = r.Time * int64(time.Millisecond); at == 0 {
			return
		}
	}
	if s.oldest == 0 || at < s.oldest {
		s.oldest = at
	}
	s.newest = max(s.newest, at)
}

// format sets p.text to the wrappers and the format of an event.
func (p *Part) format(e *logline.Entry) {
	p.text = p.text[:0]
	for _, name := range e.Wrappers[:e.NWrappers] {
		p.text = append(append(p.text, name...), " > "...)
	}
	p.text = append(p.text, cmp.Or(e.Format, "(text)")...)
}

// service returns the sums of a service.
func (p *Part) service(series *detector.Series) *service {
	name := cmp.Or(series.Service, "unknown")
	if series.Namespace != "" {
		name = series.Namespace + "/" + name
	}
	all := p.sums.services
	if s := all[name]; s != nil {
		return s
	}
	if len(all) >= maxNames {
		if name = others; all[name] != nil {
			return all[name]
		}
	}
	all[name] = &service{pods: map[string]bool{}}
	return all[name]
}

// count counts a name; beyond maxNames names, as others.
func count(names map[string]int, name []byte) {
	if n, ok := names[string(name)]; ok {
		names[string(name)] = n + 1
	} else if len(names) < maxNames {
		names[string(name)] = 1
	} else {
		names[others]++
	}
}

// add adds the sums of a part.
func (s *sums) add(o *sums) {
	s.records, s.bytes, s.events = s.records+o.records, s.bytes+o.bytes, s.events+o.events
	s.fully, s.untimed, s.left, s.lost = s.fully+o.fully, s.untimed+o.untimed, s.left+o.left, s.lost+o.lost
	if o.oldest != 0 && (s.oldest == 0 || o.oldest < s.oldest) {
		s.oldest = o.oldest
	}
	s.newest, s.end = max(s.newest, o.newest), max(s.end, o.end)
	s.counts.Add(&o.counts)
	for join, n := range o.joins {
		s.joins[join] += n
	}
	for _, m := range [...]struct{ to, from map[string]int }{
		{s.fallbacks, o.fallbacks}, {s.unread, o.unread}, {s.statuses, o.statuses}, {s.formats, o.formats}, {s.refused, o.refused},
	} {
		for name, n := range m.from {
			m.to[name] += n
		}
	}
	for f, n := range o.failures {
		s.failures[f] += n
	}
	for name, one := range o.services {
		into := s.services[name]
		if into == nil {
			into = &service{pods: map[string]bool{}}
			s.services[name] = into
		}
		into.counts.Add(&one.counts)
		into.failures += one.failures
		for pod := range one.pods {
			into.pods[pod] = true
		}
	}
}
