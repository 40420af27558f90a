package logline

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/redact"
	"github.com/authspike/authspike/pipeline/logline/signature"
)

// Explanation is what Decode says about a record, and why. Nothing in it is shaped like
// a credential, and its entry is valid as long as the record.
type Explanation struct {
	Entry    Entry // the first event
	Events   int
	Further  []Entry      // the events after the first, up to MaxFurther
	Wrappers []Recognised // outermost first
	Format   Recognised
	Refused  []string // text formats that were tried before and do not fit
	Fields   []FieldStory
	Text     string                 // the beginning of what was searched for why a token was refused, "" where nothing was
	Markers  []signature.Considered // what was found in it
	Aside    bool                   // a name beside it says that this is about something else than a request's token
	Redacted []string               // fields out of which something was cut
	Unread   []string               // keys that mean nothing, up to maxShown, as the line writes them
	Unshown  int                    // further ones
}

// Recognised is a wrapper or format, and what it was recognized by.
type Recognised struct{ Name, By string }

// FieldStory is a value of the entry, and where it came from.
type FieldStory struct {
	Name, Value string
	From        string
	Over        []string // places that were not taken, with what stands there
}

// maxShown bounds the keys and places that an Explanation names.
const maxShown = 24

// MaxFurther bounds the events of a record that an Explanation has besides the first.
const MaxFurther = 20

// Explain reads a record as a Decoder with these options would, and explains how. It is
// slow.
func Explain(opts Options, env *Envelope, record []byte) (*Explanation, error) {
	opts.Lazy = false
	d, err := New(opts)
	if err != nil {
		return nil, err
	}
	t := &tracer{steps: []step{{kind: stepStart}}, open: []int{0}}
	d.trace, d.layouts.table.OnKey, d.layouts.table.OnObject = t, t.key, t.look
	d.formats = indexFormats(t.formats(textFormats))
	entries := d.DecodeIn(env, record, nil)
	x := &Explanation{Entry: entries[0], Events: len(entries), Further: entries[1:min(len(entries), 1+MaxFurther)]}
	if !t.done {
		t.note(&x.Entry) // a record that could not be read at all
	}
	e := &x.Entry
	for i, name := range e.Wrappers[:e.NWrappers] {
		x.Wrappers = append(x.Wrappers, Recognised{name, t.recognised(name, i)})
	}
	x.Format = Recognised{e.Format, t.recognised(e.Format, e.NWrappers)}
	for _, s := range t.steps {
		for _, name := range s.refused {
			if !strings.Contains(" "+strings.Join(x.Refused, " ")+" ", " "+name+" ") {
				x.Refused = append(x.Refused, name)
			}
		}
	}
	for f := range numTraced {
		if story, ok := t.story(d, f, e, &opts, env); ok {
			x.Fields = append(x.Fields, story)
		}
		if h := t.history[f]; len(h) > 0 && t.steps[h[len(h)-1].step].kind == stepRedact {
			x.Redacted = append(x.Redacted, traceName(f))
		}
	}
	if t.text != nil && opts.Matcher != nil {
		_, x.Markers = opts.Matcher.Explain(t.text)
		x.Text, x.Aside = shown(redact.Append(nil, t.text), 240), t.aside
	}
	for _, k := range t.keys {
		switch {
		case k.known || k.mapped != 0 || k.looked && !k.read:
		case len(x.Unread) < maxShown:
			x.Unread = append(x.Unread, shown(redact.Append(nil, []byte(k.path)), 80))
		default:
			x.Unshown++
		}
	}
	return x, nil
}

// traceName returns the name of a field as decode prints it.
func traceName(t mapping.Target) string {
	switch t {
	case tracedHost:
		return "host"
	default:
		return t.String()
	}
}

// recognised returns a wrapper or format with what shows that layer is of it.
func (t *tracer) recognised(name string, layer int) string {
	var hints []string
	keys := 0
	for _, s := range t.steps {
		if s.layer != layer {
			continue
		}
		switch s.kind {
		case stepFormat:
			if s.name == name {
				return formatShapes[name]
			}
		case stepKey:
			if keys++; s.mark != 0 || s.field == lexicon.Batch {
				hints = append(hints, t.keys[s.key].path)
			}
		default:
		}
	}
	switch {
	case name == "":
		return "of no known format: its words alone speak"
	case name == "stamp":
		return "a stamp before a line that has its own"
	case name == "json" && keys == 0 && layer < t.last.NWrappers:
		return "a string of JSON"
	case (name == "json" || len(hints) == 0) && keys == 1:
		return "an object with a key that means something"
	case name == "json" || len(hints) == 0 && keys > 0:
		return fmt.Sprintf("an object with %d keys that mean something", keys)
	case len(hints) > 0:
		return map[bool]string{true: "its key ", false: "its keys "}[len(hints) == 1] + strings.Join(hints[:min(len(hints), 5)], ", ")
	}
	return formatShapes[name]
}

