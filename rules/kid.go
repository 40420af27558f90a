package rules

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// maxKid bounds the length of a key id that is taken from a text. Longer ones
// are no key ids of this world.
const maxKid = 200

// kidAt returns the key id that stands at or shortly after text[i], where the
// words that announce it end, and where it ends itself, its closing quote
// and the bracket around it included. It returns nil where there is none.
//
// What stands in quotes is taken as it is. Other text ends at a blank, comma,
// bracket or quote; after `:`, `=` or a bracket it is taken unless it is a word
// of the sentence; after a blank alone ("kid abc1 unknown") it must look like an
// id. Placeholders such as <kid> are none.
func kidAt(text []byte, i int) (kid []byte, end int) {
	comma := i > 0 && text[i-1] == ','
	i, quote, announced := kidStart(text, i)
	if quote == 0 && announced == nothing {
		return nil, i
	}
	if quote != 0 && i < len(text) && text[i] == quote {
		return text[i:i], i + 1 // two quotes: an empty kid
	}
	if kid, end := bracketed(text, i); kid != nil {
		return kid, end
	}
	end = i
	for end < len(text) && end-i <= maxKid && !closes(text[end], quote) && (quote != 0 || end == i || text[end] != '<') {
		end++
	}
	if end-i > maxKid {
		return nil, i
	}
	if quote == 0 {
		for end > i && (text[end-1] == '.' || text[end-1] == ':' || text[end-1] == '>' && text[i] != '<') {
			end--
		}
	}
	kid = text[i:end]
	switch {
	case len(kid) == 0:
		return nil, i
	case NoKid(kid):
	case comma && end < len(text) && text[end] == ':':
		return nil, i // the name of what follows
	case quote == 0 && (announced == byBlank && !looksLikeID(kid) || isWord(kid) || isField(kid) || bytes.IndexByte(kid, '(') >= 0):
		return nil, i // by far most: what the sentence goes on with, or a call
	case quote == 0 && i > 0 && text[i-1] == '(' && (isSource(kid) || end < len(text) && text[end] == ' ' && !looksLikeID(kid)):
		return nil, i // where in a program, or a remark
	case bytes.Contains(kid, []byte("://")), bytes.Contains(kid, []byte("::")), bytes.Contains(kid, []byte(", ")), isException(kid):
		return nil, i // the address of the keys, a name in a program, a part of a sentence, the name of an error
	case Placeholder(kid), namesKid(kid), !namesAnything(kid):
		return nil, i
	}
	if quote != 0 {
		if end < len(text) && text[end] == '\\' {
			end++
		}
		if end < len(text) && text[end] == quote {
			end++
		}
		i--
	}
	if i > 0 && end < len(text) && pairs(text[i-1], text[end]) {
		end++
	}
	return kid, end
}

// pairs reports whether last closes the bracket that first opens.
func pairs(first, last byte) bool {
	switch first {
	case '(':
		return last == ')'
	case '[':
		return last == ']'
	}
	return false
}

// glued returns the key id between text[i] and the last m.Glue of the same word, and
// where that ends. It returns nil where there is none.
func (m *Marker) glued(text []byte, i int) (kid []byte, end int) {
	end = i
	for end < len(text) && end-i <= maxKid && !closes(text[end], 0) {
		end++
	}
	n := bytes.LastIndex(text[i:end], []byte(m.Glue))
	if n <= 0 || bytes.IndexByte(text[i:i+n], '/') >= 0 {
		return nil, i // nothing, or the rest of an address
	}
	return text[i : i+n], i + n + len(m.Glue)
}

// bracketed returns the key id that stands in <angle brackets> at text[i], as Java
// services print values, and where it ends. Words there are placeholders.
func bracketed(text []byte, i int) (kid []byte, end int) {
	if i >= len(text) || text[i] != '<' {
		return nil, i
	}
	n := bytes.IndexByte(text[i:min(len(text), i+maxKid)], '>')
	if n < 0 {
		return nil, i
	}
	kid = text[i+1 : i+n]
	if bytes.IndexByte(kid, ' ') >= 0 || !bytes.ContainsAny(kid, "0123456789") {
		return nil, i
	}
	return kid, i + n + 1
}

// announcement says what stands between the words before a kid and the kid.
type announcement uint8

const (
	nothing announcement = iota
	byBlank
	byMark // `:`, `=` or an opening bracket
)

