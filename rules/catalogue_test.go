package rules

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authspike/authspike/detector"
)

func TestDefaultCatalogueHasNoFaults(t *testing.T) {
	c, faults := ParseCatalogue(catalogueFileName, defaultCatalogue)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(len(c.Signatures), len(DefaultCatalogue().Signatures)); diff != "" {
		t.Errorf("DefaultCatalogue reads it differently: %s", diff)
	}
	seen := map[detector.Signal]bool{}
	for i := range c.Signatures {
		seen[c.Signatures[i].Failure] = true
	}
	for s := detector.FirstFailure; s <= detector.LastFailure; s++ {
		if !seen[s] {
			t.Errorf("no signature means %s", s)
		}
	}
}

// The diagnosis reads these: whose cache it is decides what to restart.
func TestDefaultCatalogueKnowsTheOwners(t *testing.T) {
	c := DefaultCatalogue()
	for name, want := range map[string]Owner{"istio": OwnerMesh, "envoy-jwt-authn": OwnerProxy, "jwks-rsa": OwnerProcess, "azure-apim": OwnerProvider} {
		v, ok := c.Verifier(name)
		if !ok || v.Keys.Owner != want || v.Keys.Remedy == "" {
			t.Errorf("%s: %+v, want owner %s and a remedy", name, v, want)
		}
	}
	if _, ok := c.Verifier("nobody"); ok {
		t.Error("a verifier that nobody named is known")
	}
}

func TestCatalogueFaults(t *testing.T) {
	_, faults := ParseCatalogue("c.yaml", []byte(`
words:
  things: [kettle]
  none: []
kid: ["no place for it", "k {kid}"]
groups:
- verifier: one
  keys: {cached: soon, refetch: sometimes, owner: me}
  failures:
    kid_mismach: [the kettle is cold]
    kid_mismatch:
      - the key is gone
      - short
      - {text: nö key here at all}
      - {text: "the key {}", all: ["@thing"]}
      - {text: the door is shut, all: ["@thing"]}
      - {text: the window is shut, ambiguous: true}
      - {text: the window is open, none: [window]}
      - {text: the house is lost, kid: ["of {kind}"]}
    signature_invalid:
      - "The_Key is gone!"
- verifier: one
  family: two
  failures: {}
- about: nameless
  failures:
    none: [the key]
- verifier: three
  keys: {cached: 1h, refetch: interval, cooldown: 5m}
- verifier: four
  keys: {cached: 1m, refetch: unknown_kid, cooldown: 5m, owner: process, remedy: restart it}
- verifier: five
  keys: {cached: 1m, refetch: always, owner: process, remedy: restart it}
`))
	want := `
c.yaml:4:9: word list "none" is empty (name a word or remove it)
c.yaml:5:7: capture "no place for it" has no {kid} (write {kid} where the key id stands)
c.yaml:5:26: capture "k {kid}" has too little text before {kid} (write at least 3 letters)
c.yaml:8:9: keys need a remedy (say what makes the verifier forget stale keys)
c.yaml:8:18: groups[0].keys.cached: "soon" is no duration: write for example 90s, 1h30m or 30d
c.yaml:8:33: groups[0].keys.refetch: "sometimes" is none of [unknown_kid interval restart always]
c.yaml:8:51: groups[0].keys.owner: "me" is none of [process proxy mesh provider]
c.yaml:10:5: groups[0].failures.kid_mismach: unknown failure "kid_mismach": known are none, kid_mismatch, signature_invalid, jwks_unavailable, token_expired, token_not_yet_valid, claims_invalid, token_malformed, token_missing
c.yaml:13:9: marker "short" is too short to mean anything (write at least 8 letters, or name under ` + "`all:`" + ` what must stand beside it)
c.yaml:14:9: marker "nö key here at all": only ASCII can be found in a text, 'ö' is none (write the words beside it)
c.yaml:15:9: marker "the key {}": it ends with a gap (remove the gap, or write the text behind it)
c.yaml:15:36: unknown word list "@thing" (did you mean "things"?)
c.yaml:16:40: unknown word list "@thing" (did you mean "things"?)
c.yaml:17:9: marker "the window is shut" cannot be ambiguous (only ` + "`signature_invalid`" + ` may stand for a missing key)
c.yaml:18:9: marker "the window is open" never holds: it has "window" in it, which ` + "`none:`" + ` forbids (remove one of the two)
c.yaml:19:41: capture "of {kind}": "{kind}" is no gap (write {kid} for a key id, {} for anything else)
c.yaml:21:9: marker "The_Key is gone!" never decides: the one in line 12 decides before it, one/kid_mismatch: the key is gone (remove it, or narrow the other one)
c.yaml:22:3: group "one" stands twice (put the two together)
c.yaml:23:11: a group is a verifier or a family (remove one of the two names)
c.yaml:25:3: a group needs a name (add ` + "`verifier:`, or `family:`" + ` for phrases that many print)
c.yaml:27:12: marker "the key" is too short to mean anything (write at least 8 letters, or name under ` + "`all:`" + ` what must stand beside it)
c.yaml:29:9: keys need an owner (say whose memory they are in: process, proxy, mesh or provider)
c.yaml:29:9: keys need a remedy (say what makes the verifier forget stale keys)
c.yaml:29:51: a cooldown is between fetches for unknown kids, which there are none of (remove it, or write ` + "`refetch: unknown_kid`" + `)
c.yaml:31:54: the cooldown 5m is longer than the 1m that keys are used
c.yaml:33:18: keys that are fetched at ` + "`refetch: always`" + ` are not cached for a time (remove one of the two)
`
	if diff := cmp.Diff(strings.TrimSpace(want), faults.Error()); diff != "" {
		t.Error(diff)
	}
}

