package survey

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline"
	"github.com/authspike/authspike/pipeline/logline"
)

// most is how many rows of a table are shown.
const most = 20

// Print writes the sum of the parts as text. read says what was read.
func Print(w io.Writer, read string, parts []*Part) error {
	all := newSums()
	for _, p := range parts {
		all.add(&p.sums)
	}
	p := page{sums: &all}
	p.head(read)
	p.quality()
	p.counts()
	p.failures()
	p.services()
	p.routes()
	p.names("formats", all.formats, all.events)
	p.names("statuses", all.statuses, total(all.statuses))
	if len(parts) > 1 {
		p.parts(parts)
	}
	_, err := w.Write(p.Bytes())
	return err
}

// page is what is printed.
type page struct {
	bytes.Buffer
	sums *sums
}

func (p *page) title(format string, args ...any) {
	fmt.Fprintf(p, "\n"+format+"\n", args...)
}

func (p *page) head(read string) {
	s := p.sums
	line := func(name, format string, args ...any) {
		fmt.Fprintf(p, "%-9s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("read", "%s", read)
	line("records", "%s, %s; %s events", number(s.records), size(s.bytes), number(s.events))
	if lines, parts := s.joins[logline.JoinLine], s.joins[logline.JoinPart]; lines+parts > 0 {
		line("joined", "%s lines that go on with the one before, %s parts of lines that were cut", number(lines), number(parts))
	}
	if s.lost > 0 {
		line("lost", "%s records could not be read from Kafka", number(int(s.lost)))
	}
	switch {
	case s.events == 0:
		return
	case s.oldest == 0:
		line("time", "no event has any")
	default:
		span := time.Duration(s.newest - s.oldest).Round(time.Second)
		line("time", "%s to %s (%s)%s", stamp(s.oldest), stamp(s.newest), span, p.without())
	}
	if s.end > 0 && s.newest > 0 {
		if age := time.UnixMilli(s.end).Sub(time.Unix(0, s.newest)); age > time.Minute {
			line("", "the newest event is %s older than the reading of it", age.Round(time.Second))
		}
	}
}

// without returns how many events have no time, in words.
func (p *page) without() string {
	if p.sums.untimed == 0 {
		return ""
	}
	return fmt.Sprintf("; %s events without a time of their own", number(p.sums.untimed))
}

// quality prints how much could be read.
func (p *page) quality() {
	s := p.sums
	if s.events == 0 {
		return
	}
	p.title("events")
	row := func(name string, n int, why map[string]int) {
		fmt.Fprintf(p, "  %-18s %7s  %12s", name, share(n, s.events), number(n))
		if len(why) > 0 {
			fmt.Fprintf(p, "   %s", reasons(why))
		}
		p.WriteByte('\n')
	}
	row("read fully", s.fully, nil)
	row("by fallback only", total(s.fallbacks), s.fallbacks)
	row("not read", total(s.unread), s.unread)
}

// counts prints what would be counted.
func (p *page) counts() {
	s := p.sums
	p.title("what run would count")
	if s.counts == (detector.Counts{}) && s.left == 0 {
		fmt.Fprintf(p, "  nothing: no request and no refused token\n")
		return
	}
	requests := int(s.counts[detector.Requests])
	for signal := detector.Requests; signal < detector.NumSignals; signal++ {
		n := int(s.counts[signal])
		if n == 0 && signal > detector.Unauthorized {
			continue
		}
		fmt.Fprintf(p, "  %-26s %12s", signal, number(n))
		switch {
		case signal == detector.Requests:
			if rate := float64(n) / time.Duration(s.newest-s.oldest).Seconds(); s.newest > s.oldest && rate >= 0.01 {
				fmt.Fprintf(p, "   %.3g/s", rate)
			}
		case requests > 0:
			fmt.Fprintf(p, "   %s of requests", share(n, requests))
		}
		p.WriteByte('\n')
	}
	if n := s.joins[pipeline.JoinRepeated]; n > 0 {
		fmt.Fprintf(p, "  %-26s %12s   refused tokens that another line of the request has told of\n", "not counted", number(n))
	}
	if s.left > 0 {
		fmt.Fprintf(p, "  %-26s %12s   requests that count leaves out, such as health checks\n", "not counted", number(s.left))
	}
}

// failures prints which verifiers rejected tokens, and why.
func (p *page) failures() {
	if len(p.sums.failures) == 0 {
		return
	}
	p.title("refused tokens by verifier%s", topOf(len(p.sums.failures)))
	for i, f := range sorted(p.sums.failures, func(a, b failure) int {
		return cmp.Or(cmp.Compare(a.reason, b.reason), cmp.Compare(a.verifier, b.verifier))
	}) {
		if i == most {
			break
		}
		fmt.Fprintf(p, "  %-22s %-24s %9s\n", f.reason, cmp.Or(f.verifier, "(not known)"), number(p.sums.failures[f]))
	}
}

// services prints the counts of each service.
func (p *page) services() {
	all := p.sums.services
	if len(all) == 0 {
		return
	}
	p.title("services%s", topOf(len(all)))
	width := p.widest(slices.Collect(maps.Keys(all)))
	fmt.Fprintf(p, "  %-*s %10s %9s %7s %9s %6s\n", width, "service", "requests", "refused", "share", "failures", "pods")
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(all[b].counts[detector.Unauthorized]+uint32(all[b].failures), all[a].counts[detector.Unauthorized]+uint32(all[a].failures)),
			cmp.Compare(all[b].counts[detector.Requests], all[a].counts[detector.Requests]), cmp.Compare(a, b))
	})
	for _, name := range names[:min(len(names), most)] {
		s := all[name]
		requests, refused := int(s.counts[detector.Requests]), int(s.counts[detector.Unauthorized])
		part := "-"
		if requests > 0 {
			part = share(refused, requests)
		}
		fmt.Fprintf(p, "  %-*s %10s %9s %7s %9s %6s\n", width, plain(name), number(requests), number(refused), part, number(s.failures), number(len(s.pods)))
	}
}

