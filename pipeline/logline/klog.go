package logline

import "bytes"

// readKlog reads lines of klog and glog:
//
//	I0304 05:06:07.123456       1 file.go:12] message
//	I20210304 05:06:07.123456 123 file.cc:12] message
//	I210304 05:06:07.123456 1 file.go:12 message
func readKlog(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 20 {
		return false
	}
	level := klogLevel(line[0])
	n := digitRun(line[1:])
	if level == LevelNone || n != 4 && n != 6 && n != 8 || line[n+1] != ' ' {
		return false
	}
	clock := line[n+2:]
	sec, nano, m := timeOfDay(clock, true)
	if m < 8 {
		return false
	}
	i := bytes.IndexByte(clock[:min(len(clock), 256)], ']')
	if i < 0 {
		return false
	}
	if n == 6 && validDate(2000+digits2(line[1:]), digits2(line[3:]), digits2(line[5:])) {
		e.setTime(unixDay(2000+digits2(line[1:]), digits2(line[3:]), digits2(line[5:]))*86400e9 + sec*1e9 + nano)
	}
	if n == 8 {
		if s := d.clock.read(line[1:]); s.full {
			e.setTime(s.ns)
		}
	}
	e.Level, e.Format = level, "klog"
	d.body(skipBlank(clock[i+1:]), e)
	return true
}

func klogLevel(ch byte) Level {
	switch ch {
	case 'I', 'W', 'E', 'F', 'D':
		return levelLetter(ch)
	}
	return LevelNone
}
