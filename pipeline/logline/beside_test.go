package logline

import (
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

// TestBeside is about texts that say no more than that something was invalid, and the
// names beside them.
func TestBeside(t *testing.T) {
	var decoders [2]*Decoder
	for i := range decoders {
		d, err := New(Options{Matcher: matcher(t), Lazy: i == 1})
		if err != nil {
			t.Fatal(err)
		}
		decoders[i] = d
	}
	for _, tt := range []struct {
		line    string
		failure detector.Signal
	}{
		// the name of a logger, of a component, of a file
		{`2026-03-04 05:06:07 ERROR c.e.PondWebhookController - Invalid signature`, detector.NoSignal},
		{`2026-03-04 05:06:07 ERROR c.e.PondController - Invalid signature`, detector.SignatureInvalid},
		{`{"logger":"pond.webhooks","msg":"invalid signature"}`, detector.NoSignal},
		{`{"logger":"pond.auth","msg":"invalid signature"}`, detector.SignatureInvalid},
		{`{"caller":"license/check.go:12","msg":"signature verification failed"}`, detector.NoSignal},
		{`time=2026-03-04T05:06:07Z level=error msg="signature mismatch" component=webhook`, detector.NoSignal},
		{`{"name":"csrf","msg":"invalid token"}`, detector.NoSignal},
		{`{"name":"duck","msg":"invalid token"}`, detector.TokenMalformed},
		// names that are about other failures than the text
		{`{"logger":"pond.webhooks","msg":"token expired"}`, detector.TokenExpired},
		{`{"logger":"csrf","msg":"invalid signature"}`, detector.SignatureInvalid},
		{`{"logger":"pond.saml","msg":"invalid issuer"}`, detector.NoSignal},
		{`{"logger":"pond.auth","msg":"invalid issuer"}`, detector.ClaimsInvalid},
		{`{"logger":"pond.cosign","msg":"signing key not found"}`, detector.NoSignal},
		// a path, but not one that only a token opens
		{`{"path":"/webhooks/pond","status":400,"msg":"invalid signature"}`, detector.NoSignal},
		{`{"path":"/webhooks/pond","status":401,"msg":"invalid signature"}`, detector.NoSignal},
		{`{"path":"/password/reset","status":400,"msg":"token expired"}`, detector.NoSignal},
		{`{"path":"/invite/accept","status":401,"msg":"token expired"}`, detector.TokenExpired},
		// what a client sends
		{`{"user_agent":"webhook","msg":"invalid signature"}`, detector.SignatureInvalid},
		// what stands beside a refused request
		{`{"name":"webhook","path":"/ponds","status":401,"msg":"invalid signature"}`, detector.SignatureInvalid},
		// texts and names that are about the tokens of requests after all
		{`{"logger":"pond.webhooks","msg":"invalid jwt signature"}`, detector.SignatureInvalid},
		{`{"path":"/webhooks","status":401,"msg":"token signature is invalid"}`, detector.SignatureInvalid},
		{`{"logger":"pond.webhooks","filter":"JwtFilter","msg":"invalid signature"}`, detector.SignatureInvalid},
		{`{"logger":"pond.webhooks","msg":"no key for kid duck-1 in jwks"}`, detector.KidMismatch},
	} {
		for _, d := range decoders {
			for range 3 { // the second time at a glance
				if e := d.Decode([]byte(tt.line), nil)[0]; e.Failure != tt.failure {
					t.Errorf("%s: %s, want %s (lazy: %v)", tt.line, e.Failure, tt.failure, d.lazy)
				}
			}
		}
	}
}

// TestBesideExplained: Explain says that a name made the text one about something else.
func TestBesideExplained(t *testing.T) {
	for line, aside := range map[string]bool{
		`{"logger":"pond.webhooks","msg":"invalid signature"}`: true,
		`{"logger":"pond.auth","msg":"invalid signature"}`:     false,
	} {
		x, err := Explain(Options{Matcher: matcher(t)}, &noEnvelope, []byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if x.Aside != aside || len(x.Markers) == 0 || x.Text != "invalid signature" {
			t.Errorf("%s: aside %v, %d markers, text %q", line, x.Aside, len(x.Markers), x.Text)
		}
	}
}

// TestNameFinder compares one pass over a text with a search for each name.
func TestNameFinder(t *testing.T) {
	fold := strings.NewReplacer("-", "", "_", "", ".", "")
	for _, text := range []string{
		"", "w", "webhoo", "webhook", "web_hook-x", "wwebwebhook", "strstripe", "reset-password/reset", "PasswordResetPassword", "jwjwt", "jw t", "license licence",
		"openidtoken", "emailverifyemail", "Ünsubscribe", "un/subscribe", "csrfxsrfcsr", "csamlcsr-f", "a.http.client.b", "an access tokenizer", "accesstoken", "access  token",
	} {
		var want nameKind
		for kind, names := range nameKinds {
			for _, name := range names {
				if strings.Contains(fold.Replace(strings.ToLower(text)), name) {
					want |= kind
				}
			}
		}
		if got := besideNames.in([]byte(text)); got != want {
			t.Errorf("%q: %b, want %b", text, got, want)
		}
	}
}
