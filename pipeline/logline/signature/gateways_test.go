package signature

import (
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/rules"
)

// line is what a gateway or a server might print, and what it means.
type line struct {
	text    string
	failure detector.Signal
	kid     string
}

func checkLines(t *testing.T, lines []line) {
	t.Helper()
	m := compile(t, rules.DefaultCatalogue())
	for _, l := range lines {
		got := m.Match([]byte(l.text))
		if got.Failure != l.failure || string(got.Kid) != l.kid && l.failure == detector.KidMismatch {
			id := "nothing"
			if got.Signature != nil {
				id = got.Signature.ID()
			}
			t.Errorf("%s\n\t%v %q, want %v %q; decided by %s", l.text, got.Failure, got.Kid, l.failure, l.kid, id)
		}
	}
}

func TestGateways(t *testing.T) {
	checkLines(t, []line{
		// Envoy says why in its access log.
		{`[2031-04-05T06:07:08.009Z] "GET /ponds HTTP/1.1" 401 - jwt_authn_access_denied{Jwks_doesn't_have_key_to_match_kid_or_alg_from_Jwt} - "-"`, detector.KidMismatch, ""},
		{`{"response_code":403,"response_code_details":"jwt_authn_access_denied{Audiences_in_Jwt_are_not_allowed}"}`, detector.ClaimsInvalid, ""},
		{`envoy jwt: onSuccess: fetch pubkey [uri = https://id.pond.example/keys]: response status code 502`, detector.JWKSUnavailable, ""},
		{`Jwks EC [x] or [y] field is an invalid Base64.`, detector.JWKSUnavailable, ""},
		{`[kong] handler.lua:99 [openid-connect] suitable jwk was not found (kid=duck-7, alg=RS256)`, detector.KidMismatch, "duck-7"},
		{`{"exp":"token expired"}`, detector.TokenExpired, ""},
		{`{"nbf":"token not valid yet"}`, detector.TokenNotYetValid, ""},
		// A cause decides before the outcome.
		{`pond proxy: failed to verify JWT: no keys found`, detector.KidMismatch, ""},
		{`PondValidator Invalid JWT token. Signature verification failed.`, detector.SignatureInvalid, ""},
		{`pond: unable to get token signing key: token signed by untrusted key`, detector.KidMismatch, ""},
		{`refresher: no JWKS key found for kid duck-8`, detector.KidMismatch, "duck-8"},
		{`openid_util_http_call: curl_easy_perform() failed on: https://id.pond.example/jwks (SSL peer certificate or SSH remote key was not OK)`, detector.JWKSUnavailable, ""},
	})
}

