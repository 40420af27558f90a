package web

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/prometheus/client_golang/prometheus"
)

// Kind is the type of a metric family.
type Kind uint8

// The kinds.
const (
	Counter Kind = iota
	Gauge
	Histogram
)

// Family declares one metric family of a VictoriaMetrics set: everything that the set
// itself does not know.
type Family struct {
	Name   string
	Help   string
	Kind   Kind
	Labels []string // names of the labels that each of its metrics has, in any order
	// Buckets are the upper bounds, ascending, of a Histogram's buckets; each must
	// be one that HistogramBounds can return. Observations up to the first bound, and
	// beyond the last, are counted in full in `le` and `+Inf`.
	Buckets []float64
}

// HistogramBounds returns upper bounds from `from` up to `to`, perDecade of them
// per power of ten: 1, 2, 3, 6, 9 or 18. Only these bounds are exact: a
// VictoriaMetrics histogram counts in 18 fixed ranges per decade (10^(i/18)), so the
// count for a bound inside such a range would be a guess. They are rounded to four
// digits, as VictoriaMetrics writes them. Bounds exist from 1e-9 to 1e18.
func HistogramBounds(from, to float64, perDecade int) []float64 {
	if perDecade < 1 || 18%perDecade != 0 || !(from > 0) || !(to >= from) {
		panic(fmt.Sprintf("histogram bounds %g to %g, %d per decade: perDecade must divide 18 and 0 < from <= to", from, to, perDecade))
	}
	var bounds []float64
	for i := math.Floor(math.Log10(from) * float64(perDecade)); ; i++ {
		b := edge(math.Pow(10, i/float64(perDecade)))
		switch {
		case b > to*1.0005:
			return bounds
		case b >= from*0.9995:
			bounds = append(bounds, b)
		}
	}
}

// edge rounds to the four digits with which VictoriaMetrics writes its ranges.
func edge(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// isEdge reports whether v is the end of a range of a VictoriaMetrics histogram.
func isEdge(v float64) bool {
	if !(v >= 1e-9 && v <= 1e18) {
		return false
	}
	i := math.Round(math.Log10(v) * 18)
	return edge(math.Pow(10, i/18)) == v
}

// Collector exposes the metrics of a VictoriaMetrics set through a Prometheus
// registry, with help texts and with `le` buckets instead of `vmrange`.
//
// The set is cheap to count in, but its own output has no help texts, and its
// histograms leave out empty buckets, which Prometheus cannot handle. A histogram
// without observations is missing from that output as well; here it is all zeros.
//
// The counts of a bucket are exact. The sum of a histogram is read a moment after
// its buckets, in the order in which the set writes them, and may be ahead of them by
// what was observed in between.
type Collector struct {
	set      *vm.Set
	families map[string]*family
	order    []string
}

type family struct {
	Family

	desc   *prometheus.Desc
	labels []string // sorted
}

// NewCollector returns a collector of the set's metrics. Each metric must belong to
// one of the families; one that does not makes the scrape report an error.
func NewCollector(set *vm.Set, families ...Family) (*Collector, error) {
	c := &Collector{set: set, families: make(map[string]*family, len(families))}
	var faults []error
	for _, f := range families {
		if _, ok := c.families[f.Name]; ok {
			faults = append(faults, fmt.Errorf("metric %s: declared twice", f.Name))
		}
		if f.Help == "" {
			faults = append(faults, fmt.Errorf("metric %s: has no help text", f.Name))
		}
		if (f.Kind == Histogram) != (len(f.Buckets) > 0) {
			faults = append(faults, fmt.Errorf("metric %s: a histogram has buckets, and nothing else has", f.Name))
		}
		if !slices.IsSorted(f.Buckets) {
			faults = append(faults, fmt.Errorf("metric %s: buckets must ascend", f.Name))
		}
		for _, b := range f.Buckets {
			if !isEdge(b) {
				faults = append(faults, fmt.Errorf("metric %s: bucket %g is not one of HistogramBounds'", f.Name, b))
			}
		}
		labels := slices.Sorted(slices.Values(f.Labels))
		c.families[f.Name] = &family{Family: f, labels: labels, desc: prometheus.NewDesc(f.Name, f.Help, labels, nil)}
		c.order = append(c.order, f.Name)
	}
	return c, errors.Join(faults...)
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, name := range c.order {
		ch <- c.families[name].desc
	}
}

// histogram accumulates one histogram of the set.
type histogram struct {
	buckets map[float64]uint64
	sum     float64
	count   uint64
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	histograms := make(map[string]*histogram) // by full name
	for _, full := range c.set.ListMetricNames() {
		name, _, _ := strings.Cut(full, "{")
		if f, ok := c.families[name]; !ok {
			ch <- invalid(name, errors.New("not declared to the collector"))
		} else if f.Kind == Histogram {
			histograms[full] = newHistogram(f)
		}
	}
	var text strings.Builder
	c.set.WritePrometheus(&text)
	for line := range strings.Lines(text.String()) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := c.line(line, histograms, ch); err != nil {
			ch <- invalid(line, err)
		}
	}
	for full, h := range histograms {
		name, tags, _ := strings.Cut(strings.TrimSuffix(full, "}"), "{")
		f := c.families[name]
		values, err := f.values(tags)
		if err != nil {
			ch <- invalid(full, err)
			continue
		}
		m, err := prometheus.NewConstHistogram(f.desc, h.count, h.sum, h.buckets, values...)
		if err != nil {
			ch <- invalid(full, err)
			continue
		}
		ch <- m
	}
}

