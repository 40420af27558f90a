package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"go.uber.org/zap"
)

// PushOptions configure where metrics are pushed, for pods that nothing scrapes.
type PushOptions struct {
	// URL is an endpoint that accepts the text format, such as VictoriaMetrics'
	// http://host:8428/api/v1/import/prometheus. Required.
	URL string
	// Interval between pushes. 0 means 15 s.
	Interval time.Duration
	// ExtraLabels are added to every metric: `instance="a",job="authspike"`.
	ExtraLabels string
	// Headers are added to every request: "Authorization: Bearer abc".
	Headers []string
}

// Push sends everything that the gatherer returns, at every interval, until ctx ends.
// If the options are wrong it returns an error at once; otherwise it returns when all
// its goroutines have ended.
func Push(ctx context.Context, from prometheus.Gatherer, opts PushOptions, log *zap.Logger) error {
	if opts.Interval == 0 {
		opts.Interval = 15 * time.Second
	}
	var worker sync.WaitGroup
	err := vm.InitPushExtWithOptions(ctx, opts.URL, opts.Interval, func(w io.Writer) {
		if err := writeText(w, from); err != nil {
			log.Warn("metrics are pushed in part", zap.Error(err))
		}
	}, &vm.PushOptions{ExtraLabels: opts.ExtraLabels, Headers: opts.Headers, Method: http.MethodPost, WaitGroup: &worker})
	if err != nil {
		return fmt.Errorf("push metrics: %w", err)
	}
	worker.Wait()
	return nil
}

// writeText writes what can be gathered in the text format, and returns the error of
// the rest.
func writeText(w io.Writer, from prometheus.Gatherer) error {
	families, gatherErr := from.Gather()
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			return fmt.Errorf("write metrics: %w", err)
		}
	}
	if gatherErr != nil {
		return fmt.Errorf("gather metrics: %w", gatherErr)
	}
	return nil
}
