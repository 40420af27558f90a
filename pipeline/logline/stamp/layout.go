package stamp

import "github.com/authspike/authspike/pipeline/logline/scan"

// readOther reads the layouts other than the first two of Reader.Read.
func (r *Reader) readOther(b []byte) Time {
	if len(b) < 5 {
		return Time{}
	}
	if b[0] >= '@' {
		if b[0] == '@' {
			return readTAI(b)
		}
		if b[0] > 'W' { // no name of a day or month
			if b[3] == ' ' && scan.IsDigit(b[4]) {
				return r.readLower(b)
			}
			return Time{}
		}
		return r.readNamed(b)
	}
	k := scan.Digits(b)
	if k == 0 || k == len(b) && k < 14 {
		return Time{}
	}
	switch {
	case k <= 2 && b[k] == ':':
		if _, _, n := timeOfDay(b, true); n > 0 {
			return Time{Len: n}
		}
	case k == 6 && b[6] == ' ':
		return r.readShort(b)
	case k == 6 && b[6] == '/' && len(b) > 17 && b[13] == '.':
		return r.readGood(b)
	case k == 8 || k == 14:
		return r.readCompact(b, k)
	case k <= 4:
		if d, ok := readDate(b, k); ok {
			return r.readTimeAfter(b, d)
		}
	}
	return Time{}
}

// date is a day of the calendar; year is 0 where the log leaves it out.
type date struct {
	year, month, day int
	n                int // bytes read
}

// readTimeAfter reads time of day and zone that follow the date d in b.
func (r *Reader) readTimeAfter(b []byte, d date) Time {
	n := d.n + dateGap(b[d.n:])
	if n == d.n {
		return Time{}
	}
	sec, nano, m := timeOfDay(b[n:], false)
	if m == 0 {
		return r.readDotted(b, n, d)
	}
	n += m
	if d.day <= 12 && len(b) > n+3 && b[2] == '/' && string(b[n:n+4]) == " :: " {
		d.month, d.day = d.day, d.month // Carbon's, of Graphite
	}
	if d.year == 0 {
		return Time{Len: n}
	}
	return r.zoned(b, n, unixDay(d.year, d.month, d.day)*86400+sec, nano)
}

// dateGap returns the length of what separates date and time: a T, the brackets of
// fern's [2006-01-02][15:04:05], or blanks and punctuation.
func dateGap(b []byte) int {
	if len(b) > 1 && b[0]|0x20 == 't' {
		return 1
	}
	if len(b) > 2 && b[0] == ']' && b[1] == '[' {
		return 2
	}
	for i := 0; i < len(b) && i < 4; i++ {
		switch b[i] {
		case ' ', '\t', ',', '-', '_', ':', '@':
		default:
			return i
		}
	}
	return 0
}

// TimeOfDay returns the length of the time of day, with seconds, that b begins with, 0 if
// there is none.
func TimeOfDay(b []byte) int {
	_, _, n := timeOfDay(b, true)
	return n
}

// timeOfDay reads 15:04:05, with decimals, AM or PM, and, unless seconds are required,
// 15:04. It returns seconds since midnight, nanoseconds and the bytes read, 0 if there is
// no time.
func timeOfDay(b []byte, seconds bool) (sec, nano int64, n int) {
	k := scan.Digits(b)
	if k == 0 || k > 2 || len(b) < k+3 || b[k] != ':' {
		return 0, 0, 0
	}
	hour, minute := scan.Number(b[:k]), digits2(b[k+1:])
	if hour > 23 || uint(minute) > 59 {
		return 0, 0, 0
	}
	n = k + 3
	sec = int64(minute) * 60
	whole := false
	if len(b) >= n+3 && b[n] == ':' {
		if s := digits2(b[n+1:]); uint(s) <= 60 {
			sec += int64(s)
			nano, n = fraction(b, n+3)
			whole = true
		}
	}
	if half, m := meridiem(b[n:]); m > 0 && hour >= 1 && hour <= 12 {
		hour = hour%12 + half
		n += m
		whole = true
	}
	if seconds && !whole {
		return 0, 0, 0
	}
	return sec + int64(hour)*3600, nano, n
}

