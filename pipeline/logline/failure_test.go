package logline

import (
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

// TestEvidence is about where in a line the reason of a refusal may stand.
func TestEvidence(t *testing.T) {
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line    string
		failure detector.Signal
		kid     string
	}{
		// no key that is known for a message or an error
		{`{"exp":"token expired"}`, detector.TokenExpired, ""},
		{`{"quack":"unknown kid duck-1"}`, detector.KidMismatch, "duck-1"},
		{`{"keys":[{"kid":"duck-1","kty":"RSA","use":"sig"}]}`, detector.NoSignal, ""},
		// the class of an error in place of a service's name
		{`{"name":"JwksRateLimitError","message":"Too fast"}`, detector.JWKSUnavailable, ""},
		// a message beside a better one, in either order
		{`{"message":"Forbidden","description":"The token has expired"}`, detector.TokenExpired, ""},
		{`{"description":"The token has expired","message":"Forbidden"}`, detector.TokenExpired, ""},
		// gateways' own names for errors
		{`{"lastError":{"source":"pond","reason":"TokenSignatureKeyNotFound","message":"no"},"responseCode":401}`, detector.KidMismatch, ""},
		{`{"status":401,"authorizer":{"error":"the token has expired"},"path":"/ponds"}`, detector.TokenExpired, ""},
		{`{"status":401,"path":"/ponds","headers":{"www-authenticate":"Bearer error=\"invalid_token\", error_description=\"The token expired at noon\""}}`, detector.TokenExpired, ""},
		{`{"fault":{"faultstring":"Invalid token: policy(P)","detail":{"errorcode":"steps.jwt.TokenExpired"}}}`, detector.TokenExpired, ""},
		// an unknown key of a refused request; a key's name, a path and a good answer say nothing
		{`{"status":401,"path":"/ponds","pond":{"why":"unknown kid duck-2"}}`, detector.KidMismatch, "duck-2"},
		{`{"status":401,"path":"/ponds","token expired":"no","jwt claim missing":""}`, detector.NoSignal, ""},
		{`{"status":401,"path":"/unknown-kid","referer":"https://pond.example/unknown-kid"}`, detector.NoSignal, ""},
		{`{"status":200,"path":"/ponds","why":"unknown kid duck-2"}`, detector.NoSignal, ""},
		// what a client sends says nothing
		{`{"status":401,"path":"/ponds","http_user_agent":"unknown kid duck-2","query":{"q":"unknown kid duck-3"},"Referrer":"unknown kid"}`, detector.NoSignal, ""},
		{`{"status":401,"query":{"q":"unknown kid duck-3"},"pond":{"why":"unknown kid duck-2"}}`, detector.KidMismatch, "duck-2"},
		{`192.0.2.1 - - [04/Mar/2021:05:06:07 +0000] "GET /?q=unknown+kid HTTP/1.1" 401 12 "unknown kid duck-2" "jwt: \"unknown kid\" duck-3"`, detector.NoSignal, ""},
		{`192.0.2.1 - - [04/Mar/2021:05:06:07 +0000] "GET / HTTP/1.1" 401 12 "-" "duck/1" "Bearer error=\"invalid_token\", error_description=\"The signature key was not found\""`, detector.KidMismatch, ""},
		{`[2021-03-04T05:06:07.000Z] "GET / HTTP/1.1" 401 - jwt_authn_access_denied{Jwt_is_expired} - "-" 0 12 0 - "192.0.2.1" "Jwks doesn't have key to match kid" "7c1d" "pond" "-"`, detector.TokenExpired, ""},
		{`[2021-03-04T05:06:07.000Z] "GET / HTTP/1.1" 401 - - - "-" 0 12 0 - "192.0.2.1" "Jwks doesn't have key to match kid" "7c1d" "pond" "-"`, detector.NoSignal, ""},
		{`INFO:     192.0.2.1:5000 - "GET /ponds?q=unknown+kid HTTP/1.1" 401 Unauthorized`, detector.NoSignal, ""},
		{`2021-03-04 05:06:07 INFO GET /unknown/kid 401: jwt expired`, detector.TokenExpired, ""},
		{`{"status":401,"msg":"GET /ponds?q=unknown+kid 401"}`, detector.NoSignal, ""},
		{`time=2021-03-04T05:06:07Z method=GET path=/ponds status=401 user_agent="unknown kid" error="jwt expired"`, detector.TokenExpired, ""},
		{`2021-03-04 05:06:07 192.0.2.1 GET /ponds - 443 - 192.0.2.2 unknown+kid+duck-2 - 401 2 5 0`, detector.NoSignal, ""},
		{`https 2021-03-04T05:06:07.123Z app/x/1 192.0.2.1:1 192.0.2.2:80 0.0 0.0 0.0 401 401 1 1 "GET https://h:443/a HTTP/1.1" "unknown kid" - - arn "Root=1" "h" "-" 0 2021-03-04T05:06:07Z "forward" "-" "-" "-" "-" "-" "-"`, detector.NoSignal, ""},
		// a kid in a field of its own
		{`{"message":"no matching key in the key set","kid":"duck-3"}`, detector.KidMismatch, "duck-3"},
		{`{"status":401,"auth":{"result":"deny","reason":"signing key id not recognised","kid":"duck-4"}}`, detector.KidMismatch, "duck-4"},
		{`{"error":"POND-2","message":"Failed to authenticate JWT token","jwt_message":"jwt malformed"}`, detector.TokenMalformed, ""},
		{`{"code":"POND_2101","status":401,"description":"no key matched the token KID"}`, detector.KidMismatch, ""},
		{`{"message":"no matching key in the key set","kid":""}`, detector.TokenMalformed, ""},
		// no phrase begins in one text and ends in the next
		{`{"level":"warn","msg":"request not authorized","error":"bearer token rejected: signature mismatch"}`, detector.SignatureInvalid, ""},
		{`{"level":"warn","msg":"request not authorized","error":"key set of https://id.pond.example could not be loaded"}`, detector.JWKSUnavailable, ""},
		{`{"level":"warn","msg":"request failed","error":"kid duck-6 not in JWKS"}`, detector.KidMismatch, "duck-6"},
		// a message whose first words are taken for a head
		{`{"message":"Token expired at 2031-04-05T06:07:08Z, time now: 2031-04-05T07:07:08Z"}`, detector.TokenExpired, ""},
		{`{"message":"Error: no key found"}`, detector.KidMismatch, ""},
		// languages that the catalogue does not speak
		{`2031-04-05 06:07:08 WARN 池塘 - 未找到匹配的公钥 kid=duck-8`, detector.KidMismatch, "duck-8"},
		{`{"level":"warn","message":"\u4ee4\u724c\u5df2\u8fc7\u671f"}`, detector.TokenExpired, ""},
		{`{"status":401,"path":"/ponds","pond":{"why":"トークンの署名が無効です"}}`, detector.SignatureInvalid, ""},
		{`level=warn msg="Токен не передан"`, detector.TokenMissing, ""},
		{`{"level":"error","message":"数据库密码已过期"}`, detector.NoSignal, ""},
		// a trace of errors
		{`{"error":"the duck is not let in","trace":["claims were not read","no matching key found"]}`, detector.KidMismatch, ""},
		// an error beside the message, in what wraps it
		{`{"version":"1.1","host":"pond","level":4,"short_message":"no entry","_error":"no key found for kid duck-5"}`, detector.KidMismatch, "duck-5"},
		{`{"version":"1.1","host":"pond","level":4,"short_message":"no entry","_error":"too late"}`, detector.NoSignal, ""},
		{`no signing key found kid='<kid>'`, detector.KidMismatch, ""},
	} {
		e := d.Decode([]byte(tt.line), nil)[0]
		if e.Failure != tt.failure || string(e.Kid) != tt.kid {
			t.Errorf("%s\n\t%v %q, want %v %q", tt.line, e.Failure, e.Kid, tt.failure, tt.kid)
		}
	}
}

