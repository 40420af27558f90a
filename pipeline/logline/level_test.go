package logline

import "testing"

func TestParseLevel(t *testing.T) {
	for want, words := range map[Level][]string{
		LevelDebug: {"trace", "DEBUG", "DBG", "Verbose", "FINEST", "silly"},
		LevelInfo:  {"info", "INF", "Information", "notice", "NOTICE"},
		LevelWarn:  {"warn", "WARNING", "Wrn"},
		LevelError: {"error", "ERR", "SEVERE", "fail"},
		LevelFatal: {"fatal", "FTL", "critical", "crit", "alert", "EMERGENCY", "panic", "dpanic"},
		LevelNone:  {"", "http", "GET", "infos", "er", "401", "a very long word indeed"},
	} {
		for _, w := range words {
			if got := parseLevel([]byte(w)); got != want {
				t.Errorf("parseLevel(%q) = %v, want %v", w, got, want)
			}
		}
	}
}

func TestSyslogLevel(t *testing.T) {
	want := [...]Level{LevelFatal, LevelFatal, LevelFatal, LevelError, LevelWarn, LevelInfo, LevelInfo, LevelDebug}
	for severity, level := range want {
		if got := syslogLevel(severity); got != level {
			t.Errorf("syslogLevel(%d) = %v, want %v", severity, got, level)
		}
	}
	if syslogLevel(8) != LevelNone || syslogLevel(-1) != LevelNone {
		t.Error("a severity out of range has a level")
	}
}
