package rules

import (
	"strings"
	"testing"
)

func marker(t *testing.T, text string) *Marker {
	t.Helper()
	m, err := ParseMarker(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return &m
}

func TestMarkerFind(t *testing.T) {
	for _, c := range []struct {
		marker, text string
		want         bool
		kid          string
	}{
		{"no matching key", "there is NoMatchingKey here", true, ""},
		{"no matching key", "no_matching-key", true, ""},
		{"no matching key", `no "matching"  'keys'`, true, ""},
		{"no matching key", "no. matching key", false, ""},
		{"token", "pretoken", false, ""},
		{"token", "preToken", true, ""},
		{"token", "IDToken", true, ""},
		{"token", `x\ntoken`, true, ""},
		{"exp|", "the exp claim", true, ""},
		{"exp|", "expected", false, ""},
		{"exp|", "expClaim", true, ""},
		{"exp|", "the exp", true, ""},
		{"bad seal||", "bad seal", true, ""},
		{"bad seal||", "a BadSeal.", true, ""},
		{"bad seal||", `"bad seal"}`, true, ""},
		{"bad seal||", "bad seal : no key", true, ""},
		{"bad seal||", "BadSealException: no", true, ""},
		{"bad seal||", "refused (BadSealError)", true, ""},
		{"bad seal||", "BadSealErrorCount", false, ""},
		{"bad seal||", "badSealErrorCount=4", false, ""},
		{"bad seal||", "badSealCount=4", false, ""},
		{"bad seal||", "badSealErrors", false, ""},
		{"bad seal||", "bad seal client.ip=10.0.0.1", true, ""},
		{"bad seal||", "bad seal client ip=10.0.0.1", false, ""},
		{"bad seal||", "bad seal on the box", false, ""},
		{"bad seal||", "bad seals", false, ""},
		{"bad seal||", "bad seal on the box; bad seal", true, ""},
		{"bad {} seal||", "bad old seal of wax", false, ""},
		{"bad {} seal||", "bad old seal", true, ""},
		{"key {kid} not found", "key abc1 not found", true, "abc1"},
		{"key {kid} not found", "key 'abc' not found", true, "abc"},
		{"key {kid} not found", "key really not found", false, ""},
		{"key {kid} not found", "key 'a b' not found", true, "a b"},
		{"key {kid} not found", "key abc was not found", false, ""},
		{"key {} not found", "key abc was not found", true, ""},
		{"key {} not found", "key abc was lost, not found", false, ""},
		{"key {} not found", "keys abc were not found", true, ""},
		{"key {} not found", "keyhole was not found", false, ""},
		{"no {} key", "not the key", false, ""},
		{"key {} not found", `{"key":"abc","text":"not found"}`, false, ""},
		{"kid: {kid}", `kid: "", then`, true, ""},
		{"kid {kid}", `{\"kid\":\"a/b+c=\",\"x\":1}`, true, "a/b+c="},
		{"kid {kid}", "kid=abc, alg=x", true, "abc"},
		{"key id {kid}", `key id (kid) "a1"`, false, ""},
		{"kid {kid}", `key id (kid) "a1"`, true, "a1"},
		{"kid {kid}", `(kid) unknown`, false, ""},
		{"kid {kid}", `header (kid), key 7`, false, ""},
		{"kid {kid}", "kid (abc) unknown", true, "abc"},
		{"kid {kid}", "kid abc-1.", true, "abc-1"},
		{"kid {kid}", "kid ab_c: unknown", true, "ab_c"},
		{"kid {kid}", "kid", false, ""},
		{"kid {kid}", "KidNotFound", false, ""},
		{"kid {kid}", "kid_mismatch", false, ""},
		{"kid {kid}", "kid: <kid>", false, ""},
		{"kid {kid}", "kid is gone", false, ""},
		{"kid {kid}", "kid <duck-5>.", true, "duck-5"},
		{"kid {kid} gone", "kid <duck-5> gone", true, "duck-5"},
		{"kid {kid} gone", "kid [duck-5] gone", true, "duck-5"},
		{"kid {kid}", "kid (request id 7)", false, ""},
		{"kid {kid}", "kid (duck-5 of the pond)", true, "duck-5"},
		{"key id {kid}", `key id (kid)", method`, false, ""},
		{"kid {kid}", "<m>kid: duck</m>", true, "duck"},
		{"matches {kid}", "a key that matches keyId: duck-5", false, ""},
		{"unknown kid,{kid}", "unknown kid, duck-5", true, "duck-5"},
		{"no {} key", "no such key", true, ""},
		{"no {} key", "not such a key", false, ""},
		{"unknown kid,{kid}", "unknown kid, client-ip: 192.0.2.7", false, ""},
		{"unknown kid,{kid}", "unknown kid, client: 192.0.2.7", false, ""},
		{"kid {kid} gone", `kid ("duck-5") gone`, true, "duck-5"},
		{"kid {kid} gone", "(kid duck-5) gone", false, ""},
		{"kid {kid}", "kid: <new-kid>", false, ""},
		{"kid {kid}", "kid <5 or more>", false, ""},
		{"kid {kid}", `"kid" invalid`, false, ""},
		{"key id {kid}", `key ID ("kid") is not there`, false, ""},
		{"kid {kid}", `object["kid"] not found`, false, ""},
		{"kid {kid}", "kid: not found", false, ""},
		{"kid {kid}", "unknown.Kid(Key.Name(text: a1))", false, ""},
		{"kid {kid}", "kid -> k1", true, "k1"},
		{"key {kid}", "no matching key(s) found", false, ""},
		{"key {kid}", "at com.example.pond.DuckStore.getPublicKey(DuckStore.java:121)", false, ""},
		{"key {kid}", "at getSigningKey (/pond/src/duck.js:104:13)", false, ""},
		{"key {kid}", "no such key (duck.pond.example:8443)", true, "duck.pond.example:8443"},
		{"key {kid}", "no such key (duck.java:a1)", true, "duck.java:a1"},
		{"kid {kid}", "kid: Error::NotFound", false, ""},
		{"kid {kid}", "kid 'a1, or b2'", false, ""},
		{"kid {kid}", "kid https://id.example.com/keys", false, ""},
		{"kid {kid}", "kid: <nil>", true, "<nil>"},
		{"kid {kid}", `kid: Some("k7")`, true, "k7"},
		{"kid {kid}", "#<Err: no kid k7>", true, "k7"},
		{"kid {kid}", "no key for this kid\nERR-2101", false, ""},
		{"kid {kid}", "kid " + strings.Repeat("x", 300), false, ""},
		{"keys{kid}RS256{} gone", "at /keysduck-1RS256zone-7 gone, have /keysduck-2RS256zone-7", true, "duck-1"},
		{"keys{kid}RS256{} gone", "at /token_keysDUCKRS256RS256 gone", true, "DUCKRS256"},
		{"keys{kid}RS256{} gone", "at /certsduck-1RS256zone gone", false, ""},
		{"keys{kid}RS256{} gone", "at /keysduck-1ES256zone gone", false, ""},
		{"keys{kid}RS256{} gone", "at /keysRS256zone gone", false, ""},
		{"keys{kid}RS256{} gone", "at keys.pond.example/keysduck-3RS256zone gone", true, "duck-3"},
		{"keys{kid}RS256", "/keysduck-4RS256", true, "duck-4"},
		{"key {} gone", "key" + strings.Repeat(" a", 200) + " gone", false, ""},
	} {
		_, kid, ok := marker(t, c.marker).Find([]byte(c.text))
		if ok != c.want || string(kid) != c.kid {
			t.Errorf("%q in %q: %v %q, want %v %q", c.marker, c.text, ok, kid, c.want, c.kid)
		}
	}
}

func TestMarkerNamed(t *testing.T) {
	for _, c := range []struct {
		marker, text string
		name, named  bool
	}{
		{"invalid_key_id", "error: invalid_key_id", true, true},
		{"invalid_key_id", "invalid key id", true, false},
		{"KeyGone|", "KeyGonest, then KeyGone", true, true},
		{"KeyGone|", "KeyGonest", true, false},
		{"Keys of ", "Keys of a", false, true},
		{"Keys of ", "keys of a", false, false},
		{"gone {kid}", "gone k-1", false, false},
		{"here", "there, and here", true, true},
	} {
		m, err := ParseMarker(c.marker)
		if err != nil {
			t.Fatal(err)
		}
		if m.IsName() != c.name || m.Named([]byte(c.text)) != c.named {
			t.Errorf("%q is a name: %v; in %q: %v", c.marker, m.IsName(), c.text, m.Named([]byte(c.text)))
		}
	}
}

func TestParseMarkerFaults(t *testing.T) {
	for _, text := range []string{"", "{}", "{kid}", "a {}", "{} a", "a {kid}{kid} b", "a {} {} b", "déjà", "a {kid} b {kid}", "a{kid}b{kid}"} {
		if m, err := ParseMarker(text); err == nil {
			t.Errorf("%q was read as %+v", text, m)
		}
	}
}

func TestNoKid(t *testing.T) {
	for _, kid := range []string{"", "nil", "<nil>", "null", "undefined", "None"} {
		if !NoKid([]byte(kid)) {
			t.Errorf("%q passes for a kid", kid)
		}
	}
	if NoKid([]byte("nilsson-key")) {
		t.Error("a kid that begins like nil is taken for none")
	}
}
