// Package traffic makes log records of services for benchmarks: request lines, a
// small share of them refused with status 401, and after each of those the line
// in which a verifier says why.
//
// Invariant: the options determine every byte. Counts says what the records made
// so far mean, so that a reader can be held to it.
//
// The package refuses to simulate incidents and the wandering of real traffic:
// bench/detection does that.
package traffic

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Shape says how request lines are written.
type Shape string

// The shapes.
const (
	JSON      Shape = "json"      // one layout, about 380 bytes
	Layouts   Shape = "layouts"   // twenty JSON layouts, mixed
	Nginx     Shape = "nginx"     // combined
	FluentBit Shape = "fluentbit" // JSON in the string of a JSON record with Kubernetes metadata
)

// Options determine the records.
type Options struct {
	Seed      uint64
	Shape     Shape     // default JSON
	Start     time.Time // time of the first request, default 2026-03-04 05:06:00 UTC
	PerSecond int       // requests per second of event time, default 2000
	Share     float64   // of requests that are refused, 0 to 1; 0 means 0.005
	Services  int       // default 8
	Pods      int       // per service, default 3
}

// Counts is what records mean.
type Counts struct {
	Requests     int // request lines
	Unauthorized int // of them with status 401
	Reasons      int // lines of verifiers
	Decoys       int // requests that were not refused and have "status":401 in a nested object or in a text
}

// Generator makes records. It is not for concurrent use.
type Generator struct {
	opts     Options
	rng      *rand.Rand
	layouts  []layout
	verifier layout
	before   layout // with after: what wraps each line, if anything
	after    layout
	services []service
	reason   bool // the next record is the verifier's line about e
	e        event
	line     []byte
	counts   Counts
}

type service struct {
	name string
	pods []string
}

// event is one request.
type event struct {
	at               time.Time
	status, upstream int
	note             string
	path, method     string
	service, pod     string
	id               uint64
	duration         int
	reason           string
}

// New returns a Generator.
func New(opts Options) (*Generator, error) {
	if opts.Shape == "" {
		opts.Shape = JSON
	}
	if opts.Start.IsZero() {
		opts.Start = time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	}
	opts.PerSecond = orDefault(opts.PerSecond, 2000)
	opts.Services = orDefault(opts.Services, 8)
	opts.Pods = orDefault(opts.Pods, 3)
	if opts.Share == 0 {
		opts.Share = 0.005
	}
	if opts.PerSecond < 0 || opts.Services < 0 || opts.Pods < 0 || opts.Share < 0 || opts.Share > 1 {
		return nil, fmt.Errorf("options out of range: %+v", opts)
	}
	g := &Generator{opts: opts, rng: rand.New(rand.NewPCG(opts.Seed, 1)), verifier: parseLayout(verifierLayout)}
	all := strings.Split(strings.TrimSpace(layoutText), "\n")
	switch opts.Shape {
	case JSON:
		all = all[:1]
	case Layouts:
	case Nginx:
		all = []string{nginxLayout}
	case FluentBit:
		all = all[:1]
		g.before, g.after = parseLayout(fluentBefore), parseLayout(fluentAfter)
	default:
		return nil, fmt.Errorf("no shape is called %q: json, layouts, nginx or fluentbit", opts.Shape)
	}
	for _, text := range all {
		g.layouts = append(g.layouts, parseLayout(text))
	}
	for i := range opts.Services {
		s := service{name: fmt.Sprintf("%s-%d", names[i%len(names)], i)}
		for range opts.Pods {
			s.pods = append(s.pods, fmt.Sprintf("%s-6d4cf56db6-%05x", s.name, g.rng.IntN(1<<20)))
		}
		g.services = append(g.services, s)
	}
	return g, nil
}

func orDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

var (
	names   = []string{"api-worker", "checkout", "gateway", "search"}
	paths   = []string{"/api/orders", "/api/orders/8f14e45f", "/api/users/17/cart", "/api/search"}
	methods = []string{"GET", "GET", "POST"}
	others  = []int{200, 200, 200, 201, 204, 304, 404}
	reasons = []string{
		"token is expired by 3m12s",
		"unable to find a signing key that matches: kid mismatch, kid=2f7c",
		"signature is invalid",
	}
)

const (
	plainNote = `served from cache, age 17 s`
	decoyNote = `peer said {\"status\":401}`
)

// Append appends the next record, without a line end, to dst and returns it with
// its time.
func (g *Generator) Append(dst []byte) ([]byte, time.Time) {
	l := &g.verifier
	if g.reason {
		g.reason = false
		g.counts.Reasons++
	} else {
		g.next()
		l = &g.layouts[g.rng.IntN(len(g.layouts))]
	}
	if g.opts.Shape != FluentBit {
		return l.append(dst, &g.e), g.e.at
	}
	g.line = append(l.append(g.line[:0], &g.e), '\n')
	dst = g.before.append(dst, &g.e)
	dst = strconv.AppendQuote(dst, string(g.line))
	return g.after.append(dst, &g.e), g.e.at
}

// Counts returns what the records made so far mean.
func (g *Generator) Counts() Counts { return g.counts }

// next draws a request.
func (g *Generator) next() {
	s := &g.services[g.rng.IntN(len(g.services))]
	g.e = event{
		at:       g.opts.Start.Add(time.Duration(g.counts.Requests) * time.Second / time.Duration(g.opts.PerSecond)),
		status:   others[g.rng.IntN(len(others))],
		upstream: 200,
		note:     plainNote,
		path:     paths[g.rng.IntN(len(paths))],
		method:   methods[g.rng.IntN(len(methods))],
		service:  s.name,
		pod:      s.pods[g.rng.IntN(len(s.pods))],
		id:       g.rng.Uint64(),
		duration: 10 + g.rng.IntN(90),
		reason:   reasons[g.rng.IntN(len(reasons))],
	}
	decoy := g.rng.IntN(100)
	g.counts.Requests++
	if g.rng.Float64() < g.opts.Share {
		g.e.status, g.reason = 401, true
		g.counts.Unauthorized++
		return
	}
	if g.opts.Shape != JSON && g.opts.Shape != FluentBit {
		return // their lines have no place for decoys
	}
	switch decoy {
	case 0:
		g.e.upstream = 401
		g.counts.Decoys++
	case 1:
		g.e.note = decoyNote
		g.counts.Decoys++
	}
}

// append appends what a verb of a layout stands for.
func (e *event) append(dst []byte, verb byte) []byte {
	switch verb {
	case 't':
		return e.at.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	case 'e':
		return strconv.AppendInt(dst, e.at.Unix(), 10)
	case 'c':
		return e.at.AppendFormat(dst, "02/Jan/2006:15:04:05 -0700")
	case 's':
		return strconv.AppendInt(dst, int64(e.status), 10)
	case 'u':
		return strconv.AppendInt(dst, int64(e.upstream), 10)
	case 'q':
		return append(dst, e.note...)
	case 'p':
		return append(dst, e.path...)
	case 'm':
		return append(dst, e.method...)
	case 'v':
		return append(dst, e.service...)
	case 'o':
		return append(dst, e.pod...)
	case 'n':
		return append(dst, "prod"...)
	case 'i':
		return fmt.Appendf(dst, "%016x", e.id)
	case 'd':
		return strconv.AppendInt(dst, int64(e.duration), 10)
	case 'r':
		return append(dst, e.reason...)
	}
	panic("a layout has the unknown verb %" + string(verb))
}
