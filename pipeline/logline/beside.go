package logline

import (
	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/signature"
)

// A text that says no more than "invalid signature" or "token expired" is about what
// the names beside it are about: those of a logger, a component, a file, or the path. A
// handler of webhooks checks signatures too, and a form has tokens of its own.

// nameKind is what a name is about, one bit each.
type nameKind uint8

const (
	ofSignatures nameKind = 1 << iota // something else that is signed
	ofTokens                          // tokens of something else
	ofAuth                            // the tokens of requests: what stands beside it is about them after all
	ofToken                           // a token: a text with it is about no other signature
)

// nameKinds are the names by kind, in small letters, without hyphens, underscores and dots.
var nameKinds = map[nameKind][]string{
	ofSignatures: {
		"webhook", "hookshot", "svix", "stripe", "razorpay", "paystack", "paypal", "adyen", "mollie", "midtrans", "alipay", "wechatpay",
		"twilio", "shopify", "hubspot", "mailgun", "sendgrid", "zendesk", "pluginloader", "pluginmanager", "pluginupdate", "storages3", "minio", "license", "licence", "updater", "firmware", "sigstore", "cosign", "dkim", "saml", "activitypub",
	},
	ofTokens: {
		"csrf", "xsrf", "captcha", "turnstile", "resetpassword", "passwordreset", "forgotpassword", "verifyemail", "emailverif", "confirmemail",
		"password/reset", "email/verify", "unsubscribe", "magiclink", "acceptinvite", "invite/accept", "pushnotification", "webpush", "tokeniz", "lexer",
		"telegram", "discord", "slackbot", "imap", "smtp", "rememberme", "httpclient", "outbound",
	},
	ofAuth:  {"jwt", "jws", "jwk", "bearer", "oidc", "openid", "oauth", "accesstoken", "access token", "authorization", "keycloak", "jose"},
	ofToken: {"token"},
}

// aside reports whether what text says, m, is of something else than the token of a
// request, as a name beside it tells. A text that names a verifier or a key id speaks
// for itself.
func (d *Decoder) aside(m signature.Match, text []byte, e *Entry) bool {
	if m.Verifier != "" || m.Kid != nil {
		return false
	}
	of, not, path := ofSignatures, ofAuth|ofToken, e.Path
	switch m.Failure {
	case detector.SignatureInvalid, detector.ClaimsInvalid, detector.KidMismatch:
	case detector.TokenExpired, detector.TokenMalformed, detector.TokenMissing:
		if of, not = ofTokens, ofAuth; e.Status == 401 {
			path = nil // to come there a token was needed
		}
	default:
		return false
	}
	found := besideNames.in(text)
	if found&not != 0 {
		return false
	}
	// A line of text has all names in it, and those of a refused request are about requests.
	if d.line == nil && e.Status == 0 {
		found |= besideNames.in(d.strings(d.innermost(), e))
	}
	found |= besideNames.in(path)
	return found&(of|ofAuth) == of
}

// nameFinder finds names in one pass: a state for each beginning of a name, and where
// the next letter leads.
type nameFinder struct {
	next  []uint16   // by state, which is a multiple of numLetters, and letter
	kinds []nameKind // of the names that end in a state, by its number
}

// Letters as a nameFinder knows them, beside 0 for what is in no name and 1 to 26.
const (
	slash      = 27
	blank      = 28
	noLetter   = 29 // what names may have or not
	numLetters = 32
)

// letters are what bytes are to a nameFinder.
var letters = func() (of [256]uint8) {
	for ch := byte('a'); ch <= 'z'; ch++ {
		of[ch], of[ch-'a'+'A'] = ch-'a'+1, ch-'a'+1
	}
	of['/'], of[' '] = slash, blank
	of['-'], of['_'], of['.'] = noLetter, noLetter, noLetter
	return of
}()

var besideNames = newNameFinder(nameKinds)

func newNameFinder(names map[nameKind][]string) *nameFinder {
	f := &nameFinder{}
	f.state()
	for kind, all := range names {
		for _, name := range all {
			f.add(name, kind)
		}
	}
	f.link()
	return f
}

// state makes a new state.
func (f *nameFinder) state() uint16 {
	f.kinds = append(f.kinds, 0)
	f.next = append(f.next, make([]uint16, numLetters)...)
	return uint16(len(f.next) - numLetters)
}

func (f *nameFinder) add(name string, kind nameKind) {
	at := uint16(0)
	for i := range len(name) {
		l := uint16(letters[name[i]])
		if f.next[at+l] == 0 {
			to := f.state()
			f.next[at+l] = to
		}
		at = f.next[at+l]
	}
	f.kinds[at/numLetters] |= kind
}

// link leads each letter that does not go on a name to the longest beginning of
// another that ends with it.
func (f *nameFinder) link() {
	back := map[uint16]uint16{} // the longest other beginning that a state ends with
	var queue []uint16
	for _, to := range f.next[:numLetters] {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		f.kinds[at/numLetters] |= f.kinds[back[at]/numLetters]
		f.next[at+noLetter] = at
		for l := range uint16(noLetter) {
			over := f.next[back[at]+l]
			to := f.next[at+l]
			if to == 0 {
				f.next[at+l] = over
				continue
			}
			back[to] = over
			queue = append(queue, to)
		}
	}
}

// in returns the kinds of all names in text.
func (f *nameFinder) in(text []byte) (found nameKind) {
	at := uint16(0)
	for _, ch := range text {
		at = f.next[at+uint16(letters[ch])]
		found |= f.kinds[at/numLetters]
	}
	return found
}
