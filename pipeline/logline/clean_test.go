package logline

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/naming"
)

// secret is a credential as it may stand in a text, and what of it must not get out.
type secret struct{ text, core string }

// randomSecret makes a credential that nobody has. Inside, core is what it is
// found again by.
func randomSecret(rng *rand.Rand) secret {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[rng.IntN(len(letters))]
		}
		return "Aa1" + string(b)
	}
	part := base64.RawURLEncoding.EncodeToString
	core := word(24)
	jwt := part([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + part([]byte(`{"sub":"nobody"}`)) + "." + core
	switch rng.IntN(8) {
	case 0:
		return secret{"Bearer " + core, core}
	case 1:
		return secret{"Authorization: Basic " + core, core}
	case 2:
		return secret{"Cookie: session=" + core + "; theme=dark", core}
	case 3:
		return secret{"ghp_" + core, core}
	case 4:
		return secret{"api_key=" + core, core}
	case 5: // base64 once more: all of it is the secret
		twice := base64.StdEncoding.EncodeToString([]byte(jwt))
		return secret{twice, twice[40:60]}
	case 6: // folded at a width of its own
		width := 30 + rng.IntN(40)
		return secret{jwt[:width] + "\n  " + jwt[width:], core}
	default:
		return secret{jwt, core}
	}
}

// secretLines put a secret into every place of a line, in many wrappings.
func secretLines(rng *rand.Rand, s secret) []string {
	quote := func(text string) string {
		b, err := json.Marshal(text)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	keys := []string{"msg", "message", "error", "err", "kid", "path", "service", "app", "pod", "namespace", "request_id", "host", "name", "stack", "detail", "kubernetes.labels.app"}
	key := keys[rng.IntN(len(keys))]
	path := strings.NewReplacer(" ", "%20", "\n", "").Replace(s.text)
	flat := strings.ReplaceAll(s.text, "\n  ", "")
	lines := []string{
		fmt.Sprintf(`{"level":"error","status":401,"method":"GET",%s:%s,"note":"kid mismatch"}`, quote(key), quote(s.text)),
		fmt.Sprintf(`{"msg":"kid mismatch","kid":%s}`, quote(s.text)),
		fmt.Sprintf(`{"status":401,"path":%s,"service":"api"}`, quote("/login/"+path)),
		fmt.Sprintf(`{"error":{"message":%s,"code":%s}}`, quote("jwt expired: "+s.text), quote(s.text)),
		fmt.Sprintf(`{%s:1,"msg":"jwt expired"}`, quote(s.text)),
		fmt.Sprintf(`10.1.2.3 - - [04/Mar/2026:05:06:07 +0000] "GET /a/%s?token=%s HTTP/1.1" 401 12`, path, path),
		"2026-03-04 05:06:07 ERROR refused: " + flat,
		"level=error msg=" + quote("refused: "+s.text) + " kid=" + quote(s.text),
		"kid mismatch " + s.text,
	}
	inner := lines[rng.IntN(len(lines))]
	return append(lines,
		fmt.Sprintf(`{"log":%s,"stream":"stdout","time":"2026-03-04T05:06:07Z"}`, quote(inner+"\n")),
		fmt.Sprintf(`{"log":%s,"kubernetes":{"pod_name":"p","labels":{"app":%s}},"stream":"stderr"}`, quote(`{"log":`+quote(inner)+`,"stream":"stdout"}`), quote(s.text)),
		"2026-03-04T05:06:07.123456789Z stderr F "+strings.ReplaceAll(inner, "\n  ", ""),
		"<13>1 2026-03-04T05:06:07Z host app 1 - - "+inner,
		strings.ReplaceAll(fmt.Sprintf(`{"msg":%s}`, quote(s.text)), "e", `\u0065`),
		fmt.Sprintf(`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%s}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":%s}}]}]}]}`, quote(s.text), quote(s.text)),
	)
}

// TestNoSecretGetsOut: whatever is shaped like a credential, in whatever place and
// wrapped in whatever, is in nothing that decode or decode --explain prints, nor in
// a route or a name that is kept.
func TestNoSecretGetsOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(29, 3))
	opts := Options{Matcher: matcher(t), Host: true, Mapping: mapped(t, map[mapping.Target][]string{mapping.Pod: {"{detail}", "{header.x}"}, mapping.Kid: {"{stack}"}})}
	d, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		s := randomSecret(rng)
		env := Envelope{Topic: []byte("logs"), Key: []byte(s.text), Headers: headers("service", s.text, "x", s.text)}
		for _, line := range secretLines(rng, s) {
			out := map[string]string{}
			for _, e := range d.DecodeIn(&env, []byte(line), nil) {
				out["decode"] += string(e.AppendJSON(nil, 1))
				out["route"] += string(naming.AppendRoute(nil, e.Path))
				out["names"] += string(CleanName(e.Service)) + string(CleanName(e.Pod)) + string(CleanName(e.Namespace)) + string(CleanName(e.Host)) + string(CleanName(e.RequestID))
				out["entry"] += string(e.Message) + string(e.Path) + string(e.Kid) + string(e.Method) + e.Verifier
			}
			x, err := Explain(opts, &env, []byte(line))
			if err != nil {
				t.Fatal(err)
			}
			out["explain"] = tell(x)
			for where, text := range out {
				if strings.Contains(text, s.core) {
					t.Fatalf("%s\n%s shows %q\nin %s", line, where, s.core, text)
				}
				if i := strings.Index(text, "eyJhbGciOi"); i >= 0 {
					t.Fatalf("%s\n%s shows a token: %s", line, where, text[i:])
				}
			}
		}
	}
}

// TestCredentialIsNoKid: a token that stands where the kid is named is none, and is
// not counted as one.
func TestCredentialIsNoKid(t *testing.T) {
	d, err := New(Options{Matcher: matcher(t)})
	if err != nil {
		t.Fatal(err)
	}
	const token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImExIn0.eyJzdWIiOiJub2JvZHkifQ.bm90LWEtc2lnbmF0dXJlLWF0LWFsbA"
	for _, line := range []string{"ERROR kid=" + token + " not found", `{"level":"error","msg":"kid mismatch","kid":"` + token + `"}`} {
		if e := d.Decode([]byte(line), nil)[0]; e.Failure != detector.KidMismatch || e.Kid != nil {
			t.Errorf("%s: failure %s, kid %q", line, e.Failure, e.Kid)
		}
	}
}
