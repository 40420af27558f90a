package logline

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

func newJoiner(t testing.TB) *Joiner {
	t.Helper()
	j, err := NewJoiner(Options{Matcher: matcher(t)})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// gather is what a caller of a Joiner does: it puts the lines of each event
// together.
type gather struct {
	j      *Joiner
	slots  map[int32]*gathered
	events []*gathered
}

type gathered struct {
	status, lines int
	failures      []detector.Signal
	kid, pod, err string
	message       string
}

func newGather(t testing.TB) *gather {
	return &gather{j: newJoiner(t), slots: map[int32]*gathered{}}
}

func (g *gather) add(entries []Entry) {
	for i := range entries {
		e := &entries[i]
		ev := g.slots[e.Slot]
		switch e.Role {
		case Held:
			continue
		case Continues:
			ev.message += "\n" + string(e.Message)
		default:
			ev = &gathered{message: string(e.Message), pod: string(e.Pod), err: e.Err}
			g.events = append(g.events, ev)
			if e.Role == Opens {
				g.slots[e.Slot] = ev
			}
		}
		ev.lines += max(1, int(e.Lines))
		if e.Status != 0 {
			ev.status = e.Status
		}
		if e.Failure.IsFailure() {
			ev.failures = append(ev.failures, e.Failure)
		}
		if e.Kid != nil {
			ev.kid = string(e.Kid)
		}
	}
}

// line is a record that is read at a second of event time.
func (g *gather) line(newest int64, text string) {
	g.add(g.j.Decode(&Line{Value: []byte(text), Newest: newest}, nil))
}

func (g *gather) end() []string {
	g.add(g.j.End(nil))
	var all []string
	for _, ev := range g.events {
		parts := []string{fmt.Sprint(ev.lines)}
		if ev.status != 0 {
			parts = append(parts, fmt.Sprint(ev.status))
		}
		for _, f := range ev.failures {
			parts = append(parts, f.String())
		}
		if ev.kid != "" {
			parts = append(parts, "kid="+ev.kid)
		}
		if ev.err != "" {
			parts = append(parts, ev.err)
		}
		all = append(all, strings.Join(parts, " "))
	}
	return all
}

// joinTests are streams, and the events in them: lines, status, failures, kid, error.
var joinTests = []struct {
	name, lines string
	want        []string
}{
	{"Java, logged", `
2026-03-04 05:06:07,123 ERROR [http-1] c.e.JwtFilter - token refused
com.example.auth.SigningKeyNotFoundException: No key found in https://id.example.com/jwks with kid k-2
	at com.example.auth.UrlProvider.get(UrlProvider.java:12)
	at com.example.JwtFilter.check(JwtFilter.java:80)
Caused by: com.example.auth.SigningKeyNotFoundException: No key found with kid k-2
	... 12 more
2026-03-04 05:06:08,001 INFO [http-1] c.e.App - next`, []string{"6 kid_mismatch kid=k-2", "1"}},
	{"a bad signature of something else", `
2026-03-04 05:06:07,123 ERROR [http-1] c.e.LicenseCheck - invalid signature
java.security.SignatureException: invalid signature
	at com.example.LicenseCheck.check(LicenseCheck.java:80)
2026-03-04 05:06:08,001 INFO [http-1] c.e.App - next`, []string{"3", "1"}},
	{"Java, printed twice", `
com.example.SigningKeyNotFoundException: no key found for kid k-2 in the jwks
	at com.example.JwtFilter.check(JwtFilter.java:80)
com.example.SigningKeyNotFoundException: no key found for kid k-2 in the jwks
	at com.example.JwtFilter.check(JwtFilter.java:80)`, []string{"2 kid_mismatch kid=k-2", "2 kid_mismatch kid=k-2"}},
	{"Node", `
JsonWebTokenError: invalid signature
    at Object.verify (/app/node_modules/jsonwebtoken/verify.js:171:19)
    at check (/app/auth.js:20:7) {
  code: 'x'
}
JsonWebTokenError: invalid signature
    at Object.verify (/app/node_modules/jsonwebtoken/verify.js:171:19)`, []string{"5 signature_invalid", "2 signature_invalid"}},
	{"Node, one line each", `
TokenExpiredError: jwt expired
TokenExpiredError: jwt expired
TokenExpiredError: jwt expired`, []string{"1 token_expired", "1 token_expired", "1 token_expired"}},
	{"Python", `
2026-03-04 05:06:07,123 ERROR auth: cannot check the token
Traceback (most recent call last):
  File "/app/auth.py", line 20, in check
    key = client.get_signing_key(kid)
jwt.exceptions.PyJWKClientError: Unable to find a signing key that matches: "k-7"

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/auth.py", line 31, in call
    raise Refused from e
auth.Refused: Unable to find a signing key that matches: "k-7"
2026-03-04 05:06:08,000 ERROR auth: cannot check the token: Unable to find a signing key that matches: "k-7"`,
		[]string{"10 kid_mismatch kid=k-7", "1 kid_mismatch kid=k-7"}},
	{".NET, the kid on the next line", `
fail: Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler[3]
      Exception occurred while processing message.
      Microsoft.IdentityModel.Tokens.SecurityTokenSignatureKeyNotFoundException: IDX10503: Signature validation failed. Unable to match key:
kid: 'k-11'.
Exceptions caught:
 ''.
token: 'x'.
         at Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler.ValidateSignature(String token)
info: Microsoft.Hosting.Lifetime[0]
      Now listening`, []string{"8 kid_mismatch kid=k-11", "2"}},
	{".NET, a request on two lines", `
info: Microsoft.AspNetCore.Hosting.Diagnostics[2]
      Request finished HTTP/2 GET https://api.example.com/orders - 401 0 - 0.31ms
info: Microsoft.AspNetCore.Hosting.Diagnostics[2]
      Request finished HTTP/2 GET https://api.example.com/orders - 200 0 - 0.31ms`, []string{"2 401", "2 200"}},
	{"Ruby", `
app/auth.rb:12:in 'verify': Signature has expired (JWT::ExpiredSignature)
	from app/auth.rb:40:in 'call'
	from config.ru:3:in 'block in <main>'`, []string{"3 token_expired"}},
	{"PHP", `
PHP Fatal error:  Uncaught Firebase\JWT\ExpiredException: Expired token in /app/vendor/jwt.php:12
Stack trace:
#0 /app/auth.php(31): Firebase\JWT\JWT::decode()
#1 {main}
  thrown in /app/vendor/jwt.php on line 12`, []string{"5 token_expired"}},
	{"Go", `
2026/03/04 05:06:07 auth: token signature is invalid: key not found in jwks
panic: token signature is invalid: key not found in jwks

goroutine 7 [running]:
main.(*server).check(0xc000012, 0x1)
	/app/check.go:12 +0x1d
main.main()
	/app/main.go:9 +0x5b`, []string{"7 kid_mismatch"}},
	{"Rust", `
thread 'main' panicked at src/auth.rs:9:5:
stack backtrace:
   0: auth::check
             at ./src/auth.rs:9
note: run with ` + "`RUST_BACKTRACE=full`" + ` for more`, []string{"5"}},
	{"Elixir", `
05:06:07.123 [error] GenServer Auth terminating
** (RuntimeError) no matching key found in the JWKS for kid k-3
    (auth 0.1.0) lib/auth.ex:12: Auth.check/1`, []string{"3 kid_mismatch kid=k-3"}},
	{"a bad signature whose cause is a missing key", `
2026-03-04 05:06:07,123 ERROR [http-1] c.e.JwtFilter - JWT signature verification failed
java.lang.IllegalStateException: wrapped
Caused by: com.example.KeyException: Unable to find a signing key that matches kid k-9
	at com.example.Keys.get(Keys.java:3)`, []string{"4 signature_invalid kid_mismatch kid=k-9"}},
	{"an object over several lines", `
{
  "time": "2026-03-04T05:06:07Z",
  "status": 401,
  "error": {
    "message": "jwt expired"
  },
  "path": "/a"
}
{"time":"2026-03-04T05:06:08Z","status":200}`, []string{"8 401 token_expired", "1 200"}},
	{"requests between lines that go on", `
2026-03-04 05:06:07 ERROR auth token refused: jwt expired
127.0.0.1 - - [04/Mar/2026:05:06:07 +0000] "GET /a HTTP/1.1" 401 12 "-" "x"
	at com.example.Keys.get(Keys.java:3): jwt expired`, []string{"1 token_expired", "1 401", "1 token_expired"}},
	{"a line without stamp behind one with", `
2026-03-04 05:06:07 ERROR auth token refused:
the signing key was not found in the jwks
the signing key was not found in the jwks`, []string{"2 kid_mismatch", "1 kid_mismatch"}},
	{"CRI, cut", `
2026-03-04T05:06:07.1Z stdout P 2026-03-04 05:06:07 ERROR token refused: unable to find a 
2026-03-04T05:06:07.1Z stderr F 2026-03-04 05:06:07 INFO other stream
2026-03-04T05:06:07.1Z stdout P signing key that ma
2026-03-04T05:06:07.1Z stdout F tches: 'k-5'
2026-03-04T05:06:07.1Z stdout F 	at com.example.Keys.get(Keys.java:3): unable to find a signing key`, []string{"1", "4 kid_mismatch kid=k-5"}},
	{"CRI, JSON cut", `
2026-03-04T05:06:07.1Z stdout P {"time":"2026-03-04T05:06:07Z","status":4
2026-03-04T05:06:07.1Z stdout F 01,"path":"/a"}`, []string{"2 401"}},
	{"Docker, cut", `
{"log":"2026-03-04 05:06:07 ERROR token refused: unable to find a ","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"signing key that matches: 'k-5'\n","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"\tat com.example.Keys.get(Keys.java:3): unable to find a signing key\n","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"2026-03-04 05:06:08 ERROR token refused: jwt expired\n","stream":"stdout","time":"2026-03-04T05:06:08Z"}`, []string{"3 kid_mismatch kid=k-5", "1 token_expired"}},
	{"Docker, without line ends", `
{"log":"2026-03-04 05:06:07 ERROR token refused: jwt expired","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"2026-03-04 05:06:08 ERROR token refused: jwt expired","stream":"stdout","time":"2026-03-04T05:06:08Z"}
{"log":"2026-03-04 05:06:09 ERROR token refused: jwt expired","stream":"stdout","time":"2026-03-04T05:06:09Z"}`, []string{"1 token_expired", "1 token_expired", "1 token_expired"}},
	{"Docker, one line without line end", `
{"log":"2026-03-04 05:06:07 ERROR token refused: jwt expired","stream":"stdout","time":"2026-03-04T05:06:07Z"}`, []string{"1 token_expired"}},
	{"Docker, cut where it cuts", `
{"log":"2026-03-04 05:06:07 ERROR token refused: ` + strings.Repeat("x ", dockerPart/2) + `unable to find a ","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"signing key that matches: 'k-5'","stream":"stdout","time":"2026-03-04T05:06:07Z"}
{"log":"2026-03-04 05:06:08 ERROR token refused: jwt expired","stream":"stdout","time":"2026-03-04T05:06:08Z"}`, []string{"2 kid_mismatch kid=k-5", "1 token_expired"}},
	{"Fluent Bit", `
{"time":"2026-03-04T05:06:07.1Z","stream":"stderr","logtag":"P","log":"token refused: jwt ex","kubernetes":{"pod_name":"a-1"}}
{"time":"2026-03-04T05:06:07.1Z","stream":"stderr","logtag":"F","log":"other","kubernetes":{"pod_name":"a-2"}}
{"time":"2026-03-04T05:06:07.1Z","stream":"stderr","logtag":"F","log":"pired","kubernetes":{"pod_name":"a-1"}}`, []string{"1", "2 token_expired"}},
	{"Fluentd's driver of Docker", `
{"container_id":"c1","container_name":"/api","source":"stdout","log":"token refused: jwt ","partial_message":"true","partial_id":"7","partial_ordinal":"1","partial_last":"false"}
{"container_id":"c1","container_name":"/api","source":"stdout","log":"expired","partial_message":"true","partial_id":"7","partial_ordinal":"2","partial_last":"true"}
{"container_id":"c1","container_name":"/api","source":"stdout","log":"fine"}`, []string{"2 token_expired", "1"}},
	{"a cut line without end", `
2026-03-04T05:06:07.1Z stdout P {"time":"2026-03-04T05:06:07Z","status":401,"path":"/abc
2026-03-04T05:06:47.1Z stdout F {"time":"2026-03-04T05:06:47Z","status":200,"path":"/a"}`, []string{"1 401 truncated", "1 200"}},
	{"JSON of a shipper that does not know it", `
{"@timestamp":"2026-03-04T05:06:07Z","message":"2026-03-04 05:06:07 ERROR token refused: jwt expired","host":{"name":"a"}}
{"@timestamp":"2026-03-04T05:06:07Z","message":"com.example.ExpiredException: jwt expired","host":{"name":"a"}}
{"@timestamp":"2026-03-04T05:06:07Z","message":"\tat com.example.Keys.get(Keys.java:3): jwt expired","host":{"name":"a"}}
{"@timestamp":"2026-03-04T05:06:07Z","message":"server started","host":{"name":"a"}}`, []string{"3 token_expired", "1"}},
}

func TestJoin(t *testing.T) {
	for _, tt := range joinTests {
		t.Run(tt.name, func(t *testing.T) {
			g := newGather(t)
			for line := range strings.SplitSeq(strings.TrimPrefix(tt.lines, "\n"), "\n") {
				if line != "" {
					g.line(1772600767, line)
				}
			}
			if got := g.end(); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				for _, ev := range g.events {
					t.Logf("%+v", *ev)
				}
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// FuzzJoin: whatever comes, a Joiner that was restored from the state of another
// gives what that one gives, what it keeps is bounded, and each event has a first
// line.
func FuzzJoin(f *testing.F) {
	for _, tt := range joinTests {
		f.Add([]byte(tt.lines))
	}
	f.Add([]byte("2026-03-04T05:06:07.1Z stdout P Authorization: Bearer q7Zp\n\x042026-03-04T05:06:07.1Z stdout P 3Wn8\n\x082026-03-04T05:06:57.1Z stdout F x"))
	var joiners [2]*Joiner
	f.Fuzz(func(t *testing.T, data []byte) {
		newest := int64(1772600767)
		if joiners[0] == nil {
			joiners[0], joiners[1] = newJoiner(t), newJoiner(t)
		}
		a, b := joiners[0], joiners[1]
		a.Reset()
		b.Reset()
		check := func(what string, x, y []Entry) {
			if len(x) != len(y) {
				t.Fatalf("%s: %d entries, %d restored", what, len(x), len(y))
			}
			for i := range x {
				if got, want := told(&y[i]), told(&x[i]); got != want {
					t.Fatalf("%s:\n     %s\nrestored %s", what, want, got)
				}
				if x[i].Role == Continues && !a.IsOpen(int(x[i].Slot)) && x[i].Slot >= maxStreams {
					t.Fatalf("%s: goes on with event %d", what, x[i].Slot)
				}
			}
		}
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			if len(line) > 0 && line[0] < ' ' && line[0] != '\t' { // time goes by
				newest += int64(line[0])
				line = line[1:]
			}
			if len(line) == 0 {
				continue
			}
			state := a.AppendState(nil)
			if rest, err := b.Restore(state); err != nil || len(rest) > 0 {
				t.Fatalf("%v, %d bytes left", err, len(rest))
			}
			l := Line{Value: line, Newest: newest}
			check(string(line), a.Decode(&l, nil), b.Decode(&l, nil))
			if len(a.byKey) > maxStreams || len(a.parts) > maxCuts || a.bytes > maxHeld {
				t.Fatalf("%d streams, %d lines of %d bytes", len(a.byKey), len(a.parts), a.bytes)
			}
		}
		check("end", a.End(nil), b.End(nil))
		if len(a.byKey)+len(a.parts)+a.bytes+a.bare != 0 {
			t.Fatalf("after the end: %d streams, %d lines of %d bytes, %d bare", len(a.byKey), len(a.parts), a.bytes, a.bare)
		}
	})
}
