package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// readLogfmt reads lines of key=value pairs, which may have a name before them and
// brackets around them.
func readLogfmt(d *Decoder, line []byte, e *Entry) bool {
	text := line
	if text[0] == '[' {
		if text[len(text)-1] != ']' {
			return false
		}
		if _, text = scan.Token(text[1 : len(text)-1]); len(text) == 0 {
			return false
		}
	}
	p, ok := pair.Next(text, 0, false)
	if !ok || p.Start != 0 {
		return false
	}
	loose := p.Bare && partsPairs(p.Value)
	if loose {
		p, ok = pair.Next(text, 0, true)
	}
	if !isPairLine(text, p) {
		return false
	}
	d.begin(e)
	status := e.Status
	for ok {
		next, more := pair.Next(text, p.End, loose)
		if p.Bare && isWords(p.Key) {
			end := len(text)
			if more {
				end = next.Start
			}
			p.Value = bytes.TrimRight(text[p.End-len(p.Value):end], " \t,")
		} else if p.Bare && more && string(p.Key) == "service_name" {
			p.Value = name(text[p.End-len(p.Value):next.Start], len(p.Value)) // of Ory
		}
		d.pair(p, e)
		p, ok = next, more
	}
	if l := &d.layer; l.message == nil && l.have[lexicon.Status]|l.have[lexicon.Level] == 0 && !l.isRequest() {
		e.Message = line // nothing but pairs is a message
	}
	if l := &d.layer; l.have[lexicon.Status] != 0 && !l.isRequest() && e.Level >= severity.Warn && !saysRequest(l.message) {
		e.Status, l.have[lexicon.Status] = status, 0 // what another server answered
	}
	if l := &d.layer; l.have[lexicon.Time] == 0 && l.have[lexicon.Status] != 0 {
		d.bracketedStamp(line, e)
	}
	d.end(e, "logfmt")
	return true
}

// partsPairs reports whether an unquoted value contains a semicolon followed by a pair:
// a=1;b=2.
func partsPairs(value []byte) bool {
	i := bytes.IndexByte(value, ';')
	if i <= 0 {
		return false
	}
	p, ok := pair.Next(value, i+1, true)
	return ok && p.Start == i+1
}

// bracketedStamp reads a stamp in brackets among the pairs of a request:
// remote=... [stamp] status=...
func (d *Decoder) bracketedStamp(line []byte, e *Entry) {
	i := bytes.Index(line[:min(len(line), maxAccessHead)], []byte(" ["))
	if i < 0 {
		return
	}
	if s := d.stamps.Read(line[i+2:]); s.Full {
		e.setTime(s.UnixNano)
	}
}

// saysRequest reports whether the message of a warning is about a request to this server,
// although neither method nor path say so.
func saysRequest(message []byte) bool {
	for _, word := range [...]string{"request", "Request", "HTTP: ", "oken", "auth", "Auth", "enied", "orbidden", "eject", "nvalid"} {
		if bytes.Contains(message, []byte(word)) {
			return true
		}
	}
	return false
}

// isWords reports whether the value of key consists of words, which some loggers write
// without quotes.
func isWords(key []byte) bool {
	switch string(key) {
	case "msg", "message", "error", "err", "reason":
		return true
	}
	return false
}

// name returns the capitalized words that text begins with, the first of which is n bytes
// long: a name that was written without quotes.
func name(text []byte, n int) []byte {
	for n+1 < len(text) && text[n] == ' ' && text[n+1] >= 'A' && text[n+1] <= 'Z' {
		word, _ := scan.Token(text[n+1:])
		n += 1 + len(word)
	}
	return text[:n]
}

// isPairLine reports whether text, which begins with the pair p, is pairs rather
// than a sentence with one in it: a second pair follows, or nothing.
func isPairLine(text []byte, p pair.Pair) bool {
	rest := scan.SkipBlank(text[p.End:])
	if len(rest) == 0 {
		return len(p.Value) > 0
	}
	if len(rest) > 1024 {
		rest = rest[:1024]
	}
	_, ok := pair.Next(rest, 0, false)
	return ok
}
