package logline

import (
	"encoding/binary"
	"time"
)

// stamp is a time as a log writes it.
type stamp struct {
	ns   int64 // Unix nanoseconds, meaningless unless full
	n    int   // bytes read, 0 where there is no stamp
	full bool  // has a date with its year, and lies between 1970 and 2261
}

// clock reads stamps. It remembers the minutes it met last, so that a stamp of
// the same minute costs a comparison; what it returns does not depend on what
// it remembers. The zero clock takes zone-less stamps as UTC.
type clock struct {
	loc  *time.Location // zone of stamps that state none, nil for UTC
	iso  [3]minute      // by separator: T, space, other
	clf  [2]minute
	last struct { // the last stamp of an access log, whole: many lines share a second
		text [26]byte
		stamp
	}
	wall struct {
		minute int64 // minute of the wall clock, since 1970
		offset int64 // seconds east of Greenwich then, in loc
		known  bool
	}
}

// minute is a remembered prefix, up to and including the minutes.
type minute struct {
	a, b, c uint64 // its bytes
	sec     int64  // Unix seconds of its beginning, were it UTC
}

// read reads the stamp at the beginning of b. It knows the layouts of RFC 3339
// and its relatives, of access logs, of syslog and C, of Go, Java and JavaScript.
// A stamp without date or without year is read but not full.
func (c *clock) read(b []byte) stamp {
	var s stamp
	if len(b) >= 19 {
		if b[4] == '-' && b[7] == '-' && b[13] == ':' && b[16] == ':' {
			s = c.readISO(b)
		} else if b[2] == '/' && b[6] == '/' {
			s = c.readCLF(b)
		}
	}
	if s.n == 0 {
		s = c.readOther(b)
	}
	if s.n < len(b) && isWordByte(b[s.n]) {
		return stamp{}
	}
	return s
}

// same reads the stamp of RFC 3339 in UTC that b begins with, up to and including
// the quote behind it, if its minute was the last one that was met. n is 0 for
// every other.
func (c *clock) same(b []byte) (ns int64, n int) {
	slot := &c.iso[0]
	if len(b) < 32 || binary.LittleEndian.Uint64(b) != slot.a || binary.LittleEndian.Uint64(b[8:]) != slot.b || b[16] != ':' {
		return 0, 0
	}
	sec := digits2(b[17:])
	if uint(sec) > 59 {
		return 0, 0
	}
	if n = 19; b[19] == '.' {
		for n = 20; n < 29 && isDigit(b[n]); n++ {
			ns = ns*10 + int64(b[n]-'0')
		}
		ns *= pow10[29-n]
	}
	at := slot.sec + int64(sec)
	if b[n] != 'Z' || b[n+1] != '"' || n == 20 || at <= 0 || at >= maxSecond {
		return 0, 0
	}
	return at*1e9 + ns, n + 2
}

// readISO reads 2006-01-02T15:04:05 with any one byte between date and time,
// an optional fraction and an optional zone.
func (c *clock) readISO(b []byte) stamp {
	slot := &c.iso[2]
	switch b[10] {
	case 'T':
		slot = &c.iso[0]
	case ' ':
		slot = &c.iso[1]
	case 't', '_', '\t', ':':
	default:
		return stamp{}
	}
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if x != slot.a || y != slot.b {
		year, month, day := digits2(b)*100+digits2(b[2:]), digits2(b[5:]), digits2(b[8:])
		hour, minutes := digits2(b[11:]), digits2(b[14:])
		if digits2(b) < 0 || digits2(b[2:]) < 0 || !validDate(year, month, day) || uint(hour) > 23 || uint(minutes) > 59 {
			return stamp{}
		}
		*slot = minute{a: x, b: y, sec: unixDay(year, month, day)*86400 + int64(hour*60+minutes)*60}
	}
	sec := digits2(b[17:])
	if uint(sec) > 60 {
		return stamp{}
	}
	nano, n := fraction(b, 19)
	if n+2 < len(b) && b[n] == ' ' && b[n+2]|0x20 == 'm' {
		return c.readHalfDay(b, n, slot.sec+int64(sec), nano)
	}
	return c.zoned(b, n, slot.sec+int64(sec), nano)
}

// readHalfDay finishes a stamp that may have AM or PM at n.
func (c *clock) readHalfDay(b []byte, n int, sec, nano int64) stamp {
	if half, m := meridiem(b[n:]); m > 0 {
		if hour := sec / 3600 % 24; hour >= 1 && hour <= 12 {
			sec += (hour%12 + int64(half) - hour) * 3600
		}
		n += m
	}
	return c.zoned(b, n, sec, nano)
}

