package stamp

import "github.com/authspike/authspike/pipeline/logline/scan"

// Epoch parses all of b as a time since 1970, in seconds, milliseconds, microseconds or
// nanoseconds according to its size, with optional decimals and exponent: 1700000000,
// 1.7E9, 1700000000123.4. Numbers before 1973 are not taken for times.
func Epoch(b []byte) (ns int64, ok bool) {
	ns, n := EpochPrefix(b)
	return ns, n > 0 && n == len(b)
}

// EpochPrefix reads an epoch at the beginning of b and returns the bytes read, 0 if
// there is none.
func EpochPrefix(b []byte) (ns int64, n int) {
	var digits, whole int64 // the digits as one number; how many stand before the point
	var kept int64          // digits in it, leading zeros left out
	point := false
	i := 0
	for ; i < len(b); i++ {
		if ch := b[i]; scan.IsDigit(ch) {
			if !point {
				whole++
			}
			if kept < 19 && (kept > 0 || ch != '0') {
				if digits > (1<<63-1-9)/10 {
					return 0, 0
				}
				digits = digits*10 + int64(ch-'0')
				kept++
			} else if kept == 0 {
				whole-- // a leading zero
			}
			continue
		} else if ch == '.' && !point && i > 0 && i+1 < len(b) && scan.IsDigit(b[i+1]) {
			point = true
			continue
		}
		break
	}
	if kept == 0 || whole <= 0 {
		return 0, 0
	}
	if exp, m := exponent(b[i:]); m > 0 {
		whole += exp
		i += m
	}
	return scaleEpoch(digits, kept, whole, i)
}

// exponent reads E9, e+09 and the like.
func exponent(b []byte) (exp int64, n int) {
	if len(b) < 2 || b[0]|0x20 != 'e' {
		return 0, 0
	}
	i := 1
	if b[i] == '+' {
		i++
	}
	start := i
	for i < len(b) && scan.IsDigit(b[i]) && i < start+3 {
		exp = exp*10 + int64(b[i]-'0')
		i++
	}
	if i == start {
		return 0, 0
	}
	return exp, i
}

// maxEpoch is the beginning of the year 2100: numbers beyond are durations.
const maxEpoch = 4102444800

// scaleEpoch converts digits, of which `kept` were kept and `whole` precede the point, to
// Unix nanoseconds; the unit follows from whole.
func scaleEpoch(digits, kept, whole int64, n int) (int64, int) {
	var want int64 // digits that nanoseconds have
	switch {
	case whole >= 9 && whole <= 11:
		want = whole + 9
	case whole >= 12 && whole <= 14:
		want = whole + 6
	case whole >= 15 && whole <= 17:
		want = whole + 3
	case whole == 18 || whole == 19:
		want = whole
	default:
		return 0, 0
	}
	for ; kept > want; kept-- {
		digits /= 10
	}
	for ; kept < want; kept++ {
		if digits > (1<<63-1)/10 {
			return 0, 0
		}
		digits *= 10
	}
	if digits < 1e17 || digits/1e9 > maxEpoch {
		return 0, 0
	}
	return digits, n
}
