package request

import (
	"bytes"
	"fmt"
	"testing"
)

func show(r Part) string { return fmt.Sprintf("%s %s %d", r.Method, r.Target, r.Status) }

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a 401 5 ms":                          "GET /a 401",
		"401 - GET /a?b=1 - curl/8":                "GET /a?b=1 401",
		"POST /a => 401 (1.2ms)":                   "POST /a 401",
		"GET /a took 12ms and returned 401":        "GET /a 401",
		"GET /a 401 times in a row":                "GET /a 0",
		`0.1sec 64B 401 "GET /a HTTP/1.1"`:         "GET /a 401",
		`web 401 "GET /a HTTP/1.1"`:                "GET /a 0",
		"GET [401] /a":                             "GET /a 401",
		"order 401 GET /a":                         "GET /a 0",
		`https://idp.example:443 "GET /keys" 503`:  "GET /keys 0",
		"could not GET https://idp.example/k: 503": "GET https://idp.example/k 0",
		"FORGET /a 401":                            "",
		"see /a for 401":                           "",
		"":                                         "",
	} {
		r, ok := Find([]byte(text))
		if got := show(r); ok != (want != "") || ok && got != want {
			t.Errorf("Find(%q) = %s, %v, want %s", text, got, ok, want)
		}
	}
}

func TestPhrase(t *testing.T) {
	for text, want := range map[string]string{
		"[id-1] Completed 401 Unauthorized in 3ms":                      "  401",
		"Completed /a 401 Unauthorized in 3ms":                          " /a 401",
		"Request finished in 3.2ms 401 text/plain":                      "  401",
		"Unauthorized: /a?b=1 (x)":                                      " /a 0",
		"Response: 0x7f8b /a 401 0":                                     "  401",
		"Response: 0x7f8b is not 401":                                   "",
		"REQ 401 200 in 12 us":                                          "  200",
		"REQ 401 items in a row":                                        "",
		"404 Page Not Found: /a/b":                                      " /a/b 404",
		"404 Page Not Found: a/b":                                       "  404",
		"Abort.401: no token":                                           "  401",
		"Sending HTTP error code 503: overload":                         "  503",
		"Sending HTTP error code 503 times":                             "",
		"Completed the import in 401 steps":                             "",
		"Unauthorized: nobody":                                          "",
		"GET | 401 | 203.0.113.9 | 7f | https://a.example/b?c=d | curl": "GET https://a.example/b?c=d 401",
		"POST | 201 | http://a.example/b":                               "POST http://a.example/b 201",
		"POST | 77 | http://a.example/b":                                "",
		"GET | 401 | nowhere":                                           "",
		"ROW | 401 | http://a.example/b":                                "",
	} {
		r, ok := Phrase([]byte(text))
		if got := show(r); ok != (want != "") || ok && got != want {
			t.Errorf("Phrase(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
	if r, ok := Fault([]byte("Exception on /a [POST]")); !ok || show(r) != "POST /a 0" {
		t.Errorf("Fault = %s, %v", show(r), ok)
	}
}

func TestTarget(t *testing.T) {
	for target, want := range map[string]string{
		"/a?b#c": "/a", "https://h.example:8443/a?b": "/a", "https://h.example": "/", "https://h.example?x": "/", "*": "*", "a/b": "", "-": "", "": "",
	} {
		if got := Path([]byte(target)); string(got) != want {
			t.Errorf("Path(%q) = %q, want %q", target, got, want)
		}
	}
	for text, want := range map[string]int{"401": 401, "401 x": 401, "4011": 0, "401ms": 0, "401.5": 0, "600": 0, "99": 0, "40x": 0} {
		if got := Status([]byte(text)); got != want {
			t.Errorf("Status(%q) = %d, want %d", text, got, want)
		}
	}
	for host, want := range map[string]string{"https://u@h.example:1/a": "h.example:1", "/a": ""} {
		if got := Host([]byte(host)); string(got) != want {
			t.Errorf("Host(%q) = %q, want %q", host, got, want)
		}
	}
}

// FuzzFind sees that what is found is of the text, and that no text is too odd.
func FuzzFind(f *testing.F) {
	for _, text := range []string{"GET /a 401 5 ms", "| 401 | 1ms | ::1 | GET /", "GET 401 12ms 203.0.113.9 /a", "Started GET \"/a\" Completed 401", "Completed /a 401", "Exception on /a [GET]", "GET-/a", `"GET","/a",401`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, ok := Find(text)
		if ok && (!bytes.HasPrefix(text[r.At:], r.Method) || !bytes.Contains(text[r.At:], r.Target) || len(r.Target) == 0 || !IsKnownMethod(r.Method)) {
			t.Fatalf("Find(%q) = %s at %d", text, show(r), r.At)
		}
		if s := r.Status; s != 0 && (s < 100 || s > 599) {
			t.Fatalf("Find(%q) has status %d", text, s)
		}
		if ok {
			StatusBeside(text, r.At)
		}
		Phrase(text)
		Fault(text)
		Line(text)
		Split(text)
		Path(text)
	})
}
