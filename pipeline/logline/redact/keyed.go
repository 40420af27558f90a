package redact

import "bytes"

// kind is how the value of a key is removed.
type kind uint8

const (
	harmless kind = iota
	weak          // words follow it in prose: cut only what looks like a secret
	query         // the same behind `=` alone, and what is long: signatures and codes in URLs
	digest        // behind `=` alone, and nothing but the digits of a hash
	strong        // cut whatever follows `=`, and in quotes
	header        // cut the scheme as well
	line          // cut to the end of the line or quote: cookies
)

// keyed looks for the value of a key whose name gives away a secret; text[i] separates
// the two.
func keyed(text []byte, i int) (start, end int) {
	k := kindOf(text, i)
	if k == harmless {
		return -1, -1
	}
	if (k == query || k == digest) && text[i] != '=' {
		return -1, -1
	}
	if k == weak && text[i] == ':' && i+1 < len(text) && text[i+1] == ':' {
		return -1, -1 // the name of a class: JWT::ExpiredSignature
	}
	named := i > 0 && (text[i-1] == '"' || text[i-1] == '\'') // "key": as in JSON
	n := i + 1
	for n < len(text) && (text[n] == ' ' || text[n] == '>' || text[n] == '=') {
		n++
	}
	escaped := n+1 < len(text) && text[n] == '\\' && (text[n+1] == '"' || text[n+1] == '\'')
	if escaped {
		n++
	}
	if n < len(text) && (text[n] == '"' || text[n] == '\'') {
		start, end = n+1, closing(text, n, escaped)
		if value := text[start:end]; start == end || !named && k == weak && (!looksSecret(value) || isClass(value)) || !k.fits(value) {
			return -1, -1
		}
		return start, end
	}
	end = unquoted(text, n, k)
	value := text[n:end]
	if end == n || k == weak && (!looksSecret(value) || isClass(value)) || !k.fits(value) {
		return -1, -1
	}
	if (k == strong || k == header) && text[i] == ':' && !named && !looksSecret(value) && (k == header || !endsClause(text[end:]) || isRemark(value)) {
		return -1, -1
	}
	return n, end
}

// fits reports whether the value is removed of a key that is harmless with most values.
func (k kind) fits(value []byte) bool {
	switch k {
	case query:
		return looksSigned(value)
	case digest:
		return len(value) >= 2*minRest && run(value, 0, &hexDigit) == len(value)
	}
	return true
}

var hexDigit = set("0123456789abcdefABCDEF")

// isClass reports whether value is the name of an error's class, which stands behind
// "invalid token:" as often as a token: JWT::DecodeError, io.jsonwebtoken.ExpiredJwtException.
func isClass(value []byte) bool {
	value = bytes.TrimRight(value, ".:")
	return bytes.HasSuffix(value, []byte("Error")) || bytes.HasSuffix(value, []byte("Exception"))
}

// toldPassword looks for a password that a sentence states, around the w of the word
// "password" at text[i].
func toldPassword(text []byte, i int) (start, end int) {
	const word = "password"
	if i < 4 || !hasWord(text[i-4:], word) {
		return -1, -1
	}
	for _, verb := range [...]string{" is ", " was ", " set to "} {
		if start = i - 4 + len(word); hasWord(text[start:], verb) {
			start += len(verb)
			if start < len(text) && (text[start] == '"' || text[start] == '\'') {
				if end = closing(text, start, false); end > start+1 {
					return start + 1, end
				}
				return -1, -1
			}
			end = unquoted(text, start, strong)
			if looksSecret(text[start:end]) {
				return start, end
			}
		}
	}
	return -1, -1
}

// endsClause reports whether the clause ends before rest.
func endsClause(rest []byte) bool {
	return len(rest) == 0 || rest[0] == ',' || rest[0] == ';' || rest[0] < ' ' || rest[0] == '\\' || rest[0] == '"'
}

// isRemark reports whether value is a word about a password rather than a password.
func isRemark(value []byte) bool {
	word := bytes.ToLower(bytes.Trim(value, ".!*()<>[]{}"))
	return len(word) == 0 || remarks[string(word)]
}

var remarks = map[string]bool{
	"required": true, "missing": true, "invalid": true, "incorrect": true, "wrong": true, "bad": true, "empty": true, "blank": true,
	"expired": true, "mismatch": true, "failed": true, "failure": true, "rejected": true, "denied": true, "refused": true, "changed": true,
	"updated": true, "reset": true, "set": true, "unset": true, "unknown": true, "null": true, "nil": true, "none": true, "true": true,
	"false": true, "yes": true, "no": true, "ok": true, "redacted": true, "hidden": true, "masked": true, "filtered": true,
	"unauthorized": true, "forbidden": true, "unsupported": true, "disabled": true, "enabled": true, "locked": true,
}

