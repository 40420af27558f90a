package logline

// parseLevel returns the level that the whole of b names, in any case and any of
// the usual abbreviations, LevelNone where it names none.
func parseLevel(b []byte) Level {
	if len(b) == 0 || len(b) > 13 {
		return LevelNone
	}
	var low [13]byte
	for i, ch := range b {
		if ch >= 'A' && ch <= 'Z' {
			ch |= 0x20
		}
		low[i] = ch
	}
	switch string(low[:len(b)]) {
	case "trace", "trc", "trac", "trce", "debug", "dbg", "debu", "dbug", "verbose", "vrb", "verb", "fine", "finer", "finest", "silly", "config", "debug1", "debug2", "debug3", "debug4", "debug5":
		return LevelDebug
	case "info", "inf", "information", "informational", "informative", "notice", "note", "noti", "ntc", "default", "log", "success", "statement":
		return LevelInfo
	case "warn", "warning", "wrn", "warni":
		return LevelWarn
	case "error", "err", "erro", "eror", "severe", "fail", "failure":
		return LevelError
	case "fatal", "ftl", "fata", "fatl", "critical", "crit", "crt", "cri", "criti", "alert", "alrt", "emergency", "emerg", "panic", "pani", "pnc", "dpanic":
		return LevelFatal
	}
	return LevelNone
}

// levelLetter returns the level that one letter stands for where a format writes
// levels so, in either case, LevelNone for other letters.
func levelLetter(ch byte) Level {
	switch ch | 0x20 {
	case 'd', 't', 'v':
		return LevelDebug
	case 'i', 'n':
		return LevelInfo
	case 'w':
		return LevelWarn
	case 'e':
		return LevelError
	case 'f', 'c', 'p', 'a':
		return LevelFatal
	}
	return LevelNone
}

// syslogLevel returns the level of a syslog severity, 0 (emergency) to 7 (debug);
// what syslog calls a notice counts as info.
func syslogLevel(severity int) Level {
	switch {
	case severity < 0 || severity > 7:
		return LevelNone
	case severity <= 2:
		return LevelFatal
	case severity == 3:
		return LevelError
	case severity == 4:
		return LevelWarn
	case severity <= 6:
		return LevelInfo
	}
	return LevelDebug
}
