package logline

import (
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// op says how a value is read.
type op uint8

const (
	opAny  op = iota
	opSkip    // a string without meaning
	opTime    // strings
	opName    // that are taken as they stand
	opLevel
	opMessage
	opMethod
	opPath // without scheme and host
	opURL  // with both
	opRequest
	opHost
	opInside // may be an object
	opHint   // whose key alone tells something
	opNoTime // should be a time and is none
	opStatus // a number, also in a string
	opEpoch  // a number that is a time
	opScalar // a number or word without meaning
	opEnd    // there is none: the line's object has ended
	opObject // one in which members mean something
)

// opOf returns how the value of a place is read once it is known well.
func (q *place) opOf() op {
	switch f := q.key.meaning.Field; {
	case q.key.meaning.Tap != 0:
		return opAny
	case f == lexicon.Status:
		return opStatus
	case !q.isString && f == lexicon.None:
		return opScalar
	case !q.isString && f == lexicon.Time:
		return opEpoch
	case !q.isString:
		return opAny
	case f == lexicon.None:
		return opSkip
	case f == lexicon.Time:
		return opTime
	case f == lexicon.Service || f == lexicon.Pod || f == lexicon.Namespace || f == lexicon.RequestID:
		return opName
	case f == lexicon.Level && q.level != severity.None:
		return opLevel
	case f == lexicon.Message:
		return opMessage
	case f == lexicon.Method:
		return opMethod
	case f == lexicon.Path:
		return opPath
	case f == lexicon.Host:
		return opHost
	case f == lexicon.Request:
		return opRequest
	case f == lexicon.Inside:
		return opInside
	case f == lexicon.Hint:
		return opHint
	}
	return opAny
}

// specify tells apart what values of q are by one of them, when enough were seen.
func (d *Decoder) specify(q *place, v []byte) {
	switch {
	case q.trial > 0 || len(v) < 2:
	case q.op == opPath && v[0] != '/':
		q.op = opURL
	case q.op == opTime:
		if _, ok := d.time(value{v[:len(v)-1], kindString, false}); !ok {
			q.op = opNoTime
		}
	}
}

// notes returns how many glimpses of a value with op follow notes.
func (o op) notes() uint8 {
	switch o {
	case opAny, opSkip, opInside, opHint, opNoTime, opScalar, opEnd:
		return 0
	case opRequest:
		return 2
	}
	return 1
}
