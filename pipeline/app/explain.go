package app

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/rules"
)

// Explainer explains in words what authspike sees in lines, and why.
type Explainer struct {
	worker    pipeline.WorkerOptions
	catalogue *rules.Catalogue
	topic     string
	out       io.Writer
	line      int
}

// NewExplainer returns an Explainer of the lines of a topic, "" for none, read with a
// configuration file, "" for the defaults.
func NewExplainer(configFile, topic string, out io.Writer) (*Explainer, error) {
	l, err := load(configFile, Flags{})
	if err != nil {
		return nil, err
	}
	return &Explainer{worker: l.worker(topic), catalogue: l.catalogue, topic: topic, out: out}, nil
}

// Explain writes what is seen in the next line.
func (x *Explainer) Explain(line []byte) error {
	opts := x.worker.Logline
	opts.Lazy, opts.Host = false, true
	env := logline.Envelope{Topic: []byte(x.topic)}
	record := bytes.TrimRight(line, "\r\n")
	told, err := logline.Explain(opts, &env, record)
	if err != nil {
		return err
	}
	verdict, err := pipeline.Judge(x.worker, pipeline.Record{Value: record})
	if err != nil {
		return err
	}
	x.line++
	p := page{}
	p.head(x.line, len(record), told)
	p.reading(told)
	p.fields(told)
	p.refusal(told, x.catalogue)
	p.further(told)
	p.counts(&told.Entry, verdict, &x.worker)
	if len(told.Redacted) > 0 {
		p.row("cut out", "credentials in %s", strings.Join(told.Redacted, ", "))
	}
	if len(told.Unread) > 0 {
		list := strings.Join(told.Unread, ", ")
		if told.Unshown > 0 {
			list += fmt.Sprintf(" and %d more", told.Unshown)
		}
		p.row("not read", "%s", list)
	}
	p.WriteByte('\n')
	_, err = x.out.Write(p.Bytes())
	return err
}

// page is the explanation of one line.
type page struct{ bytes.Buffer }

func (p *page) row(name, format string, args ...any) {
	fmt.Fprintf(p, "  %-10s %s\n", name, fmt.Sprintf(format, args...))
}

func (p *page) head(number, size int, x *logline.Explanation) {
	fmt.Fprintf(p, "line %d, %d bytes", number, size)
	if x.Events > 1 {
		fmt.Fprintf(p, ", %d events, the first of which is told in full", x.Events)
	}
	if x.Entry.Err != "" {
		fmt.Fprintf(p, ", %s", flaws[x.Entry.Err])
	}
	p.WriteByte('\n')
}

var flaws = map[string]string{
	logline.ErrEmpty:     "empty",
	logline.ErrTruncated: "truncated: JSON that ends too early, of which the beginning was read",
	logline.ErrInvalid:   "invalid: begins as JSON and is none, read up to there",
	logline.ErrTooDeep:   fmt.Sprintf("too deep: more than %d wrappers, what is inside was not read", logline.MaxDepth),
	logline.ErrTooMany:   fmt.Sprintf("too many: of the events %d were read", logline.MaxEvents),
}

// reading writes the wrappers and the format.
func (p *page) reading(x *logline.Explanation) {
	if x.Entry.Err == logline.ErrEmpty {
		return
	}
	layers := append(x.Wrappers, x.Format) //nolint:gocritic // the explanation is not used again for this
	for i, r := range layers {
		name := "in " + r.Name
		if i == len(layers)-1 {
			name = cmp.Or(r.Name, "text")
		}
		title := ""
		if i == 0 {
			title = "read as"
		}
		p.row(title, "%-22s %s", name, r.By)
	}
	if len(x.Refused) > 0 {
		p.row("", "%-22s %s", "tried and not", strings.Join(x.Refused, ", "))
	}
}

// fields writes each value, its place, and the places that it took precedence over.
func (p *page) fields(x *logline.Explanation) {
	for _, f := range x.Fields {
		from := f.From
		if f.Name == "time" && x.Entry.TimeFrom == logline.TimeWrapper {
			from += ", for want of a stamp in the line inside"
		}
		if len(f.Value) > 22 {
			p.row(f.Name, "%s", f.Value)
			p.row("", "%-22s from %s", "", from)
		} else {
			p.row(f.Name, "%-22s from %s", f.Value, from)
		}
		for _, other := range f.Over {
			p.row("", "%-22s over %s", "", other)
		}
	}
}

