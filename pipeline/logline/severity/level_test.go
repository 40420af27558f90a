package severity

import "testing"

func TestParse(t *testing.T) {
	for want, words := range map[Level][]string{
		Debug: {"trace", "DEBUG", "DBG", "Verbose", "FINEST", "silly", "trace8"},
		Info:  {"info", "INF", "Information", "notice", "NOTICE"},
		Warn:  {"warn", "WARNING", "Wrn"},
		Error: {"error", "ERR", "SEVERE", "fail"},
		Fatal: {"fatal", "FTL", "critical", "crit", "alert", "EMERGENCY", "panic", "dpanic"},
		None:  {"", "http", "GET", "infos", "er", "401", "a very long word indeed"},
	} {
		for _, w := range words {
			if got := Parse([]byte(w)); got != want {
				t.Errorf("Parse(%q) = %v, want %v", w, got, want)
			}
		}
	}
}

func TestSyslog(t *testing.T) {
	want := [...]Level{Fatal, Fatal, Fatal, Error, Warn, Info, Info, Debug}
	for severity, level := range want {
		if got := Syslog(severity); got != level {
			t.Errorf("Syslog(%d) = %v, want %v", severity, got, level)
		}
	}
	if Syslog(8) != None || Syslog(-1) != None {
		t.Error("a severity out of range has a level")
	}
}

func TestOf(t *testing.T) {
	for text, want := range map[string]Level{
		"": None, "warning": Warn, "W": Warn, "x": None, "z1": None, "3": Error, "8": None, "30": Info, "50": Error, "60": Fatal, "100": Debug, "400": Error, "401": None, "550": Fatal, "601": None,
		"20000": Info, "40000": Error, "50001": None, "1234567890": None,
	} {
		if got := Of([]byte(text)); got != want {
			t.Errorf("Of(%q) = %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]Level{"0": None, "1": Debug, "9": Info, "13": Warn, "17": Error, "24": Fatal, "25": None, "x": None} {
		if got := OpenTelemetry([]byte(text)); got != want {
			t.Errorf("OpenTelemetry(%q) = %v, want %v", text, got, want)
		}
	}
}
