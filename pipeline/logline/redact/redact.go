// Package redact removes credentials from text: everything shaped like a JSON Web
// Token, what follows Bearer and Basic, cookies, API keys and passwords that their name
// gives away, keys with a well-known prefix, private keys, passwords in URLs, and
// signatures and codes that stand for a token in their queries.
//
// Invariant: what Append writes holds nothing that Append would remove, and nothing that
// begins like a token (eyJ) and continues like one. When in doubt it removes: a word too
// many may be lost, but no token gets out. The package refuses to judge whether a
// credential is valid, and to keep or return what it removed.
package redact

import "bytes"

// Mark replaces what was removed.
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

// Suspicious reports whether Append would remove something from text. It is cheap if
// not, as for most lines.
func Suspicious(text []byte) bool {
	start, _ := next(text)
	return start >= 0
}

// next returns the range of the first credential in text, -1 if there is none.
func next(text []byte) (start, end int) {
	for i := untriggered(text, 0); i < len(text); i = untriggered(text, i+1) {
		start = -1
		switch text[i] {
		case 'J', 'K':
			start, end = token(text, i)
		case 'w':
			if start, end = token(text, i); start < 0 {
				start, end = toldPassword(text, i)
			}
		case 'A':
			if start, end = token(text, i); start < 0 {
				start, end = prefixed(text, i)
			}
		case 'B', 'b':
			start, end = scheme(text, i)
		case '=':
			start, end = keyed(text, i)
		case ':':
			if i+1 < len(text) && text[i+1] == '/' {
				start, end = userinfo(text, i)
			} else {
				start, end = keyed(text, i)
			}
		case '-':
			if i+1 < len(text) && text[i+1] == '-' {
				start, end = pem(text, i)
			} else {
				start, end = prefixed(text, i)
			}
		case '_', 'I', 'v', 'G':
			start, end = prefixed(text, i)
		}
		if start >= 0 && !bytes.HasPrefix(text[start:], mark) {
			return start, end
		}
	}
	return -1, -1
}

// untriggered returns the index of the first byte of trigger in text from i on, or len(text).
func untriggered(text []byte, i int) int {
	for ; i >= 0 && i <= len(text)-8; i += 8 {
		p := text[i : i+8 : i+8]
		if trigger[p[0]]|trigger[p[1]]|trigger[p[2]]|trigger[p[3]]|trigger[p[4]]|trigger[p[5]]|trigger[p[6]]|trigger[p[7]] != 0 {
			break
		}
	}
	for i < len(text) && trigger[text[i]] == 0 {
		i++
	}
	return i
}

var mark = []byte(Mark)

// trigger holds the bytes at which next takes a closer look: each ends, begins or
// separates something that gives a credential away.
var trigger = func() (table [256]uint8) {
	for _, b := range []byte("JAKwBb=:-_IvG") {
		table[b] = 1
	}
	return table
}()

// The letters of tokens, as they appear in text or URLs, and of base64url alone.
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

