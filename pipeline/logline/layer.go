package logline

import (
	"slices"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// layer is what the line that is being read has said so far, as far as that may still
// change before the line ends.
type layer struct {
	have  [lexicon.NumLayered]uint8 // complement of the rank of what is set, 0 for nothing
	marks lexicon.Mark

	message        []byte // raw: escaped where messageEscaped
	messageEscaped bool
	messageArray   bool // an array of byte values
	noted          bool // an object, whose members stand in Decoder.noted
	weakStatus     int
	parts          partMarks
	host           []byte
	hostRank       lexicon.Rank
	batch          []byte // a raw array of events
	batchKind      lexicon.Mark
	nano           int64 // what a stamp in seconds leaves out
	halves         halves
	copied         bool // the stamp repeats what the collector's says
	url            bool // the path stands in a URL, which may be another server's
}

// beats reports whether a value of rank r may replace what is set of f.
func (l *layer) beats(f lexicon.Field, r lexicon.Rank) bool { return 255-uint8(r) > l.have[f] }

// note records that f was set from a place of rank r.
func (l *layer) note(f lexicon.Field, r lexicon.Rank) { l.have[f] = 255 - uint8(r) }

// isFixed reports whether f keeps its value, despite a value of rank r, once the status
// is settled: from then on objects below the line are context, and the first stamp is the
// line's. So a reader may stop there.
func (l *layer) isFixed(f lexicon.Field, r lexicon.Rank) bool {
	have := 255 - lexicon.Rank(l.have[f])
	return l.have[f] != 0 && (r < 64*lexicon.TierLine || f == lexicon.Time && have.IsOwnStamp())
}

// isCopy reports whether a stamp with meaning m may replace one of equal rank that only
// repeats the collector's: the first of two keys was written by a shipper.
func (l *layer) isCopy(m *lexicon.Meaning) bool {
	return l.copied && m.Field == lexicon.Time && l.have[lexicon.Time] == 255-uint8(m.Rank)
}

// isRequest reports whether the layer names a method or a path.
func (l *layer) isRequest() bool { return l.have[lexicon.Method]|l.have[lexicon.Path] != 0 }

// isLine reports whether an object in a text is a line itself: it has a message, and a
// level or a time, or it is a request with a status and a time of the best rank.
func (l *layer) isLine() bool {
	if l.have[lexicon.Message] != 0 && l.have[lexicon.Level]|l.have[lexicon.Time] != 0 {
		return true
	}
	return l.have[lexicon.Time] >= 255-64*lexicon.TierLine-8 && l.have[lexicon.Status] != 0 && l.isRequest()
}

// begin starts the reading of a structured line.
func (d *Decoder) begin(e *Entry) {
	d.layer = layer{}
	d.missing = d.wants(e)
}

// end decides what could not be decided before a structured line was read completely, and
// continues with what the line wraps. Nothing may access e after it: if the line is a
// batch, e has moved.
func (d *Decoder) end(e *Entry, format string) {
	l := &d.layer
	e.Format = format
	if l.have[lexicon.Time] == 0 && l.halves.date != nil && l.halves.clock != nil {
		d.setHalves(e)
	}
	if l.weakStatus != 0 && l.have[lexicon.Status] == 0 && l.isRequest() {
		e.Status = l.weakStatus
		l.note(lexicon.Status, 0)
	}
	if l.marks&lexicon.MarkCLEF != 0 && l.have[lexicon.Level] == 0 {
		e.Level = severity.Info // Serilog leaves this level out
	}
	if len(l.host) > 0 {
		if l.namesMachine() {
			e.setPod(l.host, lexicon.RankPodHost+1)
		} else if d.host {
			e.setHost(l.host)
		}
	}
	hasStatus := l.have[lexicon.Status] != 0
	if hasStatus && (l.url && request.IsSending(d.messageText()) || !l.isRequest() && request.IsAnswered(d.messageText())) {
		e.Status, hasStatus = 0, false // what another server said
	}
	if l.batch != nil && !hasStatus && (l.batchKind != 0 || l.message == nil && l.have[lexicon.Level] == 0 && !l.isRequest()) {
		d.expand(l.batch, l.batchKind, e)
		return
	}
	if l.message == nil {
		return
	}
	if l.noted && !hasStatus && e.NWrappers < MaxDepth && (d.join == nil || l.parts&markPart == 0 && len(d.join.parts) == 0) {
		if name := l.marks.Wrapper(); name != "" {
			e.Format = ""
			e.wrap(name)
			if d.join != nil && len(d.join.byKey) > 0 {
				d.join.around(e)
			}
			d.readNoted(e)
			return
		}
	}
	if hasStatus && d.lazy && d.mapping == nil && !d.mayRefuse(e.Status) && l.have[lexicon.Path] != 0 {
		return // nobody asks for the message, and it does not name the path
	}
	whole := d.plain(d.messageText())
	text := trimLine(whole)
	if hasStatus {
		// A line that states its status is the request itself and wraps nothing.
		e.Message = scan.TrimSpace(text)
		d.namesRequest(e.Message, e)
		return
	}
	if line, ok := d.decoded(text); ok {
		text = trimLine(line)
	}
	name := l.marks.Wrapper()
	if name == "" && l.parts != 0 && l.marks&lexicon.MarkStream != 0 {
		name = "cri" // as a shipper's parser took it apart
	}
	if name != "" {
		e.Format = ""
		if e.wrap(name) {
			if d.join != nil {
				d.setCut(whole)
			}
			d.inner(text, e)
		} else {
			e.Message = text
		}
		return
	}
	d.unwrap(text, e)
}

// unwrap reads the message of an application's own line: it may again be a line, JSON in
// a string or an access log, but usually it is just text.
func (d *Decoder) unwrap(text []byte, e *Entry) {
	e.Message = scan.TrimSpace(text)
	if len(text) == 0 {
		return
	}
	stated, format := d.layer.have[lexicon.Level] != 0, e.Format
	if d.join != nil && !stated {
		d.seen.loose, d.loose = true, text
		d.join.around(e)
	}
	before := *e
	if !e.wrap(format) {
		return
	}
	d.mention = request.Part{}
	if text[0] == '{' && d.readJSON(text, e) {
		return
	}
	for _, f := range d.formats[text[0]] {
		if (f.request || !stated) && f.read(d, text, e) {
			d.spoken = text
			return
		}
	}
	if stated && text[0] != '{' && isStructured(text) && readLogfmt(d, text, e) {
		d.spoken = text
		return
	}
	*e = before
	if stated && d.headed(text, e) {
		return
	}
	if d.mention.Target != nil && e.Method == nil && e.Path == nil {
		e.setTarget(d.mention.Method, d.mention.Target)
	}
	if stated || text[0] != '[' {
		return
	}
	if end := scan.Closing(text); end > 0 {
		if rest := scan.SkipBlank(text[end+1:]); len(rest) > 1 && rest[0] == '{' && rest[1] == '"' && e.wrap(format) {
			d.embedded(rest, e) // behind a tag
		}
	}
}

// messageText returns the layer's message without escapes.
func (d *Decoder) messageText() []byte {
	l := &d.layer
	switch {
	case l.messageArray:
		return d.byteArray(l.message)
	case l.messageEscaped:
		return d.unescape(l.message)
	}
	return l.message
}

// byteArray returns the text of a JSON array of byte values, as journald writes
// a message that is not plain text.
func (d *Decoder) byteArray(raw []byte) []byte {
	start, n, digits := len(d.scratch), 0, false
	for _, c := range raw {
		if scan.IsDigit(c) {
			n, digits = n*10+int(c-'0'), true
			continue
		}
		if digits {
			d.scratch = append(d.scratch, byte(n))
		}
		n, digits = 0, false
	}
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// namesMachine reports whether the layer's host is the machine that wrote the line.
// Collectors mean the machine. In an application's own line with a request it is the HTTP
// Host, unless it is a name without dot and port.
func (l *layer) namesMachine() bool { return l.namesOwnMachine() || isMachine(l.host) }

// namesOwnMachine reports whether the layer's host is that machine, whatever its name.
func (l *layer) namesOwnMachine() bool {
	beside := func(f lexicon.Field) bool { return l.have[f] > 255-64*lexicon.TierContext }
	return l.marks.OfCollector() || l.hostRank < lexicon.RankPodHost+2 && !beside(lexicon.Method) && !beside(lexicon.Path)
}

// isMachine reports whether host is a name as machines have it within a cluster.
func isMachine(host []byte) bool {
	return !slices.ContainsFunc(host, func(c byte) bool { return c == '.' || c == ':' || c == '/' }) && string(host) != "localhost"
}