// meridiem reads AM or PM after at most one space and returns the hours to add.
func meridiem(b []byte) (hours, n int) {
	if len(b) > 0 && b[0] == ' ' {
		n = 1
	} else if len(b) > 2 && b[0] == 0xE2 && b[1] == 0x80 && b[2] == 0xAF {
		n = 3 // the narrow space that ICU 72 and later put there
	}
	if len(b) < n+2 || b[n+1]|0x20 != 'm' || len(b) > n+2 && scan.IsWord(b[n+2]) {
		return 0, 0
	}
	switch b[n] | 0x20 {
	case 'a':
		return 0, n + 2
	case 'p':
		return 12, n + 2
	}
	return 0, 0
}

// readCompact reads 20060102T150405, 20060102 15:04:05 and 20060102150405; k is the
// number of leading digits.
func (r *Reader) readCompact(b []byte, k int) Time {
	d := date{digits2(b)*100 + digits2(b[2:]), digits2(b[4:]), digits2(b[6:]), 8}
	if d.year < 1970 || d.year > 2261 || !validDate(d.year, d.month, d.day) {
		return Time{}
	}
	n := 8
	if k == 8 {
		n += dateGap(b[8:])
		if n == 8 {
			return Time{}
		}
		if len(b) > n+2 && b[n+2] == ':' {
			return r.readTimeAfter(b, d)
		}
	}
	if scan.Digits(b[n:]) != 6 {
		return Time{}
	}
	sec := sixDigits(b[n:])
	if sec < 0 {
		return Time{}
	}
	nano, n := fraction(b, n+6)
	return r.zoned(b, n, unixDay(d.year, d.month, d.day)*86400+sec, nano)
}

// readDate reads a date that begins with a number of k digits: year, month and
// day in one of the usual orders, the month as number or name. A date without
// year is month and day, in this order, or a day and a month's name.
func readDate(b []byte, k int) (d date, ok bool) {
	if k == 3 || k >= len(b)-2 {
		return d, false
	}
	first, sep := scan.Number(b[:k]), b[k]
	if sep != '-' && sep != '/' && sep != '.' && sep != ' ' && (sep != ':' || k != 4) {
		return d, false
	}
	n := k + 1
	if scan.IsLetter(b[n]) {
		return readDateNamed(b, k, first)
	}
	if sep == ' ' {
		return d, false
	}
	k2 := scan.Digits(b[n:])
	if k2 == 0 || k2 > 2 {
		return d, false
	}
	second := scan.Number(b[n : n+k2])
	n += k2
	k3 := 0
	if n+1 < len(b) && b[n] == sep {
		k3 = scan.Digits(b[n+1:])
	}
	third := 0
	if k3 > 0 {
		third = scan.Number(b[n+1 : n+1+k3])
		n += 1 + k3
	}
	switch {
	case k == 4 && (k3 == 1 || k3 == 2):
		d = date{first, second, third, n}
	case k3 == 4 && second <= 12 && (sep != '/' || first > 12):
		d = date{third, second, first, n}
	case k3 == 4:
		d = date{third, first, second, n}
	case k == 2 && k3 == 2 && first > 12 && sep != '.':
		d = date{2000 + first, second, third, n}
	case k3 == 2 && sep == '/':
		d = date{2000 + third, first, second, n}
	case k3 == 2:
		d = date{2000 + third, second, first, n}
	case k3 == 0 && k == 2 && k2 == 2 && sep != '.':
		d = date{0, first, second, n}
	default:
		return d, false
	}
	return d, validDate(d.year, d.month, d.day) || d.year == 0 && validDate(2000, d.month, d.day)
}

// readDateNamed reads a date with the month's name in the middle: 02 Jan 2006,
// 02-Jan-06, 2006-Jan-02, 02 Jan. Its first number, of k digits, is given.
func readDateNamed(b []byte, k, first int) (d date, ok bool) {
	month, m := monthWord(b[k+1:])
	if m == 0 {
		return d, false
	}
	n := k + 1 + m
	d = date{0, month, first, n}
	if n+1 < len(b) {
		gap := 1
		if b[n] == ',' && b[n+1] == ' ' {
			gap = 2
		}
		rest := b[n+gap:]
		k3 := scan.Digits(rest)
		if k3 >= 1 && k3 <= 4 && k3 != 3 && (k3 == len(rest) || rest[k3] != ':' || k3 == 4) {
			third := scan.Number(rest[:k3])
			d.n = n + gap + k3
			switch {
			case k == 4:
				d.year, d.day = first, third
			case k3 == 4:
				d.year = third
			default:
				d.year = 2000 + third
			}
		}
	}
	if k == 4 && d.year == 0 {
		return d, false
	}
	return d, validDate(d.year, month, d.day) || d.year == 0 && validDate(2000, month, d.day)
}

