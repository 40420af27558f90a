package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/pair"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// What clients send is written to logs too. It is not evidence: a client that calls
// itself "kid mismatch" and sends no token would be counted as one with an unknown key.

// withoutClient returns a line of text without what the client sent, if it is about a
// request: in scratch memory, or line itself.
func (d *Decoder) withoutClient(line []byte, e *Entry) []byte {
	if e.Status == 0 {
		return line
	}
	switch e.Format {
	case formatAccess:
		if line[0] == '[' { // Envoy's has nothing else in quotes
			return d.withoutQuoted(line, len(line))
		}
		return d.withoutQuoted(line, 3) // request, referrer and agent
	case "elb":
		return d.withoutQuoted(line, 2)
	case "w3c", "squid", "bunny":
		return nil // there is nothing else
	case "logfmt":
		line = d.withoutPairs(line)
	}
	return d.withoutTarget(line, e)
}

// withoutQuoted returns line without its first `most` quoted texts.
func (d *Decoder) withoutQuoted(line []byte, most int) []byte {
	start := len(d.scratch)
	for ; most > 0; most-- {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			break
		}
		d.scratch = append(append(d.scratch, line[:i]...), `"-"`...)
		end := scan.QuoteEnd(line, i+1, '"')
		line = line[min(end+1, len(line)):]
	}
	d.scratch = append(d.scratch, line...)
	return d.scratch[start:]
}

// withoutPairs returns line without the pairs that hold what the client sent.
func (d *Decoder) withoutPairs(line []byte) []byte {
	start, from := len(d.scratch), 0
	for p, ok := pair.Next(line, 0, false); ok; p, ok = pair.Next(line, p.End, false) {
		if isClientKey(p.Key) {
			d.scratch = append(d.scratch, line[from:p.Start]...)
			from = p.End
		}
	}
	if from == 0 {
		return line
	}
	d.scratch = append(d.scratch, line[from:]...)
	return d.scratch[start:]
}

// withoutTarget returns text without the target of the request, from its path on.
func (d *Decoder) withoutTarget(text []byte, e *Entry) []byte {
	start, end := target(text, e)
	if start == end {
		return text
	}
	from := len(d.scratch)
	d.scratch = append(append(d.scratch, text[:start]...), text[end:]...)
	return d.scratch[from:]
}

// target returns the range of the request's target in text, from its path on; it is empty
// if text does not have it.
func target(text []byte, e *Entry) (start, end int) {
	if e.Status == 0 || len(e.Path) == 0 {
		return 0, 0
	}
	start = cap(text) - cap(e.Path) // if it stands there
	if start < 0 || start >= len(text) || !isSame(text[start:min(start+len(e.Path), len(text))], e.Path) {
		return 0, 0
	}
	for end = start; end < len(text) && text[end] > ' ' && text[end] != '"' && text[end] != '\''; {
		end++
	}
	return start, end
}

// isClientKey reports whether the value of a key called name is something that a client
// sends besides the path.
func isClientKey(name []byte) bool {
	var buffer [32]byte
	folded := lexicon.Fold(buffer[:0], name[max(0, len(name)-len(buffer)):])
	for _, end := range clientKeys {
		if bytes.HasSuffix(folded, end) {
			return true
		}
	}
	return false
}

var clientKeys = [...][]byte{[]byte("useragent"), []byte("referer"), []byte("referrer"), []byte("query"), []byte("querystring"), []byte("args")}
