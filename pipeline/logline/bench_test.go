package logline

import (
	"bytes"
	"encoding/json"
	"syscall"
	"testing"

	goccy "github.com/goccy/go-json"
)

// requestFields is what the yardsticks decode: the fields of the first layout that
// Decode reads, and no others.
type requestFields struct {
	Level     string `json:"level"`
	TS        string `json:"ts"`
	Msg       string `json:"msg"`
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
	Pod       string `json:"pod"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
	Kid       string `json:"kid"`
}

// anyLayout is what the yardsticks decode of the twenty layouts: the fields that
// most of them have, under all their names.
type anyLayout struct {
	Level      any    `json:"level"`
	TS         any    `json:"ts"`
	Time       any    `json:"time"`
	Timestamp  string `json:"timestamp"`
	Timestamp2 string `json:"@timestamp"`
	Msg        string `json:"msg"`
	Message    string `json:"message"`
	Service    any    `json:"service"`
	Pod        string `json:"pod"`
	PodName    string `json:"pod_name"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Status     any    `json:"status"`
	StatusCode any    `json:"status_code"`
	RequestID  string `json:"request_id"`
	HTTP       struct {
		Method     string `json:"method"`
		Path       string `json:"path"`
		StatusCode int    `json:"status_code"`
	} `json:"http"`
	Req struct {
		Method, URL string
	} `json:"req"`
	Res struct {
		StatusCode int `json:"statusCode"`
	} `json:"res"`
	Fields struct {
		Status      int
		Method, URI string
	} `json:"fields"`
}

// benchLines is more than the caches hold, as a stream is.
const benchLines = 128 << 10

func perLine(b *testing.B, lines [][]byte, read func(line []byte)) {
	b.Helper()
	var size int
	for _, l := range lines {
		size += len(l)
	}
	for _, l := range lines {
		read(l)
	}
	b.SetBytes(int64(size / len(lines)))
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	for i := range b.N {
		read(lines[i%len(lines)])
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
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

func decodeAll(b *testing.B, lines [][]byte, opts Options) {
	b.Helper()
	d, err := New(opts)
	if err != nil {
		b.Fatal(err)
	}
	var entries []Entry
	perLine(b, lines, func(line []byte) { entries = d.Decode(line, entries[:0]) })
}

func unmarshal[T any](f func([]byte, any) error, b *testing.B) func([]byte) {
	return func(line []byte) {
		var v T
		if err := f(line, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func copyInto(size int) func([]byte) {
	buf, n := make([]byte, size), 0
	return func(line []byte) {
		if n+len(line) > len(buf) {
			n = 0
		}
		n += copy(buf[n:], line)
	}
}

func BenchmarkOneLayout(b *testing.B) {
	lines := makeLines(layouts20[:1], benchLines)
	b.Run("logline", func(b *testing.B) { decodeAll(b, lines, Options{}) })
	b.Run("lazy", func(b *testing.B) { decodeAll(b, lines, Options{Lazy: true}) })
	b.Run("goccy", func(b *testing.B) { perLine(b, lines, unmarshal[requestFields](goccy.Unmarshal, b)) })
	b.Run("encodingjson", func(b *testing.B) { perLine(b, lines, unmarshal[requestFields](json.Unmarshal, b)) })
	b.Run("memcpy", func(b *testing.B) { perLine(b, lines, copyInto(64<<20)) })
}

// BenchmarkOneLayoutCached reads and copies as many lines as a cache holds.
func BenchmarkOneLayoutCached(b *testing.B) {
	lines := makeLines(layouts20[:1], 512)
	b.Run("lazy", func(b *testing.B) { decodeAll(b, lines, Options{Lazy: true}) })
	b.Run("memcpy", func(b *testing.B) { perLine(b, lines, copyInto(256<<10)) })
}

func BenchmarkTwentyLayouts(b *testing.B) {
	lines := makeLines(layouts20, benchLines)
	b.Run("logline", func(b *testing.B) { decodeAll(b, lines, Options{}) })
	b.Run("lazy", func(b *testing.B) { decodeAll(b, lines, Options{Lazy: true}) })
	b.Run("goccy", func(b *testing.B) { perLine(b, lines, unmarshal[anyLayout](goccy.Unmarshal, b)) })
	b.Run("encodingjson", func(b *testing.B) { perLine(b, lines, unmarshal[anyLayout](json.Unmarshal, b)) })
	b.Run("memcpy", func(b *testing.B) { perLine(b, lines, copyInto(64<<20)) })
}

func BenchmarkFluentBit(b *testing.B) {
	lines := wrapFluentBit(makeLines(layouts20[:1], benchLines))
	b.Run("logline", func(b *testing.B) { decodeAll(b, lines, Options{}) })
	b.Run("lazy", func(b *testing.B) { decodeAll(b, lines, Options{Lazy: true}) })
	b.Run("goccytwice", func(b *testing.B) {
		perLine(b, lines, func(line []byte) {
			var outer struct {
				Log        string `json:"log"`
				Kubernetes struct {
					PodName       string `json:"pod_name"`
					NamespaceName string `json:"namespace_name"`
					ContainerName string `json:"container_name"`
				} `json:"kubernetes"`
			}
			var inner requestFields
			if err := goccy.Unmarshal(line, &outer); err != nil {
				b.Fatal(err)
			}
			if err := goccy.Unmarshal([]byte(outer.Log), &inner); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("memcpy", func(b *testing.B) { perLine(b, lines, copyInto(64<<20)) })
}

// BenchmarkClassification reads a stream in which a verifier's line follows each
// 401, with and without telling why tokens were refused: the difference is what
// that costs a record.
func BenchmarkClassification(b *testing.B) {
	var lines [][]byte
	verifier := []byte(`{"level":"error","ts":"2026-03-04T05:06:07.123Z","service":"api-worker","pod":"api-worker-6d4cf56db6-aj","namespace":"prod","msg":"token refused","error":"unable to find a signing key that matches: kid mismatch, kid=2f7c"}`)
	for _, line := range makeLines(layouts20[:1], benchLines) {
		if lines = append(lines, line); bytes.Contains(line, []byte(`"status":401`)) {
			lines = append(lines, verifier)
		}
	}
	b.Run("with", func(b *testing.B) { decodeAll(b, lines, Options{Matcher: matcher(b)}) })
	b.Run("without", func(b *testing.B) { decodeAll(b, lines, Options{}) })
}
