// Package redact cuts credentials out of text: everything shaped like a JSON Web
// Token, what stands after Bearer and Basic, cookies, API keys and passwords
// that their name gives away, keys with a well-known prefix, private keys and
// passwords in URLs.
//
// Invariant: what Append writes holds nothing that Append would cut, and nothing
// that begins like a token (eyJ) and goes on like one. When in doubt it cuts:
// a word too many is lost, a token is not let out. The package refuses to judge
// whether a credential is valid, and to keep or return what it cut.
package redact

import "bytes"

// Mark stands where something was cut out.
const Mark = "[redacted]"

// Append appends text to dst with Mark in place of each credential, and returns
// the extended slice. dst and text must not overlap.
func Append(dst, text []byte) []byte {
	for {
		start, end := next(text)
		if start < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:start]...)
		dst = append(dst, Mark...)
		text = text[end:]
	}
}

// Suspicious reports whether Append would cut something out of text. It is
// cheap where it would not, as in most lines.
func Suspicious(text []byte) bool {
	start, _ := next(text)
	return start >= 0
}

// next returns where the first credential in text stands, -1 if there is none.
func next(text []byte) (start, end int) {
	for i, b := range text {
		if !trigger[b] {
			continue
		}
		switch b {
		case 'J', 'K', 'o':
			start, end = token(text, i)
		case 'A':
			if start, end = token(text, i); start < 0 {
				start, end = prefixed(text, i)
			}
		case 'B', 'b':
			start, end = scheme(text, i)
		case '=':
			start, end = keyed(text, i)
		case ':':
			if start, end = userinfo(text, i); start < 0 {
				start, end = keyed(text, i)
			}
		case '-':
			start, end = pem(text, i)
		case '_', '.', 'a':
			start, end = prefixed(text, i)
		}
		if start >= 0 && !bytes.HasPrefix(text[start:], mark) {
			return start, end
		}
	}
	return -1, -1
}

var mark = []byte(Mark)

// trigger has the bytes at which next takes a closer look: each ends, begins or
// divides something that gives a credential away.
var trigger = set("JAKoBb=:-_.a")

// The letters of tokens, as they stand in text or URLs, and of base64url alone.
var (
	tokenByte = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=~+/%")
	urlByte   = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
)

func set(bytes string) (table [256]bool) {
	for i := range len(bytes) {
		table[bytes[i]] = true
	}
	return table
}

// run returns where the bytes of table that begin at text[i] end.
func run(text []byte, i int, table *[256]bool) int {
	for i < len(text) && table[text[i]] {
		i++
	}
	return i
}

// minToken is how many letters of base64url make `eyJ` the start of a token.
// The shortest header there is, {"alg":"none"}, has more.
const minToken = 10

// token looks for a token whose third or fourth letter is text[i]: JSON that
// begins with `{"`, `{ "` or a line end after the brace, in base64, or such a
// token in base64 once more.
func token(text []byte, i int) (start, end int) {
	switch {
	case i < 2:
		return -1, -1
	case text[i-1] == 'y' && text[i-2] == 'e' && text[i] == 'J':
		if n := run(text, i, &urlByte); n-(i-2) < minToken {
			return -1, -1
		}
		return i - 2, run(text, i, &tokenByte)
	case text[i-1] == 'y' && text[i-2] == 'e' && text[i] == 'A', text[i-1] == 'w' && text[i-2] == 'e' && text[i] == 'o':
		start = i - 2
	case i > 2 && text[i-3] == 'Z' && text[i-2] == 'X' && text[i-1] == 'l' && text[i] == 'K':
		end = run(text, i, &tokenByte)
		if end-i < 2*minToken {
			return -1, -1
		}
		return i - 3, end
	default:
		return -1, -1
	}
	// Such letters begin words too: only three parts make a token of them.
	header := run(text, start, &urlByte)
	end = run(text, start, &tokenByte)
	if header-start < minToken || bytes.Count(text[start:end], []byte(".")) < 2 {
		return -1, -1
	}
	return start, end
}

// scheme looks for a credential after the word Bearer or Basic at text[i].
func scheme(text []byte, i int) (start, end int) {
	n := i
	switch {
	case hasWord(text[i:], "bearer"):
		n += len("bearer")
	case hasWord(text[i:], "basic"):
		n += len("basic")
	default:
		return -1, -1
	}
	for start = n; start < len(text) && isFill(text[start]); start++ {
	}
	if bytes.HasPrefix(text[start:], []byte("%20")) {
		start += len("%20")
	}
	end = run(text, start, &tokenByte)
	if start == n || !looksSecret(text[start:end]) {
		return -1, -1
	}
	return start, end
}

// isFill reports whether b may stand between a name and its value.
func isFill(b byte) bool {
	switch b {
	case ' ', '\t', ':', '=', '+', '"', '\'', '`', '\\', '<', '(', '[', '{':
		return true
	}
	return false
}

// looksSecret reports whether text is no word that people use: it has letters
// and digits, or capitals inside, or is long.
func looksSecret(text []byte) bool {
	var digit, letter, hump bool
	for i, b := range text {
		switch {
		case b >= '0' && b <= '9':
			digit = true
		case b >= 'A' && b <= 'Z':
			letter = true
			hump = hump || i > 0 && text[i-1] >= 'a' && text[i-1] <= 'z'
		case b >= 'a' && b <= 'z':
			letter = true
		}
	}
	return digit && letter && len(text) >= 6 || hump && len(text) >= 10 || len(text) >= 28
}

// hasWord reports whether text begins with word, which is in small letters, in
// any case.
func hasWord(text []byte, word string) bool {
	return len(text) >= len(word) && bytes.EqualFold(text[:len(word)], []byte(word))
}

// pem looks for a block of PEM that begins at text[i].
func pem(text []byte, i int) (start, end int) {
	if !bytes.HasPrefix(text[i:], []byte("-----BEGIN ")) {
		return -1, -1
	}
	end = bytes.Index(text[i:], []byte("-----END "))
	if end < 0 {
		return i, len(text)
	}
	end += i + len("-----END ")
	if n := bytes.Index(text[end:], []byte("-----")); n >= 0 {
		return i, end + n + len("-----")
	}
	return i, len(text)
}

// userinfo looks for a password in a URL whose colon is text[i].
func userinfo(text []byte, i int) (start, end int) {
	if !bytes.HasPrefix(text[i:], []byte("://")) {
		return -1, -1
	}
	start = -1
	for n := i + len("://"); n < len(text); n++ {
		switch b := text[n]; {
		case b == '@' && start >= 0 && n > start:
			return start, n
		case b == ':' && start < 0:
			start = n + 1
		case b == '/' || b == '@' || b == '?' || b <= ' ' || b == '"' || b == '\'' || b == '\\':
			return -1, -1
		}
	}
	return -1, -1
}

// prefixes begin the keys of well-known services; what follows is at least
// prefixRest letters long. Each ends at a byte of trigger.
var prefixes = []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk_live_", "rk_live_", "AKIA", "ASIA", "AIza", "hvs.", "xoxb-", "xoxp-", "xoxa-"}

const prefixRest = 16

// prefixed looks for a key whose prefix ends at text[i].
func prefixed(text []byte, i int) (start, end int) {
	for _, p := range prefixes {
		if p[len(p)-1] != text[i] || !bytes.HasSuffix(text[:i+1], []byte(p)) {
			continue
		}
		if end = run(text, i+1, &urlByte); end-i > prefixRest {
			return i + 1 - len(p), end
		}
	}
	return -1, -1
}
