package logline

import (
	"bytes"
	"encoding/binary"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// Envelope is what Kafka knows of a record besides its value. The zero value
// knows nothing, as of a line of a file.
type Envelope struct {
	Topic   []byte
	Key     []byte
	Headers Headers
}

// Headers are the headers of a record as Kafka encodes them: their number, then
// each name and value, with its length before it. They are read where they are
// needed, which is rarely.
type Headers []byte

// AppendHeader appends a header to h, which is empty or has fewer than 63.
func AppendHeader(h Headers, name string, value []byte) Headers {
	if len(h) == 0 {
		h = append(h, 0)
	}
	h[0] += 2 // a varint of a small number
	h = append(binary.AppendVarint(h, int64(len(name))), name...)
	return append(binary.AppendVarint(h, int64(len(value))), value...)
}

// next takes the first header off h, whose number of headers was taken off.
func (h Headers) next() (name, value []byte, rest Headers, ok bool) {
	if name, rest, ok = headerBytes(h); ok {
		value, rest, ok = headerBytes(rest)
	}
	return name, value, rest, ok
}

// all returns h without the number in front.
func (h Headers) all() Headers {
	_, n := binary.Varint(h)
	return h[max(n, 0):]
}

// headerBytes takes bytes with their length in front off b; -1 means none.
func headerBytes(b []byte) (text, rest []byte, ok bool) {
	size, n := binary.Varint(b)
	if n <= 0 || size > int64(len(b)-n) {
		return nil, nil, false
	}
	size = max(size, 0)
	return b[n : n+int(size) : n+int(size)], b[n+int(size):], true
}

// find returns the value of the first header of the folded name, nil without one.
func (h Headers) find(folded string) []byte {
	for rest := h.all(); len(rest) > 0; {
		name, value, next, ok := rest.next()
		if !ok {
			return nil
		}
		if isFolded(name, folded) {
			return value
		}
		rest = next
	}
	return nil
}

// isFolded reports whether name folds to folded.
func isFolded(name []byte, folded string) bool {
	var buf [64]byte
	return len(name) <= len(buf) && string(lexicon.Fold(buf[:0], name)) == folded
}

// headerNames are the headers that name what wrote a record's lines, folded; of
// those that mean one thing the lowest rank wins.
var headerNames = func() map[string]headerName {
	names := map[string]headerName{}
	for i, list := range [...][]string{
		headerService:   {"service.name", "servicename", "service", "app.kubernetes.io/name", "app", "appname", "application", "applicationname", "xservice", "xservicename"},
		headerPod:       {"k8s.pod.name", "kubernetes.podname", "podname", "pod"},
		headerNamespace: {"k8s.namespace.name", "kubernetes.namespacename", "namespacename", "namespace", "service.namespace"},
	} {
		for rank, name := range list {
			names[name] = headerName{means: i, rank: rank}
		}
	}
	return names
}()

type headerName struct{ means, rank int }

const (
	headerService = iota
	headerPod
	headerNamespace
	numHeaders
)

// names returns the best value of each meaning, nil where there is none of use.
func (h Headers) names() (best [numHeaders][]byte) {
	var buf [64]byte
	var ranks [numHeaders]int
	for rest := h.all(); len(rest) > 0; {
		name, value, next, ok := rest.next()
		if !ok {
			break
		}
		if rest = next; len(name) > len(buf) {
			continue
		}
		known, ok := headerNames[string(lexicon.Fold(buf[:0], name))]
		if !ok || best[known.means] != nil && ranks[known.means] <= known.rank {
			continue
		}
		if value = scan.UnlessDash(bytes.TrimSpace(value)); len(value) > 0 && len(value) <= maxHeaderName && bytes.IndexByte(value, 0) < 0 {
			best[known.means], ranks[known.means] = value, known.rank
		}
	}
	return best
}

// maxHeaderName bounds a name in a header.
const maxHeaderName = 253

// nameAround names what the lines of a record leave open by what stands around
// them: headers, then the key, then the topic.
func (d *Decoder) nameAround(e *Entry) {
	if h := d.env.Headers; len(h) > 1 {
		names := h.names()
		if e.Namespace == nil {
			e.Namespace = names[headerNamespace]
		}
		if e.Pod == nil {
			e.Pod = names[headerPod]
		}
		if e.Service == nil {
			e.Service, e.ServiceFrom = names[headerService], ServiceHeader
		}
	}
	if e.Service == nil {
		e.ServiceFrom = ServiceKey
		if key := d.env.Key; naming.IsReplica(key) && naming.IsService(naming.Workload(key)) {
			e.Service = naming.Workload(key)
			if e.Pod == nil {
				e.Pod = key
			}
		} else if naming.IsService(key) {
			e.Service = key
		}
	}
	if e.Service == nil && len(d.env.Topic) > 0 {
		e.Service, e.ServiceFrom = d.env.Topic, ServiceTopic
	}
	if e.Service == nil {
		e.ServiceFrom = ServiceLine
	}
}
