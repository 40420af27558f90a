package logline

import (
	"bytes"
	"encoding/binary"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
)

// wants returns what has to be settled at the beginning of a structured line, given e,
// what its wrappers said.
func (d *Decoder) wants(e *Entry) lexicon.Need {
	if !d.lazy {
		return lexicon.Needs | lexicon.NeedAll
	}
	w := lexicon.Needs
	if e.rank.pod >= 255-uint8(lexicon.RankPodName) {
		w &^= lexicon.NeedPod
	}
	if e.rank.namespace >= 255-uint8(lexicon.RankNamespace) {
		w &^= lexicon.NeedNamespace
	}
	if d.mapping != nil && !d.tapsSettled() {
		w |= lexicon.NeedAll
	}
	return w
}

// mayRefuse reports whether the token of a request with this status may have been
// rejected, so that everything in its line is of interest.
func mayRefuse(status int) bool {
	return status == 401 || status == 403 || status == 400 || status >= 500
}

// mayRefuse is mayRefuse for the line that is being read.
func (d *Decoder) mayRefuse(status int) bool {
	return mayRefuse(status) || d.layer.marks&lexicon.MarkGraphQL != 0
}

// isSettled reports whether rest, which follows the member that was read last, need not be
// read; within says that this is inside a namespace object. Everything but the namespace is
// settled. Few lines name one, so reading stops if the rest does not contain the word. A
// rest with a line end, or with an object after the line's, may hold another event.
func (d *Decoder) isSettled(rest []byte, within bool) bool {
	if d.missing != 0 && (within || holdsNamespace(rest)) || holdsNext(rest) {
		d.missing |= lexicon.NeedAll
		return false
	}
	return true
}

// holdsNext reports whether another object may follow the one that ends in rest: its
// brace follows another's, or begins a line.
func holdsNext(rest []byte) bool {
	for {
		i := bytes.IndexByte(rest, '{')
		if i < 0 {
			return false
		}
		j := i - 1
		for j > 0 && (rest[j] == ' ' || rest[j] == '\t') {
			j--
		}
		if j >= 0 && (rest[j] == '}' || rest[j] == '\n' || rest[j] == '\r') {
			return true
		}
		rest = rest[i+1:]
	}
}

// holdsNamespace reports whether b contains lexicon.NamespaceWord. It looks at every fourth
// byte, one of which falls into the word wherever it is: a search for its first letter
// would stop at most words.
func holdsNamespace(b []byte) bool {
	for i := 0; i <= len(b)-4; i += 4 {
		switch binary.LittleEndian.Uint32(b[i : i+4 : i+4]) {
		case 'a' | 'm'<<8 | 'e'<<16 | 's'<<24, 'm' | 'e'<<8 | 's'<<16 | 'p'<<24, 'e' | 's'<<8 | 'p'<<16 | 'a'<<24, 's' | 'p'<<8 | 'a'<<16 | 'c'<<24:
			if bytes.Contains(b[max(0, i-4):], lexicon.NamespaceWord) {
				return true
			}
		}
	}
	return false
}
