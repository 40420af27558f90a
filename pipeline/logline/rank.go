package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
)

// ranks holds, per field that layers share, the rank of what is set. It counts
// down from lexicon.RankNone so that the zero Entry holds nothing: stored is the
// complement of the rank.
type ranks struct{ namespace, service, pod, requestID uint8 }

// take reports whether a value from place r replaces what was stored in *have,
// and notes it.
func take(have *uint8, r lexicon.Rank) bool {
	if v := 255 - uint8(r); v > *have {
		*have = v
		return true
	}
	return false
}

// setService sets the service from a place of rank r, unless a better one spoke.
func (e *Entry) setService(v []byte, r lexicon.Rank) {
	if len(v) > 0 && take(&e.rank.service, r) {
		e.Service = v
	}
}

// setPod sets the pod from a place of rank r, unless a better one spoke.
func (e *Entry) setPod(v []byte, r lexicon.Rank) {
	if len(v) > 0 && take(&e.rank.pod, r) {
		e.Pod = v
	}
}

// setNamespace sets the namespace from a place of rank r, unless a better one spoke.
func (e *Entry) setNamespace(v []byte, r lexicon.Rank) {
	if len(v) > 0 && take(&e.rank.namespace, r) {
		e.Namespace = v
	}
}

// setRequestID sets the request id from a place of rank r, unless a better one spoke.
func (e *Entry) setRequestID(v []byte, r lexicon.Rank) {
	if len(v) > 0 && take(&e.rank.requestID, r) {
		e.RequestID, e.ofTrace = v, r%64 >= lexicon.RankTrace
	}
}

// NamesRequest reports whether RequestID is the id of one request. That of a trace
// is none: it stands in the lines of several.
func (e *Entry) NamesRequest() bool {
	return len(e.RequestID) > 0 && !e.ofTrace
}

// setTime sets the time to a stamp of this layer that has a date.
func (e *Entry) setTime(nanos int64) { e.Time, e.TimeFrom = nanos, TimeLine }

// setTarget sets method and path from a request line's parts; the path loses
// scheme, host and query.
func (e *Entry) setTarget(method, target []byte) {
	if request.IsMethod(method) {
		e.Method = method
	}
	if p := request.Path(target); len(p) > 0 {
		e.Path = p
	}
}

// wrap notes that a wrapper called name was taken off, which ends its layer:
// what it said yields to what the inner line will say at the same rank. It
// returns false, and the inner line must not be read, beyond MaxDepth.
func (e *Entry) wrap(name string) bool {
	if e.NWrappers == MaxDepth {
		e.Err = ErrTooDeep
		return false
	}
	e.Wrappers[e.NWrappers] = name
	e.NWrappers++
	if e.TimeFrom == TimeLine {
		e.TimeFrom = TimeWrapper
	}
	for _, p := range [...]*uint8{&e.rank.namespace, &e.rank.service, &e.rank.pod, &e.rank.requestID} {
		if *p > 0 && *p < 255-uint8(lexicon.RankPodName) {
			*p--
		}
	}
	return true
}

// setFile sets what the name of a log file says. The metadata of a collector is
// better.
func (e *Entry) setFile(name []byte) {
	namespace, pod, container := naming.File(name)
	e.setNamespace(namespace, lexicon.RankFile)
	e.setPod(pod, lexicon.RankFile)
	e.setService(container, lexicon.RankServiceContainer+10)
}

// setHost sets the host that a request was for, without its port.
func (e *Entry) setHost(host []byte) {
	if len(host) == 0 || e.Host != nil || len(host) == 1 && host[0] == '-' {
		return
	}
	if i := bytes.LastIndexByte(host, ':'); i > 0 && scan.Digits(host[i+1:]) == len(host)-i-1 {
		host = host[:i]
	}
	e.Host = host
}
