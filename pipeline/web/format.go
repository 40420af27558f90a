package web

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
)

// count writes an integer in groups of three digits.
func count(n any) string {
	digits := fmt.Sprint(n)
	sign := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		sign, digits = "-", rest
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:] // a narrow space that does not break
	}
	return sign + digits
}

// quantity writes a share as per cent, or a rate per second.
func quantity(v float64, unit string) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return significant(v)
	case unit == perSecond:
		return significant(v) + "/s"
	default:
		return significant(v*100) + " %"
	}
}

// significant writes three significant digits without an exponent, or a dash for
// NaN and infinity.
func significant(v float64) string {
	if v == 0 {
		return "0"
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	decimals := max(0, min(6, 2-int(math.Floor(math.Log10(math.Abs(v))))))
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

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
	return significant(value/baseline) + "×"
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