func newHistogram(f *family) *histogram {
	h := &histogram{buckets: make(map[float64]uint64, len(f.Buckets))}
	for _, b := range f.Buckets {
		h.buckets[b] = 0
	}
	return h
}

// line handles one line of the set's output: `name{labels} value`.
func (c *Collector) line(line string, histograms map[string]*histogram, ch chan<- prometheus.Metric) error {
	space := strings.LastIndexByte(line, ' ')
	if space < 0 {
		return errors.New("has no value")
	}
	value, err := strconv.ParseFloat(line[space+1:], 64)
	if err != nil {
		return fmt.Errorf("read value: %w", err)
	}
	name, tags, _ := strings.Cut(strings.TrimSuffix(line[:space], "}"), "{")
	if f, ok := c.families[name]; ok {
		kind := prometheus.CounterValue
		if f.Kind == Gauge {
			kind = prometheus.GaugeValue
		}
		values, err := f.values(tags)
		if err != nil {
			return err
		}
		m, err := prometheus.NewConstMetric(f.desc, kind, value, values...)
		if err != nil {
			return err
		}
		ch <- m
		return nil
	}
	for _, suffix := range [...]string{"_bucket", "_sum", "_count"} {
		base, ok := strings.CutSuffix(name, suffix)
		if f := c.families[base]; ok && f != nil {
			return c.histogramLine(f, suffix, tags, value, histograms)
		}
	}
	return nil // not declared: reported by name already
}

// histogramLine adds one line of a histogram to what has been accumulated.
func (c *Collector) histogramLine(f *family, suffix, tags string, value float64, histograms map[string]*histogram) error {
	var upper float64
	if suffix == "_bucket" {
		at := strings.LastIndex(tags, `vmrange="`)
		if at < 0 {
			return errors.New("bucket has no vmrange")
		}
		_, end, ok := strings.Cut(strings.TrimSuffix(tags[at+len(`vmrange="`):], `"`), "...")
		if !ok {
			return errors.New("vmrange has no end")
		}
		var err error
		if upper, err = strconv.ParseFloat(end, 64); err != nil {
			return fmt.Errorf("read vmrange: %w", err)
		}
		tags = strings.TrimSuffix(tags[:at], ",")
	}
	full := f.Name
	if tags != "" {
		full += "{" + tags + "}"
	}
	h, ok := histograms[full]
	if !ok { // registered between the list and the output: the next scrape has it
		return nil
	}
	switch suffix {
	case "_sum":
		h.sum = value
	case "_bucket":
		// Bounds are ends of ranges, so no range crosses a bound.
		h.count += uint64(value)
		for _, b := range f.Buckets {
			if upper <= b {
				h.buckets[b] += uint64(value)
			}
		}
	}
	return nil
}

// values returns the values of the labels, in the order of the description.
func (f *family) values(tags string) ([]string, error) {
	values := make([]string, len(f.labels))
	seen := 0
	for tags != "" {
		name, rest, ok := strings.Cut(tags, "=")
		if !ok {
			return nil, errors.New("label without value")
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, fmt.Errorf("label %s: %w", name, err)
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("label %s: %w", name, err)
		}
		i, ok := slices.BinarySearch(f.labels, name)
		if !ok {
			return nil, fmt.Errorf("label %s: not declared for %s", name, f.Name)
		}
		values[i] = strings.ToValidUTF8(value, "�")
		seen++
		tags = strings.TrimLeft(strings.TrimPrefix(rest[len(quoted):], ","), " ")
	}
	if seen != len(f.labels) {
		return nil, fmt.Errorf("%s has %d labels, not the %d declared", f.Name, seen, len(f.labels))
	}
	return values, nil
}

// invalid returns a metric that makes the scrape report an error and continue.
func invalid(what string, err error) prometheus.Metric {
	err = fmt.Errorf("metric %s: %w", what, err)
	return prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
}
