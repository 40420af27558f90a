package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readKubectl takes off what kubectl logs --prefix puts before a line:
//
//	[pod/api-7d4b9c6f5d-x2x9z/api] line
func readKubectl(d *Decoder, line []byte, e *Entry) bool {
	rest, ok := bytes.CutPrefix(line, kubectlMark)
	if !ok {
		return false
	}
	i := bytes.IndexByte(rest, ']')
	if i < 0 {
		return false
	}
	pod, container, ok := bytes.Cut(rest[:i], []byte("/"))
	if !ok {
		return false
	}
	e.setPod(pod, rankPodName)
	e.setService(container, rankServiceContainer)
	if e.wrap("kubectl") {
		d.inner(d.skipHeader(rest[i+1:]), e)
	}
	return true
}

var kubectlMark = []byte("[pod/")

// readStern takes off what stern puts before a line: pod and container.
func readStern(d *Decoder, line []byte, e *Entry) bool {
	pod, rest := scan.Token(line)
	if !isReplicaName(pod) {
		return false
	}
	container, rest := scan.Token(rest)
	if len(container) == 0 || len(rest) == 0 || !bytes.HasPrefix(pod, container[:min(3, len(container))]) && !isHostName(container) {
		return false
	}
	e.setPod(pod, rankPodName)
	e.setService(container, rankServiceContainer)
	if e.wrap("stern") {
		d.inner(rest, e)
	}
	return true
}

// isReplicaName reports whether b is the name of a pod of a Kubernetes
// Deployment: a name, the hash of the template and a suffix.
func isReplicaName(b []byte) bool {
	i := bytes.LastIndexByte(b, '-')
	if i < 0 || len(b)-i != 6 {
		return false
	}
	j := bytes.LastIndexByte(b[:i], '-')
	return j > 0 && i-j >= 8 && i-j <= 11 && isSafeHash(b[j+1:i]) && isSafeHash(b[i+1:])
}

// isSafeHash reports whether b has the letters that Kubernetes encodes hashes
// with: no vowels and none that look like another.
func isSafeHash(b []byte) bool {
	for _, ch := range b {
		if !scan.IsDigit(ch) && (ch < 'b' || ch > 'z') || bytes.IndexByte([]byte("eioualy"), ch) >= 0 && ch != 'l' && ch != 'y' {
			return false
		}
	}
	return true
}
