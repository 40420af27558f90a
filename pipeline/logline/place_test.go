package logline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authspike/authspike/pipeline/logline/mapping"
)

// shape is a random layout: the same keys, nesting and white space in each of its
// lines, and mostly the same kinds of values, of which some are always the same.
type shape struct{ seed uint64 }

// line returns a line of the shape whose values are random.
func (s shape) line(rng *rand.Rand) []byte {
	var b []byte
	w := shapeWriter{layout: rand.New(rand.NewPCG(s.seed, 1)), values: rng}
	w.object(&b, 0)
	return b
}

type shapeWriter struct{ layout, values *rand.Rand }

func (w *shapeWriter) object(b *[]byte, nest int) {
	space := strings.Repeat(" ", max(0, w.layout.IntN(8)-6))
	*b = append(append(*b, '{'), space...)
	for i, n := 0, w.layout.IntN(9); i < n; i++ {
		key, optional := hardKeys[w.layout.IntN(len(hardKeys))], w.layout.IntN(20) == 0
		var member []byte
		member = append(append(append(append(append(member, '"'), key...), '"'), ':'), space...)
		w.value(&member, nest)
		if optional && w.values.IntN(2) == 0 {
			continue
		}
		if len(*b) > 0 && (*b)[len(*b)-1] != '{' {
			*b = append(append(*b, ','), space...)
		}
		*b = append(*b, member...)
	}
	*b = append(append(*b, space...), '}')
}

func (w *shapeWriter) value(b *[]byte, nest int) {
	rng := w.values
	if w.layout.IntN(3) == 0 {
		rng = w.layout // always the same
		if w.values.IntN(200) == 0 {
			rng = w.values // nearly always
			w.layout.IntN(2)
		}
	}
	kind := w.layout.IntN(10)
	if w.values.IntN(200) == 0 {
		kind = w.values.IntN(10)
	}
	switch {
	case kind < 5:
		text := hardTexts[rng.IntN(len(hardTexts))]
		if w.layout.IntN(3) == 0 {
			text = fmt.Sprintf("2026-03-04T05:%02d:%02d.%dZ", rng.IntN(3), rng.IntN(62), rng.IntN(1000))
		}
		*b = append(append(append(*b, '"'), text...), '"')
	case kind < 7 || nest > 4:
		*b = append(*b, hardScalars[rng.IntN(len(hardScalars))]...)
	case kind < 9:
		w.object(b, nest+1)
	default:
		*b = append(append(append(*b, '['), hardScalars[rng.IntN(len(hardScalars))]...), ']')
	}
}

