package rules

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Duration is a duration in Prometheus' notation: one or more whole numbers with their
// units, largest first, such as 90s, 1h30m or 30d. It is never negative.
type Duration time.Duration

// units are the units of a Duration, largest first. A day has 24 hours, a week
// 7 days and a year 365.
var units = []struct {
	name string
	span time.Duration
}{
	{"y", 365 * 24 * time.Hour},
	{"w", 7 * 24 * time.Hour},
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
}

var errDurationRange = errors.New("longer than 292 years")

// ParseDuration parses a duration as described at Duration. A lone 0 needs no unit.
func ParseDuration(text string) (Duration, error) {
	if text == "0" {
		return 0, nil
	}
	if text == "" {
		return 0, errors.New("an empty text is no duration")
	}
	var sum time.Duration
	next := 0 // the largest unit that may still follow
	for rest := text; rest != ""; {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		letters := digits
		for letters < len(rest) && (rest[letters] < '0' || rest[letters] > '9') {
			letters++
		}
		unit := next
		for unit < len(units) && units[unit].name != rest[digits:letters] {
			unit++
		}
		if digits == 0 || unit == len(units) {
			return 0, fmt.Errorf("%s is no duration", quote(text))
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || n > int64((math.MaxInt64-sum)/units[unit].span) {
			return 0, errDurationRange
		}
		sum += time.Duration(n) * units[unit].span
		next, rest = unit+1, rest[letters:]
	}
	return Duration(sum), nil
}

// String returns the shortest form that ParseDuration reads back. Anything below a
// millisecond is left out.
func (d Duration) String() string {
	left := time.Duration(d)
	if left < time.Millisecond {
		return "0s"
	}
	var b []byte
	for _, u := range units {
		// Years and weeks are used only if nothing is left over, so that 30d stays 30d.
		if (u.name == "y" || u.name == "w") && left%u.span != 0 {
			continue
		}
		if n := left / u.span; n > 0 {
			b = strconv.AppendInt(b, int64(n), 10)
			b = append(b, u.name...)
			left %= u.span
		}
	}
	return string(b)
}

// UnmarshalText reads a duration as ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%w: write for example 90s, 1h30m or 30d", err)
	}
	*d = v
	return nil
}

// MarshalText writes what String returns.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
