package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/redact"
)

// clean cuts out what is shaped like a credential. Names are searched for tokens
// only: they are few and come again and again, so that who keeps or shows one
// searches it then (CleanName).
func (d *Decoder) clean(e *Entry) {
	for _, b := range [...]*[]byte{&e.Message, &e.Path, &e.Kid} {
		if len(*b) > 0 && redact.Suspicious(*b) {
			*b = d.redacted(*b)
		}
	}
	for _, b := range [...]*[]byte{&e.Service, &e.Pod, &e.Namespace, &e.RequestID, &e.Host} {
		if len(*b) >= shortestToken && bytes.Contains(*b, tokenStart) {
			*b = d.redacted(*b)
		}
	}
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

// CleanName returns the name of a service, pod or namespace without credentials:
// name itself where it has none, as mostly.
func CleanName(name []byte) []byte {
	if !redact.Suspicious(name) {
		return name
	}
	return redact.Append(nil, name)
}