// TestGraphQLRefusesWith200 reads lines of Hasura, which answers what it refuses with 200:
// they may say why, in full and in lazy reading.
func TestGraphQLRefusesWith200(t *testing.T) {
	matcher, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	const refused = `"operation":{"error":{"code":"invalid-jwt","error":"Could not verify JWT: JWTExpired"}}`
	for _, lazy := range []bool{false, true} {
		d, err := New(Options{Matcher: matcher, Lazy: lazy})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			line    string
			failure detector.Signal
		}{
			{`{"type":"http-log","service":"pond","pod":"pond-1","timestamp":"2021-03-04T05:06:07Z","detail":{"http_info":{"method":"POST","url":"/v1/graphql","status":200},` + refused + `}}`, detector.TokenExpired},
			{`{"type":"http-log","detail":{` + refused + `,"http_info":{"method":"POST","url":"/v1/graphql","status":200}},"timestamp":"2021-03-04T05:06:07Z"}`, detector.TokenExpired},
			{`{"type":"http-log","detail":{"operation":{"query":"kid"},"http_info":{"method":"POST","url":"/v1/graphql","status":200}},"timestamp":"2021-03-04T05:06:07Z"}`, detector.NoSignal},
			{`{"detail":{` + refused + `},"method":"POST","path":"/v1/graphql","status":200,"timestamp":"2021-03-04T05:06:07Z"}`, detector.NoSignal},
		} {
			e := d.Decode([]byte(tt.line), nil)[0]
			if e.Failure != tt.failure || e.Status != 200 {
				t.Errorf("%s\nlazy %t: %v of %d, want %v", tt.line, lazy, e.Failure, e.Status, tt.failure)
			}
		}
	}
}
