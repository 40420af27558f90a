package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// dictPairs reads the members of dictionaries that Python and Ruby print into messages,
// and labels: 'status': 401, "status"=>401, :status=>401, Status: 401. The layer must
// have begun. It returns how many it read.
func (d *Decoder) dictPairs(text []byte, e *Entry) {
	if i := bytes.Index(text, keywordMap); i >= 0 {
		d.keywords(text[i+1:], e)
	}
	colon, rocket := 0, 0
	for {
		colon, rocket = from(text, colon, colonMark), from(text, rocket, hashRocket)
		switch {
		case colon < rocket:
			if colon > 0 && colon+1 < len(text) && text[colon+1] == ' ' {
				d.dictMember(text, colon, colon+2, e)
			}
			colon++
		case rocket < len(text):
			if rocket > 0 {
				d.dictMember(text, rocket, rocket+2, e)
			}
			rocket += 2
		default:
			return
		}
	}
}

// keywords reads the members of a map as printed by Clojure; text is what follows the
// brace: {:request-method :get, :uri "/path", :status 401}.
func (d *Decoder) keywords(text []byte, e *Entry) {
	for i := 0; i+2 < len(text) && text[i] == ':'; {
		start := i + 1
		for i = start; i < len(text) && i-start <= pair.MaxName && (pair.IsKeyByte(text[i]) || text[i] == '?'); i++ {
		}
		if i == start || i+1 >= len(text) || text[i] != ' ' {
			return
		}
		p := pair.Pair{Key: text[start:i]}
		if i++; text[i] == ':' {
			i++ // a keyword
		}
		if p.ReadValue(text, i, true); len(p.Value) > 0 {
			d.pair(p, e)
		}
		for i = p.End; i < len(text) && (text[i] == ',' || text[i] == ' '); i++ {
		}
	}
}

var keywordMap = []byte("{:")

// from returns the index of the first mark in text at or after i, or len(text). It costs
// nothing if the mark is at i, or i is past the end.
func from(text []byte, i int, mark []byte) int {
	if i >= len(text) || bytes.HasPrefix(text[i:], mark) {
		return min(i, len(text))
	}
	if j := bytes.Index(text[i:], mark); j >= 0 {
		return i + j
	}
	return len(text)
}

var (
	colonMark  = []byte(":")
	hashRocket = []byte("=>")
)

// dictMember reads the member whose key ends at text[:end] and whose value begins at
// text[value:].
func (d *Decoder) dictMember(text []byte, end, value int, e *Entry) {
	start := end
	quoted := text[end-1] == '\'' || text[end-1] == '"'
	if quoted {
		end--
		start--
	}
	for start > 0 && end-start <= pair.MaxName && (scan.IsWord(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	if start == end {
		return
	}
	key := text[start:end]
	if !quoted && (!isLabel(key) || start > 0 && !pair.MayFollow(text[start-1]) && text[start-1] != ':') {
		return
	}
	for value < len(text) && text[value] == ' ' {
		value++
	}
	var p pair.Pair
	if p.ReadValue(text, value, true); len(p.Value) == 0 {
		return
	}
	if p.Key = key; !quoted && d.layer.have[lexicon.Method] == 0 && key[0]|0x20 != 'm' && (start == 0 || text[start-1] != '|') && !methodFollows(text[p.End:]) {
		return
	}
	d.pair(p, e)
}

// methodFollows reports whether the rest of a text has the label of a method, and no URL
// of another server: "Status: 401 Unauthorized, HTTP method: GET", of Ktor.
func methodFollows(rest []byte) bool {
	rest = rest[:min(len(rest), 256)]
	i := bytes.Index(rest, methodLabel)
	return i > 0 && i+8 < len(rest) && (rest[i+5] == ':' && rest[i+6] == ' ' || rest[i+5] == '=' && rest[i+6] == '>') && !bytes.Contains(rest, schemeMark)
}

var methodLabel = []byte("ethod")

// isLabel reports whether key, without quotes, may label a value in a sentence. Labels
// count only after that of a method.
func isLabel(key []byte) bool {
	switch string(key) {
	case "status", "Status", "STATUS", "statusCode", "StatusCode", "status_code", "code", "Code", "method", "Method", "METHOD", "path", "Path", "url", "URL", "uri", "URI", "endpoint", "Endpoint":
		return true
	}
	return false
}
