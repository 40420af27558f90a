package web

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/plot"
)

// quantity writes a value with its unit: a share as per cent, or a rate per second.
func quantity(v float64, unit string) string { return plot.Quantity(v, unit == perSecond) }

// spanOf writes a duration in the unit that people read it in.
func spanOf(seconds float64) string {
	if math.IsNaN(seconds) {
		return "–"
	}
	switch s := math.Abs(seconds); {
	case s < 10:
		return strings.TrimSuffix(strconv.FormatFloat(seconds, 'f', 1, 64), ".0") + " s"
	case s < 120:
		return fmt.Sprintf("%.0f s", seconds)
	case s < 2*3600:
		return fmt.Sprintf("%.0f min", seconds/60)
	case s < 48*3600:
		return fmt.Sprintf("%.0f h", seconds/3600)
	default:
		return fmt.Sprintf("%.0f d", seconds/86400)
	}
}

// clock writes a time, a time.Time or Unix seconds, in UTC.
func clock(t any) string {
	switch t := t.(type) {
	case int64:
		if t != 0 {
			return time.Unix(t, 0).UTC().Format("2006-01-02 15:04:05")
		}
	case time.Time:
		if !t.IsZero() {
			return t.UTC().Format("2006-01-02 15:04:05")
		}
	}
	return "–"
}

// ago writes how long before now t was.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return spanOf(now.Sub(t).Seconds()) + " ago"
}

// times writes how many times the baseline a value is.
func times(value, baseline float64) string {
	if !(baseline > 0) || math.IsInf(value/baseline, 0) || math.IsNaN(value) {
		return ""
	}
	return plot.Number(value/baseline) + "×"
}

// seriesURL is the path of a series' page, from the first page.
func seriesURL(s detector.Series) string {
	namespace := s.Namespace
	if namespace == "" {
		namespace = noNamespace
	}
	return "series/" + url.PathEscape(namespace) + "/" + url.PathEscape(s.Service)
}

// safeURL reports whether s is a link that a page may have.
func safeURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
