package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

var cefMark, leefMark = []byte("CEF:"), []byte("LEEF:")

// readCEF reads the event formats of security products, CEF and LEEF:
//
//	CEF:0|vendor|product|version|id|name|severity|key=value key=value
//	LEEF:1.0|vendor|product|version|id|key=value<tab>key=value
//
// A value may contain spaces: it ends where the next key begins.
func readCEF(d *Decoder, line []byte, e *Entry) bool {
	fields := 7
	if bytes.HasPrefix(line, leefMark) {
		fields = 5
	} else if !bytes.HasPrefix(line, cefMark) {
		return false
	}
	rest, name := line, []byte(nil)
	for i := range fields {
		j := unescapedBar(rest)
		if j < 0 {
			return false
		}
		if i == 5 {
			name = rest[:j]
		}
		rest = rest[j+1:]
	}
	e.Format = "cef"
	e.Message = name
	d.cefPairs(rest, e)
	d.message(e.Message, e)
	return true
}

// unescapedBar returns the index of the first bar without a backslash before it.
func unescapedBar(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return -1
}

// cefPairs reads the extension.
func (d *Decoder) cefPairs(rest []byte, e *Entry) {
	p, ok := pair.Next(rest, 0, false)
	for ok {
		next, more := pair.Next(rest, p.End, false)
		end := len(rest)
		if more {
			end = next.Start
		}
		value := bytes.TrimSpace(rest[min(p.End-len(p.Value), end):end])
		switch string(p.Key) {
		case "rt", "devTime", "end", "start":
			if s := d.stamps.Read(value); s.Full {
				e.setTime(s.UnixNano)
			} else if ns, ok := stamp.Epoch(value); ok {
				e.setTime(ns)
			}
		case "requestMethod", "method":
			if request.IsMethod(value) {
				e.Method = value
			}
		case "request", "url":
			e.Path = request.Path(value)
		case "msg":
			e.Message = value
		case "dvchost", "devHost":
			e.setPod(value, lexicon.RankPodHost)
		}
		p, ok = next, more
	}
}
