package logline

import (
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// namesRequest takes method and path from the message of a structured line that
// states a status and leaves them out: "GET /path done", a path alone, Django's
// words about a refused one.
func (d *Decoder) namesRequest(text []byte, e *Entry) {
	l := &d.layer
	if len(text) == 0 || l.have[lexicon.Path] != 0 {
		return
	}
	if text[0] == '/' {
		if word, rest := scan.Token(text); len(rest) == 0 {
			e.Path = request.Path(word)
		}
		return
	}
	if l.have[lexicon.Method] != 0 {
		return
	}
	if r, ok := request.Find(text); ok {
		if r.At <= maxLead && r.Target[0] == '/' {
			e.setTarget(r.Method, r.Target)
		}
	} else if path := request.RefusedPath(text); path != nil {
		e.Path = path
	}
}

// maxLead bounds what may stand before a request in such a message.
const maxLead = 16
