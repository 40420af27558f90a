// Package notify delivers alerts to every configured Alertmanager.
//
// Each Alertmanager has its own loop and its own bounded ledger, so that one
// which is slow, hangs or rejects requests delays neither the others nor the caller.
// A changed alert is sent at once, and a firing one again every resend interval, with
// an end that is four intervals ahead, so that an alert survives three lost sends and
// expires if authspike is gone for good. A resolve is sent until that Alertmanager
// has accepted it, and then never again, or the two instances of an HA pair would
// overwrite each other's newer state.
//
// Invariant: for every alert, the newest state given to Update is the one that is
// sent; an older state never follows it to the same Alertmanager.
//
// It decides nothing about alerts, keeps nothing on disk and must not be pointed at a
// load balancer: list every Alertmanager of a cluster.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
)

// The defaults of Options and Alertmanager.
const (
	DefaultResend   = time.Minute
	DefaultTimeout  = 10 * time.Second
	DefaultDrain    = 10 * time.Second
	DefaultCapacity = 10_000
)

// endsAfter is how many resend intervals ahead of now a firing alert ends.
const endsAfter = 4

// maxBatch is the largest number of alerts in one request.
const maxBatch = 256

// Alertmanager configures how one Alertmanager is reached.
type Alertmanager struct {
	// URL is its base, with the path prefix if it has one. Required.
	URL string
	// Timeout bounds one request. 0 means DefaultTimeout.
	Timeout time.Duration
	// Client holds TLS, authentication, proxy and headers. Start from
	// config.DefaultHTTPClientConfig: the zero value follows no redirects and
	// speaks no HTTP/2.
	Client config.HTTPClientConfig
	// Labels are added to the alerts sent to this one, after ExternalLabels.
	Labels []detector.Label
}

// Options configure a Notifier.
type Options struct {
	// Alertmanagers each get every alert. None is allowed: nothing is sent then.
	Alertmanagers []Alertmanager
	// Resend is how often a firing alert is sent again. 0 means DefaultResend.
	Resend time.Duration
	// Drain bounds how long Run goes on sending after its context has ended. 0 means
	// DefaultDrain.
	Drain time.Duration
	// Capacity bounds the alerts kept per Alertmanager: firing ones, and resolves that
	// have not been accepted yet. Beyond it the alert with the oldest change is dropped
	// and counted. 0 means DefaultCapacity.
	Capacity int
	// ExternalURL is the URL under which people reach this authspike, the base of the
	// alerts' generatorURL. "" leaves generatorURL out.
	ExternalURL string
	// ExternalLabels are added to every alert, unless it has a label of that name.
	ExternalLabels []detector.Label
	// UserAgent is sent with each request. "" means "authspike".
	UserAgent string
	// Metrics count what is sent. If nil, they are not exposed.
	Metrics *Metrics
	// Logger logs what operators should know. nil means none.
	Logger *zap.Logger
}

func (o *Options) setDefaults() {
	if o.Resend == 0 {
		o.Resend = DefaultResend
	}
	if o.Drain == 0 {
		o.Drain = DefaultDrain
	}
	if o.Capacity == 0 {
		o.Capacity = DefaultCapacity
	}
	if o.UserAgent == "" {
		o.UserAgent = "authspike"
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
}

// Validate reports all faults of the options, joined, or nil.
func (o *Options) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if o.Resend < 0 || o.Resend > 0 && o.Resend < time.Second {
		fault("resend interval %v: must be at least 1s", o.Resend)
	}
	if o.Drain < 0 {
		fault("drain time %v: must not be negative", o.Drain)
	}
	if o.Capacity < 0 {
		fault("capacity %d: must not be negative", o.Capacity)
	}
	if o.ExternalURL != "" {
		if _, err := parseURL(o.ExternalURL); err != nil {
			fault("external URL: %w", err)
		}
	}
	faults = append(faults, labelFaults("external label", o.ExternalLabels)...)
	seen := make(map[string]bool, len(o.Alertmanagers))
	for i := range o.Alertmanagers {
		a := &o.Alertmanagers[i]
		base, err := parseURL(a.URL)
		if err != nil {
			fault("alertmanager: %w", err)
			continue
		}
		name := publicName(base)
		if seen[name] {
			fault("alertmanager %s: listed twice", name)
		}
		seen[name] = true
		if a.Timeout < 0 {
			fault("alertmanager %s: timeout %v: must not be negative", name, a.Timeout)
		}
		if err := a.Client.Validate(); err != nil {
			fault("alertmanager %s: HTTP client: %w", name, err)
		}
		faults = append(faults, labelFaults("alertmanager "+name+": label", a.Labels)...)
	}
	return errors.Join(faults...)
}

func labelFaults(where string, labels []detector.Label) []error {
	var faults []error
	for _, l := range labels {
		if !model.LegacyValidation.IsValidLabelName(l.Name) {
			faults = append(faults, fmt.Errorf("%s %q: not a label name", where, l.Name))
		}
	}
	return faults
}

// parseURL reads the base URL of a server.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		var bare *url.Error
		if errors.As(err, &bare) { // its text repeats the URL, password and all
			err = bare.Err
		}
		return nil, fmt.Errorf("parse URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q: must start with http:// or https://", u.Redacted())
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%q: has no host", u.Redacted())
	}
	return u, nil
}

// publicName returns the URL as it may appear in labels and logs: without credentials
// and query.
func publicName(u *url.URL) string {
	public := url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return public.String()
}

// Notifier sends alerts to every Alertmanager.
type Notifier struct {
	drain   time.Duration
	targets []*target
}

// New returns a Notifier. It starts nothing and reads no file; Run does the work.
func New(opts Options) (*Notifier, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts.setDefaults()
	n := &Notifier{drain: opts.Drain}
	for i := range opts.Alertmanagers {
		t, err := newTarget(&opts, &opts.Alertmanagers[i])
		if err != nil {
			return nil, err
		}
		n.targets = append(n.targets, t)
	}
	opts.Metrics.touch(n.targets)
	return n, nil
}

// Update queues alerts whose state is new or has changed, and at start those that
// still fire. It never blocks, and may be called before Run, but not concurrently.
// The alerts and their slices must not be changed afterwards.
func (n *Notifier) Update(alerts []detector.Alert) {
	if len(alerts) == 0 {
		return
	}
	for _, t := range n.targets {
		t.post(alerts)
	}
}

// Run sends until ctx ends, then goes on sending what has not been accepted yet for
// at most Options.Drain, and returns when all its goroutines have ended. Firing
// alerts are left firing: the next start continues with them. Alerts passed to Update
// after ctx has ended may remain unsent.
func (n *Notifier) Run(ctx context.Context) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var loops sync.WaitGroup
	for _, t := range n.targets {
		loops.Go(func() { t.run(ctx, sending) })
	}
	<-ctx.Done()
	deadline := time.AfterFunc(n.drain, cancel)
	defer deadline.Stop()
	loops.Wait()
}

// Status is what is known about one Alertmanager.
type Status struct {
	URL         string    // without credentials
	LastSuccess time.Time // zero before the first
	LastError   string    // of the newest request, "" if it was taken
	Queued      int       // alerts with a change that it has not yet taken
}

// Status returns the state of each Alertmanager, in configured order. It is safe for
// concurrent use.
func (n *Notifier) Status() []Status {
	all := make([]Status, len(n.targets))
	for i, t := range n.targets {
		all[i] = *t.status.Load()
	}
	return all
}
