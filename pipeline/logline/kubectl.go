package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// readKubectl strips what kubectl logs --prefix writes before a line:
//
//	[pod/api-7d4b9c6f5d-x2x9z/api] line
func readKubectl(d *Decoder, line []byte, e *Entry) bool {
	rest, ok := bytes.CutPrefix(line, kubectlMark)
	if !ok {
		return readPodTag(d, line, e)
	}
	i := bytes.IndexByte(rest, ']')
	if i < 0 {
		return false
	}
	pod, container, ok := bytes.Cut(rest[:i], []byte("/"))
	if !ok {
		return false
	}
	e.setPod(pod, lexicon.RankPodName)
	e.setService(container, lexicon.RankServiceContainer)
	if e.wrap("kubectl") {
		d.inner(d.skipHeader(rest[i+1:]), e)
	}
	return true
}

// readPodTag strips the name of a pod in brackets, as other tools write it before a line.
func readPodTag(d *Decoder, line []byte, e *Entry) bool {
	i := bytes.IndexByte(line[:min(len(line), 256)], ']')
	if i < 8 || i+2 >= len(line) || line[i+1] != ' ' || !naming.IsReplica(line[1:i]) {
		return false
	}
	e.setPod(line[1:i], lexicon.RankPodName)
	if e.wrap("kubectl") {
		d.inner(line[i+2:], e)
	}
	return true
}

var kubectlMark = []byte("[pod/")

// isStructured reports whether line is an object, or pairs that begin with a stamp
// or a level.
func isStructured(line []byte) bool {
	if bytes.HasPrefix(line, []byte(`{"`)) {
		return true
	}
	key, _, ok := bytes.Cut(line[:min(len(line), 12)], []byte("="))
	if !ok {
		return false
	}
	switch string(key) {
	case "time", "ts", "t", "timestamp", "level":
		return true
	}
	return false
}

// taggedPod strips what kail writes before a line: shop/api-1[api]:
func (d *Decoder) taggedPod(tag, rest []byte, e *Entry) bool {
	n := len(tag)
	if n < 8 || tag[n-1] != ':' || tag[n-2] != ']' {
		return false
	}
	name, container, bracket := bytes.Cut(tag[:n-2], []byte("["))
	namespace, pod, slash := bytes.Cut(name, []byte("/"))
	if !bracket || !slash || !naming.IsHost(namespace) || !naming.IsHost(pod) || !naming.IsHost(container) || scan.Digits(container) == len(container) {
		return false
	}
	e.setNamespace(namespace, lexicon.RankNamespace)
	e.setPod(pod, lexicon.RankPodName)
	e.setService(container, lexicon.RankServiceContainer)
	if e.wrap("stern") {
		d.inner(rest, e)
	}
	return true
}

// readStern strips what stern writes before a line: pod and container.
func readStern(d *Decoder, line []byte, e *Entry) bool {
	pod, rest := scan.Token(line)
	if d.taggedPod(pod, rest, e) {
		return true
	}
	replica := naming.IsReplica(pod)
	if (replica || naming.IsDaemon(pod)) && isStructured(rest) { // of other tools, which name the pod alone
		e.setPod(pod, lexicon.RankPodName)
		if e.wrap("stern") {
			d.inner(rest, e)
		}
		return true
	}
	if !replica {
		return false
	}
	container, rest := scan.Token(rest)
	if len(container) == 0 || len(rest) == 0 || !bytes.HasPrefix(pod, container[:min(3, len(container))]) && !naming.IsHost(container) {
		return false
	}
	e.setPod(pod, lexicon.RankPodName)
	e.setService(container, lexicon.RankServiceContainer)
	if e.wrap("stern") {
		d.inner(rest, e)
	}
	return true
}
