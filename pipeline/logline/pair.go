package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// pair is one key=value of a line. The value of a quoted one is what stands
// between the quotes, with its escapes where escaped says so.
type pair struct {
	key, value []byte
	escaped    bool
	bare       bool // without quotes
	start, end int  // where key begins, and what follows the value
}

// nextPair returns the first pair in text that begins at from or later. In loose
// text a value without quotes also ends at a comma or closing bracket.
func nextPair(text []byte, from int, loose bool) (p pair, ok bool) {
	for i := from; i < len(text); i++ {
		j := bytes.IndexByte(text[i:], '=')
		if j < 0 {
			return p, false
		}
		i += j
		start := i
		for start > from && i-start <= maxName && isKeyByte(text[start-1]) {
			start--
		}
		if start == i || scan.IsDigit(text[start]) || start > 0 && !startsPair(text[start-1]) {
			continue
		}
		p = pair{key: text[start:i], start: start}
		if p.readValue(text, i+1, loose) {
			return p, true
		}
	}
	return p, false
}

// readValue reads the value at text[i:].
func (p *pair) readValue(text []byte, i int, loose bool) bool {
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		end := scan.QuoteEnd(text, i+1, text[i])
		p.value, p.end = text[i+1:end], min(end+1, len(text))
		p.escaped = bytes.IndexByte(p.value, '\\') >= 0
		return true
	}
	end := i + goMapLen(text[i:])
	for end < len(text) && text[end] > ' ' {
		if loose && (text[end] == ',' || text[end] == '}' || text[end] == ')' || text[end] == ']' || text[end] == ';' || text[end] == '|') {
			break
		}
		end++
	}
	p.value, p.end, p.bare = text[i:end], end, true
	for n := len(p.value); !loose && n > 0 && (p.value[n-1] == ',' || p.value[n-1] == ';'); n-- {
		p.value = p.value[:n-1]
	}
	return end == i || text[i] != '=' && text[i] != '>'
}

// isKeyByte reports whether ch may be part of the key of a pair.
func isKeyByte(ch byte) bool {
	return scan.IsWord(ch) || ch == '.' || ch == '-' || ch == '@' || ch == '/'
}

// startsPair reports whether a pair may follow ch.
func startsPair(ch byte) bool {
	return ch <= ' ' || ch == ',' || ch == '{' || ch == '(' || ch == '[' || ch == ';' || ch == '|' || ch == '"'
}

// pair takes p as a member of the structured line that is being read.
func (d *Decoder) pair(p pair, e *Entry) {
	value := p.value
	if p.escaped {
		value = d.unescape(value)
	}
	key := p.key
	switch string(key) {
	case "resp": // the API server of Kubernetes
		key = statusKey
	case "at": // Heroku's router
		if severity.Parse(value) == severity.None {
			return
		}
		key = levelKey
	case "msg":
		if rest, ok := bytes.CutPrefix(value, auditMark); ok { // of the Linux kernel
			if ns, n := stamp.EpochPrefix(rest); n > 0 {
				e.setTime(ns)
			}
		}
	case "service":
		if request.IsDuration(value) {
			return
		}
	}
	if bytes.HasPrefix(value, goMapMark) {
		d.goMap(key, value[len(goMapMark):], e)
		return
	}
	d.field(key, value, e)
}

var goMapMark = []byte("map[")

// goMapLen returns the length of the map as Go prints it that b begins with, 0
// where it begins with none or the map is long.
func goMapLen(b []byte) int {
	if !bytes.HasPrefix(b, goMapMark) {
		return 0
	}
	depth := 0
	for i, ch := range b[:min(len(b), maxGoMap)] {
		switch ch {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// maxGoMap bounds the length of a map without quotes.
const maxGoMap = 4096

// goMap reads the members of a map as Go prints it: map[k:v k:map[k:v]], those of
// the outermost level. What they mean depends on the name of the map too.
func (d *Decoder) goMap(name, b []byte, e *Entry) {
	at := len(d.scratch)
	d.scratch = append(append(d.scratch, name...), '.')
	name = d.scratch[at:len(d.scratch):len(d.scratch)]
	depth, start := 0, 0
	for i, ch := range b {
		switch ch {
		case '[':
			depth++
		case ' ', ']':
			if depth == 0 {
				if key, value, ok := bytes.Cut(b[start:i], colonMark); ok {
					d.field(append(name, key...), value, e)
				}
			}
			if ch == ']' {
				depth--
			}
			start = i + 1
		}
	}
}

var (
	statusKey = []byte("status")
	levelKey  = []byte("level")
	auditMark = []byte("audit(")
)

// pairs reads the pairs in a text whose stamp and level were taken off: context
// of the line, whose stamps are not the line's. A status among them counts only
// in a request: beside a method, or a path that is not another server's URL.
func (d *Decoder) pairs(text []byte, e *Entry) {
	equals := bytes.IndexByte(text, '=') >= 0
	members := bytes.IndexByte(text, ':') >= 0
	if !equals && !members {
		return
	}
	at, from, level, status, path := e.Time, e.TimeFrom, e.Level, e.Status, e.Path
	d.begin(e)
	if equals {
		for p, ok := nextPair(text, 0, true); ok; p, ok = nextPair(text, p.end, true) {
			d.pair(p, e)
		}
	}
	if members || equals {
		d.dictPairs(text, e)
	}
	if from != TimeNone {
		e.Time, e.TimeFrom = at, from
	}
	if level != severity.None {
		e.Level = level
	}
	if path != nil {
		e.Path = path
	}
	l := &d.layer
	if l.weakStatus != 0 && l.have[lexicon.Status] == 0 && l.isRequest() {
		e.Status = l.weakStatus
	}
	if status != 0 || e.Method == nil && (e.Path == nil || bytes.Contains(text, []byte("://"))) {
		e.Status = status
	}
}
