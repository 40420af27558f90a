package redact

import (
	"bytes"
	"strings"
	"testing"
)

// TestAppendOpen cuts texts with credentials at every place into two, and keeps
// the first part until the second is there: neither it nor the whole gives more
// of a credential away than its beginning, and what is none survives.
func TestAppendOpen(t *testing.T) {
	key := "q7Zp3Wn8Vb5Xc2Lk9Jh4Gf6D"
	for _, c := range []struct{ text, secret, rest string }{
		{"refused " + jwt + " at once", jwt, "refused [redacted] at once"},
		{"x " + made("{\n\"alg\":\"none\"}") + " y", made("{\n\"alg\":\"none\"}"), "x [redacted] y"},
		{`{"authorization":"Bearer ` + key + `","status":401}`, key, `"status":401}`},
		{"Authorization: Bearer " + key + " refused", key, " refused"},
		{"sent bearer " + key + " away", key, " away"},
		{"access_token=" + key + "&x=1", key, "&x=1"},
		{`{"password":"` + key + ` and more","a":1}`, key, `"a":1}`},
		{`{\"password\":\"` + key + `\",\"a\":1}`, key, `\"a\":1}`},
		{`"cookie": "theme=dark; s=` + key + `; x=y", "b": 1`, key, `"b": 1`},
		{"postgres://app:" + key + "@db:5432/x", key, "@db:5432/x"},
		{"-----BEGIN PRIVATE KEY-----\n" + key + "\n" + key + "\n-----END PRIVATE KEY----- rest", key, ""},
		{"used ghp_" + key + " here", key, " here"},
		{"used AKIA" + strings.ToUpper(key) + " here", strings.ToUpper(key), " here"},
	} {
		for cut := range len(c.text) {
			first := AppendOpen(nil, []byte(c.text[:cut]))
			whole := Append(nil, append(bytes.Clone(first), c.text[cut:]...))
			for what, got := range map[string][]byte{"first part": first, "whole": whole} {
				if leak := leaks(string(got), c.secret); leak != "" {
					t.Fatalf("%q cut at %d: the %s gives %q away: %q", c.text, cut, what, leak, got)
				}
			}
			if !bytes.HasSuffix(whole, []byte(c.rest)) {
				t.Errorf("%q cut at %d: %q does not end with %q", c.text, cut, whole, c.rest)
			}
		}
	}
	for _, text := range []string{
		`2026-03-04 05:06:07 ERROR unable to find a signing key that matches kid=2026-11-k7 at com.example.JwtVerifier`,
		`{"level":"error","msg":"JWKSNoMatchingKey: no applicable key found","kid":"Zx91-ab","path":"/a:b","n":-1}`,
	} {
		for cut := range len(text) {
			if got := AppendOpen(nil, []byte(text[:cut])); string(got) != text[:cut] {
				t.Errorf("%q becomes %q", text[:cut], got)
			}
		}
	}
}

func TestRest(t *testing.T) {
	for text, want := range map[string]int{
		"3Wn8Vb5Xc2Lk9Jh4Gf6D refused":                   20,
		jwt[20:60] + " refused, token=" + jwt:            40,
		"2026-03-04T05:06:07Z refused":                   0,
		"2026/03/04 refused":                             0,
		"JsonWebTokenError: jwt expired":                 0,
		"com.example.SigningKeyNotFoundException: kid 7": 0,
		"":           0,
		"    at x.y": 0,
	} {
		if got := Rest([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// leaks returns eight letters of the secret's inside that stand in text. Those of
// its beginning, by which it is recognised, are no secret.
func leaks(text, secret string) string {
	for i := 9; i+8 <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+8]) {
			return secret[i : i+8]
		}
	}
	return ""
}

// FuzzAppendOpen: what was kept and its rest never hold what Append would cut.
func FuzzAppendOpen(f *testing.F) {
	f.Add([]byte("refused "+jwt), []byte(jwt+" at once"))
	f.Add([]byte(`{"password":"ab`), []byte(`cd","a":1}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		whole := Append(nil, append(AppendOpen(nil, a), b...))
		if Suspicious(whole) {
			t.Errorf("%q", whole)
		}
	})
}