// The many ways to say the same.
func TestWordings(t *testing.T) {
	checkLines(t, []line{
		{`could not find a JWK with key identifier 'duck-30' in the pond's JWKS object`, detector.KidMismatch, "duck-30"},
		{`the kid duck-31 named by the token's header isn't part of our key set`, detector.KidMismatch, "duck-31"},
		{`rejected bearer: key duck-32 is not present in the store`, detector.KidMismatch, "duck-32"},
		{`signing key duck-33 is not among the 4 keys of https://id.pond.example/jwks`, detector.KidMismatch, "duck-33"},
		{`token was signed with retired key duck-34`, detector.KidMismatch, "duck-34"},
		{`#<Pond::DecodeError: Could not find public key for kid duck-35>`, detector.KidMismatch, "duck-35"},
		{`The key is missing or no key matched the token KID`, detector.KidMismatch, ""},
		{`login failed for user 'jwk not found'`, detector.KidMismatch, ""},
		{`duck_jwks: Failed to validate JWT: failed to verify signature`, detector.SignatureInvalid, ""},
		{`access token failed cryptographic verification`, detector.SignatureInvalid, ""},
		{`Token must expire in a maximum of 600 seconds, got 900s`, detector.ClaimsInvalid, ""},
		{`Key 'roles.pond' not found in JWT payload`, detector.ClaimsInvalid, ""},
		{`No such field 'pond' in the token`, detector.ClaimsInvalid, ""},
		{`token will become valid in 12s, refused`, detector.TokenNotYetValid, ""},
		{`request without bearer refused`, detector.TokenMissing, ""},
		{`bearer token has 2 segments instead of 3`, detector.TokenMalformed, ""},
		{`key set of https://id.pond.example could not be loaded: 500`, detector.JWKSUnavailable, ""},
		{`keystore: no verification keys found`, detector.JWKSUnavailable, ""},
		{`identity provider's keys unreachable, token refused`, detector.JWKSUnavailable, ""},
		{`pond auth: verifying key duck-36 missing from the cached keyset`, detector.KidMismatch, "duck-36"},
		{`pond auth: RS256 verification failed`, detector.SignatureInvalid, ""},
		{`failed to obtain key for key id duck-50`, detector.KidMismatch, "duck-50"},
		{`key with id 'duck-51' was not found in the JWKS`, detector.KidMismatch, "duck-51"},
		{`pond gate: didn't find a verification key with key id duck-52`, detector.KidMismatch, "duck-52"},
		{`key id duck-53 is missing from the key set`, detector.KidMismatch, "duck-53"},
		{`pond gate: signing key "duck-54" was rotated out of the JWKS`, detector.KidMismatch, "duck-54"},
		{`JWT token invalid: no JWK matches kid duck-55`, detector.KidMismatch, "duck-55"},
		{`JWT token invalid`, detector.TokenMalformed, ""},
		{`unknown signing key code=7 kid=duck-58`, detector.KidMismatch, "duck-58"},
		{`unknown signing key code=POND_7`, detector.KidMismatch, ""},
		{`the pond's JWKS lacks a key with matching key ID "duck-57"`, detector.KidMismatch, "duck-57"},
		{`key set doesn't contain a public key for the token's kid`, detector.KidMismatch, ""},
		{`JWKS returned no keys`, detector.JWKSUnavailable, ""},
		{`issuer keys could not be fetched`, detector.JWKSUnavailable, ""},
		{`pond gate: iss mismatch`, detector.ClaimsInvalid, ""},
		{`issuer not accepted`, detector.ClaimsInvalid, ""},
		{`request without auth token`, detector.TokenMissing, ""},
		{`JWT was not supplied`, detector.TokenMissing, ""},
		{`token payload is not valid JSON`, detector.TokenMalformed, ""},
		{`No scopes found in the token`, detector.ClaimsInvalid, ""},
		{`AggregateError: Issuer.discover() failed.`, detector.JWKSUnavailable, ""},
		{`pond: unknown key id in wrapped DEK`, detector.NoSignal, ""},
		{`err="signature mismatch" msg="canonical request was GET /ponds"`, detector.NoSignal, ""},
		{`pond lock token expired, letting go`, detector.NoSignal, ""},
		{`old refresh token revoked: refresh token rotation went well`, detector.NoSignal, ""},
		{`OAuth client_secret expired for app duck`, detector.NoSignal, ""},
		{`push rejected: commit signature cannot be checked, key id D0C4 unknown`, detector.NoSignal, ""},
		{`No matching key found in partition 3`, detector.NoSignal, ""},
	})
}

