// Command table reads what go test -bench printed and prints the goals beside
// what was measured. A benchmark that ran several times counts with its median.
//
//	./bench/run
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	log.SetFlags(0)
	m, err := parse(os.Stdin)
	if err == nil {
		err = m.print(os.Stdout)
	}
	if err != nil {
		log.Fatalln("table:", err)
	}
}

// measured has the values of each benchmark and unit, under "name unit".
type measured map[string][]float64

// processors is what go test appends to a name.
var processors = regexp.MustCompile(`-\d+$`)

func parse(r io.Reader) (measured, error) {
	m := measured{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := processors.ReplaceAllString(strings.TrimPrefix(f[0], "Benchmark"), "")
		for i := 2; i+1 < len(f); i += 2 {
			v, err := strconv.ParseFloat(f[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read %q: %w", lines.Text(), err)
			}
			m[name+" "+f[i+1]] = append(m[name+" "+f[i+1]], v)
		}
	}
	return m, lines.Err()
}

// median returns the median of what was measured, false where nothing was.
func (m measured) median(key string) (float64, bool) {
	v := slices.Sorted(slices.Values(m[key]))
	if len(v) == 0 {
		return 0, false
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2, true
}

// value returns what a goal is about, false where it was not measured.
func (m measured) value(g *goal) (float64, bool) {
	v, ok := m.median(g.of)
	if !ok || g.with == none {
		return v, ok
	}
	o, ok := m.median(g.other)
	if g.with == minus {
		return v - o, ok
	}
	return v / o, ok && o != 0
}

func (m measured) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "goal\twhat\twanted\tmeasured\t")
	for i := range goals {
		g := &goals[i]
		sign := "<="
		if g.least {
			sign = ">="
		}
		wanted := fmt.Sprintf("%s %g %s", sign, g.bound, g.unit)
		v, ok := m.value(g)
		verdict := ""
		switch {
		case !ok:
			fmt.Fprintf(t, "%d\t%s\t%s\tnot measured\t\n", g.number, g.what, wanted)
			continue
		case g.least && v < g.bound, !g.least && v > g.bound:
			verdict = "missed"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%.3g %s\t%s\n", g.number, g.what, wanted, v, g.unit, verdict)
	}
	return t.Flush()
}
