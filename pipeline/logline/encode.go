package logline

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends e as one JSON object, the contract of `authspike decode`: every
// field in fixed order, null if absent. events is the number of events in e's record; it
// is printed as "events" if it is more than one, as are the "lines" that were joined.
func (e *Entry) AppendJSON(dst []byte, events int) []byte {
	dst = append(dst, `{"time":`...)
	if e.TimeFrom == TimeNone {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, '"')
		dst = time.Unix(0, e.Time).UTC().AppendFormat(dst, time.RFC3339Nano)
		dst = append(dst, '"')
	}
	dst = appendMember(dst, "format", e.Format)
	dst = append(dst, `,"wrappers":[`...)
	for i, w := range e.Wrappers[:e.NWrappers] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, w)
	}
	dst = append(dst, ']')
	dst = appendMember(dst, "namespace", CleanName(e.Namespace))
	dst = appendMember(dst, "service", CleanName(e.Service))
	dst = appendMember(dst, "pod", CleanName(e.Pod))
	dst = appendMember(dst, "method", e.Method)
	dst = appendMember(dst, "path", e.Path)
	dst = append(dst, `,"status":`...)
	if e.Status == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = strconv.AppendInt(dst, int64(e.Status), 10)
	}
	dst = appendMember(dst, "level", e.Level.String())
	dst = appendMember(dst, "message", e.Message)
	dst = appendMember(dst, "failure", e.Failure.String())
	dst = appendMember(dst, "kid", e.Kid)
	dst = appendMember(dst, "verifier", e.Verifier)
	if events > 1 {
		dst = append(dst, `,"events":`...)
		dst = strconv.AppendInt(dst, int64(events), 10)
	}
	if e.Lines > 1 {
		dst = append(dst, `,"lines":`...)
		dst = strconv.AppendInt(dst, int64(e.Lines), 10)
	}
	dst = appendMember(dst, "error", e.Err)
	return append(dst, '}')
}

// appendMember appends a string member, null for an empty one.
func appendMember[T string | []byte](dst []byte, name string, text T) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	if len(text) == 0 {
		return append(dst, "null"...)
	}
	return appendString(dst, text)
}

// appendString appends text as a JSON string; invalid UTF-8 becomes U+FFFD.
func appendString[T string | []byte](dst []byte, text T) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == 0x7F:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		default:
			dst = append(dst, c)
		}
		i++
	}
	return append(dst, '"')
}
