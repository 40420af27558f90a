package signature

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/authspike/authspike/rules"
)

// lines are what error lines look like: some that name a failure, also behind a
// trace, and some that have nothing to do with tokens.
var lines = map[string][]byte{
	"mismatch": []byte(`2026-11-23T11:42:07.318Z ERROR [api-worker] request refused: JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set for kid "2026-11-k7" (issuer https://id.example.com/, path /api/orders)`),
	"expired":  []byte(`auth: bearer token refused for GET /api/v1/orders: token is expired by 3m12s`),
	"trace":    []byte(`java.lang.IllegalStateException: Failed to authenticate since the JWT was invalid\n\tat com.example.orders.security.JwtFilter.authenticate(JwtFilter.java:88)\n\tat com.example.orders.web.OrderController.list(OrderController.java:41)\n\tat java.base/java.lang.Thread.run(Thread.java:1583)\nCaused by: com.example.jose.BadJWSException: Signed JWT rejected: Another algorithm expected, or no matching key(s) found`),
	"database": []byte(`java.util.concurrent.CompletionException: org.postgresql.util.PSQLException: Connection to db-2.internal:5432 refused. Check that the hostname and port are correct\n\tat java.base/java.util.concurrent.CompletableFuture.encodeThrowable(CompletableFuture.java:331)\n\tat com.example.orders.store.OrderStore.find(OrderStore.java:112)\n\tat com.example.orders.web.OrderController.list(OrderController.java:41)`),
	"other":    []byte(`2026-11-23T11:42:07.318Z ERROR [api-worker] could not connect to postgres at db-2.internal:5432 after 3 attempts: connection refused, giving up on batch 8812 and returning 503 to the client`),
}

func BenchmarkMatch(b *testing.B) {
	m := compile(b, rules.DefaultCatalogue())
	for name, line := range lines {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				m.Match(line)
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkMatchDifferent reads the lines of testdata one after the other: what a
// processor learns of one line that comes again and again helps it little here.
func BenchmarkMatchDifferent(b *testing.B) {
	data, err := os.ReadFile("testdata/lines.txt")
	if err != nil {
		b.Fatal(err)
	}
	var all [][]byte
	for line := range bytes.Lines(data) {
		if len(line) > 1 && line[0] != '#' && line[0] != '=' {
			all = append(all, bytes.TrimSpace(line))
		}
	}
	m := compile(b, rules.DefaultCatalogue())
	b.SetBytes(int64(len(data) / len(all)))
	for n := 0; b.Loop(); n++ {
		m.Match(all[n%len(all)])
	}
}

// BenchmarkContains is the first yardstick: a loop of bytes.Contains over the
// lower-case text and the catalogue's literals, without conditions and kids.
func BenchmarkContains(b *testing.B) {
	var needles [][]byte
	for _, text := range literals() {
		needles = append(needles, []byte(text))
	}
	for name, line := range lines {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			folded := make([]byte, 0, len(line))
			found := 0
			for b.Loop() {
				folded = fold(folded[:0], line)
				for _, n := range needles {
					if bytes.Contains(folded, n) {
						found++
					}
				}
			}
		})
	}
}

// BenchmarkRegexp is the second: one alternation of the same literals.
func BenchmarkRegexp(b *testing.B) {
	var quoted []string
	for _, text := range literals() {
		quoted = append(quoted, regexp.QuoteMeta(text))
	}
	re := regexp.MustCompile(strings.Join(quoted, "|"))
	for name, line := range lines {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			folded := make([]byte, 0, len(line))
			for b.Loop() {
				folded = fold(folded[:0], line)
				re.FindIndex(folded)
			}
		})
	}
}

// cpuTime returns the CPU time of this process in nanoseconds: on a busy machine
// it says more than the clock on the wall.
func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkCompile(b *testing.B) {
	c := rules.DefaultCatalogue()
	for b.Loop() {
		compile(b, c)
	}
}

func fold(dst, text []byte) []byte {
	for _, b := range text {
		if f := rules.Fold(b); f != 0 {
			dst = append(dst, f)
		}
	}
	return dst
}

// literals are the different first pieces of the catalogue's markers.
func literals() []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range rules.DefaultCatalogue().Signatures {
		if text := s.Marker.Pieces[0]; !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}