// story returns where the entry's value of a field came from.
func (t *tracer) story(d *Decoder, f mapping.Target, e *Entry, opts *Options, env *Envelope) (FieldStory, bool) {
	story := FieldStory{Name: traceName(f), Value: e.shownValue(f)}
	h := t.history[f]
	if story.Value == "" || len(h) == 0 {
		return story, false
	}
	last := h[len(h)-1]
	for len(h) > 1 && t.steps[last.step].kind == stepRedact {
		h = h[:len(h)-1]
		last = h[len(h)-1]
	}
	origin := t.resolve(d, f, last, e)
	story.From = t.place(f, origin, e, opts, env)
	for i, s := range t.steps {
		if s.kind != stepKey || i == origin || targetOf(s.field) != f || len(s.value) == 0 || s.field == lexicon.Error {
			continue
		}
		if f == mapping.Message && s.layer != t.steps[origin].layer {
			continue // what a wrapper wraps
		}
		if len(story.Over) < 4 {
			k := &t.keys[s.key]
			story.Over = append(story.Over, fmt.Sprintf("%s%s = %s", shown(redact.Append(nil, []byte(k.path)), 80), t.layerName(s.layer, e), cleanValue(k.path, s.value)))
		}
	}
	return story, true
}

// resolve returns the step that caused a change: what is decided at the end of a line
// comes from one of its keys.
func (t *tracer) resolve(d *Decoder, f mapping.Target, c change, e *Entry) int {
	switch kind := t.steps[c.step].kind; {
	case kind == stepKey || kind == stepMapped || kind == stepAround:
		return c.step
	case kind == stepFormat && t.steps[c.step].layer == c.layer && f != mapping.Message:
		return c.step
	}
	at := c.step
	for i := len(t.steps) - 1; i > 0; i-- {
		s := &t.steps[i]
		if s.kind != stepKey || !s.took || targetOf(s.field) != f {
			continue
		}
		isNear, text := s.layer == c.layer || s.layer == c.layer-1, bytes.TrimSpace(d.unescape(s.value))
		switch {
		case f == mapping.Kid && string(text) == string(e.Kid), f == mapping.Message && isNear && string(text) == string(e.Message), f != mapping.Kid && f != mapping.Message && isNear:
			return i
		case f == mapping.Message && isNear && at == c.step:
			at = i
		}
	}
	return at
}

// targetOf returns the target of a field of a line; numTraced for fields without a single
// place in an entry.
func targetOf(f lexicon.Field) mapping.Target {
	switch f {
	case lexicon.Time, lexicon.Nano:
		return mapping.Time
	case lexicon.Level, lexicon.Severity:
		return mapping.Level
	case lexicon.Status, lexicon.WeakStatus:
		return mapping.Status
	case lexicon.Method:
		return mapping.Method
	case lexicon.Path, lexicon.Request:
		return mapping.Path
	case lexicon.Message, lexicon.Error:
		return mapping.Message
	case lexicon.Service, lexicon.Unit, lexicon.LogGroup:
		return mapping.Service
	case lexicon.Pod, lexicon.Host:
		return mapping.Pod
	case lexicon.Namespace:
		return mapping.Namespace
	case lexicon.RequestID:
		return mapping.RequestID
	case lexicon.Kid:
		return mapping.Kid
	case lexicon.HTTPHost:
		return tracedHost
	default:
		return numTraced
	}
}

// place returns in words where a value came from.
func (t *tracer) place(f mapping.Target, at int, e *Entry, opts *Options, env *Envelope) string {
	s := &t.steps[at]
	switch s.kind {
	case stepKey:
		return shown(redact.Append(nil, []byte(t.keys[s.key].path)), 80) + t.layerName(s.layer, e)
	case stepFormat:
		switch {
		case f == mapping.Message:
			return "the words of the line"
		case s.layer < e.NWrappers && e.Wrappers[s.layer] == s.name:
			return "what " + s.name + " puts before a line"
		}
		return "its place in the " + s.name + " format"
	case stepMapped:
		return "mapping: " + opts.Mapping[s.mapped][s.key].String()
	case stepAround:
		return aroundName(f, e, env)
	case stepVerdict:
		if f == mapping.Kid {
			return "the text that says why"
		}
	default:
	}
	return "the line"
}

