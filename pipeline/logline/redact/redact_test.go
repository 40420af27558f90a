package redact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// made returns a token with the given header, of no key anybody has.
func made(header string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(header)) + "." + part([]byte(`{"sub":"nobody","exp":1}`)) + "." + part([]byte("not a signature at all"))
}

var jwt = made(`{"alg":"RS256","kid":"k1"}`)

func TestAppend(t *testing.T) {
	key := strings.Repeat("Ab3", 8)
	for _, c := range []struct{ in, want string }{
		{"nothing to see", "nothing to see"},
		{"", ""},
		{"refused " + jwt + " at once", "refused [redacted] at once"},
		{"two " + jwt + "," + jwt, "two [redacted],[redacted]"},
		{"folded " + jwt[:60] + "\n  " + jwt[60:] + "\nnext line", "folded [redacted]\nnext line"},
		{`folded ` + jwt[:60] + `\r\n` + jwt[60:] + `\n at io.jsonwebtoken.Parser`, `folded [redacted]\n at io.jsonwebtoken.Parser`},
		{"followed " + jwt + "\nio.jsonwebtoken.security.SignatureException: no", "followed [redacted]\nio.jsonwebtoken.security.SignatureException: no"},
		{"cut short " + jwt[:30] + "...", "cut short [redacted]"},
		{"unsigned " + jwt[:strings.LastIndex(jwt, ".")+1], "unsigned [redacted]"},
		{made(`{ "alg":"none"}`), Mark},
		{made("{\n\"alg\":\"none\"}"), Mark},
		{"q=" + base64.StdEncoding.EncodeToString([]byte(jwt)), "q=[redacted]"},
		{"Authorization: Bearer " + key, "Authorization: [redacted]"},
		{"sent bearer " + key + " away", "sent bearer [redacted] away"},
		{"Bearer%20" + key, "Bearer%20[redacted]"},
		{"Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"},
		{`{"authorization":"Basic dXNlcjpwYXNz","a":1}`, `{"authorization":"[redacted]","a":1}`},
		{`{\"Authorization\":\"Basic dXNlcjpwYXNz\",\"a\":1}`, `{\"Authorization\":\"[redacted]\",\"a\":1}`},
		{`{"password":"a\"b c","a":1}`, `{"password":"[redacted]","a":1}`},
		{`{\"password\":\"a\\\"b c\",\"a\":1}`, `{\"password\":\"[redacted]\",\"a\":1}`},
		{"db_password=plain user=x", "db_password=[redacted] user=x"},
		{"Cookie: sid=1; theme=dark", "Cookie: [redacted]"},
		{`"set-cookie": "a=b; Path=/", "x": 1`, `"set-cookie": "[redacted]", "x": 1`},
		{"X-Api-Key: " + key, "X-Api-Key: [redacted]"},
		{"access_token=" + key + "&x=1", "access_token=[redacted]&x=1"},
		{"postgres://app:hunter@db:5432/x", "postgres://app:[redacted]@db:5432/x"},
		{"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY----- rest", "[redacted] rest"},
		{"-----BEGIN PRIVATE KEY-----\nAAAA", Mark},
		{"raised JWT::ExpiredSignature at once", "raised JWT::ExpiredSignature at once"},
		{"used ghp_" + key, "used [redacted]"},
		{"used AKIA" + strings.ToUpper(key), "used [redacted]"},
		{"used npm_" + key + ", glsa_" + key, "used [redacted], [redacted]"},
		{"refused v4.public." + key + " at once", "refused [redacted] at once"},
		{"sent SG." + key + "." + key + " away", "sent [redacted] away"},
		{"https://" + key + "@git.example.com/x", "https://[redacted]@git.example.com/x"},
		{"GET /c?sv=2022&sig=Ab3%2B" + key + "%3D&se=9", "GET /c?sv=2022&sig=[redacted]&se=9"},
		{"AccountKey=abc==;EndpointSuffix=core", "AccountKey=[redacted];EndpointSuffix=core"},
		{"/k?X-Amz-Signature=" + strings.Repeat("ab3", 8) + "&x=1", "/k?X-Amz-Signature=[redacted]&x=1"},
		{`Digest username="ann", nonce="5f2c", uri="/a", response="` + strings.Repeat("6f29", 8) + `", qop=auth`, `Digest username="ann", nonce="5f2c", uri="/a", response="[redacted]", qop=auth`},
		{"the password is hunter2pond for user ann", "the password is [redacted] for user ann"},
		{"Password was 'pond and duck', now expired", "Password was '[redacted]', now expired"},
		{"user: ann, password: duckpond, host: db", "user: ann, password: [redacted], host: db"},
		{"Password: duckpond", "Password: [redacted]"},
		{"SAMLResponse=" + key, "SAMLResponse=[redacted]"},
		{"/callback?code=" + key + "&state=1", "/callback?code=[redacted]&state=1"},
	} {
		if got := string(Append([]byte("dst:"), []byte(c.in))); got != "dst:"+c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.in, got, "dst:"+c.want)
		}
		if got := Suspicious([]byte(c.in)); got != (c.in != c.want) {
			t.Errorf("%q: suspicious %v", c.in, got)
		}
	}
}