// The other faults of a list are told too where one of its entries cannot be read.
func TestMarkerFaults(t *testing.T) {
	_, faults := ParseCatalogue("c.yaml", []byte(`
words: {gone: [gone, lost], odd: [" - ", "a {} b", "@gone"]}
kid: ["{kid} was it", "the kid {kid} and {kid}", kid]
groups:
- verifier: one
  first: true
  last: true
  seen: [gw]
  failures:
    kid_mismatch:
      - ""
      - [a, b]
      - {txt: the lock is stuck}
      - {text: the lock is stuck, any: [x]}
      - {text: the door is stuck, all: [rusty], none: [rust]}
      - {text: the gate is stuck, all: ["@gone"], none: ["gone", "lost"]}
      - {text: the hatch is stuck, all: ["@gone"], none: ["gone"]}
      - the lid {kid
      - the lid {}{} is stuck
      - "@gone @nolist is stuck"
    token_expired: []
    none: [the lock is stuck]
- verifier: two
  none: [hinge]
  failures:
    claims_invalid: [{text: the ramp is stuck, all: [hinges]}]
`))
	want := `
c.yaml:2:35: " - ": there is nothing to find (write letters or digits: blanks, quotes, - and _ do not count)
c.yaml:2:42: "a {} b" has a gap (write only text here)
c.yaml:2:52: a word list has no lists in it: "@gone" (write its words)
c.yaml:3:7: capture "{kid} was it": it begins with a gap (write the text before it)
c.yaml:3:23: capture "the kid {kid} and {kid}": {kid} stands twice (write {} for one of them)
c.yaml:3:50: capture "kid" has no {kid} (write {kid} where the key id stands)
c.yaml:7:9: a group decides first or last (remove one of the two keys)
c.yaml:8:10: "gw" is too short (write at least 4 letters)
c.yaml:11:9: marker "": there is nothing to find (write letters or digits: blanks, quotes, - and _ do not count)
c.yaml:12:9: groups[0].failures.kid_mismatch[1]: want a text, got a list
c.yaml:13:10: unknown key "txt" in groups[0].failures.kid_mismatch[2] (did you mean "text"?)
c.yaml:14:9: marker "the lock is stuck" never decides: the one in line 22 decides before it, one/none: the lock is stuck (remove it, or narrow the other one)
c.yaml:14:35: unknown key "any" in groups[0].failures.kid_mismatch[3] (known keys: all, ambiguous, kid, none, text, weak)
c.yaml:15:9: marker "the door is stuck" never holds: ` + "`none:` forbids \"rusty\", which `all:`" + ` wants (remove one of the two)
c.yaml:16:9: marker "the gate is stuck" never holds: ` + "`none:` forbids \"gone\", which `all:`" + ` wants (remove one of the two)
c.yaml:18:9: marker "the lid {kid": "{kid" is no gap (write {kid} for a key id, {} for anything else)
c.yaml:19:9: marker "the lid {}{} is stuck": two gaps stand side by side (write the text between them)
c.yaml:20:9: unknown word list "@nolist" (known word lists: gone, odd)
c.yaml:21:20: no marker means token_expired (write one, or remove the key)
`
	if diff := cmp.Diff(strings.TrimSpace(want), faults.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestExtend(t *testing.T) {
	base, faults := ParseCatalogue("base.yaml", []byte(`
words: {things: [kettle, pot]}
groups:
- verifier: one
  about: the first
  keys: {cached: 1h, owner: process, remedy: restart it}
  failures: {token_expired: ["the {} is too old", it is far too old]}
`))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	c, faults := base.Extend("mine.yaml", []byte(`
groups:
- verifier: one
  keys: {cached: 5m, owner: proxy, remedy: restart the proxy}
  failures: {claims_invalid: [{text: too old, all: ["@things"]}]}
- verifier: mine
  failures: {none: [it is far too old]}
`))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if got := c.Signatures[0].ID(); got != "mine/none: it is far too old" {
		t.Errorf("first decides %s", got)
	}
	if got := c.Signatures[1].Failure; got != detector.ClaimsInvalid {
		t.Errorf("then decides %s", got)
	}
	v, _ := c.Verifier("one")
	if v.About != "the first" || v.Keys.Cached.String() != "5m" || v.Keys.Owner != OwnerProxy {
		t.Errorf("verifier after the user's file: %+v", v)
	}
	if v, _ := base.Verifier("one"); v.Keys.Cached.String() != "1h" || len(base.Signatures) != 2 {
		t.Error("the base catalogue was changed")
	}
}

// A library whose cache is described by figures says where they are written.
func TestSourcesOfKeyCaches(t *testing.T) {
	c := DefaultCatalogue()
	for _, name := range []string{
		"auth0-go", "auth0-java-jwt", "aws-jwt-verify", "fastapi-azure-auth", "go-oidc", "hapi-jwt", "joken", "jose", "jwks-rsa", "keycloak",
		"keyfunc", "microsoft-identitymodel", "nimbus", "openid-client", "pyjwt", "quarkus", "spring-security", "strimzi-oauth",
	} {
		v, ok := c.Verifier(name)
		if !ok || v.Keys.Source == "" || v.Keys.Refetch == RefetchUnknown {
			t.Errorf("%s: %+v, want a source and when it fetches anew", name, v)
		}
	}
}

// The page of the rules names every key of a catalogue.
func TestReadmeNamesTheKeysOfACatalogue(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for prefix, of := range map[string]reflect.Type{
		"": reflect.TypeFor[catalogueFile](), "groups[].": reflect.TypeFor[groupEntry](),
		"groups[].keys.": reflect.TypeFor[Keys](), "failures.*[].": reflect.TypeFor[markerEntry](),
	} {
		for i := range of.NumField() {
			if key := prefix + of.Field(i).Tag.Get("yaml"); !strings.Contains(string(page), "\n| `"+key+"` |") {
				t.Errorf("no row for `%s`", key)
			}
		}
	}
}

// The page's example of a catalogue is a good one.
func TestReadmeCatalogueIsGood(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(page), "```yaml\nwords:")
	if example, _, _ = strings.Cut(example, "```"); !ok {
		t.Fatal("there is no example")
	}
	if _, faults := ParseCatalogue("README.md", []byte("words:"+example)); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestKeysInWords(t *testing.T) {
	for _, c := range []struct {
		keys Keys
		want string
	}{
		{Keys{}, ""},
		{Keys{Owner: OwnerMesh, Cached: Duration(20 * time.Minute), Refetch: RefetchByTime}, "the mesh's control plane keeps its keys for 20m, even if a kid is unknown"},
		{Keys{Owner: OwnerProcess, Cached: Duration(time.Hour), Refetch: RefetchOnKid, Cooldown: Duration(time.Minute)}, "each process keeps its keys for 1h and fetches them anew for an unknown kid, at most every 1m"},
		{Keys{Owner: OwnerProxy, Refetch: RefetchOnKid}, "each proxy keeps its keys and fetches them anew for an unknown kid"},
		{Keys{Owner: OwnerProvider, Refetch: RefetchEvery}, "the provider keeps no keys"},
		{Keys{Refetch: RefetchOnReload}, "it keeps its keys until it is restarted"},
	} {
		if got := c.keys.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestWordListsInMarkers(t *testing.T) {
	c, faults := ParseCatalogue("c.yaml", []byte(`
words: {cannot: [unable to, could not], fetch: [fetch, load]}
groups:
- family: f
  failures: {jwks_unavailable: ["@cannot @fetch the keys"]}
`))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range c.Signatures {
		got = append(got, c.Signatures[i].Marker.Text)
	}
	want := []string{"unable to fetch the keys", "could not fetch the keys", "unable to load the keys", "could not load the keys"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseCatalogue(f *testing.F) {
	f.Add([]byte("words: {a: [bc]}\nkid: [\"kid {kid}\"]\ngroups:\n- verifier: v\n  failures:\n    kid_mismatch: [\"@a {} key is gone\", {text: gone for good, all: [\"@a\"], none: [not]}]\n"))
	f.Add([]byte("groups: [{family: f, failures: {none: [a, {}]}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, faults := ParseCatalogue("f", data)
		for i := range faults {
			if faults[i].Line < 0 || faults[i].What == "" {
				t.Fatalf("fault without words: %+v", faults[i])
			}
		}
		for i := range c.Signatures {
			_, _, _ = c.Signatures[i].Marker.Find([]byte("unable to find a key for kid abc"))
		}
	})
}
