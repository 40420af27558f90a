// Package stamp reads timestamps as logs write them, at the beginning of a text: the
// layouts of RFC 3339 and its relatives, of access logs, of syslog and C, of Go, Java and
// JavaScript, and seconds since 1970.
//
// Invariant: what is read depends only on the text and the zone of the Reader, not on
// what was read before; a full timestamp is between 1970 and 2261. The package refuses to
// guess a date that is not written, and to look at a clock.
package stamp

import (
	"encoding/binary"
	"time"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Time is a timestamp as a log writes it.
type Time struct {
	UnixNano int64 // meaningless unless Full
	Len      int   // bytes read, 0 where there is no stamp
	Full     bool  // has a date with its year, and lies between 1970 and 2261
}

// Reader reads timestamps. It remembers the minutes it met last, so that a timestamp of
// the same minute costs one comparison, and the text that it last read a timestamp from,
// because one format after the other asks for it. The zero Reader takes timestamps
// without a zone as UTC. It is not safe for concurrent use.
type Reader struct {
	loc  *time.Location // zone of stamps that state none, nil for UTC
	seen struct {       // what was read last
		at   *byte // nil for nothing
		size int
		Time
	}
	iso  [3]minute // by separator: T, space, other
	clf  [2]minute
	last struct { // the last stamp of an access log, whole: many lines share a second
		text [26]byte
		Time
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

// NewReader returns a Reader that takes timestamps without a zone to be in loc, nil for
// UTC.
func NewReader(loc *time.Location) Reader { return Reader{loc: loc} }

// Forget must be called before reading a text whose memory held another text that a
// timestamp was read from.
func (r *Reader) Forget() { r.seen.at = nil }

// Read reads the timestamp at the beginning of b. A timestamp without a date or without a
// year is read but not full.
func (r *Reader) Read(b []byte) Time {
	var s Time
	if len(b) >= 19 {
		if &b[0] == r.seen.at && len(b) == r.seen.size {
			return r.seen.Time
		}
		if b[4] == '-' && b[7] == '-' && b[13] == ':' && b[16] == ':' {
			s = r.readISO(b)
		} else if b[2] == '/' && b[6] == '/' {
			s = r.readCLF(b)
		}
	}
	if s.Len == 0 {
		s = r.readOther(b)
	}
	if s.Len < len(b) && scan.IsWord(b[s.Len]) {
		return Time{}
	}
	if s.Len >= 19 {
		r.seen.at, r.seen.size, r.seen.Time = &b[0], len(b), s
	}
	return s
}

// Same reads the RFC 3339 timestamp in UTC that b begins with, up to and including the
// quote after it, if its minute is the one that was met last. Otherwise n is 0.
func (r *Reader) Same(b []byte) (ns int64, n int) {
	slot := &r.iso[0]
	if len(b) < 32 || binary.LittleEndian.Uint64(b) != slot.a || binary.LittleEndian.Uint64(b[8:]) != slot.b || b[16] != ':' {
		return 0, 0
	}
	// Milliseconds are the commonest: 07.123Z" has eight bytes.
	const (
		between = 0xFFFF_0000_00FF_0000 // the bytes that are no digits
		upper   = 0x0000_F0F0_F000_F0F0 // the upper halves of the digits
		digits  = 0x0000_3030_3000_3030
	)
	if w := binary.LittleEndian.Uint64(b[17:]); w&between == '.'<<16|'Z'<<48|'"'<<56 && w&upper == digits && (w+0x0606_0600_0606)&upper == digits {
		sec := int64(w&0xF*10 + w>>8&0xF)
		if at := slot.sec + sec; sec <= 59 && at > 0 && at < maxSecond {
			return at*1e9 + int64(w>>24&0xF*100+w>>32&0xF*10+w>>40&0xF)*1e6, 25
		}
		return 0, 0
	}
	sec := digits2(b[17:])
	if uint(sec) > 59 {
		return 0, 0
	}
	if n = 19; b[19] == '.' {
		for n = 20; n < 29 && scan.IsDigit(b[n]); n++ {
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
func (r *Reader) readISO(b []byte) Time {
	slot := &r.iso[2]
	switch b[10] {
	case 'T':
		slot = &r.iso[0]
	case ' ':
		slot = &r.iso[1]
	case 't', '_', '\t', ':':
	default:
		return Time{}
	}
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if x != slot.a || y != slot.b {
		year, month, day := digits2(b)*100+digits2(b[2:]), digits2(b[5:]), digits2(b[8:])
		hour, minutes := digits2(b[11:]), digits2(b[14:])
		if digits2(b) < 0 || digits2(b[2:]) < 0 || !validDate(year, month, day) || uint(hour) > 23 || uint(minutes) > 59 {
			return Time{}
		}
		*slot = minute{a: x, b: y, sec: unixDay(year, month, day)*86400 + int64(hour*60+minutes)*60}
	}
	sec := digits2(b[17:])
	if uint(sec) > 60 {
		return Time{}
	}
	nano, n := fraction(b, 19)
	if n+2 < len(b) && b[n] == ' ' && b[n+2]|0x20 == 'm' {
		return r.readHalfDay(b, n, slot.sec+int64(sec), nano)
	}
	return r.zoned(b, n, slot.sec+int64(sec), nano)
}

// readHalfDay finishes a timestamp that may have AM or PM at n.
func (r *Reader) readHalfDay(b []byte, n int, sec, nano int64) Time {
	if half, m := meridiem(b[n:]); m > 0 {
		if hour := sec / 3600 % 24; hour >= 1 && hour <= 12 {
			sec += (hour%12 + int64(half) - hour) * 3600
		}
		n += m
	}
	return r.zoned(b, n, sec, nano)
}

// readCLF reads 02/Jan/2006:15:04:05 -0700, the stamp of access logs, also with
// a space between date and time and without the zone.
func (r *Reader) readCLF(b []byte) Time {
	if len(b) < 20 || b[14] != ':' || b[17] != ':' || b[11] != ':' && b[11] != ' ' {
		return Time{}
	}
	whole := len(b) >= 27 && b[20] == ' ' && !scan.IsWord(b[26]) && b[26] != ' ' && b[26] != '['
	if whole && [26]byte(b) == r.last.text {
		return r.last.Time
	}
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	z := uint64(b[16])
	slot := &r.clf[0]
	if b[11] == ' ' {
		slot = &r.clf[1]
	}
	if x != slot.a || y != slot.b || z != slot.c {
		day, month := digits2(b), monthName(b[3:6])
		year, hour, minutes := digits2(b[7:])*100+digits2(b[9:]), digits2(b[12:]), digits2(b[15:])
		if digits2(b[7:]) < 0 || digits2(b[9:]) < 0 || !validDate(year, month, day) || uint(hour) > 23 || uint(minutes) > 59 {
			return Time{}
		}
		*slot = minute{a: x, b: y, c: z, sec: unixDay(year, month, day)*86400 + int64(hour*60+minutes)*60}
	}
	sec := digits2(b[18:])
	if uint(sec) > 60 {
		return Time{}
	}
	nano, n := fraction(b, 20)
	s := r.zoned(b, n, slot.sec+int64(sec), nano)
	if whole && s.Len == 26 {
		r.last.text, r.last.Time = [26]byte(b), s
	}
	return s
}

// zoned finishes a timestamp whose calendar part ends at n and would be sec in UTC.
func (r *Reader) zoned(b []byte, n int, sec, nano int64) Time {
	offset, m := zone(b[n:])
	if m > 0 {
		sec -= offset
	} else if r.loc != nil {
		sec -= r.offset(sec)
	}
	return at(sec, nano, n+m)
}

// at returns a timestamp of n bytes, which is full if it is within bounds.
func at(sec, nano int64, n int) Time {
	s := Time{Len: n}
	if sec > 0 && sec < maxSecond {
		s.UnixNano, s.Full = sec*1e9+nano, true
	}
	return s
}

// maxSecond is the beginning of the year 2262, the last whose nanoseconds fit.
const maxSecond = 9214646400

// offset returns the seconds east of Greenwich of r.loc at the wall clock time
// sec (seconds since 1970-01-01 00:00 on the wall).
func (r *Reader) offset(sec int64) int64 {
	if w := sec / 60; !r.wall.known || r.wall.minute != w {
		u := time.Unix(w*60, 0).UTC()
		in := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), 0, 0, r.loc)
		r.wall.minute, r.wall.offset, r.wall.known = w, w*60-in.Unix(), true
	}
	return r.wall.offset
}

// digits2 returns the number of the two decimal digits at b, negative if they are not
// digits.
func digits2(b []byte) int {
	_ = b[1]
	x, y := b[0]-'0', b[1]-'0'
	if x > 9 || y > 9 {
		return -1 << 16
	}
	return int(x)*10 + int(y)
}

// fraction reads the decimals of a second at b[n:], after a dot, a comma or, if there are
// three or six, a colon, and returns nanoseconds and the index after them. Digits beyond
// the ninth are dropped.
func fraction(b []byte, n int) (nano int64, end int) {
	if n+1 >= len(b) || b[n] != '.' && b[n] != ',' && b[n] != ':' || !scan.IsDigit(b[n+1]) {
		return 0, n
	}
	i := n + 1
	for i < len(b) && scan.IsDigit(b[i]) {
		if i <= n+9 {
			nano = nano*10 + int64(b[i]-'0')
		}
		i++
	}
	k := i - n - 1
	if b[n] == ':' && k != 3 && k != 6 || b[n] == ',' && k > 9 {
		return 0, n // a number of its own, in the next column
	}
	if k < 9 {
		nano *= pow10[9-k]
	}
	return nano, i
}

var pow10 = [...]int64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// validDate reports whether the calendar has this day. Negative numbers stand for what
// could not be read.
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

// monthName returns the month, 1 to 12, that the first three letters name, in English or
// German and in any case, 0 if they do not.
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
	case 'm'<<16 | 'a'<<8 | 'y', 'm'<<16 | 'a'<<8 | 'i':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't', 'o'<<16 | 'k'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c', 'd'<<16 | 'e'<<8 | 'z':
		return 12
	}
	return 0
}
