package pipeline

import "testing"

// TestNamesHoldNoCredentials: what becomes a label is clean, whatever stands in the log.
func TestNamesHoldNoCredentials(t *testing.T) {
	for raw, want := range map[string]string{
		"api-worker": "api-worker", "api\t": "api", "password=hunter22": "password=[redacted]",
		"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln": "[redacted]", "ghp_0123456789abcdefABCD": "[redacted]", "a\xffb": "a\uFFFDb",
	} {
		if got := newTally().row(nil, []byte(raw), nil).series.Service; got != want {
			t.Errorf("%q is counted as %q, want %q", raw, got, want)
		}
	}
}
