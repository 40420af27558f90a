// Package header reads the headers of a Kafka record directly from Kafka's encoding,
// because they are rarely needed.
//
// Invariant: what is returned is a part of the headers, which end where they are
// damaged. The package refuses to unpack them into anything that has to be allocated.
package header

import (
	"bytes"
	"encoding/binary"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// List are the headers of a record as Kafka encodes them: their number, then each name
// and value, length-prefixed.
type List []byte

// Append appends a header to h, which is empty or has fewer than 63.
func Append(h List, name string, value []byte) List {
	if len(h) == 0 {
		h = append(h, 0)
	}
	h[0] += 2 // a varint of a small number
	h = append(binary.AppendVarint(h, int64(len(name))), name...)
	return append(binary.AppendVarint(h, int64(len(value))), value...)
}

// next reads the first header of h, from which the number of headers has been removed.
func (h List) next() (name, value []byte, rest List, ok bool) {
	if name, rest, ok = bytesWithLength(h); ok {
		value, rest, ok = bytesWithLength(rest)
	}
	return name, value, rest, ok
}

// all returns h without the number in front.
func (h List) all() List {
	_, n := binary.Varint(h)
	return h[max(n, 0):]
}

// bytesWithLength reads length-prefixed bytes from b; a length of -1 means none.
func bytesWithLength(b []byte) (text, rest []byte, ok bool) {
	size, n := binary.Varint(b)
	if n <= 0 || size > int64(len(b)-n) {
		return nil, nil, false
	}
	size = max(size, 0)
	return b[n : n+int(size) : n+int(size)], b[n+int(size):], true
}

// Find returns the value of the first header with the folded name, nil if there is none.
func (h List) Find(folded string) []byte {
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

// known are the folded names of headers that name what wrote a record's lines; among
// those with the same meaning the lowest rank wins.
var known = func() map[string]meaning {
	names := map[string]meaning{}
	for i, list := range [...][]string{
		service:   {"service.name", "servicename", "service", "app.kubernetes.io/name", "app", "appname", "application", "applicationname", "xservice", "xservicename"},
		pod:       {"k8s.pod.name", "kubernetes.podname", "podname", "pod"},
		namespace: {"k8s.namespace.name", "kubernetes.namespacename", "namespacename", "namespace", "service.namespace"},
	} {
		for rank, name := range list {
			names[name] = meaning{means: i, rank: rank}
		}
	}
	return names
}()

type meaning struct{ means, rank int }

const (
	service = iota
	pod
	namespace
	numMeanings
)

// Names are the names that headers give to what wrote a record's lines, nil if none
// does.
type Names struct{ Service, Pod, Namespace []byte }

// Names returns the best name of each kind.
func (h List) Names() Names {
	var best [numMeanings][]byte
	var buf [64]byte
	var ranks [numMeanings]int
	for rest := h.all(); len(rest) > 0; {
		name, value, next, ok := rest.next()
		if !ok {
			break
		}
		if rest = next; len(name) > len(buf) {
			continue
		}
		k, ok := known[string(lexicon.Fold(buf[:0], name))]
		if !ok || best[k.means] != nil && ranks[k.means] <= k.rank {
			continue
		}
		if value = scan.UnlessDash(bytes.TrimSpace(value)); len(value) > 0 && len(value) <= maxName && bytes.IndexByte(value, 0) < 0 {
			best[k.means], ranks[k.means] = value, k.rank
		}
	}
	return Names{Service: best[service], Pod: best[pod], Namespace: best[namespace]}
}

// maxName bounds a name in a header.
const maxName = 253

// Holding returns the name of the first header with the given value, ignoring blanks
// around it, nil if there is none.
func (h List) Holding(value []byte) []byte {
	for rest := h.all(); len(rest) > 0; {
		name, text, next, ok := rest.next()
		if !ok {
			return nil
		}
		if rest = next; bytes.Equal(bytes.TrimSpace(text), value) {
			return name
		}
	}
	return nil
}
