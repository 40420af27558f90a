package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/redact"
)

// clean removes everything shaped like a credential. Names are searched only for tokens:
// there are few of them, repeated again and again, so whoever keeps or shows one searches
// it then (CleanName).
func (d *Decoder) clean(e *Entry) {
	if len(e.Message) > 0 && !isSame(e.Message, d.harmless) && redact.Suspicious(e.Message) {
		e.Message = d.redacted(e.Message)
	}
	if len(e.Path) > 0 && redact.Suspicious(e.Path) {
		e.Path = d.redacted(e.Path)
	}
	if len(e.Kid) > 0 && redact.Suspicious(e.Kid) {
		e.Kid = nil // a credential names no key
	}
	if holdsToken(e.Service) || holdsToken(e.Pod) || holdsToken(e.Namespace) || holdsToken(e.RequestID) || holdsToken(e.Host) {
		for _, b := range [...]*[]byte{&e.Service, &e.Pod, &e.Namespace, &e.RequestID, &e.Host} {
			if holdsToken(*b) {
				*b = d.redacted(*b)
			}
		}
	}
}

// isSame reports whether a and b, which is not empty, are the same bytes of one record.
func isSame(a, b []byte) bool { return len(a) == len(b) && &a[0] == &b[0] }

// holdsToken reports whether a name holds a token. Few names have its rarest letter.
func holdsToken(name []byte) bool {
	return len(name) >= shortestToken && bytes.IndexByte(name, tokenStart[2]) > 0 && bytes.Contains(name, tokenStart)
}

const shortestToken = 20

// tokenStart is how a JSON Web Token begins: {" in base64.
var tokenStart = []byte("eyJ")

// redacted returns text without credentials, in scratch memory.
func (d *Decoder) redacted(text []byte) []byte {
	start := len(d.scratch)
	d.scratch = redact.Append(d.scratch, text)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// CleanName returns the name of a service, pod or namespace without credentials: usually
// name itself, which has none.
func CleanName(name []byte) []byte {
	if !redact.Suspicious(name) {
		return name
	}
	return redact.Append(nil, name)
}
