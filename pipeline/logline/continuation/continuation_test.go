package continuation

import "testing"

func TestOf(t *testing.T) {
	for line, want := range map[string]Shape{
		"":                                    Plain,
		"no key found":                        Plain,
		"at the door":                         Plain,
		"see (a.b)":                           Plain,
		"java.lang.IllegalStateException: no": Name,
		"Error: no key":                       Name,
		"panic: no key":                       Name,
		"Traceback (most recent call last):":  Trace,
		"During handling of the above exception, another": Chain,
		"  and so on":                       Indented,
		"}":                                 Indented,
		"kid: 'a'":                          Indented,
		"\tat com.example.A.b(A.java:12)":   Frame,
		"... 12 more":                       Frame,
		`  File "/a.py", line 3, in check`:  Frame,
		"a/b.rb:12:in `verify'":             Frame,
		"main.(*server).check(0xc000, 0x1)": Frame,
		"/a/b.go:12 +0x1d":                  Frame,
		"Caused by: a.B: no":                Frame,
		"#0 /a/b.php(12): check()":          Frame,
		"goroutine 1 [running]:":            Frame,
	} {
		if got := Of([]byte(line)); got != want {
			t.Errorf("Of(%q) = %d, want %d", line, got, want)
		}
	}
	for text, want := range map[string]bool{"TokenExpired": true, "a.b.SignatureInvalid, b": true, "NotFound here": false, "Error": false, "JwtError: a": true, "an Error": false} {
		if IsExceptionName([]byte(text)) != want {
			t.Errorf("IsExceptionName(%q) is not %v", text, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, line := range []string{"\tat a.B(C:1)", "main.(*a).b(0x1)", `File "a", line 1`, "a.rb:1:in `b'", "... 1", "a::b::Error"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 0 && line[0] == ' ' && Of(line) == Plain && len(line) > len("        ") && line[len(line)-1] > ' ' && line[1] > ' ' {
			t.Fatalf("%q is indented and looks like nothing", line)
		}
	})
}
