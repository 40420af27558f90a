package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// pair handles p as a member of the structured line that is being read.
func (d *Decoder) pair(p pair.Pair, e *Entry) {
	value := p.Value
	if p.Escaped {
		value = d.unescape(value)
	}
	key := p.Key
	switch string(key) {
	case "resp": // the API server of Kubernetes
		key = statusKey
	case "at", "pri": // Heroku's router, FortiAnalyzer
		if severity.Parse(value) != severity.None {
			key = levelKey
		}
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
	case "app":
		if len(value) > 0 && value[0] == '[' { // PostgreSQL's [unknown]
			return
		}
	}
	if len(value) > 2 && value[0] == '[' && value[1] == '/' {
		value = bytes.TrimRight(value[1:], "]") // uri=[/path], of Elasticsearch
	}
	if bytes.HasPrefix(value, goMapMark) {
		d.goMap(key, value[len(goMapMark):], e)
		return
	}
	d.field(key, value, e)
}

var goMapMark = []byte("map[")

// goMap reads the outermost members of a map as printed by Go: map[k:v k:map[k:v]]. What
// they mean also depends on the name of the map.
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

// pairs reads the pairs in a text whose stamp and level have been stripped. They are
// context of the line: their stamps are not the line's. A status among them counts only
// in a request: next to a method, or a path that is not another server's URL.
//
// Next to a request=, a code of any kind is the status: request=GET /path code=401
func (d *Decoder) pairs(text []byte, e *Entry) {
	equals := bytes.IndexByte(text, '=') >= 0
	members := bytes.IndexByte(text, ':') >= 0
	if !equals && !members {
		return
	}
	at, from, level, status, path := e.Time, e.TimeFrom, e.Level, e.Status, e.Path
	d.begin(e)
	if equals {
		for p, ok := pair.Next(text, 0, true); ok; p, ok = pair.Next(text, p.End, true) {
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
	if l.weakStatus != 0 && l.have[lexicon.Status] == 0 && (l.isRequest() || e.Method != nil && bytes.Contains(text, requestPair)) {
		e.Status = l.weakStatus
	}
	if status != e.Status && (status != 0 || bytes.HasPrefix(text, outputStatus) || e.Method == nil && (e.Path == nil || bytes.Contains(text, schemeMark)) && !request.Served(text)) {
		e.Status = status
	}
}

// outputStatus begins what Fluent Bit says about a response that its output got.
var outputStatus = []byte("HTTP status=")

var requestPair = []byte(" request=")