// aroundName returns which part of an envelope gave a value, in words.
func aroundName(f mapping.Target, e *Entry, env *Envelope) string {
	value := e.bytesOf(f)
	if len(value) > 0 {
		if name := env.Headers.Holding(value); name != nil {
			return "header " + shown(redact.Append(nil, name), 80) + " of the record"
		}
	}
	if bytes.HasPrefix(env.Key, value) {
		return "the key of the record"
	}
	return "the topic"
}

// layerName returns the layer of the line that a key is in, "" if there is only one.
func (t *tracer) layerName(layer int, e *Entry) string {
	switch {
	case e.NWrappers == 0:
		return ""
	case layer < e.NWrappers:
		return " (" + e.Wrappers[layer] + ")"
	}
	return " (the line inside)"
}

// bytesOf returns a field that is text, nil for another.
func (e *Entry) bytesOf(f mapping.Target) []byte {
	switch f {
	case mapping.Namespace:
		return e.Namespace
	case mapping.Service:
		return e.Service
	case mapping.Pod:
		return e.Pod
	case mapping.Method:
		return e.Method
	case mapping.Path:
		return e.Path
	case mapping.Message:
		return e.Message
	case mapping.Kid:
		return e.Kid
	case mapping.RequestID:
		return e.RequestID
	case tracedHost:
		return e.Host
	default:
		return nil
	}
}

// shownValue returns a field for display, "" if it is absent.
func (e *Entry) shownValue(f mapping.Target) string {
	switch f {
	case mapping.Time:
		if e.TimeFrom == TimeNone {
			return ""
		}
		return time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
	case mapping.Status:
		if e.Status == 0 {
			return ""
		}
		return strconv.Itoa(e.Status)
	case mapping.Level:
		return e.Level.String()
	default:
		return shown(CleanName(e.bytesOf(f)), 160)
	}
}

// cleanValue returns the value of a key without credentials, which the key's name may
// give away, shortened.
func cleanValue(key string, value []byte) string {
	const between = "="
	text := redact.Append(nil, append([]byte(key+between), value...))
	if rest, ok := bytes.CutPrefix(text, []byte(key+between)); ok {
		return shown(rest, 60)
	}
	return redact.Mark
}

// shown returns text as one line of about `most` bytes at most.
func shown(text []byte, most int) string {
	cut := len(text) > most
	if cut {
		text = text[:most]
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(string(text), "\uFFFD") {
		if r < ' ' || r == 0x7F {
			r = ' '
		}
		b.WriteRune(r)
	}
	if cut {
		b.WriteString("...")
	}
	return b.String()
}

// formatShapes describes what each text format is recognized by.
var formatShapes = map[string]string{
	"haproxy":      "HAProxy's places: client, stamp in brackets, frontend, backend, times, status",
	"access":       "a stamp in brackets and a quoted request, as access logs have",
	"syslog":       "a priority in angle brackets, or stamp, host and tag",
	"cri":          "a stamp, stdout or stderr, and F or P",
	"fluentd":      "a stamp, a tag with dots and a colon, and an object",
	"heroku":       "a stamp and app[...] or heroku[...]",
	"cloudfoundry": "a stamp, [source/instance] and OUT or ERR",
	"elb":          "the columns of a load balancer of AWS",
	"w3c":          "the columns of IIS or CloudFront",
	"table":        "a stamp and columns between tabs, a method and a path among them",
	"knox":         "the columns of Knox's audit log",
	"squid":        "the columns of Squid",
	"bunny":        "a word of the cache, a status and milliseconds since 1970 between bars",
	"azurestorage": "a version, a stamp, an operation, an outcome and a status between semicolons",
	"cef":          "CEF: or LEEF: and bars",
	"redis":        "a process, its role, a stamp and the sign of a level",
	"weblogic":     "#### and columns in angle brackets",
	"odl":          "a stamp, a component, a type of message, an id and a module in brackets",
	"kubectl":      "[pod/NAME/CONTAINER]",
	"compose":      "a container's name and a bar",
	"stern":        "a pod's name and a container's",
	"klog":         "a level's letter, month and day, and file:line]",
	"ltsv":         "labels and tabs",
	"logfmt":       "key=value pairs",
	"text":         "a stamp or a level before a message",
	"request":      "a request and its outcome in words",
	"uwsgi":        "[pid: ...|app: ...|req: ...], as uWSGI writes a request",
	"otlp":         "OTLP in protobuf",
}
