package rules

// maxKid bounds the length of a key id that is taken from a text. Longer ones
// are no key ids of this world.
const maxKid = 200

// kidAt returns the key id that begins at or shortly after text[i], and where
// it ends, its closing quote included. Blanks, `:`, `=`, opening brackets and
// quotes before it are passed over. A quoted kid ends at its quote, another one
// at a blank, comma, bracket or quote. It returns nil if there is none.
func kidAt(text []byte, i int) (kid []byte, end int) {
	quote := byte(0)
	for i < len(text) && opens(text[i]) {
		switch b := text[i]; {
		case b == '\\':
		case b != '"' && b != '\'' && b != '`':
			quote = 0 // what was quoted is the word before the kid
		case b == quote:
			return text[i:i], i + 1 // two quotes: an empty kid
		default:
			quote = b
		}
		i++
	}
	end = i
	for end < len(text) && end-i <= maxKid && !closes(text[end], quote) {
		end++
	}
	if end == i || end-i > maxKid {
		return nil, i
	}
	kid = text[i:end]
	if quote == 0 {
		for n := len(kid); n > 0 && (kid[n-1] == '.' || kid[n-1] == ':'); n-- {
			kid, end = kid[:n-1], end-1
		}
	} else if end < len(text) && text[end] == '\\' {
		end++
	}
	if len(kid) == 0 {
		return nil, i
	}
	if quote != 0 && end < len(text) && text[end] == quote {
		end++
	}
	return kid, end
}

func opens(b byte) bool {
	switch b {
	case ' ', '\t', '\n', '\r', ':', '=', '(', '[', '"', '\'', '`', '\\':
		return true
	}
	return false
}

func closes(b, quote byte) bool {
	if quote != 0 {
		return b == quote || b == '\\' || b == '\n'
	}
	switch b {
	case ' ', '\t', '\n', '\r', ',', ';', ')', ']', '}', '"', '\'', '`', '\\', '&':
		return true
	}
	return b < ' '
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