// refusal writes why a token was rejected, and which markers say so.
func (p *page) refusal(x *logline.Explanation, catalogue *rules.Catalogue) {
	e := &x.Entry
	switch {
	case x.Text == "":
		return
	case e.Failure.IsFailure():
		text := e.Failure.String()
		if e.Ambiguous {
			text += ", or a missing key: the text does not tell,"
		}
		p.row("refused", "%-22s by the verifier %s", text, cmp.Or(e.Verifier, "(not known)"))
	default:
		p.row("refused", "%-22s nothing says that a token was refused", "no")
	}
	p.row("", "searched %q", x.Text)
	for _, c := range x.Markers {
		mark := "not"
		switch {
		case c.Decided:
			mark = "decides"
		case c.Holds:
			mark = "also"
		}
		p.row("", "%-8s %s: %s", mark, c.Signature.ID(), c.Why)
	}
	if x.Aside {
		p.row("", "%-8s a name beside it tells that it is about something else", "but")
	}
	if v, ok := catalogue.Verifier(e.Verifier); ok && e.Failure.IsFailure() {
		if facts := v.Keys.String(); facts != "" {
			p.row("its keys", "%s", facts)
			p.row("", "remedy: %s", v.Keys.Remedy)
		}
	}
}

// further writes one line for each of the other events of a record.
func (p *page) further(x *logline.Explanation) {
	for i := range x.Further {
		e := &x.Further[i]
		var said []string
		add := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
		if e.TimeFrom != logline.TimeNone {
			add("%s", stamp(e.Time/1e9))
		}
		if len(e.Service) > 0 {
			add("%s", series(detector.Series{Namespace: string(e.Namespace), Service: string(e.Service)}))
		}
		if len(e.Pod) > 0 {
			add("pod %s", e.Pod)
		}
		if e.Status != 0 {
			add("%s", strings.TrimSpace(fmt.Sprintf("%s %s %d", e.Method, e.Path, e.Status)))
		}
		if e.Failure.IsFailure() {
			add("%s by %s", e.Failure, cmp.Or(e.Verifier, "(not known)"))
		}
		if len(e.Kid) > 0 {
			add("kid %s", e.Kid)
		}
		if e.Err != "" {
			add("%s", flaws[e.Err])
		}
		p.row(fmt.Sprintf("event %d", i+2), "%s", cmp.Or(strings.Join(said, ", "), "nothing that is counted"))
	}
	if n := x.Events - 1 - len(x.Further); n > 0 {
		p.row("", "and %d more events", n)
	}
}

// counts writes what run would count.
func (p *page) counts(e *logline.Entry, v pipeline.Verdict, opts *pipeline.WorkerOptions) {
	for i := range v.Samples[:min(len(v.Samples), logline.MaxFurther)] {
		title := ""
		if i == 0 {
			title = "counted"
		}
		p.row(title, "%s", counted(&v.Samples[i], v.Timed || v.Samples[i].Second > 0))
	}
	if n := len(v.Samples) - logline.MaxFurther; n > 0 {
		p.row("", "and %d more series, pods and seconds", n)
	}
	if len(v.Samples) == 0 {
		p.row("counted", "nothing")
	}
	for _, why := range v.Drops {
		text := why.String()
		switch why {
		case pipeline.DropUnrecognized:
			text += ": text of no known format, with nothing to count"
		case pipeline.DropSelected:
			text += ": " + opts.Count.Reason(e)
		case pipeline.DropSkewed:
			text += ": its time is far ahead"
		default:
		}
		p.row("", "dropped as %s", text)
	}
}

// counted returns what a sample counts, and for what, in words.
func counted(s *detector.Sample, timed bool) string {
	var signals []string
	for g := detector.Requests; g < detector.NumSignals; g++ {
		switch n := s.Counts[g]; {
		case n == 1:
			signals = append(signals, g.String())
		case n > 1:
			signals = append(signals, fmt.Sprintf("%d %s", n, g))
		}
	}
	text := strings.Join(signals, ", ") + " of " + series(s.Series)
	if s.Pod != "" {
		text += ", pod " + s.Pod
	}
	if !timed {
		return text + ", at the time of the Kafka record or of what stands before"
	}
	return text + ", at " + stamp(s.Second)
}

// series returns the name of a series for display.
func series(s detector.Series) string {
	name := cmp.Or(s.Service, "unknown")
	if s.Namespace != "" {
		name = s.Namespace + "/" + name
	}
	return name
}