// readNamed reads the layouts that begin with the name of a weekday or a month.
func (r *Reader) readNamed(b []byte) Time {
	at := 0
	if weekday(b) {
		for at < len(b) && scan.IsLetter(b[at]) {
			at++
		}
		if at < len(b) && b[at] == ',' {
			at++
		}
		at += scan.Spaces(b[at:])
		if k := scan.Digits(b[at:]); k > 0 && k <= 4 {
			d, ok := readDate(b[at:], k)
			if !ok {
				return Time{}
			}
			d.n += at
			return r.readTimeAfter(b, d)
		}
	}
	month, m := monthWord(b[at:])
	if m == 0 {
		return Time{}
	}
	at += m
	gap := scan.Spaces(b[at:])
	if gap == 0 && at < len(b) && (b[at] == '-' || b[at] == '/') {
		gap = 1
	}
	k := scan.Digits(b[at+gap:])
	if gap == 0 || k == 0 || k > 2 {
		return Time{}
	}
	d := date{0, month, scan.Number(b[at+gap : at+gap+k]), at + gap + k}
	if !validDate(2000, d.month, d.day) {
		return Time{}
	}
	return r.readAfterDay(b, d)
}

// readAfterDay reads what follows month and day: a year and the time, or the
// time and perhaps a zone and the year.
func (r *Reader) readAfterDay(b []byte, d date) Time {
	gap := d.n + dateGap(b[d.n:])
	if scan.Digits(b[gap:]) == 4 {
		d.year, d.n = scan.Number(b[gap:gap+4]), gap+4
		if gap == d.n || !validDate(d.year, d.month, d.day) {
			return Time{}
		}
		return r.readTimeAfter(b, d)
	}
	if gap > d.n && b[d.n] == '-' && scan.Digits(b[gap:]) == 2 && len(b) > gap+3 && b[gap+2] == ' ' {
		d.year, d.n = 2000+digits2(b[gap:]), gap+2 // Apr-27-13 02:25:10
		return r.readTimeAfter(b, d)
	}
	sec, nano, m := timeOfDay(b[gap:], false)
	if m == 0 || gap == d.n {
		return Time{}
	}
	n := gap + m
	_, z := zone(b[n:])
	year := n + z + scan.Spaces(b[n+z:])
	if year > n+z && scan.Digits(b[year:]) == 4 && (year+4 == len(b) || !scan.IsWord(b[year+4])) {
		d.year = scan.Number(b[year : year+4])
		if !validDate(d.year, d.month, d.day) {
			return Time{}
		}
		local := unixDay(d.year, d.month, d.day)*86400 + sec
		if z == 0 {
			return r.zoned(b, year+4, local, nano)
		}
		s := r.zoned(b[n:n+z], 0, local, nano)
		s.Len = year + 4
		return s
	}
	if z > 0 && n+z < len(b) && b[n+z] == ':' {
		n += z
	}
	return Time{Len: n}
}

// monthWord reads a month's name, short or full, with or without a dot.
func monthWord(b []byte) (month, n int) {
	if month = monthName(b); month == 0 {
		return 0, 0
	}
	for n < len(b) && n < 10 && scan.IsLetter(b[n]) {
		n++
	}
	full := [...]int{7, 8, 5, 5, 3, 4, 4, 6, 9, 7, 8, 8}[month-1]
	if n != 3 && n != full && (month != 9 || n != 4) {
		return 0, 0
	}
	if n < len(b) && b[n] == '.' {
		n++
	}
	return month, n
}

// weekday says whether b begins with the name of a weekday, short or full.
func weekday(b []byte) bool {
	if len(b) < 3 {
		return false
	}
	n := 0
	for n < len(b) && n < 10 && scan.IsLetter(b[n]) {
		n++
	}
	switch string(b[:3]) {
	case "Mon", "Fri", "Sun":
		return n == 3 || n == 6
	case "Tue":
		return n == 3 || n == 7
	case "Wed":
		return n == 3 || n == 9
	case "Thu", "Sat":
		return n == 3 || n == 8
	}
	return false
}