func TestServers(t *testing.T) {
	checkLines(t, []line{
		{`level=info msg="token signed by untrusted key with ID: \"DUCK:POND:7777\""`, detector.KidMismatch, "DUCK:POND:7777"},
		{`level=info msg="token not to be used after 2031-04-05 06:00:00 +0000 UTC"`, detector.TokenExpired, ""},
		{`level=info msg="token intended for another audience: [\"lake\"]"`, detector.ClaimsInvalid, ""},
		{`"mechanism":"MONGODB-OIDC","error":"BadValue: Unknown JWT keyId << duck-9 >>"`, detector.KidMismatch, "duck-9"},
		{`Authentication using an OAuth 2/JWT token failed: {error,key_not_found}`, detector.KidMismatch, ""},
		{`DEBUG JWK key ID duck-10 was not found in cache, will be fetched (RefreshingHttpsJwks)`, detector.KidMismatch, "duck-10"},
		{`date claim [exp] value [1990000000000] must be after now [1990000009000]`, detector.TokenExpired, ""},
		{`algorithm [PS512] is not in the list of supported algorithms [RS256]`, detector.TokenMalformed, ""},
		{`BadCredentialsException: Unknown kid duck-11`, detector.KidMismatch, "duck-11"},
		{`io.trino.server.security.jwt.JwkService Unexpected response code 500 from JWK service at https://id.pond.example/keys`, detector.JWKSUnavailable, ""},
		{`javax.naming.AuthenticationException: Blank token found`, detector.TokenMissing, ""},
		{`when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience`, detector.ClaimsInvalid, ""},
		{`Header Value: 'quack' is not correctly formatted. prefix should be 'Bearer'`, detector.TokenMalformed, ""},
		{`"sub" refused: OAuth access token kid does not identify one JWK`, detector.KidMismatch, ""},
		{`pond-proxy: failed to validate JWT: key "duck-13" is not in the cluster's JWT CA`, detector.KidMismatch, "duck-13"},
		{`pond IG: No secret found for verifying the JWT with kid duck-14`, detector.KidMismatch, "duck-14"},
		{`[openid-connect] unable to verify signature (jwk not found for kid duck-15)`, detector.KidMismatch, "duck-15"},
		{`auth_jwt_key_request: unexpected response code 500 while sending to client`, detector.JWKSUnavailable, ""},
		{`{"message":"Valid authorization header not provided."}`, detector.TokenMissing, ""},
		{`java.lang.IllegalArgumentException: No JWK found for Key ID duck-43`, detector.KidMismatch, "duck-43"},
		{`JWK's alg [ES256] does not match JWT's alg [RS256]`, detector.TokenMalformed, ""},
		{`JWT authentication: invalid token, exp not satisfied`, detector.TokenExpired, ""},
		{`{"error":"unauthorized","reason":"exp not in future"}`, detector.TokenExpired, ""},
		{`{"error":"unauthorized","reason":"nbf not in past"}`, detector.TokenNotYetValid, ""},
		{`{"error":"bad_request","reason":"Missing alg header parameter"}`, detector.TokenMalformed, ""},
		{`pond-db: token issued for [drake] and login was for duck`, detector.ClaimsInvalid, ""},
		{`No issuers configured for iss='https://id.pond.example', cannot validate signature`, detector.ClaimsInvalid, ""},
		{`[invalid bearer token, invalid signature, no keys found]`, detector.KidMismatch, ""},
		{`failed to verify JWT: provider is nil. Is the OIDC provider config correct?`, detector.JWKSUnavailable, ""},
		{`oidc: could not set up provider: 404 Not Found`, detector.JWKSUnavailable, ""},
		{`pond JWKS does not contain any signing keys`, detector.JWKSUnavailable, ""},
		{`JWT was null`, detector.TokenMissing, ""},
		{`failed to unmarshal claims: invalid character 'q' looking for beginning of value`, detector.TokenMalformed, ""},
		{`unable to parse claims of pond token`, detector.TokenMalformed, ""},
		{`encoded JWT must have 3 sections, found 1`, detector.TokenMalformed, ""},
		{`subject is not present in ID token of the pond`, detector.ClaimsInvalid, ""},
		{`Token does not have the pond's tenant`, detector.ClaimsInvalid, ""},
		{`Token verification result using provided JWKS Url, verified: false`, detector.SignatureInvalid, ""},
		{`AADSTS7000272: The certificate with identifier D0CAFE01 used to sign the federated credential could not be found in the metadata of identity provider https://id.pond.example`, detector.KidMismatch, "D0CAFE01"},
		{`OIDC publisher pond returned JWKS JSON but no keys`, detector.JWKSUnavailable, ""},
		{`Could not find valid JWK object with key identifier 'duck-44' in cached JWKS object`, detector.KidMismatch, "duck-44"},
		{`Did not find key with id <duck-45>.`, detector.KidMismatch, "duck-45"},
		{`JWT with kid duck-46 is invalid`, detector.SignatureInvalid, ""},
		{`missing key id`, detector.TokenMalformed, ""},
		{`groups missing in token`, detector.ClaimsInvalid, ""},
		{`no pond provider configured for the issuer "https://id.pond.example"`, detector.ClaimsInvalid, ""},
		{`Got non success response from public key provider with status code: <503 Service Unavailable>`, detector.JWKSUnavailable, ""},
		{`js: OIDC ID Token validation error: exp claim is in the past`, detector.TokenExpired, ""},
		{`the pond token could not be validated`, detector.SignatureInvalid, ""},
		{`failed to validate pond token: email is not allowed`, detector.ClaimsInvalid, ""},
		{`The specified token is not a JSON Web Token`, detector.TokenMalformed, ""},
		{`JWKS refresh returned no usable keys, keeping the old ones`, detector.JWKSUnavailable, ""},
		{`KeyError: 'Key ID duck-48 not found in keyset'`, detector.KidMismatch, "duck-48"},
		{`Signature verification failed for token of duck`, detector.SignatureInvalid, ""},
		// A cache's key that is glued together: address, kid, algorithm, zone.
		{`OAuth2TokenKeyServiceWithCache - Key https://duck.authentication.eu10.pond.example/token_keysduck-41RS2567b1c-22 not found in cache. Keys cached: https://duck.authentication.eu10.pond.example/token_keysduck-40RS2567b1c-22`, detector.KidMismatch, "duck-41"},
		{`OAuth2TokenKeyServiceWithCache - Key https://duck.accounts.pond.example/oauth2/certsD7uck_MARS256null not found in cache. Keys cached: https://duck.pond.example/token_keysduck-40RS2567b1c-22`, detector.KidMismatch, "D7uck_MA"},
		{`OAuth2TokenKeyServiceWithCache - Key https://keys.pond.example/jwksduck-42RS256zone not found in cache. Keys cached: `, detector.KidMismatch, "duck-42"},
	})
}

