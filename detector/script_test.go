package detector_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

var update = flag.Bool("update", false, "rewrite the traces in testdata")

// A script is lines of the form
//
//	from 1h to 80m service=api rps=50 pods=4 unauthorized=0.5% kid_mismatch=10%
//	from 70m to 80m service=api stalled
//	explain 71m service=api
//	explain 80m service=api at=71m
//	end 2h
//
// Times count from the start. Where several lines hold for a service and a second,
// the last one that says something about a value counts; `stalled` keeps the
// entries back until its end; an explanation of an earlier time is in words; failures are part of the requests, and 401s, unless
// rps is 0: then they come per second. What the detector makes of it stands below
// the line ----, and is rewritten by `go test ./detector -update`.
type script struct {
	lines    []scriptLine
	explains []scriptLine
	end      int64
}

type scriptLine struct {
	from, to int64
	service  string
	at       int64 // of an explanation: what it is of; -1 for the present
	stalled  bool
	values   map[string]float64
}

func parseScript(t *testing.T, text string) *script {
	t.Helper()
	s := &script{}
	for n, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		l := scriptLine{at: -1, values: map[string]float64{}}
		rest := fields
		switch fields[0] {
		case "from":
			l.from, l.to = scriptTime(t, fields[1]), scriptTime(t, fields[3])
			rest = fields[4:]
		case "explain":
			l.from = scriptTime(t, fields[1])
			rest = fields[2:]
		case "end":
			s.end = scriptTime(t, fields[1])
			continue
		default:
			t.Fatalf("line %d: %q is not understood", n+1, line)
		}
		for _, f := range rest {
			name, value, _ := strings.Cut(f, "=")
			switch name {
			case "service":
				l.service = value
			case "stalled":
				l.stalled = true
			case "at":
				l.at = scriptTime(t, value)
			default:
				l.values[name] = scriptNumber(t, value)
			}
		}
		if fields[0] == "explain" {
			s.explains = append(s.explains, l)
		} else {
			s.lines = append(s.lines, l)
		}
	}
	return s
}

func scriptTime(t *testing.T, text string) int64 {
	t.Helper()
	unit := map[byte]int64{'s': 1, 'm': 60, 'h': 3600}[text[len(text)-1]]
	n, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
	if err != nil || unit == 0 {
		t.Fatalf("%q is no time", text)
	}
	return n * unit
}

func scriptNumber(t *testing.T, text string) float64 {
	t.Helper()
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	if percent {
		v /= 100
	}
	return v
}

// at returns the values of a service at a second, and until when its entries are
// kept back, 0 if they are not.
func (s *script) at(service string, second int64) (values map[string]float64, until int64) {
	values = map[string]float64{}
	for i := range s.lines {
		l := &s.lines[i]
		if l.service != service || second < l.from || second >= l.to {
			continue
		}
		if l.stalled {
			until = l.to
		}
		for name, v := range l.values {
			values[name] = v
		}
	}
	return values, until
}

// draw returns the samples of one service in one second.
func draw(r *rand.Rand, service string, second int64, values map[string]float64) []detector.Sample {
	pods := max(1, int(values["pods"]))
	out := make([]detector.Sample, pods)
	for p := range out {
		s := &out[p]
		s.Series, s.Second = detector.Series{Namespace: "prod", Service: service}, second
		if values["pods"] > 0 {
			s.Pod = fmt.Sprintf("%s-%02d", service, p)
		}
		requests := poisson(r, values["rps"]/float64(pods))
		s.Counts[detector.Requests] = uint32(requests)
		stale := int(values["stale_pods"])
		for signal := detector.Unauthorized; signal < detector.NumSignals; signal++ {
			v := values[signal.String()]
			if signal == detector.KidMismatch && stale > 0 && p >= stale {
				v = 0
			}
			n := 0
			if values["rps"] == 0 {
				n = poisson(r, v/float64(pods))
			}
			for range requests {
				if r.Float64() < v {
					n++
				}
			}
			s.Counts[signal] += uint32(n)
			if signal.IsFailure() && values["rps"] > 0 {
				s.Counts[detector.Unauthorized] += uint32(n)
			}
		}
		s.Counts[detector.Unauthorized] = min(s.Counts[detector.Unauthorized], s.Counts[detector.Requests])
	}
	return slices.DeleteFunc(out, func(s detector.Sample) bool { return s.Counts == detector.Counts{} })
}

// run plays a script and returns the trace.
func (s *script) run(t *testing.T) string {
	t.Helper()
	var services []string
	for i := range s.lines {
		if !slices.Contains(services, s.lines[i].service) {
			services = append(services, s.lines[i].service)
		}
	}
	d := newDetector(t)
	r := rand.New(rand.NewPCG(1, 1))
	kept := map[int64][]detector.Sample{}
	var trace strings.Builder
	for second := range s.end {
		d.Add(kept[second])
		delete(kept, second)
		for _, service := range services {
			values, until := s.at(service, second)
			samples := draw(r, service, origin+second, values)
			if until > 0 {
				kept[until] = append(kept[until], samples...)
				continue
			}
			d.Add(samples)
		}
		for _, tr := range d.Advance(origin + second + 1) {
			writeTransition(&trace, &tr)
		}
		for i := range s.explains {
			if e := &s.explains[i]; e.from == second {
				writeExplanations(t, &trace, d, e)
			}
		}
	}
	return trace.String()
}

func writeTransition(w *strings.Builder, tr *detector.Transition) {
	a := &tr.Alert
	least := ""
	if strings.HasPrefix(annotation(a, "value"), "at least ") {
		least = "at least "
	}
	fmt.Fprintf(w, "%ds %s %s %s %s: %s", tr.Time-origin, a.State, tr.Reason, a.Name(), a.Get("service"), annotation(a, "counts"))
	if a.State == detector.Firing {
		onset, _ := strconv.ParseInt(unix(annotation(a, "onset")), 10, 64)
		fmt.Fprintf(w, ", %s%.3g against %.3g, onset %ds, pods %q", least, tr.Value, tr.Baseline, onset-origin, annotation(a, "pods"))
	}
	if pods := annotation(a, "pods"); a.State == detector.Resolved && pods != "" {
		fmt.Fprintf(w, ", pods %q", pods)
	}
	fmt.Fprintln(w)
}

func writeExplanations(t *testing.T, w *strings.Builder, d *detector.Detector, at *scriptLine) {
	t.Helper()
	key := detector.Series{Namespace: "prod", Service: at.service}
	all, known := d.Explain(key)
	if !known {
		t.Fatalf("the service %s is not known", at.service)
	}
	if at.at >= 0 {
		all, _ = d.ExplainAt(key, origin+at.at)
		for _, e := range all {
			fmt.Fprintf(w, "%ds explain %s %s %s at %ds, %s: %s\n", at.from, e.Alert, at.service, e.Signal, at.at, e.Kept, e.Sentence())
		}
		return
	}
	for _, e := range all {
		fmt.Fprintf(w, "%ds explain %s %s %s: %s, %.0f of %.0f in %ds, observed %.3g, baseline %.3g, limit %.3g, score %.1f of %.1f, near %.1f of %.1f, spread %.1f\n",
			at.from, e.Alert, at.service, e.Signal, e.Why, e.Events, e.Exposure, e.Window, e.Observed, e.Baseline, e.Limit, e.Score, e.Threshold, e.Near, e.NearLimit, e.Spread)
	}
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(data), "----\n")
			got := parseScript(t, text).run(t)
			if *update {
				if err := os.WriteFile(file, []byte(text+"----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}
