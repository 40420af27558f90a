// Package lexicon knows the meaning of keys in structured lines: by their path, by the
// objects around them, and by the words they consist of.
//
// Invariant: the meaning of a key does not depend on other lines, and the better of two
// places wins by its rank, not by its order. The package refuses to look at values;
// whether they are of their field's kind is up to whoever reads them.
package lexicon

// Field is what a key of a structured line means.
type Field uint8

// The fields.
const (
	None Field = iota
	Time
	Level
	Status     // what the client got
	WeakStatus // may be a code of anything: counts only beside a method or a path
	Method
	Path
	Message
	Request    // "GET / HTTP/1.1", or a path
	NumLayered // the fields before it are decided layer by layer, those behind by entry

	Service
	Unit // a systemd unit: a service with .service behind
	Pod
	Nano     // what a stamp in seconds leaves out
	LogGroup // a CloudWatch log group: its last part names the function or service
	File     // a log file whose name says pod, namespace and container
	Host     // the machine, or the HTTP Host: Decoder.end decides
	Namespace
	RequestID
	Severity // a severity number of OpenTelemetry
	Kid
	Error // text that may say why a request was refused
	Batch // an array of events
	Attributes
	HTTPHost // the host that a request was for
	Inside   // a context object, which may stand in a string
	Labels   // pairs of a name and a value in a text, some of which name what wrote the line
	Hint     // means nothing itself but tells what wrapped the line
	Tapped   // means nothing itself but is mapped
	Stream   // stdout or stderr
	Tag      // P for a part of a line, F for its last
	Partial  // true for a part of a line
	Last     // true for its last
	Zone     // of the stamp next to it
	Program  // with a process id: api[17]:
)

// IsText reports whether f is useful even if only its beginning is known.
func (f Field) IsText() bool { return f == Message || f == Error }

// Mark is a set of hints about what wrote an object.
type Mark uint32

// The marks.
const (
	MarkStream Mark = 1 << iota
	MarkLog
	markKubernetes
	markFluentd
	markFilebeat
	markVector
	markLogstash
	MarkJournald
	markGELF
	markSplunk
	markDatadog
	markLoki
	markCloudWatch
	MarkOTLP
	markCloudEvents
	markGCP
	MarkRecords
	markLokiValues
	markContainer
	MarkCLEF
	MarkOrdinal  // levels count from 0 for debug on
	MarkResource // attributes of what wrote the line, rather than of the line
	MarkLager    // levels of Cloud Foundry's lager
	MarkGraphQL  // a refusal is answered with 200 as well
)

// Meaning is what a key means. The rank is below 64: tiers of 64 separate the line's
// own keys from those in its context objects.
type Meaning struct {
	Field   Field
	Rank    Rank
	Settles Need // what a value of it settles
	Mark    Mark
	Tap     uint16 // number of the mapped path, 0 where it is none
}

// Tiers of ranks within a layer.
const (
	tierEvent   = 0 // inside an object that is the event: "event", "log", "jsonPayload"
	TierLine    = 1 // the line's own keys
	TierContext = 2 // inside an object of attributes: "fields", "context", "data"
)

// contexts are the objects whose keys have the same meaning as in the line itself, with
// the tier of those keys. Names are folded as by Fold.
var contexts = map[string]uint8{
	"event": tierEvent, "log": tierEvent, "message": tierEvent, "msg": tierEvent, "jsonpayload": tierEvent, "logprocessed": tierEvent, "logmessage": tierEvent, "logcontent": tierEvent, "protopayload": TierContext, "logs": TierContext, "resourceattributes": TierContext, "logattributes": TierContext,
	"fields": TierContext, "context": TierContext, "ctx": TierContext, "extra": TierContext, "data": TierContext,
	"payload": TierContext, "properties": TierContext, "attributes": TierContext, "attrs": TierContext, "attr": TierContext,
	"structuredcontent": TierContext, "parsed": TierContext, "json": TierContext, "mdc": TierContext, "contextmap": TierContext,
	"record": TierContext, "state": TierContext, "detail": TierContext, "eventdata": TierContext,
	"meta": TierContext, "metadata": TierContext, "source": TierContext, "body": TierContext, "info": TierContext, "eventproperties": TierContext, "stream": TierContext, "common": TierContext,
}

// Fold appends to dst the form of a key that the table uses: lower case, without
// underscores and hyphens, so that status_code, statusCode and Status-Code are the same.
func Fold(dst, key []byte) []byte {
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

// Wrapper returns the name of the wrapper of a line with these marks, "" if the marks do
// not show one.
func (m Mark) Wrapper() string {
	switch {
	case m&MarkJournald != 0:
		return "journald"
	case m&markGELF != 0:
		return "gelf"
	case m&markDatadog != 0:
		return "datadog"
	case m&MarkOTLP != 0:
		return "otlp"
	case m&markFilebeat != 0:
		return "filebeat"
	case m&markVector != 0:
		return "vector"
	case m&markSplunk != 0:
		return "splunk"
	case m&markFluentd != 0:
		return "fluentd"
	case m&markKubernetes != 0 && m&MarkLog != 0:
		return "fluentbit"
	case m&markKubernetes != 0:
		return "kubernetes"
	case m&MarkLog != 0 && m&(MarkStream|markContainer) != 0:
		return "docker"
	case m&markCloudEvents != 0:
		return "cloudevents"
	}
	return ""
}

// Batch returns the name of the kind of batch.
func (m Mark) Batch() string {
	switch {
	case m&markCloudWatch != 0:
		return "cloudwatch"
	case m&MarkOTLP != 0:
		return "otlp"
	case m&(markLoki|markLokiValues) != 0:
		return "loki"
	case m&MarkRecords != 0:
		return "records"
	}
	return ""
}

// OfCollector reports whether a collector wrote the line, in which case a host is the
// machine.
func (m Mark) OfCollector() bool {
	return m&(markSplunk|markGELF|markVector|markFilebeat|markLogstash|markDatadog) != 0
}