// closing returns where the quote that opens at text[open] closes, or the text
// ends. An escaped quote is closed by an escaped one.
func closing(text []byte, open int, escaped bool) int {
	quote := text[open]
	for i := open + 1; i < len(text); i++ {
		switch {
		case text[i] == quote && !escaped:
			return i
		case text[i] != '\\' || i+1 == len(text):
		case !escaped:
			i++
		case text[i+1] == quote:
			return i
		case text[i+1] == '\\' && i+3 < len(text) && text[i+2] == '\\':
			i += 3
		default:
			i++
		}
	}
	return len(text)
}

// unquoted returns where the value at text[i] ends.
func unquoted(text []byte, i int, k kind) int {
	end := i
	for ; end < len(text); end++ {
		switch b := text[end]; {
		case b == '"' || b == '\'' || b == '`' || b == '\\' || b < ' ':
			return end
		case k == line:
		case b == ' ' && k == header && isScheme(text[i:end]):
			k = strong // the credential itself is the next word
		case b == ' ' || b == ',' || b == ';' || b == '&' || b == ')' || b == ']' || b == '}' || b == '>':
			return end
		}
	}
	return end
}

// looksSigned reports whether the value of a query parameter is a signature, or a code
// that stands for a token: one long word.
func looksSigned(value []byte) bool {
	return len(value) >= minRest && looksSecret(value) && run(value, 0, &tokenByte) == len(value)
}

func isScheme(word []byte) bool {
	for _, s := range schemes {
		if len(word) == len(s) && hasWord(word, s) {
			return true
		}
	}
	return false
}

var schemes = [...]string{"bearer", "basic", "token", "digest", "negotiate", "apikey", "dpop"}

// maxKey bounds the length of a key's name that is looked at, from its end.
const maxKey = 24

// kindOf returns the kind of the key that ends before text[i]. Its case, `_` and `-`, and
// what precedes a known ending do not matter.
func kindOf(text []byte, i int) kind {
	for i > 0 && (text[i-1] == '"' || text[i-1] == '\'' || text[i-1] == '\\' || text[i-1] == ' ') {
		i--
	}
	if i < 2 || !ends[text[i-1]|0x20][(text[i-2]|0x20)&0x1F] {
		return harmless
	}
	var buffer [maxKey]byte
	n := len(buffer)
	for ; i > 0 && n > 0; i-- {
		b := text[i-1]
		switch {
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		case b == '_' || b == '-':
			continue
		case b < '0' || b > 'z' || b > '9' && b < 'a':
			return lookUp(buffer[n:])
		}
		n--
		buffer[n] = b
	}
	return lookUp(buffer[n:])
}

// endings are the ends of key names, by their last letter.
var endings = func() (table [256][]ending) {
	for _, e := range []ending{
		{"token", weak}, {"sessionid", weak}, {"session", weak}, {"assertion", weak}, {"jwt", weak}, {"sid", weak},
		{"secret", strong}, {"password", strong}, {"passwd", strong}, {"passphrase", strong}, {"pwd", weak},
		{"apikey", strong}, {"accesskey", strong}, {"secretkey", strong}, {"privatekey", strong}, {"accesskeyid", strong},
		{"credential", weak}, {"credentials", weak}, {"authorization", header}, {"cookie", line},
		{"accountkey", strong}, {"sig", query}, {"signature", query}, {"code", query},
		{"samlresponse", query}, {"response", digest},
	} {
		last := e.name[len(e.name)-1]
		table[last] = append(table[last], e)
	}
	return table
}()

// ends holds the two letters that endings end with: the last one, then the place of the
// other in the alphabet. It rules out most names.
var ends = func() (table [256][32]bool) {
	for _, list := range endings {
		for _, e := range list {
			table[e.name[len(e.name)-1]][e.name[len(e.name)-2]&0x1F] = true
		}
	}
	return table
}()

type ending struct {
	name string
	kind kind
}

func lookUp(name []byte) kind {
	if len(name) == 0 {
		return harmless
	}
	for _, e := range endings[name[len(name)-1]] {
		if bytes.HasSuffix(name, []byte(e.name)) {
			return e.kind
		}
	}
	return harmless
}
