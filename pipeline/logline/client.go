package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// What clients send is written to logs too. It is no evidence: who calls himself "kid
// mismatch" and sends no token would be counted as one whose key is not known.

// withoutClient returns a line of an access log without what the client sent, in
// scratch memory: request, referrer and agent, the first texts in quotes. Envoy's line,
// which begins with the stamp, has nothing else in quotes.
func (d *Decoder) withoutClient(line []byte) []byte {
	start, most := len(d.scratch), 3
	if line[0] == '[' {
		most = len(line)
	}
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

// isClientKey reports whether the value of a key called name is what a client sends
// beside the path.
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
