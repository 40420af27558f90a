package stamp

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Numbers reads a time written as a JSON array of year, month, day, hour, minute, and
// optionally second and nanosecond, as written by Jackson.
func (r *Reader) Numbers(b []byte) (ns int64, ok bool) {
	var parts [7]int
	n, number, digits := 0, 0, 0
	for _, ch := range b {
		switch {
		case scan.IsDigit(ch):
			if digits++; digits > 9 {
				return 0, false
			}
			number = number*10 + int(ch-'0')
		case ch == ',' || ch == ']':
			if digits == 0 || n == len(parts) {
				return 0, false
			}
			parts[n] = number
			n, number, digits = n+1, 0, 0
		case ch != '[' && ch != ' ':
			return 0, false
		}
	}
	if n < 5 || parts[0] < 1970 || parts[0] > 2261 || !validDate(parts[0], parts[1], parts[2]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 60 {
		return 0, false
	}
	sec := unixDay(parts[0], parts[1], parts[2])*86400 + int64(parts[3]*60+parts[4])*60 + int64(parts[5])
	s := r.zoned(nil, 0, sec, int64(parts[6]))
	return s.UnixNano, s.Full
}

// readShort reads 060102 15:04:05, as written by Tornado and MySQL, and 060102 150405, as
// written by Hadoop.
func (r *Reader) readShort(b []byte) Time {
	year, month, day := 2000+digits2(b), digits2(b[2:]), digits2(b[4:])
	if !validDate(year, month, day) {
		return Time{}
	}
	n := 7
	for n < len(b) && b[n] == ' ' && n < 9 {
		n++
	}
	sec, nano, m := timeOfDay(b[n:], true)
	if m == 0 && scan.Digits(b[n:]) == 6 && len(b) > n+6 && b[n+6] == ' ' {
		sec, m = sixDigits(b[n:]), 6
	}
	if m == 0 || sec < 0 {
		return Time{}
	}
	return r.zoned(b, n+m, unixDay(year, month, day)*86400+sec, nano)
}

// readGood reads 060102/150405.000, as written by hapi's reporters.
func (r *Reader) readGood(b []byte) Time {
	year, month, day := 2000+digits2(b), digits2(b[2:]), digits2(b[4:])
	if scan.Digits(b[7:]) != 6 || !validDate(year, month, day) {
		return Time{}
	}
	sec := sixDigits(b[7:])
	if sec < 0 {
		return Time{}
	}
	nano, n := fraction(b, 13)
	return r.zoned(b, n, unixDay(year, month, day)*86400+sec, nano)
}

// sixDigits returns the seconds since midnight of 150405, -1 if it is not a time.
func sixDigits(b []byte) int64 {
	hour, minute, sec := digits2(b), digits2(b[2:]), digits2(b[4:])
	if hour > 23 || minute > 59 || sec > 60 {
		return -1
	}
	return int64(hour*3600 + minute*60 + sec)
}

// readDotted reads the time of day after the date d if its parts are separated by dots,
// from b[n] on: 2006-01-02-15.04.05.000000-420, as written by Db2, whose zone is in
// minutes, and 2006-01-02 15.04.05. With decimals after a blank it could be an address.
func (r *Reader) readDotted(b []byte, n int, d date) Time {
	if d.year == 0 || len(b) < n+8 || b[n+2] != '.' || b[n+5] != '.' {
		return Time{}
	}
	hour, minute, second := digits2(b[n:]), digits2(b[n+3:]), digits2(b[n+6:])
	if uint(hour) > 23 || uint(minute) > 59 || uint(second) > 60 {
		return Time{}
	}
	sec := unixDay(d.year, d.month, d.day)*86400 + int64(hour*3600+minute*60+second)
	nano, end := fraction(b, n+8)
	if end > n+8 && b[n-1] != '-' {
		return Time{}
	}
	if len(b) > end+3 && (b[end] == '+' || b[end] == '-') && scan.Digits(b[end+1:]) == 3 {
		minutes := int64(scan.Number(b[end+1 : end+4]))
		if b[end] == '-' {
			minutes = -minutes
		}
		return at(sec-60*minutes, nano, end+4)
	}
	return r.zoned(b, end, sec, nano)
}

// readTAI reads @ and 24 hexadecimal digits, the TAI64N label written by multilog and
// s6-log: seconds of atomic time since 1970, plus 2^62, then nanoseconds. The ten seconds
// that TAI was ahead in 1970 are subtracted; leap seconds since then are not, because
// those programs do not add them (https://cr.yp.to/libtai/tai64.html).
func readTAI(b []byte) Time {
	if len(b) < 25 || b[1] != '4' {
		return Time{}
	}
	var label [12]byte
	if _, err := hex.Decode(label[:], b[1:25]); err != nil {
		return Time{}
	}
	nano := binary.BigEndian.Uint32(label[8:])
	if nano >= 1e9 {
		return Time{}
	}
	return at(int64(binary.BigEndian.Uint64(label[:])-1<<62)-10, int64(nano), 25)
}

// readLower reads "apr 15, 2013 8:34:08 PM", as written by Java in locales with months in
// lower case. Only a full timestamp is certain not to be a sentence.
func (r *Reader) readLower(b []byte) Time {
	if s := r.readNamed(b); s.Full {
		return s
	}
	return Time{}
}
