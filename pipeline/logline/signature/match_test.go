package signature

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
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
		{"anybody's words like its own error", "seal broken error 7", detector.SignatureInvalid, "", ""},
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

// naive does what Match does by searching for every marker on its own.
func naive(c *rules.Catalogue, text []byte) (*rules.Signature, []byte) {
	for i := range c.Signatures {
		s := &c.Signatures[i]
		if _, kid, ok := s.Marker.Find(text); ok && conditions(s, text) {
			return s, kid
		}
	}
	return nil, nil
}

func conditions(s *rules.Signature, text []byte) bool {
	stands := func(markers []rules.Marker) bool {
		return slices.ContainsFunc(markers, func(m rules.Marker) bool { return m.Holds(text) })
	}
	for _, list := range s.All {
		if !stands(list) {
			return false
		}
	}
	return !slices.ContainsFunc(s.None, stands)
}

func checkNaive(t *testing.T, c *rules.Catalogue, m *Matcher, text []byte) {
	t.Helper()
	want, wantKid := naive(c, text)
	var f found
	m.scan(text, &f)
	got, gotKid := m.decide(&f)
	switch {
	case got < 0 && want == nil:
	case got < 0 || want != m.signatures[got].of:
		t.Fatalf("%q: signature %d, plain search gives %v", text, got, want)
	case !bytes.Equal(gotKid, wantKid):
		t.Fatalf("%q: kid %q, plain search gives %q", text, gotKid, wantKid)
	}
}

