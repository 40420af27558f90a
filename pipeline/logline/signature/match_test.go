package signature

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

func compile(tb testing.TB, catalogue *rules.Catalogue) *Matcher {
	tb.Helper()
	m, err := Compile(catalogue)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func parse(tb testing.TB, text string) *rules.Catalogue {
	tb.Helper()
	c, faults := rules.ParseCatalogue("test.yaml", []byte(text))
	if err := faults.Err(); err != nil {
		tb.Fatal(err)
	}
	return c
}

const small = `
words:
  token: [jwt, token]
  boats: [ferry, barge]
kid: ["kid {kid}"]
groups:
  - verifier: alpha
    seen: [com.alpha]
    failures:
      kid_mismatch:
        - {text: "no key for {kid} in the set", none: [backup, "@boats"]}
        - text: lookup of the key failed
          kid: ["wanted={kid}"]
      signature_invalid:
        - {text: the seal is broken, ambiguous: true}
        - SealBrokenError
      token_expired:
        - {text: too old, all: ["@token"]}
  - family: wide
    failures:
      kid_mismatch: [unknown signing key]
      token_malformed: [{text: not a proper token, weak: true}]
      jwks_unavailable: ["cannot load {} key set"]
  - family: elsewhere
    failures:
      none: [door key rotated]
  - family: locks
    beside: ["@token", hinges]
    failures:
      token_malformed: [no lock here]
`

func TestMatch(t *testing.T) {
	m := compile(t, parse(t, small))
	for _, c := range []struct {
		name, text string
		failure    detector.Signal
		verifier   string
		kid        string
	}{
		{"nothing", "all is well", detector.NoSignal, "", ""},
		{"empty", "", detector.NoSignal, "", ""},
		{"gap with a kid", "error: no key for 'a/b.c=' in the set", detector.KidMismatch, "alpha", "a/b.c="},
		{"no kid in the gap", "no key for any reason in the set", detector.NoSignal, "", ""},
		{"forbidden word", "backup: no key for a1 in the set", detector.NoSignal, "", ""},
		{"forbidden word within a name", "backup-7: no key for a1 in the set", detector.NoSignal, "", ""},
		{"forbidden word of a list", "ferries: no key for a1 in the set", detector.KidMismatch, "alpha", "a1"},
		{"forbidden words of a list", "the barge: no key for a1 in the set", detector.NoSignal, "", ""},
		{"within a name", "barge-api: no key for a1 in the set", detector.KidMismatch, "alpha", "a1"},
		{"within a path", "GET /barge/7: no key for a1 in the set", detector.KidMismatch, "alpha", "a1"},
		{"within an address", "barge.example.com: no key for a1 in the set", detector.KidMismatch, "alpha", "a1"},
		{"as a value", "app=barge no key for a1 in the set", detector.KidMismatch, "alpha", "a1"},
		{"own capture before the general one", `lookup of the key failed kid=k0 wanted="k1"`, detector.KidMismatch, "alpha", "k1"},
		{"general capture", `lookup of the key failed {"kid":"k-0"}`, detector.KidMismatch, "alpha", "k-0"},
		{"escaped quotes", `{\"kid\":\"k-0\"} lookup of the key failed`, detector.KidMismatch, "alpha", "k-0"},
		{"token without a kid", "unknown signing key (kid nil)", detector.TokenMalformed, "", ""},
		{"empty kid", "unknown signing key, kid: ''", detector.TokenMalformed, "", ""},
		{"case, camel case and separators", "UnknownSigning_KEY", detector.KidMismatch, "", ""},
		{"within a word", "reunknown signing key", detector.NoSignal, "", ""},
		{"condition from a list", "the JWT is too old", detector.TokenExpired, "alpha", ""},
		{"condition not met", "the milk is too old", detector.NoSignal, "", ""},
		{"verifier by its package name", "unknown signing key at com.alpha.Verifier", detector.KidMismatch, "alpha", ""},
		{"words alike are not the package name", "unknown signing key, Com.alpha", detector.KidMismatch, "", ""},
		{"verifier by its own error", "SealBrokenError at 7", detector.SignatureInvalid, "alpha", ""},
		{"its own error in another style", "seal_broken_error 7", detector.SignatureInvalid, "", ""},
		{"anybody's words like its own error", "seal broken error 7", detector.NoSignal, "", ""},
		{"words that a part of a sentence ends with", "no lock here: wrong hinge", detector.TokenMalformed, "", ""},
		{"words about something else", "no lock here on the barn", detector.NoSignal, "", ""},
		{"words about a token", "no lock here on the token", detector.TokenMalformed, "", ""},
		{"cause before bad signature", "the seal is broken: unknown signing key", detector.KidMismatch, "", ""},
		{"weak ones last", "not a proper token: too old", detector.TokenExpired, "alpha", ""},
		{"weak alone", "not a proper token", detector.TokenMalformed, "", ""},
		{"look-alike first", "door key rotated, unknown signing key", detector.NoSignal, "", ""},
		{"gap of anything", "cannot load the remote key set", detector.JWKSUnavailable, "", ""},
		{"gap too wide", "cannot load " + strings.Repeat("x", 150) + " key set", detector.NoSignal, "", ""},
		{"after a JSON newline", `x\nunknown signing key`, detector.KidMismatch, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := m.Match([]byte(c.text))
			if got.Failure != c.failure || got.Verifier != c.verifier || string(got.Kid) != c.kid {
				t.Errorf("%q: %v %q %q, want %v %q %q", c.text, got.Failure, got.Verifier, got.Kid, c.failure, c.verifier, c.kid)
			}
		})
	}
	if got := m.Match([]byte("the seal is broken")); !got.Ambiguous || got.Signature == nil || got.Signature.ID() != "alpha/signature_invalid: the seal is broken" {
		t.Errorf("ambiguous: %+v", got)
	}
}