// token looks for a token around text[i]: JSON that begins with `{"`, `{ "` or a
// line end after the brace, in base64 (eyJ, eyA, ewo, ew0), or such a token in
// base64 once more (ZXlK).
func token(text []byte, i int) (start, end int) {
	switch {
	case i < 1:
		return -1, -1
	case text[i] == 'w':
		if text[i-1] != 'e' || i+1 == len(text) || text[i+1] != 'o' && text[i+1] != '0' {
			return -1, -1
		}
		start = i - 1
	case i < 2:
		return -1, -1
	case text[i-1] == 'y' && text[i-2] == 'e' && text[i] == 'J':
		if n := run(text, i, &urlByte); n-(i-2) < minToken {
			return -1, -1
		}
		return i - 2, folded(text, run(text, i, &tokenByte))
	case text[i-1] == 'y' && text[i-2] == 'e' && text[i] == 'A':
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

// folded returns the end of a token that has been read up to text[end]: it may continue
// on the next lines, because mail programs and editors fold long lines. A continuation
// is recognized by upper-case and lower-case letters and digits in one word.
func folded(text []byte, end int) int {
	for {
		next := nextLine(text, end)
		if next < 0 {
			return end
		}
		stop := run(text, next, &tokenByte)
		if !looksFolded(text[next:stop]) {
			return end
		}
		end = stop
	}
}

// nextLine returns where the words of the next line begin if text[i:] begins with
// the end of one, escaped or not, and -1 if not.
func nextLine(text []byte, i int) int {
	broken := false
	for ; i < len(text); i++ {
		switch b := text[i]; {
		case b == '\n' || b == '\r':
			broken = true
		case b == '\\' && i+1 < len(text) && (text[i+1] == 'n' || text[i+1] == 'r'):
			broken = true
			i++
		case b != ' ' && b != '\t' && b != '\\':
			if broken {
				return i
			}
			return -1
		}
	}
	return -1
}

// looksFolded reports whether word may be the rest of a token.
func looksFolded(word []byte) bool {
	var digit, capital, small bool
	for _, b := range word {
		digit = digit || b >= '0' && b <= '9'
		capital = capital || b >= 'A' && b <= 'Z'
		small = small || b >= 'a' && b <= 'z'
	}
	return len(word) >= 12 && digit && capital && small
}

// scheme looks for a credential after the word Bearer or Basic at text[i].
func scheme(text []byte, i int) (start, end int) {
	n := i
	switch {
	case i+1 == len(text):
		return -1, -1
	case text[i+1]|0x20 == 'e' && hasWord(text[i:], "bearer"):
		n += len("bearer")
	case text[i+1]|0x20 == 'a' && hasWord(text[i:], "basic"):
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

// isFill reports whether b may be between a name and its value.
func isFill(b byte) bool {
	switch b {
	case ' ', '\t', ':', '=', '+', '"', '\'', '`', '\\', '<', '(', '[', '{':
		return true
	}
	return false
}

// looksSecret reports whether text is not a word that people use: it has letters and
// digits, or capitals inside, or is long.
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

// hasWord reports whether text begins with word, ignoring case; word is in lower case.
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

// userinfo looks for a password, or a token instead of a user name, in a URL whose colon
// is text[i].
func userinfo(text []byte, i int) (start, end int) {
	if !bytes.HasPrefix(text[i:], []byte("://")) {
		return -1, -1
	}
	start = -1
	user := i + len("://")
	for n := user; n < len(text); n++ {
		switch b := text[n]; {
		case b == '@' && start >= 0 && n > start:
			return start, n
		case b == '@' && start < 0 && n-user >= minUser && looksSecret(text[user:n]):
			return user, n
		case b == ':' && start < 0:
			start = n + 1
		case b == '/' || b == '@' || b == '?' || b <= ' ' || b == '"' || b == '\'' || b == '\\':
			return -1, -1
		}
	}
	return -1, -1
}

// minUser is the least length of a user name in a URL that is taken for a token.
const minUser = 20

// prefixes begin the keys of well-known services; what follows is at least minRest
// letters long. They are indexed by their byte of trigger and the byte before it, or
// after it if it is the first, and say how many letters precede it.
var prefixes = func() map[[2]byte][]prefix {
	table := map[[2]byte][]prefix{}
	for _, p := range []prefix{
		{"ghp_", 3}, {"gho_", 3}, {"ghu_", 3}, {"ghs_", 3}, {"ghr_", 3}, {"github_pat_", 6}, {"glpat-", 5}, {"glrt-", 4}, {"glsa_", 4},
		{"sk_live_", 2}, {"rk_live_", 2}, {"sk_test_", 2}, {"rk_test_", 2}, {"whsec_", 5}, {"sq0atp-", 6}, {"sq0csp-", 6},
		{"npm_", 3}, {"pypi-", 4}, {"dckr_pat_", 4}, {"shpat_", 5}, {"shpss_", 5}, {"dop_v1_", 3}, {"lin_api_", 3}, {"NRAK-", 4},
		{"xoxb-", 4}, {"xoxp-", 4}, {"xoxa-", 4}, {"xapp-", 4}, {"sk-proj-", 2}, {"sk-ant-", 2}, {"sk-svcacct-", 2}, {"sk-", 2},
		{"AKIA", 3}, {"ASIA", 3}, {"AIza", 1}, {"ATATT3", 0}, {"SG.", 1}, {"hvs.", 1}, {"hvb.", 1}, {"hvr.", 1}, {"AGE-SECRET-KEY-1", 3},
		// Platform-Agnostic Security Tokens, https://github.com/paseto-standard/paseto-spec
		{"v1.local.", 0}, {"v2.local.", 0}, {"v3.local.", 0}, {"v4.local.", 0},
		{"v1.public.", 0}, {"v2.public.", 0}, {"v3.public.", 0}, {"v4.public.", 0},
	} {
		two := [2]byte([]byte(p.text[max(0, p.before-1):]))
		table[two] = append(table[two], p)
	}
	return table
}()

type prefix struct {
	text   string
	before int
}

// shortPrefix is the length up to which a prefix begins other words as well: what
// follows it must have upper-case and lower-case letters and digits.
const shortPrefix = 3

const minRest = 16

// beside holds for each byte of trigger the bytes that may be next to it in a prefix:
// before it, or after it if it is the first. It rules out most of a text.
var beside = func() (table [256]struct{ before, behind byteSet }) {
	for two, list := range prefixes {
		if list[0].before > 0 {
			table[two[1]].before.add(two[0])
		} else {
			table[two[0]].behind.add(two[1])
		}
	}
	return table
}()

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

// prefixed looks for a key whose prefix has text[i] in it.
func prefixed(text []byte, i int) (start, end int) {
	near := &beside[text[i]]
	if i > 0 && near.before.has(text[i-1]) {
		if start, end = among(prefixes[[2]byte{text[i-1], text[i]}], text, i); start >= 0 {
			return start, end
		}
	}
	if i+1 < len(text) && near.behind.has(text[i+1]) {
		return among(prefixes[[2]byte{text[i], text[i+1]}], text, i)
	}
	return -1, -1
}

// among looks for a key with one of the prefixes of list that have text[i] in them.
func among(list []prefix, text []byte, i int) (start, end int) {
	for _, p := range list {
		start = i - p.before
		if start < 0 || !bytes.HasPrefix(text[start:], []byte(p.text)) {
			continue
		}
		rest := start + len(p.text)
		end = run(text, rest, &urlByte)
		if end-rest < minRest || len(p.text) <= shortPrefix && !looksFolded(text[rest:end]) {
			continue
		}
		if p.text == "SG." { // SendGrid's have two parts
			end = run(text, end, &tokenByte)
		}
		return start, end
	}
	return -1, -1
}