func TestAppendCutsKeysOfServices(t *testing.T) {
	found := 0
	for _, list := range prefixes {
		for _, p := range list {
			found++
			for _, before := range []string{"", "x", "used ", "[", "-"} {
				in := before + p.text + strings.Repeat("Ab3", 8)
				if got, want := string(Append(nil, []byte(in))), before+Mark; got != want {
					t.Errorf("%q: got %q, want %q", in, got, want)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d prefixes are listed", found)
	}
}

func TestAppendLeavesProse(t *testing.T) {
	for _, text := range []string{
		"invalid token: signature is invalid",
		"Bearer token is missing",
		`WWW-Authenticate: Bearer realm="api", error="invalid_token"`,
		"Basic authentication failed for user x",
		"token expired: exp=1700000000",
		"no key for kid k-2026-11 in https://id.example.com:8443/jwks",
		"Authorization: missing",
		"invalid_credentials: OAuth2::Error, invalid_grant",
		"invalid token: io.jsonwebtoken.ExpiredJwtException: expired",
		"the password is required", "Password is too short", "password was changed by ann", "password: required", "password: can't be blank", "Invalid password: user is unknown",
		`response="ok" response=200 response=/api/v1/orders/1234567890`,
		"password authentication failed for user admin",
		"eyJ is how tokens begin",
		"GET /api/orders/1 401 eyes open; newooo.example",
		"key rotated: -----",
		"they said: session ended",
		"module v2.public.go and v4.local.conf",
		"TTY=pts/0 ; PWD=/home/ann ; USER=root",
		"pod task-runner-7d9f8b6c5d-x2x4z of desk-booking-2026-03",
		"failed to verify signature: kid=pond-2026-03-key-1",
		"status_code=401 code=AADSTS700016 signature=RS256 config=2026-03-04T05:06:07Z",
		"https://a.long.name.of.a.user@git.example.com",
	} {
		if got := Append(nil, []byte(text)); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// shaped is what a token looks like to somebody who searches a leaked log.
var shaped = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}`)

func checkClean(t *testing.T, text []byte) {
	t.Helper()
	once := Append(nil, text)
	if s := shaped.Find(once); s != nil {
		t.Fatalf("%q became %q, which still has %q", text, once, s)
	}
	if again := Append(nil, once); !bytes.Equal(once, again) {
		t.Fatalf("%q became %q, and that %q", text, once, again)
	}
	if !Suspicious(text) && !bytes.Equal(once, text) {
		t.Fatalf("%q is not suspicious and became %q", text, once)
	}
}

func TestAppendLetsNoTokenOut(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	fillers := []string{" ", `"`, `\"`, "=", ":", "Bearer ", "token", "Cookie: ", "x", "\n", "://a:", "@", "-----BEGIN ", "%20", "[redacted]", "eyJ", "password", ",", "-----END ", "é"}
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(fillers[r.IntN(len(fillers))])
		}
		fmt.Fprint(&b, jwt[r.IntN(3):20+r.IntN(len(jwt)-20)])
		for range r.IntN(8) {
			b.WriteString(fillers[r.IntN(len(fillers))])
		}
		checkClean(t, []byte(b.String()))
	}
}

func FuzzAppend(f *testing.F) {
	for _, text := range []string{jwt, "Authorization: Bearer " + jwt, `{"password":"x"}`, `\"token\":\"a1b2c3d4\"`, "Cookie: a=b", "://u:p@h", "-----BEGIN X-----\n-----END X-----", "Basic dXNlcjpwYXNz", "plain"} {
		f.Add([]byte(text))
	}
	f.Fuzz(checkClean)
}

const ordinary = `10.2.3.4 - - [23/Nov/2026:11:42:07 +0000] "GET /api/v1/orders/8812/items?page=2 HTTP/1.1" 401 187 "-" "okhttp/4.12.0" upstream=api-worker-7d9f4 request_id=5f0c2a7e-12ab kid mismatch: no matching key in set`

func BenchmarkSuspicious(b *testing.B) {
	text := []byte(ordinary)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if Suspicious(text) {
			b.Fatal("an ordinary line is suspicious")
		}
	}
}

func BenchmarkAppendToken(b *testing.B) {
	text := []byte(ordinary + " token " + jwt)
	dst := make([]byte, 0, 1024)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = Append(dst[:0], text)
	}
}

// BenchmarkRegexp is the yardstick: what a regular expression for the token
// alone costs on the same line.
func BenchmarkRegexp(b *testing.B) {
	text := []byte(ordinary)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if shaped.Match(text) {
			b.Fatal("an ordinary line has a token")
		}
	}
}
