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

// naiveKid finds the kid of a text that s, which found kid itself, decides.
func naiveKid(c *rules.Catalogue, s *rules.Signature, kid, text []byte) []byte {
	for _, captures := range [][]rules.Marker{s.Kid, c.Kids} {
		for i := range captures {
			if kid == nil {
				_, kid, _ = captures[i].Find(text)
			}
		}
	}
	if rules.NoKid(kid) {
		return nil
	}
	return kid
}

func conditions(s *rules.Signature, text []byte) bool {
	if s.Beside != nil && !slices.ContainsFunc(s.Beside, func(m rules.Marker) bool { return m.Holds(text) }) {
		closed := s.Closed()
		if _, _, ok := closed.Find(text); !ok {
			return false
		}
	}
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

// checkNaive compares what is found in text with what a plain search finds, and reports
// whether the text has more places of which something is asked than are remembered.
func checkNaive(t *testing.T, c *rules.Catalogue, m *Matcher, text []byte) (many bool) {
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
	case want.Failure == detector.NoSignal:
	default:
		if kid, wantKid := m.Match(text).Kid, naiveKid(c, want, wantKid, text); !bytes.Equal(kid, wantKid) {
			t.Fatalf("%q: kid %q, plain search gives %q", text, kid, wantKid)
		}
	}
	return f.sure
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
		many  int // so many texts have more places than are remembered
	}{{parse(t, small), 2000, 0}, {rules.DefaultCatalogue(), 200, 10}} {
		m := compile(t, test.c)
		r := rand.New(rand.NewPCG(1, 2))
		decided, many := 0, 0
		for n := range test.texts {
			text := mixed(test.c, r)
			if n%10 == 0 { // a long one, with more places than are remembered
				for range 20 {
					text = append(text, mixed(test.c, r)...)
				}
			}
			if checkNaive(t, test.c, m, text) {
				many++
			}
			if m.Match(text).Signature != nil {
				decided++
			}
		}
		if decided < test.texts/4 || many < test.many {
			t.Errorf("only %d of %d texts had a signature and %d many places: the test says little", decided, test.texts, many)
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
	decided, many := 0, 0
	for n := range 60 {
		end := func() string { return []string{"", "|", "||"}[r.IntN(3)] }
		file := fmt.Sprintf("kid: [\"aba{kid}\"]\nwords: {w: [%q, %q]}\ngroups:\n- %s: f\n  failures:\n", "a"+word(1)+"a"+end(), "b"+word(2)+"1"+end(), []string{"family", "verifier"}[n%2]) // markers of a verifier may be names
		for _, failure := range []string{"none", "kid_mismatch", "token_expired"} {
			file += "    " + failure + ":\n"
			for range 12 {
				marker := "a" + word(5)
				for range r.IntN(3) {
					marker += []string{" {} ", " {kid} ", " "}[r.IntN(3)] + word(3)
				}
				marker = strings.ReplaceAll(strings.Replace(marker, "{kid}", "{k}", 1), "{kid}", "{}")
				marker = strings.Replace(marker, "{k}", "{kid}", 1) + end()
				none := []string{"b" + word(4) + "0" + end(), "@w"}[r.IntN(2)]
				file += fmt.Sprintf("    - {text: %q, all: [%q], none: [%q]}\n", marker, "a"+word(2)+"b"+end(), none)
			}
		}
		c, _ := rules.ParseCatalogue("random.yaml", []byte(file)) // some markers never decide, which does not matter
		m := compile(t, c)
		for range 60 {
			var text []byte
			for range r.IntN(150) {
				text = append(text, "ab01:[aabAB  -_=\"\\n\xe9"[r.IntN(19)])
			}
			if r.IntN(8) == 0 {
				text = bytes.Repeat(text, 20)
			}
			if checkNaive(t, c, m, text) {
				many++
			}
			if m.Match(text).Signature != nil {
				decided++
			}
		}
	}
	if decided < 500 || many < 50 {
		t.Errorf("only %d texts had a signature and %d many places: the test says little", decided, many)
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
