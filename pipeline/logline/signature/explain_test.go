package signature

import (
	"strings"
	"testing"

	"github.com/authspike/authspike/rules"
)

// TestExplainIsMatch: what Explain says decided is what Match says, for all lines
// that the catalogue's own texts make.
func TestExplainIsMatch(t *testing.T) {
	catalogue := rules.DefaultCatalogue()
	m, err := Compile(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	several := 0
	for i := range catalogue.Signatures {
		for _, around := range []string{"%", "token refused: % (kid abc-1)", "upstream said: %, connection timed out; jwt"} {
			text := []byte(strings.ReplaceAll(around, "%", strings.NewReplacer("{kid}", "k1", "{}", "x", "|", "").Replace(catalogue.Signatures[i].Marker.Text)))
			_, all := m.Explain(text)
			var decided *rules.Signature
			for _, c := range all {
				if c.Decided && decided != nil {
					t.Errorf("%s: both %s and %s decided", text, decided.ID(), c.Signature.ID())
				}
				if c.Decided {
					decided = c.Signature
				}
				if c.Why == "" {
					t.Errorf("%s: nothing is said of %s", text, c.Signature.ID())
				}
			}
			if want := m.Match(text).Signature; decided != want {
				t.Fatalf("%s: %v decided, Match says %v", text, decided, want)
			}
			if len(all) > 1 {
				several++
			}
		}
	}
	if several < 100 {
		t.Errorf("only %d texts had more than one marker", several)
	}
}

func TestExplainSaysWhy(t *testing.T) {
	const file = `
words:
  about: [token, jwt]
groups:
  - verifier: one
    failures:
      kid_mismatch: [{text: "no such key", all: ["@about"]}, "no such key for you"]
      token_expired: [{text: "much too old", none: ["cache"]}]
      token_malformed: [{text: "bent in the middle", all: ["rod"]}]
      none: ["password much too old"]
  - verifier: two
    none: ["@about", queue]
    failures:
      claims_invalid: [{text: "quite the wrong pond", none: [duck, "goose"]}]
`
	catalogue, faults := rules.ParseCatalogue("test.yaml", []byte(file))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	m, err := Compile(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"no such key":                `no such key: needs one of "token", "jwt" too`,
		"token: no such key for you": "no such key for you! it is the first that holds; no such key: the longer marker decides",
		"the cache is much too old":  `much too old: does not hold beside "cache"`,
		"bent in the middle":         `bent in the middle: needs "rod" too`,
		"password much too old":      "password much too old! it is the first that holds; much too old: the text is about something else: look-alikes decide first",
		// What rules a failure out within a name is no reason, where a group or a list says it.
		"duck, goose, queue-7 and token: quite the wrong pond": `quite the wrong pond: does not hold beside "token", "duck", "goose"`,
		"in queue-7 of the token-api: quite the wrong pond":    "quite the wrong pond! it is the first that holds",
		"fine": "",
	} {
		_, all := m.Explain([]byte(text))
		var got []string
		for _, c := range all {
			mark := ":"
			if c.Decided {
				mark = "!"
			}
			got = append(got, c.Signature.Marker.Text+mark+" "+c.Why)
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q\n got %s\nwant %s", text, s, want)
		}
	}
}
