// Package logline turns one log record, in whatever format and whatever wrappers, into
// entries: when it happened, which service and pod, which request and its outcome, and
// why a token was rejected.
//
// Invariant: the entries depend on the record and the options alone. Decode never fails
// and never panics; its time and memory are linear in the record's size.
//
// The package refuses to keep anything between records that changes the entries of one
// (Joiner, which joins continuation lines, says so by its name; layouts and answers are
// remembered only for speed, and are bounded), to look at a clock, to read or write
// anything but its arguments, and to let out anything shaped like a credential.
package logline

import (
	"bytes"
	"slices"
	"time"

	"github.com/authspike/authspike/pipeline/logline/jsontext"
	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/mapping"
	"github.com/authspike/authspike/pipeline/logline/naming"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// Options configure a Decoder.
type Options struct {
	// Timezone is the zone of stamps that have none. Default UTC.
	Timezone *time.Location
	// Region returns the zone with a name that a line states beside its stamp, such as
	// Europe/Berlin; time.LoadLocation does that. Default none: such a stamp has Timezone.
	Region func(name string) (*time.Location, error)
	// Matcher determines why a token was rejected. Default none: no entry has a Failure.
	Matcher *signature.Matcher
	// Lazy reads only as much of a request as counting needs. Time, Namespace, Service,
	// Pod, Method, Path, Status, Format and Failure are the same as with a full reading;
	// other fields may be absent, and errors after the point where reading stopped go
	// unnoticed. Default false.
	Lazy bool
	// Mapping says where to find values that are not recognized, or wrongly. Default
	// none. The Decoder retains it.
	Mapping *mapping.Templates
	// Host looks for the host that a request was for, which makes Lazy read to the end
	// of the line. Default false.
	Host bool
}

// Decoder reads records. It is not safe for concurrent use: each worker has its own.
type Decoder struct {
	formats *formatIndex
	layouts layouts
	lazy    bool
	glances bool // nothing but what counting needs is asked of a line
	matcher *signature.Matcher
	recent  *recent // of the matcher, nil without one
	stamps  stamp.Reader
	// regionOf is Options.Region, and regions what it said.
	regionOf func(name string) (*time.Location, error)
	regions  map[string]*time.Location
	mapping  *mapping.Program // nil for none
	trace    *tracer          // nil but for Explain
	host     bool

	// Of the record that is being read.
	scratch  []byte  // unescaped text
	out      []Entry // the entries so far, among them the caller's
	limit    int     // length of out at which a batch is cut off
	batches  int     // batches that are being read, each within the one before
	expanded bool    // the entry became a batch, whose events are finished
	rest     []byte  // objects on further lines of the record
	env      *Envelope
	taps     taps
	// unpackedSize is how much came out of what was compressed in it.
	unpackedSize int
	fault        string // why the JSON object that is being read ended too early

	// Of the line that is being read.
	layer   layer
	missing lexicon.Need // what is not settled yet
	texts   []value      // texts beside the message that may say why a request was refused
	kid     []byte       // a kid that stands in a field of its own
	mapped  []byte       // a kid that was mapped
	line    []byte       // the innermost line where it is text, nil where it is structured
	outer   int          // how many of texts stand in what line is wrapped in
	spoken  []byte       // a structured line's message with its head, where it is a line of text itself
	json    []byte       // the innermost line where it is an object, and what follows it
	// jsonQuoted is the same in its escaped form, where json is nil.
	jsonQuoted []byte
	harmless   []byte       // a message that is known to hold no credential
	mention    request.Part // a request that the text names without saying what became of it

	noticed [maxGlimpses]glimpse // by the glance at the line

	// Of the message that is an object in a string.
	noted  []member // in their order
	quoted []byte   // the object, in its escaped form

	// For a Joiner only.
	join   *Joiner
	seen   joinNotes
	loose  []byte // where seen says so: the message of a structured line that states neither level nor status, and may be a line of its own
	margin []byte // where seen says so: the white space that was taken off the end of a wrapped line
}

// New returns a Decoder.
func New(opts Options) (*Decoder, error) {
	m, err := mapping.Compile(opts.Mapping)
	if err != nil {
		return nil, err
	}
	d := &Decoder{
		formats: indexFormats(textFormats), stamps: stamp.NewReader(opts.Timezone), matcher: opts.Matcher, mapping: m, host: opts.Host, env: &noEnvelope, regionOf: opts.Region,
		lazy: opts.Lazy && !opts.Host && (m == nil || !m.Whole), glances: m == nil && !opts.Host,
	}
	if d.matcher != nil {
		d.recent = newRecent(d.matcher)
	}
	var taps map[string]uint16
	if m != nil {
		taps = m.Paths
		d.taps.values = make([]value, len(m.Paths)+1)
	}
	d.layouts.init(lexicon.New(taps, opts.Host))
	return d, nil
}

// Decode appends the events of one record to dst and returns it: at least one entry,
// with Err set if the record could not be read. The entries' byte slices are valid until
// the next call or until record changes.
func (d *Decoder) Decode(record []byte, dst []Entry) []Entry {
	return d.DecodeIn(&noEnvelope, record, dst)
}

// noEnvelope is the envelope of a record about which nothing is known. It is read-only.
var noEnvelope Envelope

// DecodeIn is Decode for a record of which more than its value is known. What the
// envelope points to must be valid as long as the record.
func (d *Decoder) DecodeIn(env *Envelope, record []byte, dst []Entry) []Entry {
	if cap(d.scratch) > maxScratch {
		d.scratch = nil
	}
	if d.layouts.keys > maxKeys {
		d.layouts.init(d.layouts.table)
	}
	d.layouts.forget()
	d.scratch, d.env = d.scratch[:0], env
	if len(record) > 0 && record[0] == '{' && d.mayGlance() {
		at := len(dst)
		if dst = slices.Grow(dst, 1)[:at+1]; d.glance(trimEnd(record), &dst[at]) {
			return dst
		}
		dst = dst[:at]
	}
	d.rest, d.unpackedSize = nil, 0
	if isGzip(record) {
		if plain := d.unpacked(record); len(plain) > 0 {
			record = plain // as CloudWatch gives it to Kinesis
		}
	}
	d.out, d.limit = dst, len(dst)+MaxEvents
	if line := trimLine(record); len(line) == 0 {
		d.out = append(d.out, Entry{Err: ErrEmpty})
	} else if !d.readOTLP(record) {
		d.event(line, 0, nil)
		for len(d.rest) > 0 && len(d.out) < d.limit {
			line, d.rest = d.rest, nil
			d.event(line, 0, nil)
		}
	}
	dst, d.out = d.out, nil
	return dst
}

// maxScratch is how much scratch memory is kept from one record to the next.
const maxScratch = 1 << 20

// inner reads line, the innermost one so far, into e. Wrapper formats call it with what
// they wrap, after e.wrap.
func (d *Decoder) inner(line []byte, e *Entry) {
	if d.join != nil && (e.NWrappers > 0 || d.join.wants(line)) {
		if line = d.join.enter(line, e); line == nil {
			return
		}
	}
	line = trimLine(line)
	if len(line) == 0 {
		return
	}
	d.line = nil
	switch i := jsontext.SkipSpace(line, 0); line[i] {
	case '{':
		if d.readJSON(line[i:], e) {
			return
		}
	case '[':
		if j := jsontext.SkipSpace(line, i+1); j < len(line) && (line[j] == '{' || line[j] == '"' && jsontext.IsStrings(line[i:])) {
			d.expand(line[i:], 0, e)
			return
		}
	case '"':
		if text, ok := d.stringLiteral(line[i:]); ok && e.wrap("json") {
			d.inner(text, e)
			return
		}
	}
	d.innerText(line, e)
}

// stringLiteral returns the text of a line that is just a JSON string, as sent by
// programs that encode a line as JSON twice.
func (d *Decoder) stringLiteral(line []byte) (text []byte, ok bool) {
	end, escaped := jsontext.StringEnd(line, 1)
	if end != len(line)-1 {
		return nil, false
	}
	text = d.text(value{line[1:end], kindString, escaped})
	return text, len(trimLine(text)) > 0
}

// innerText is inner for lines that are not JSON.
func (d *Decoder) innerText(line []byte, e *Entry) {
	if plain := d.plain(line); len(plain) != len(line) {
		d.inner(plain, e)
		return
	}
	d.line, d.outer, d.mention = line, len(d.texts), request.Part{}
	for _, f := range d.formats[line[0]] {
		if f.read(d, line, e) {
			return
		}
	}
	e.setTarget(d.mention.Method, d.mention.Target)
	d.message(line, e)
	if e.Format == "json" {
		d.namedBefore(line, e)
	}
}

// namedBefore takes the name before an object that is a line of its own as the name of
// the program, as written by tools that run several: "api {"level":"info",...".
func (d *Decoder) namedBefore(line []byte, e *Entry) {
	name, rest := scan.Token(line[:min(len(line), 64)])
	if len(rest) == 0 || rest[0] != '{' || e.TimeFrom != TimeLine || e.Level == severity.None || !naming.IsService(name) || severity.Parse(name) != severity.None {
		return
	}
	switch string(name) {
	case "log", "event", "access", "audit":
		return
	}
	if name[0] >= 'a' {
		e.setService(name, lexicon.RankServiceTag)
	}
}

// plain returns text without the escape sequences that color it on a terminal: text
// itself if it has none, otherwise a slice of scratch memory.
func (d *Decoder) plain(text []byte) []byte {
	i := bytes.IndexByte(text, escape)
	if i < 0 {
		return text
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, text[:i]...)
	for i < len(text) {
		if text[i] != escape {
			d.scratch = append(d.scratch, text[i])
			i++
			continue
		}
		if i++; i < len(text) && text[i] == '[' { // parameters, then one final byte
			for i++; i < len(text) && text[i] < '@'; i++ {
			}
			i++
		}
	}
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

const escape = 0x1B

// trimEnd removes line ends and white space from the end of b.
func trimEnd(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// trimLine strips what is not part of the line: trailing line ends and white space, a
// byte order mark, and leading control bytes, such as those of a schema id.
func trimLine(b []byte) []byte {
	b = trimEnd(b)
	for len(b) > 0 && b[0] < ' ' && b[0] != '\t' && b[0] != escape {
		b = b[1:]
	}
	if len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF {
		b = b[3:]
	}
	return b
}
