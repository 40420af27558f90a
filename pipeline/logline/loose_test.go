package logline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestLooseValues reads objects whose values are no JSON, with a decoder that has
// read many, a lazy one and a fresh one: they say the same.
func TestLooseValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{"status", "path", "method", "msg", "level", "time", "took", "a", "b", "service", "log"}
	values := []string{`401`, `"/a"`, `"GET"`, `"no key"`, `"warn"`, `"2026-03-04T05:06:07Z"`, `0.1, 0.2`, ``, `-`, `04/Mar/2026:05:06:07 +0000`, `x y`,
		`"a "b" c"`, `{"status":402,"x": 1, 2}`, `[1, 2]`, `]`, `"{\"status\":403,\"y\":1, 2}"`, `null`, `1, 2}`}
	object := func() string {
		var b strings.Builder
		b.WriteByte('{')
		for i, n := 0, 1+r.IntN(5); i < n; i++ {
			if i > 0 {
				b.WriteString([]string{",", ", ", " ,", ",\n"}[max(0, r.IntN(9)-5)])
			}
			fmt.Fprintf(&b, "%q:%s", keys[r.IntN(len(keys))], values[r.IntN(len(values))])
		}
		b.WriteByte('}')
		s := b.String()
		if r.IntN(8) == 0 {
			s = s[:1+r.IntN(len(s)-1)]
		}
		return s
	}
	m := matcher(t)
	d, _ := New(Options{Matcher: m})
	lazy, _ := New(Options{Matcher: m, Lazy: true})
	for range 5000 {
		record := []byte(object())
		fresh, _ := New(Options{Matcher: m})
		got, want, part := d.Decode(record, nil), fresh.Decode(record, nil), lazy.Decode(record, nil)
		if len(got) != len(want) || len(part) != len(want) {
			t.Fatalf("%s\n%d events, %d, %d", record, len(got), len(want), len(part))
		}
		for i := range want {
			if show(&got[i]) != show(&want[i]) || counted(&part[i]) != counted(&want[i]) {
				t.Fatalf("%s\n got %s\nwant %s\nlazy %s", record, show(&got[i]), show(&want[i]), counted(&part[i]))
			}
		}
	}
}
