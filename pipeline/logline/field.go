package logline

// field is what a key of a structured line means.
type field uint8

const (
	fieldNone field = iota
	fieldTime
	fieldLevel
	fieldStatus     // what the client got
	fieldWeakStatus // may be a code of anything: counts only beside a method or a path
	fieldMethod
	fieldPath
	fieldMessage
	fieldRequest // "GET / HTTP/1.1", or a path
	numLayered   // the fields before it are decided layer by layer, those behind by entry

	fieldService
	fieldUnit // a systemd unit: a service with .service behind
	fieldPod
	fieldNano     // what a stamp in seconds leaves out
	fieldLogGroup // a CloudWatch log group: its last part names the function or service
	fieldFile     // a log file whose name says pod, namespace and container
	fieldHost     // the machine, or the HTTP Host: Decoder.end decides
	fieldNamespace
	fieldRequestID
	fieldSeverity // a severity number of OpenTelemetry
	fieldKid
	fieldError // text that may say why a request was refused
	fieldBatch // an array of events
	fieldAttributes
	fieldHTTPHost // the host that a request was for
	fieldMark     // means nothing itself but tells what wrapped the line
	fieldTap      // means nothing itself but is mapped
	fieldStream   // stdout or stderr
	fieldTag      // P for a part of a line, F for its last
	fieldPartial  // true for a part of a line
	fieldLast     // true for its last
)

// isText reports whether f is of use where only its beginning is known.
func (f field) isText() bool { return f == fieldMessage || f == fieldError }

// mark is a set of hints at what wrote an object.
type mark uint32

const (
	markStream mark = 1 << iota
	markLog
	markKubernetes
	markFluentd
	markFilebeat
	markVector
	markLogstash
	markJournald
	markGELF
	markSplunk
	markDatadog
	markLoki
	markCloudWatch
	markOTLP
	markCloudEvents
	markGCP
	markAzure
	markLokiValues
	markContainer
	markCLEF
	markResource // attributes of what wrote the line, rather than of the line
)

// meaning is what a key stands for. The rank is below 64: tiers of 64 part what
// stands in the line itself from what stands in a context object of it.
type meaning struct {
	field   field
	rank    rank
	settles need // what a value of it settles
	mark    mark
	tap     uint16 // number of the mapped path, 0 where it is none
}

// Tiers of ranks within a layer.
const (
	tierEvent   = 0 // inside an object that is the event: "event", "log", "jsonPayload"
	tierLine    = 1 // the line's own keys
	tierContext = 2 // inside an object of attributes: "fields", "context", "data"
)

// contexts are the objects whose keys mean what they mean in the line itself, and
// the tier they have there. Names are folded as fold does.
var contexts = map[string]uint8{
	"event": tierEvent, "log": tierEvent, "message": tierEvent, "msg": tierEvent, "jsonpayload": tierEvent, "logprocessed": tierEvent,
	"fields": tierContext, "context": tierContext, "ctx": tierContext, "extra": tierContext, "data": tierContext,
	"payload": tierContext, "properties": tierContext, "attributes": tierContext, "attrs": tierContext, "attr": tierContext,
	"structuredcontent": tierContext, "parsed": tierContext, "json": tierContext, "mdc": tierContext, "contextmap": tierContext,
	"record": tierContext, "state": tierContext, "detail": tierContext, "eventdata": tierContext,
	"meta": tierContext, "metadata": tierContext, "source": tierContext, "body": tierContext, "info": tierContext, "eventproperties": tierContext, "stream": tierContext,
}

// fold appends the form of a key under which the table knows it: lower case, no
// underscore, no hyphen. So status_code, statusCode and Status-Code are one.
func fold(dst, key []byte) []byte {
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c == '_' || c == '-':
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