// routes prints the routes on which requests were refused.
func (p *page) routes() {
	p.names("routes of refused requests", p.sums.refused, int(p.sums.counts[detector.Unauthorized]))
}

// names prints a table of names, most frequent first.
func (p *page) names(title string, names map[string]int, of int) {
	if len(names) == 0 {
		return
	}
	p.title("%s%s", title, topOf(len(names)))
	for i, name := range sorted(names, cmp.Compare[string]) {
		if i == most {
			break
		}
		fmt.Fprintf(p, "  %12s %7s   %s\n", number(names[name]), share(names[name], of), plain(name))
	}
}

// parts prints each partition or file.
func (p *page) parts(parts []*Part) {
	names := make([]string, len(parts))
	for i := range parts {
		names[i] = parts[i].Name
	}
	p.title("partitions")
	width := p.widest(names)
	fmt.Fprintf(p, "  %-*s %10s %8s %9s %9s %10s %9s   %s\n", width, "partition", "records", "fully", "fallback", "not read", "requests", "refused", "newest event")
	for _, part := range parts {
		s := &part.sums
		newest := "-"
		if s.newest > 0 {
			newest = stamp(s.newest)
		}
		fmt.Fprintf(p, "  %-*s %10s %8s %9s %9s %10s %9s   %s\n", width, plain(part.Name), number(s.records), share(s.fully, s.events), share(total(s.fallbacks), s.events),
			share(total(s.unread), s.events), number(int(s.counts[detector.Requests])), number(int(s.counts[detector.Unauthorized])), newest)
	}
}

// widest returns the width of a column of names.
func (p *page) widest(names []string) int {
	width := 12
	for _, name := range names {
		width = max(width, len([]rune(plain(name))))
	}
	return width
}

func topOf(n int) string {
	if n <= most {
		return ""
	}
	return fmt.Sprintf(" (the first %d of %s)", most, number(n))
}

// sorted returns the keys of counts, the largest count first.
func sorted[K comparable](counts map[K]int, order func(a, b K) int) []K {
	return slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), order(a, b))
	})
}

// reasons lists counts with their names.
func reasons(counts map[string]int) string {
	var all []string
	for _, name := range sorted(counts, cmp.Compare[string]) {
		all = append(all, name+" "+number(counts[name]))
	}
	return strings.Join(all, ", ")
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// share writes n of all as per cent.
func share(n, all int) string {
	if all == 0 {
		return "-"
	}
	percent := 100 * float64(n) / float64(all)
	if n > 0 && percent < 0.1 {
		return "< 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", percent)
}

// number writes n with commas between thousands.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func size(n int) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func stamp(nanos int64) string { return time.Unix(0, nanos).UTC().Format(time.RFC3339) }

// plain returns a name from a log as a single line of bounded length.
func plain(name string) string {
	const longest = 60
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if runes := []rune(name); len(runes) > longest {
		return string(runes[:longest-3]) + "..."
	}
	return name
}