// readCLF reads 02/Jan/2006:15:04:05 -0700, the stamp of access logs, also with
// a space between date and time and without the zone.
func (c *clock) readCLF(b []byte) stamp {
	if len(b) < 20 || b[14] != ':' || b[17] != ':' || b[11] != ':' && b[11] != ' ' {
		return stamp{}
	}
	whole := len(b) >= 27 && b[20] == ' ' && !isWordByte(b[26]) && b[26] != ' ' && b[26] != '['
	if whole && [26]byte(b) == c.last.text {
		return c.last.stamp
	}
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	z := uint64(b[16])
	slot := &c.clf[0]
	if b[11] == ' ' {
		slot = &c.clf[1]
	}
	if x != slot.a || y != slot.b || z != slot.c {
		day, month := digits2(b), monthName(b[3:6])
		year, hour, minutes := digits2(b[7:])*100+digits2(b[9:]), digits2(b[12:]), digits2(b[15:])
		if digits2(b[7:]) < 0 || digits2(b[9:]) < 0 || !validDate(year, month, day) || uint(hour) > 23 || uint(minutes) > 59 {
			return stamp{}
		}
		*slot = minute{a: x, b: y, c: z, sec: unixDay(year, month, day)*86400 + int64(hour*60+minutes)*60}
	}
	sec := digits2(b[18:])
	if uint(sec) > 60 {
		return stamp{}
	}
	nano, n := fraction(b, 20)
	s := c.zoned(b, n, slot.sec+int64(sec), nano)
	if whole && s.n == 26 {
		c.last.text, c.last.stamp = [26]byte(b), s
	}
	return s
}

// zoned finishes a stamp whose calendar part ends at n and, were it UTC, is sec.
func (c *clock) zoned(b []byte, n int, sec, nano int64) stamp {
	offset, m := zone(b[n:])
	if m > 0 {
		sec -= offset
	} else if c.loc != nil {
		sec -= c.offset(sec)
	}
	s := stamp{n: n + m}
	if sec > 0 && sec < maxSecond {
		s.ns, s.full = sec*1e9+nano, true
	}
	return s
}

// maxSecond is the beginning of the year 2262, the last whose nanoseconds fit.
const maxSecond = 9214646400

// offset returns the seconds east of Greenwich of c.loc at the wall clock time
// sec (seconds since 1970-01-01 00:00 on the wall).
func (c *clock) offset(sec int64) int64 {
	if w := sec / 60; !c.wall.known || c.wall.minute != w {
		u := time.Unix(w*60, 0).UTC()
		in := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), 0, 0, c.loc)
		c.wall.minute, c.wall.offset, c.wall.known = w, w*60-in.Unix(), true
	}
	return c.wall.offset
}

// digits2 returns the number of the two decimal digits at b, negative where they
// are none.
func digits2(b []byte) int {
	_ = b[1]
	x, y := b[0]-'0', b[1]-'0'
	if x > 9 || y > 9 {
		return -1 << 16
	}
	return int(x)*10 + int(y)
}

// fraction reads the decimals of a second at b[n:], after a dot, a comma or, if
// they are three, a colon, and returns nanoseconds and the index after it.
// Digits beyond the ninth are dropped.
func fraction(b []byte, n int) (nano int64, end int) {
	if n+1 >= len(b) || b[n] != '.' && b[n] != ',' && b[n] != ':' || !isDigit(b[n+1]) {
		return 0, n
	}
	i := n + 1
	for i < len(b) && isDigit(b[i]) {
		if i <= n+9 {
			nano = nano*10 + int64(b[i]-'0')
		}
		i++
	}
	k := i - n - 1
	if b[n] == ':' && k != 3 {
		return 0, n
	}
	if k < 9 {
		nano *= pow10[9-k]
	}
	return nano, i
}

var pow10 = [...]int64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// validDate says whether the calendar has this day. Negative numbers stand for
// what could not be read.
func validDate(year, month, day int) bool {
	if year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	last := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		last = 29
	}
	return day <= last
}

// unixDay returns the number of days from 1970-01-01 to the date, counting
// years from March so that the leap day comes last.
func unixDay(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = -1
	}
	ofEra := year - era*400
	ofYear := (153*(month-3)+2)/5 + day - 1
	return int64(era)*146097 + int64(ofEra*365+ofEra/4-ofEra/100+ofYear) - 719468
}

// monthName returns the month 1..12 that the first three letters name, in
// English and in any case, 0 where they do not.
func monthName(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch uint32(b[0]|0x20)<<16 | uint32(b[1]|0x20)<<8 | uint32(b[2]|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}
