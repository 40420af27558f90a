package notify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"github.com/prometheus/common/config"
	"go.uber.org/zap"

	"github.com/authspike/authspike/detector"
)

// The pauses between retries: the first is short, each further one twice as long, and
// each is random between half and the whole of that.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 15 * time.Second
)

// maxRefusals is how many alerts in a row may be refused without any being accepted
// before a pause: the fault is then likely in the server, or a proxy before it.
const maxRefusals = 8

// remindEvery is how often a lasting failure is logged again.
const remindEvery = 5 * time.Minute

// target is one Alertmanager. Its fields below the line belong to run.
type target struct {
	name    string
	client  *client
	encoder *encoder
	resend  time.Duration
	metrics targetMetrics
	log     *zap.Logger
	status  atomic.Pointer[Status]

	// mail holds what arrived since run last looked. Whoever takes the ledger out owns
	// it until it is put back or merged: post never finds the channel full, because
	// only post puts, and run never waits for post.
	mail chan *ledger

	// ---
	ledger   *ledger
	batch    []*entry
	failures int // requests failed in a row
	refusals int // alerts refused in a row
	retry    <-chan time.Time
	since    time.Time // of the first of the failures in a row
	logged   time.Time // when they were last logged
	spilled  time.Time // when an overflow was last logged
}

func newTarget(opts *Options, a *Alertmanager) (*target, error) {
	base, err := parseURL(a.URL)
	if err != nil {
		return nil, err
	}
	name := publicName(base)
	dialer := &net.Dialer{Timeout: DefaultTimeout}
	httpClient, err := config.NewClientFromConfig(a.Client, "alertmanager", config.WithDialContextFunc(dialer.DialContext))
	if err != nil {
		return nil, fmt.Errorf("alertmanager %s: HTTP client: %w", name, err)
	}
	timeout := a.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	t := &target{
		name:   name,
		client: &client{http: httpClient, endpoint: base.JoinPath("api", "v2", "alerts").String(), userAgent: opts.UserAgent, timeout: timeout},
		encoder: &encoder{
			external: opts.ExternalURL,
			labels:   append(append([]detector.Label(nil), opts.ExternalLabels...), a.Labels...),
			lasting:  endsAfter * opts.Resend,
		},
		resend:  opts.Resend,
		metrics: opts.Metrics.of(name),
		log:     opts.Logger.With(zap.String("alertmanager", name)),
		mail:    make(chan *ledger, 1),
		ledger:  newLedger(opts.Capacity),
	}
	t.status.Store(&Status{URL: name})
	return t, nil
}

// post adds alerts to the mail.
func (t *target) post(alerts []detector.Alert) {
	var mail *ledger
	select {
	case mail = <-t.mail:
	default:
		mail = newLedger(t.ledger.capacity)
	}
	dropped := 0
	for i := range alerts {
		dropped += mail.put(keyOf(&alerts[i]), &alerts[i])
	}
	t.metrics.dropped[dropOverflow].Add(float64(dropped))
	t.mail <- mail
}

// run sends until ctx ends and then drains. Requests with changes are bound to the
// context sending, the others to ctx.
func (t *target) run(ctx, sending context.Context) {
	defer t.client.http.CloseIdleConnections()
	ticker := time.NewTicker(t.resend)
	defer ticker.Stop()
	t.collect()
	for heartbeat := true; ; {
		if t.retry == nil {
			t.flush(ctx, sending, heartbeat)
		}
		t.report()
		heartbeat = false
		select {
		case <-ctx.Done():
			t.finish(ctx, sending)
			return
		case mail := <-t.mail:
			t.merge(mail)
		case <-ticker.C:
			t.ledger.tick()
			heartbeat = true
		case <-t.retry:
			t.retry = nil
			heartbeat = true
		}
	}
}

// finish sends what has not been accepted yet, starting now whatever the pause was,
// until everything is accepted or sending ends.
func (t *target) finish(ctx, sending context.Context) {
	t.collect()
	t.retry, t.failures = nil, 0
	for t.flush(ctx, sending, false); t.ledger.changes() > 0; t.flush(ctx, sending, false) {
		select {
		case <-t.retry: // flush leaves changes only where it failed and set this
			t.retry = nil
			continue
		case <-sending.Done():
		}
		left := t.ledger.changes()
		t.metrics.dropped[dropStopped].Add(float64(left))
		t.log.Error("stopped before the Alertmanager took all alerts", zap.Int("alerts", left))
		break
	}
	t.report()
}

// collect merges the mail, if there is any.
func (t *target) collect() {
	select {
	case mail := <-t.mail:
		t.merge(mail)
	default:
	}
}