// kidStart passes over what may stand before a kid. The quote is the one that
// opened it, 0 if none did: one right behind a word closes that word.
func kidStart(text []byte, i int) (start int, quote byte, announced announcement) {
	if i > 0 && !alnum(text[i-1]) && text[i-1] != ',' {
		announced = byMark
	}
	for ; i < len(text); i++ {
		switch b := text[i]; b {
		case '\\':
		case '"', '\'', '`':
			if announced == nothing {
				continue
			}
			if quote == b {
				return i, quote, announced
			}
			quote = b
		case ' ', '\t':
			quote, announced = 0, max(announced, byBlank)
		case '\n', '\r':
			return i, 0, nothing // another line is another sentence, or another field
		case ')':
			if announced == byMark {
				return i, quote, announced
			}
		case ':', '=', '(', '[', '>':
			quote, announced = 0, byMark
		case 'S':
			if some := []byte("Some("); bytes.HasPrefix(text[i:], some) { // as Rust prints it
				i += len(some) - 1
				quote, announced = 0, byMark
				continue
			}
			return i, quote, announced
		case '-':
			if i+1 == len(text) || text[i+1] != '>' {
				return i, quote, announced
			}
		case '<':
			if i+1 == len(text) || text[i+1] != '<' { // << k >>, as MongoDB prints it
				return i, quote, announced
			}
			i++
			quote, announced = 0, byMark
		default:
			return i, quote, announced
		}
	}
	return i, quote, announced
}

func closes(b, quote byte) bool {
	if quote != 0 {
		return b == quote || b == '\\' || b == '\n'
	}
	switch b {
	case ' ', ',', ';', ')', ']', '}', '"', '\'', '`', '\\', '&':
		return true
	}
	return b < ' '
}

// isWord reports whether text is a word that sentences go on with after "kid:",
// or an algorithm, as it stands beside kids, or what stands for one that is hidden.
func isWord(text []byte) bool {
	var small [12]byte // the longest word below
	if len(text) > len(small) {
		return false
	}
	for i, b := range text {
		if small[i] = b; upper(b) {
			small[i] = b + 'a' - 'A'
		}
	}
	switch string(small[:len(text)]) {
	case "not", "no", "is", "was", "in", "of", "the", "a", "and", "or", "for", "from", "does", "must", "has", "with", "to", "could", "cannot",
		"may", "might", "you", "it", "this", "that", "any", "all", "s",
		"found", "missing", "unknown", "invalid", "mismatch", "rotated", "expired", "revoked", "error", "failed", "unable", "value", "header", "claim",
		"kid", "key", "keys", "jwk", "jwks", "token", "jwt", "algorithm", "signature", "signing", "certificate", "public", "private",
		"id_token", "access_token",
		"rs256", "rs384", "rs512", "hs256", "hs384", "hs512", "es256", "es384", "es512", "ps256", "ps384", "ps512", "eddsa",
		"pii": // [PII of type ... is hidden]: .NET hides what might be personal
		return true
	}
	return false
}

// looksLikeID reports whether text is no plain word: it has a digit, a mark
// inside or a capital after a small letter, or is long.
func looksLikeID(text []byte) bool {
	for i, b := range text {
		switch {
		case b >= '0' && b <= '9', upper(b) && i > 0 && lower(text[i-1]):
			return true
		case !alnum(b) && i > 0 && i+1 < len(text):
			return true
		}
	}
	return len(text) >= 20
}

// isSource reports whether text is a line of a source file, as frames of a stack name it
// in parentheses: KeyStore.java:121, auth.js:38:18.
func isSource(text []byte) bool {
	file, place, ok := bytes.Cut(text, []byte{':'})
	dot := bytes.LastIndexByte(file, '.')
	if !ok || dot <= 0 || len(place) == 0 || bytes.ContainsFunc(place, func(r rune) bool { return r != ':' && (r < '0' || r > '9') }) {
		return false
	}
	switch string(file[dot+1:]) {
	case "java", "kt", "scala", "groovy", "clj", "js", "mjs", "cjs", "ts", "go", "py", "rb", "php", "cs", "rs", "ex", "erl", "swift", "cc", "cpp", "c":
		return true
	}
	return false
}

// isException reports whether text is the name of an error.
func isException(text []byte) bool {
	return slices.ContainsFunc(exceptions, func(end []byte) bool { return bytes.HasSuffix(text, end) })
}

// exceptions are what the names of errors end with.
var exceptions = [][]byte{[]byte("Exception"), []byte("Error"), []byte("NotFound")}

// namesAnything reports whether text has a letter or a digit.
func namesAnything(text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf || alnum(byte(r)) })
}

// namesKid reports whether text is what key ids are called: kid, keyId, key_id.
func namesKid(text []byte) bool {
	return TextEnd(text, 0, "kid") == len(text) || TextEnd(text, 0, "keyid") == len(text)
}

// isField reports whether text is a field of its own: code=7.
func isField(text []byte) bool {
	i := bytes.IndexByte(text, '=')
	return i > 0 && i+1 < len(text) && text[i+1] != '='
}

// Placeholder reports whether text stands where a kid should: <kid>, ${kid}.
func Placeholder(text []byte) bool {
	return len(text) > 0 && bytes.IndexByte([]byte("<{%$"), text[0]) >= 0 && !NoKid(text)
}

// NoKid reports whether a captured kid says that the token had none: it is
// empty, or one of the words that languages print for nothing.
func NoKid(kid []byte) bool {
	switch string(kid) {
	case "", "nil", "<nil>", "null", "NULL", "(null)", "undefined", "None", "none", "<null>", "<none>", "<empty>", "<missing>":
		return true
	}
	return false
}