// TestGatewaysLookAlike has lines about keys, tokens and signatures of other
// things, about housekeeping, and about what went well.
func TestGatewaysLookAlike(t *testing.T) {
	var lines []line
	for _, text := range []string{
		`[kong] access.lua:77 [hmac-auth] HMAC signature does not match, client: 192.0.2.7`,
		`AH02218: TLSv1.3 handshake failure: no suitable key share`,
		`[stored_session.go:50] Error loading cookied session: cookie signature not valid, removing session`,
		`{"code":"PGRST204","message":"Could not find the 'key' column of 'ducks' in the schema cache"}`,
		`identity: deleting expired OIDC public key: key_id=duck-12`,
		`token id "d0ck12" is invalid for this cluster or it has expired. Use "kubeadm token create"`,
		`No change in reloaded JWK set with sha256=[0123abcd] will not retry signature verification`,
		`OAuth JWKS refresh of https://id.pond.example/keys complete`,
		`SynapseError: 401 - Invalid signature for server pond.example with key ed25519:a_duck`,
		`acme: error: 400 :: urn:ietf:params:acme:error:badNonce :: JWS has an invalid anti-replay nonce: "0002quack"`,
		`Failed to connect error=TLS detected: invalid certificate: UnknownIssuer`,
		`AADSTS50126: Error validating credentials due to invalid username or password.`,
		`MONGODB: SCRAM authentication failed, storedKey mismatch`,
		`level=info msg="JWT key activated" slot=A subsystem_name=ca_manager`,
		`Verification of the plugin signature failed: pond-panel`,
		`[WARN] nginx: image signature verification failed for registry.pond.example/duck:1`,
		`No API key found in request`,
		`pod has unbound immediate PersistentVolumeClaims: claim "pond" not found`,
		`http: invalid input: pond name is too long`,
		`cannot load CA public key /etc/pond/ca.pub`,
		`x509: invalid RSA public key`,
		`corrupt batch: claimed records missing`,
		`claimed 7 ponds, 2 not found`,
		`signing key duck-16 retired, duck-17 active`,
		`kinit: Keytab contains no suitable keys for host/pond.example`,
		`unable to load configuration file /etc/pond.conf`,
		`function signature mismatch: got quack()`,
		`certificate verify failed [signature verification failed]`,
		`sweeper: 17 expired access tokens deleted`,
		`Allowed issuer is not using https scheme: http://id.pond.example`,
		`JWT authentication: not enabled`,
		`Signature verification failed for pond 7`,
		`signup refused: invalid signature from duck-49`,
		`Key 'arn:aws:kms:pond:1:key/d0ck' does not exist`,
		`JWKS refreshed: 2 keys`,
		`No subkey with key ID 0xD0C4.`,
		`Deploy key with id 12 does not exist`,
		`pond-chronyd: No key with ID 10 in keyfile`,
		`failed to get lock key for key id 9`,
		`An error occurred while attempting to sign an ID token using the [RS256] algorithm: [pond closed]`,
		`Access token expired, refreshing`,
		`MountVolume.SetUp failed for volume "jwks": configmap "jwks" not found`,
		`failed to unwrap data key: key id duck-56 not found`,
		`x509: only RSA and ECDSA keys supported`,
		`POND_BOT_TOKEN has wrong prefix`,
		`OAuth state token has wrong type.`,
		`failed to verify secret, username: duck, error: no row found`,
		`failed to sign token: key is of invalid type`,
		`issuer.certmanager.k8s.io "pond" not found`,
		`Removed PublicKey with ID <duck-47> from cache due to cause 'EXPIRED'.`,
		`Successfully fetched JWKS object from local cache`,
		`could not fetch subject token for the pond: must be set`,
		`Audience claim has been validated.`,
		`IncompleteSignatureException: 'quack' not a valid key=value pair (missing equal-sign) in Authorization header`,
		`No issuer matching token's iss claim, but exactly one configured, selecting that one`,
	} {
		lines = append(lines, line{text, detector.NoSignal, ""})
	}
	checkLines(t, lines)
}