func (t *target) merge(mail *ledger) {
	dropped := t.ledger.merge(mail)
	if dropped == 0 {
		return
	}
	t.metrics.dropped[dropOverflow].Add(float64(dropped))
	if now := time.Now(); now.Sub(t.spilled) >= remindEvery {
		t.spilled = now
		t.log.Error("more alerts than can be kept; the oldest are dropped", zap.Int("capacity", t.ledger.capacity), zap.Int("dropped", dropped))
	}
}

// flush sends everything that is due, batch by batch, until a request fails. If
// nothing is due and a heartbeat is wanted, it sends an empty list, which changes
// nothing and proves that the Alertmanager can be reached.
func (t *target) flush(ctx, sending context.Context, heartbeat bool) {
	for t.retry == nil {
		t.batch = t.ledger.next(t.batch[:0])
		if len(t.batch) == 0 && !heartbeat {
			return
		}
		heartbeat = false
		until := ctx
		if len(t.batch) > 0 && t.batch[0].want == wantChange { // changes come first
			until = sending
		}
		if until.Err() != nil {
			return
		}
		if f := t.send(until, t.batch); f != nil {
			t.failed(f)
			return
		}
		t.collect()
	}
}

// send sends one batch. A refused batch may have been accepted in part, and the
// response does not say which part: so its halves are sent, down to single alerts. It
// returns only a failure that sending fewer alerts would not avoid.
func (t *target) send(ctx context.Context, batch []*entry) *failure {
	f := t.request(ctx, batch)
	switch {
	case f == nil:
		for _, it := range batch {
			t.ledger.taken(it)
			t.refusals = 0
		}
		return nil
	case !f.splittable() || len(batch) == 0:
		return f
	case len(batch) == 1:
		t.refused(batch[0], f)
		if t.refusals++; t.refusals >= maxRefusals {
			t.refusals = 0
			return f
		}
		return nil
	}
	half := len(batch) / 2
	if f := t.send(ctx, batch[:half]); f != nil {
		return f
	}
	return t.send(ctx, batch[half:])
}

// request posts the alerts once and counts the outcome.
func (t *target) request(ctx context.Context, batch []*entry) *failure {
	start := time.Now()
	body, err := t.encoder.body(batch, start)
	if err != nil {
		return t.count(batch, &failure{reason: reasonEncode, err: err})
	}
	f := t.client.post(ctx, body)
	now := time.Now()
	t.metrics.latency.Observe(now.Sub(start).Seconds())
	if f != nil {
		return t.count(batch, f)
	}
	t.metrics.sent.Add(float64(len(batch)))
	t.metrics.lastSuccess.Set(float64(now.UnixMilli()) / 1e3)
	t.succeeded(now)
	return nil
}

func (t *target) count(batch []*entry, f *failure) *failure {
	t.metrics.errors[f.reason].Add(float64(max(1, len(batch))))
	return f
}

// refused sets one alert aside for later, or drops it.
func (t *target) refused(it *entry, f *failure) {
	if !it.refused {
		t.metrics.dropped[dropRefused].Inc()
		t.log.Error("Alertmanager refuses an alert", zap.String("alert", it.alert.Name()),
			zap.String("namespace", it.alert.Get("namespace")), zap.String("service", it.alert.Get("service")), zap.Error(f))
	}
	t.ledger.refuse(it)
	t.noteError(f)
}

// failed records a failed request and schedules the next one.
func (t *target) failed(f *failure) {
	now := time.Now()
	if t.failures == 0 {
		t.since = now
	}
	if now.Sub(t.logged) >= remindEvery && f.reason != reasonStopped {
		t.logged = now
		t.log.Warn("Alertmanager does not take alerts", zap.String("reason", string(f.reason)), zap.Error(f),
			zap.Int("failures", t.failures+1), zap.Time("since", t.since))
	}
	t.retry = time.After(pause(t.failures, f.retryAfter))
	t.failures++
	t.noteError(f)
}

func (t *target) noteError(f *failure) {
	s := *t.status.Load()
	s.LastError = f.Error()
	t.status.Store(&s)
}

func (t *target) succeeded(now time.Time) {
	if t.failures > 0 {
		t.log.Info("Alertmanager takes alerts again", zap.Int("failures", t.failures), zap.Time("since", t.since))
	}
	t.failures, t.logged = 0, time.Time{}
	s := *t.status.Load()
	s.LastSuccess, s.LastError = now, ""
	t.status.Store(&s)
}

// report publishes how many alerts are waiting.
func (t *target) report() {
	queued := t.ledger.changes()
	t.metrics.queueLength.Set(float64(queued))
	if s := *t.status.Load(); s.Queued != queued {
		s.Queued = queued
		t.status.Store(&s)
	}
}

// pause returns how long to wait after the given number of earlier failures: as long
// as the server asks, within bounds, otherwise longer each time.
func pause(failures int, asked time.Duration) time.Duration {
	full := min(lastPause, firstPause<<min(failures, 10))
	if asked > full {
		full = min(asked, lastPause)
	}
	return full/2 + rand.N(full/2)
}