func TestMatchReadsABoundedText(t *testing.T) {
	m := compile(t, parse(t, small))
	text := bytes.Repeat([]byte("x "), MaxText/2)
	if got := m.Match(append(text, "unknown signing key"...)); got.Failure != detector.NoSignal {
		t.Errorf("read %v behind MaxText", got.Failure)
	}
	copy(text[MaxText-40:], "unknown signing key")
	if got := m.Match(text); got.Failure != detector.KidMismatch {
		t.Errorf("%v at the end of the text", got.Failure)
	}
}

// More places than are remembered are searched for.
func TestMatchOfManyPlaces(t *testing.T) {
	m := compile(t, parse(t, small))
	for _, n := range []int{maxNoted - 2, maxNoted, 10 * maxNoted} {
		text := strings.Repeat("no key for, cannot load, kid ", n) + "kid=k1; no key for k2 in the set"
		if got := m.Match([]byte(text)); string(got.Kid) != "k2" || got.Failure != detector.KidMismatch {
			t.Errorf("%d times: %v %q", n, got.Failure, got.Kid)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	m := compile(t, rules.DefaultCatalogue())
	texts := [][]byte{bytes.Repeat([]byte("no key for kid "), 2*maxNoted)}
	for _, text := range lines {
		texts = append(texts, text)
	}
	for _, text := range texts {
		if n := testing.AllocsPerRun(100, func() { m.Match(text) }); n != 0 {
			t.Errorf("%v allocations for %q", n, text)
		}
	}
}

func TestCompileRefusesTooLargeCatalogues(t *testing.T) {
	words := func(prefix string) string {
		var out []string
		for i := range 130 {
			out = append(out, fmt.Sprintf("%s%03d", prefix, i))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	for want, text := range map[string]string{
		"different texts": "words: {a: " + words("duck") + ", b: " + words("pond") + "}\ngroups: [{family: f, failures: {none: [\"@a @b\"]}}]",
		"longer than":     "groups: [{family: f, failures: {none: [\"" + strings.Repeat("duck ", 70) + "\"]}}]",
	} {
		if _, err := Compile(parse(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one of %s", err, want)
		}
	}
	if _, err := Compile(parse(t, "groups: []")); err != nil {
		t.Errorf("an empty catalogue: %v", err)
	}
}