// inString writes line into the string of what wraps it, as one of those that
// escape JSON in different ways.
func inString(rng *rand.Rand, line []byte) []byte {
	quote, end := `\"`, []string{"", `\n`, `\u000a`, ` `, `\n\n`, "x", `\u0041`}[rng.IntN(7)]
	if rng.IntN(20) == 0 {
		quote = `\u0022`
	}
	text := strings.ReplaceAll(string(line), `\`, `\\`)
	text = strings.ReplaceAll(text, `"`, quote) + end
	switch rng.IntN(4) {
	case 0:
		return fmt.Appendf(nil, `{"log":"%s","stream":"stdout","time":"2026-03-04T05:06:07.%dZ"}`, text, rng.IntN(1000))
	case 1:
		return fmt.Appendf(nil, `{"stream":"stderr","log":"%s","kubernetes":{"pod_name":"p-%d","namespace_name":"prod","labels":{"app":"api"}}}`, text, rng.IntN(2))
	case 2:
		return fmt.Appendf(nil, `{"level":"info","message":"%s","service":"api","log":"plain"}`, text)
	}
	return fmt.Appendf(nil, `{"message":"%s","status":%d,"msg":"{\"status\":500}"}`, text, []int{200, 401}[rng.IntN(2)])
}

// everything is all that an entry says.
func everything(e *Entry) string {
	return fmt.Sprintf("%s %d %d %q %q %q %v %v", show(e), e.Time, e.TimeFrom, e.RequestID, e.Host, e.Wrappers[:e.NWrappers], e.Ambiguous, e.rank)
}

// TestLearnedLayoutsChangeNothing compares decoders that have met each layout many
// times to ones that have met none, and to plain reading.
func TestLearnedLayoutsChangeNothing(t *testing.T) {
	m := matcher(t)
	for name, opts := range map[string]Options{
		"full": {Matcher: m}, "lazy": {Matcher: m, Lazy: true}, "host": {Matcher: m, Host: true},
		"mapped": {Matcher: m, Lazy: true, Mapping: mapped(t, map[mapping.Target][]string{mapping.Service: {"{service}-{kubernetes.labels.app}", "{name}"}, mapping.Time: {"{data.time}"}, mapping.Path: {"{url}"}})},
	} {
		learned, _ := New(opts)
		fresh, _ := New(opts)
		rng := rand.New(rand.NewPCG(9, 9))
		shapes := make([]shape, 8)
		compiled, quoted, rounds := 0, 0, 30000
		for i := range rounds {
			if i%1500 == 0 {
				for n := range shapes {
					shapes[n] = shape{rng.Uint64()}
				}
				compiled += compiledPlaces(&learned.layouts.plain)
				quoted += compiledPlaces(&learned.layouts.quoted)
				learned.layouts.init(learned.layouts.table)
			}
			line := shapes[rng.IntN(len(shapes))].line(rng)
			if rng.IntN(3) == 0 {
				line = inString(rng, line)
			}
			if rng.IntN(40) == 0 {
				line = line[:rng.IntN(len(line))+1]
			}
			if rng.IntN(40) == 0 {
				line[rng.IntN(len(line))] = `"\{}[],: 0a`[rng.IntN(11)]
			}
			fresh.layouts.init(fresh.layouts.table)
			want := fresh.Decode(bytes.Clone(line), nil)
			got := learned.Decode(line, nil)
			if len(got) != len(want) {
				t.Fatalf("line %s\n got %d entries, want %d", line, len(got), len(want))
			}
			for n := range got {
				if everything(&got[n]) != everything(&want[n]) {
					t.Fatalf("%s, line %d: %s\n got %s\nwant %s", name, i, line, everything(&got[n]), everything(&want[n]))
				}
			}
		}
		if compiled < rounds/400 || quoted < rounds/4000 {
			t.Errorf("%s: only %d texts hold values, and %d of objects in strings", name, compiled, quoted)
		}
	}
}

// compiledPlaces counts the texts in a tree that hold values.
func compiledPlaces(p *place) (n int) {
	for _, f := range p.children {
		for _, a := range f.acts {
			if a.op != opObject {
				n++
				break
			}
		}
		n += compiledPlaces(f.place)
	}
	return n
}

// FuzzLearned holds of any two records that a decoder met often: what it makes of
// them is what one makes that has met neither.
func FuzzLearned(f *testing.F) {
	rng := rand.New(rand.NewPCG(3, 3))
	for n := range uint64(8) {
		s := shape{n}
		f.Add(s.line(rng), inString(rng, s.line(rng)))
	}
	lines := append(makeLines(layouts20, 4), wrapFluentBit(makeLines(layouts20, 4))...)
	for i := range len(lines) / 2 {
		f.Add(lines[2*i], lines[2*i+1])
	}
	m := matcher(f)
	var decoders [2][2]*Decoder
	for i := range decoders {
		decoders[i][0], _ = New(Options{Lazy: i == 1, Matcher: m})
		decoders[i][1], _ = New(Options{Lazy: i == 1, Matcher: m})
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for i := range decoders {
			learned, fresh := decoders[i][0], decoders[i][1]
			learned.layouts.init(learned.layouts.table)
			for range trials + 4 {
				learned.Decode(a, nil)
				learned.Decode(b, nil)
			}
			for _, record := range [][]byte{a, b} {
				fresh.layouts.init(fresh.layouts.table)
				want, got := fresh.Decode(record, nil), learned.Decode(record, nil)
				if len(got) != len(want) {
					t.Fatalf("got %d entries, want %d", len(got), len(want))
				}
				for n := range got {
					if everything(&got[n]) != everything(&want[n]) {
						t.Fatalf("lazy %v:\n got %s\nwant %s", i == 1, everything(&got[n]), everything(&want[n]))
					}
				}
			}
		}
	})
}
