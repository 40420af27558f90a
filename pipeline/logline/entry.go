package logline

import (
	"bytes"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// TimeSource is where an entry's time was read.
type TimeSource uint8

// The sources. The caller falls back further: to the Kafka record's time, then to the
// newest time of the partition.
const (
	TimeNone    TimeSource = iota // the record says none
	TimeLine                      // the line's own stamp
	TimeWrapper                   // the stamp of what the line was wrapped in
)

// ServiceSource is what named an entry's service.
type ServiceSource uint8

// The sources, in the order in which they are tried after the mapping.
const (
	ServiceLine   ServiceSource = iota // the line and what it is wrapped in, or nothing where Service is nil
	ServiceMapped                      // Options.Mapping
	ServiceHeader                      // a header of the record
	ServiceKey                         // the record's key
	ServiceTopic                       // the record's topic
	NumServiceSources
)

var serviceSourceNames = [NumServiceSources]string{"line", "mapping", "header", "key", "topic"}

// String returns the source as one word.
func (s ServiceSource) String() string { return serviceSourceNames[s] }

// The values of Entry.Err.
const (
	ErrEmpty     = "empty"     // nothing but white space
	ErrTruncated = "truncated" // JSON that ends too early; what was read is given
	ErrInvalid   = "invalid"   // begins as JSON and is none; what was read is given
	ErrTooDeep   = "too_deep"  // more than MaxDepth wrappers; the inner line is not read
	ErrTooMany   = "too_many"  // more than MaxEvents events in one record; the rest is not read
)

// Entry is what one event of a record says. Its byte slices point into the record or
// into memory of the Decoder and are valid until the Decoder's next call; nil means
// absent. Path has no query string. Nothing in an entry is shaped like a token, and
// message, path and kid hold no other credential either: those are removed before the
// entry is returned. CleanName does so for names.
type Entry struct {
	Time     int64 // Unix nanoseconds, meaningless with TimeNone
	TimeFrom TimeSource
	Level    severity.Level

	ServiceFrom ServiceSource

	Status    int // HTTP status as the client got it, 0 where there is none
	Failure   detector.Signal
	Ambiguous bool   // the text alone does not tell a missing key from a bad signature
	Verifier  string // the verifier's name from the catalogue, "" where unknown
	Format    string // the innermost format's name: "json", "logfmt", "nginx", ...; "" for unread text
	Role      Role   // what a Joiner says that the entry is of its event
	Slot      int32  // the event's number, where Role says that it has one
	Lines     int32  // how many lines and parts of lines a Joiner put together here; 0 or 1 for one
	Err       string // why the record could not be read, from the bounded set above; "" where it could

	Namespace, Service, Pod []byte
	Method, Path            []byte
	Message, Kid            []byte
	RequestID               []byte
	Host                    []byte // the host that the request was for; absent unless Options.Host is set

	Wrappers  [MaxDepth]string // names of the wrappers, outermost first
	NWrappers int

	ofTrace bool  // RequestID is that of a trace
	aside   bool  // its text says that something else than a request's token was refused
	rank    ranks // how good the places are that the values came from
}

// Clone returns a deep copy of e.
func (e *Entry) Clone() Entry {
	c := *e
	for _, b := range [...]*[]byte{&c.Namespace, &c.Service, &c.Pod, &c.Host, &c.Method, &c.Path, &c.Message, &c.Kid, &c.RequestID} {
		*b = bytes.Clone(*b)
	}
	return c
}

// MaxDepth bounds how many wrappers are removed from a line.
const MaxDepth = 8

// MaxEvents bounds how many events of one record are read.
const MaxEvents = 4096

// ranks holds, for each field that layers share, the rank of what is set. The complement
// of the rank is stored, so that the zero Entry holds nothing.
type ranks struct{ namespace, service, pod, requestID uint8 }

// take reports whether a value of rank r replaces what is stored in *have, and if so
// stores its rank.
func take(have *uint8, r lexicon.Rank) bool {
	if v := 255 - uint8(r); v > *have {
		*have = v
		return true
	}
	return false
}

// setService sets the service from a place of rank r, unless a better one spoke. It reports
// whether v is a name.
func (e *Entry) setService(v []byte, r lexicon.Rank) bool {
	if v = naming.Known(v); len(v) == 0 {
		return false
	}
	if take(&e.rank.service, r) {
		e.Service = v
	}
	return true
}

// setPod sets the pod from a place of rank r, unless a better one spoke. It reports
// whether v is a name.
func (e *Entry) setPod(v []byte, r lexicon.Rank) bool {
	if v = naming.Known(v); len(v) == 0 {
		return false
	}
	if take(&e.rank.pod, r) {
		e.Pod = v
	}
	return true
}

// setNamespace sets the namespace from a place of rank r, unless a better one spoke. It reports
// whether v is a name.
func (e *Entry) setNamespace(v []byte, r lexicon.Rank) bool {
	if v = naming.Known(v); len(v) == 0 {
		return false
	}
	if take(&e.rank.namespace, r) {
		e.Namespace = v
	}
	return true
}

// setRequestID sets the request id from a place of rank r, unless a better one spoke.
func (e *Entry) setRequestID(v []byte, r lexicon.Rank) {
	if len(v) > 0 && take(&e.rank.requestID, r) {
		e.RequestID, e.ofTrace = v, r%64 >= lexicon.RankTrace
	}
}

// NamesRequest reports whether RequestID is the id of a single request. A trace id is
// not: several requests share it.
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

// wrap records that a wrapper called name was removed, which ends its layer: what it
// said yields to what the inner line says at the same rank. Beyond MaxDepth it returns
// false, and the inner line must not be read.
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

// setFile sets what the name of a log file says. A collector's metadata takes
// precedence.
func (e *Entry) setFile(name []byte) {
	namespace, pod, container := naming.File(name)
	e.setNamespace(namespace, lexicon.RankFile)
	e.setPod(pod, lexicon.RankFile)
	e.setService(container, lexicon.RankServiceContainer+10)
}

// setContainer sets what the kubelet's name for a container says about its pod, if
// nothing better names the pod: in that case a lazy reading gets here.
func (e *Entry) setContainer(namespace, pod []byte) {
	before := e.rank.pod
	if e.setPod(pod, lexicon.RankFile); e.rank.pod != before {
		e.setNamespace(namespace, lexicon.RankFile)
	}
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