// mixed returns a text made of pieces of the catalogue's markers, bent in case
// and separators, and of noise.
func mixed(c *rules.Catalogue, r *rand.Rand) []byte {
	var out []byte
	for range 1 + r.IntN(6) {
		switch r.IntN(6) {
		case 0:
			for range r.IntN(30) {
				out = append(out, byte(r.IntN(256)))
			}
		case 1:
			out = append(out, []string{`\n`, "kid", " ", `\"`, "token", ": '", "Jwt", "}", "x", "aK", `\\n`, `\tA`, `\r`, `\`, "ABc"}[r.IntN(15)]...)
		default:
			text := c.Signatures[r.IntN(len(c.Signatures))].Marker.Text
			if r.IntN(4) == 0 {
				text = text[r.IntN(len(text)):]
			}
			text = strings.ReplaceAll(text, "{kid}", []string{"'k1'", "k 2", "<nil>", `\"k3\"`, "k4: ", ""}[r.IntN(6)])
			text = strings.ReplaceAll(text, "{}", strings.Repeat("y ", r.IntN(60)))
			for i := range len(text) {
				switch b := text[i]; r.IntN(40) {
				case 0:
					out = append(out, ' ', b)
				case 1:
					out = append(out, '_', b^0x20)
				case 2:
				default:
					out = append(out, b)
				}
			}
			out = append(out, " :.n"[r.IntN(4)])
		}
	}
	return out
}

func TestMatchIsPlainSearch(t *testing.T) {
	for _, test := range []struct {
		c     *rules.Catalogue
		texts int // the plain search through the whole catalogue is slow
	}{{parse(t, small), 2000}, {rules.DefaultCatalogue(), 200}} {
		m := compile(t, test.c)
		r := rand.New(rand.NewPCG(1, 2))
		decided := 0
		for n := range test.texts {
			text := mixed(test.c, r)
			if n%10 == 0 { // a long one, with more places than are remembered
				for range 20 {
					text = append(text, mixed(test.c, r)...)
				}
			}
			checkNaive(t, test.c, m, text)
			if m.Match(text).Signature != nil {
				decided++
			}
		}
		if decided < test.texts/4 {
			t.Errorf("only %d of %d texts had a signature: the test says little", decided, test.texts)
		}
	}
}

// Catalogues of short texts of few letters, which share beginnings, ends and gaps.
func TestMatchIsPlainSearchInRandomCatalogues(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	word := func(most int) string {
		out := []byte{"ab01:["[r.IntN(6)]}
		for range r.IntN(most) {
			out = append(out, "ab01:[aab "[r.IntN(10)])
		}
		return strings.TrimSpace(string(out))
	}
	decided := 0
	for range 40 {
		file := "kid: [\"aba{kid}\"]\ngroups:\n- family: f\n  failures:\n"
		for _, failure := range []string{"none", "kid_mismatch", "token_expired"} {
			file += "    " + failure + ":\n"
			for range 12 {
				marker := "a" + word(5)
				for range r.IntN(3) {
					marker += []string{" {} ", " {kid} ", " "}[r.IntN(3)] + word(3)
				}
				marker = strings.Replace(strings.Replace(marker, "{kid}", "{k}", 1), "{kid}", "{}", -1)
				marker = strings.Replace(marker, "{k}", "{kid}", 1) + []string{"", "|"}[r.IntN(2)]
				file += fmt.Sprintf("    - {text: %q, all: [%q], none: [%q]}\n", marker, "a"+word(2)+"b", "b"+word(4)+"0")
			}
		}
		c, _ := rules.ParseCatalogue("random.yaml", []byte(file)) // some markers never decide, which does not matter
		m := compile(t, c)
		for range 60 {
			var text []byte
			for range r.IntN(150) {
				text = append(text, "ab01:[aabAB  -_\"\\n\xe9"[r.IntN(18)])
			}
			checkNaive(t, c, m, text)
			if m.Match(text).Signature != nil {
				decided++
			}
		}
	}
	if decided < 500 {
		t.Errorf("only %d texts had a signature: the test says little", decided)
	}
}

// More places than are remembered are searched for.
func TestMatchOfManyPlaces(t *testing.T) {
	m := compile(t, parse(t, small))
	for _, n := range []int{maxStarts - 2, maxStarts, 10 * maxStarts} {
		text := strings.Repeat("no key for, cannot load, kid ", n) + "kid=k1; no key for k2 in the set"
		if got := m.Match([]byte(text)); string(got.Kid) != "k2" || got.Failure != detector.KidMismatch {
			t.Errorf("%d times: %v %q", n, got.Failure, got.Kid)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	m := compile(t, rules.DefaultCatalogue())
	text := []byte(`ERROR auth: JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set, kid "2026-11-k7" refused`)
	if got := m.Match(text); got.Failure != detector.KidMismatch || string(got.Kid) != "2026-11-k7" {
		t.Fatalf("%v %q", got.Failure, got.Kid)
	}
	if n := testing.AllocsPerRun(100, func() { m.Match(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzMatch(f *testing.F) {
	c := parse(f, small)
	m := compile(f, c)
	for _, text := range []string{"no key for 'a' in the set", `\nunknown\tsigning_KEY kid=x`, "cannot load  key set", "too old jwt", "\xff kid"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = text[:min(len(text), MaxText)]
		checkNaive(t, c, m, text)
		got := m.Match(text)
		if len(got.Kid) > 0 && !bytes.Contains(text, got.Kid) {
			t.Fatalf("kid %q is not of the text %q", got.Kid, text)
		}
	})
}

func TestCompileRefusesTooLargeCatalogues(t *testing.T) {
	words := func(prefix string) string {
		var out []string
		for i := range 130 {
			out = append(out, fmt.Sprintf("%s%03d", prefix, i))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	for name, text := range map[string]string{
		"many texts":  "words: {a: " + words("duck") + ", b: " + words("pond") + "}\ngroups: [{family: f, failures: {none: [\"@a @b\"]}}]",
		"a long text": "groups: [{family: f, failures: {none: [\"" + strings.Repeat("duck ", 70) + "\"]}}]",
	} {
		if _, err := Compile(parse(t, text)); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
	if _, err := Compile(parse(t, "groups: []")); err != nil {
		t.Errorf("an empty catalogue: %v", err)
	}
}
