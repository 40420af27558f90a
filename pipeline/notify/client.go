package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reason is why a request failed, as a label of metrics. The set is bounded.
type reason string

// The reasons why a request fails.
const (
	reasonTimeout     reason = "timeout"      // no answer in time
	reasonConnection  reason = "connection"   // refused, reset, no such host, TLS
	reasonRedirect    reason = "redirect"     // answered by sending us elsewhere
	reasonRefused     reason = "refused"      // 400, 413, 422: it will not have these alerts
	reasonAuth        reason = "auth"         // 401, 403, 407
	reasonRateLimited reason = "rate_limited" // 429
	reasonClient      reason = "client_error" // any other 4xx
	reasonServer      reason = "server_error" // 5xx, and what is no HTTP status
	reasonEncode      reason = "encode"       // the alerts cannot be written as JSON
	reasonStopped     reason = "stopped"      // the drain deadline passed
)

var reasons = [...]reason{
	reasonTimeout, reasonConnection, reasonRedirect, reasonRefused, reasonAuth,
	reasonRateLimited, reasonClient, reasonServer, reasonEncode, reasonStopped,
}

// failure is a request that was not accepted.
type failure struct {
	reason     reason
	err        error
	retryAfter time.Duration // as the server asks, 0 if it does not
}

func (f *failure) Error() string { return f.err.Error() }

// splittable reports whether some of the alerts may be accepted although all of them
// together were not.
func (f *failure) splittable() bool { return f.reason == reasonRefused }

// maxAnswer bounds how many bytes of a response are read.
const maxAnswer = 4 << 10

// client posts to one Alertmanager.
type client struct {
	http      *http.Client
	endpoint  string
	userAgent string
	timeout   time.Duration
}

// post sends the body and returns nil if the Alertmanager has accepted it.
func (c *client) post(ctx context.Context, body []byte) *failure {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return &failure{reason: reasonConnection, err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return &failure{reason: transportReason(ctx, err), err: err}
	}
	defer func() { _ = resp.Body.Close() }() // after the answer there is nothing to do about it
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode/100 == 2 {
		// The older kinds of redirect (301, 302, 303) turn POST into GET, which returns
		// 200 without storing anything.
		if resp.Request.Method != http.MethodPost {
			return &failure{reason: reasonRedirect, err: fmt.Errorf("redirected to %s, which turned the POST into %s",
				publicName(resp.Request.URL), resp.Request.Method)}
		}
		return nil // the status decides; an answer cut short changes nothing
	}
	if err != nil {
		answer = append(answer, " (answer cut short)"...)
	}
	return &failure{
		reason:     statusReason(resp.StatusCode),
		err:        fmt.Errorf("answered %s: %s", resp.Status, oneLine(answer)),
		retryAfter: retryAfter(resp.Header),
	}
}

func transportReason(ctx context.Context, err error) reason {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return reasonStopped
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return reasonTimeout
	default:
		return reasonConnection
	}
}

func statusReason(code int) reason {
	switch {
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return reasonRefused
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return reasonAuth
	case code == http.StatusTooManyRequests:
		return reasonRateLimited
	case code == http.StatusRequestTimeout:
		return reasonTimeout
	case code/100 == 3:
		return reasonRedirect
	case code/100 == 4:
		return reasonClient
	default:
		return reasonServer
	}
}

// retryAfter parses the Retry-After header if it is in seconds; its other form, a
// date, would depend on the other side's clock.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}

// oneLine makes a response fit for a log line.
func oneLine(answer []byte) string {
	const limit = 300
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(answer), "�")), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "..."
	}
	if s == "" {
		return "(no text)"
	}
	return s
}
