package source

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"github.com/authspike/authspike/pipeline"
)

// readAll reads a file to its end; it gives the lines and the ends of its batches.
func readAll(t testing.TB, f *File) (lines []string, ends []int64, err error) {
	t.Helper()
	var b pipeline.Batch
	for {
		from := b.Next
		if err = f.Read(&b); errors.Is(err, io.EOF) {
			return lines, ends, nil
		}
		if b.From != from || b.Next != from+int64(len(b.Records)) {
			t.Fatalf("batch [%d, %d) with %d records after %d", b.From, b.Next, len(b.Records), from)
		}
		if b.End != (b.Next == b.HighWatermark) {
			t.Fatalf("batch [%d, %d): end %v, high watermark %d", b.From, b.Next, b.End, b.HighWatermark)
		}
		for _, r := range b.Records {
			lines = append(lines, string(r.Value))
		}
		ends = append(ends, b.Next)
		if err != nil {
			return lines, ends, err
		}
	}
}

func readString(t testing.TB, content string) []string {
	t.Helper()
	f, err := NewFile("test", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err := readAll(t, f)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestFileLines(t *testing.T) {
	for content, want := range map[string][]string{
		"":                nil,
		"\n":              {""},
		"a":               {"a"},
		"a\n":             {"a"},
		"a\nb":            {"a", "b"},
		"a\r\nb\r\n":      {"a", "b"},
		"a\r":             {"a"},
		"a\n\n\nb\n":      {"a", "", "", "b"},
		"a\rb\n":          {"a\rb"},
		"\x00\xff\n\x1f":  {"\x00\xff", "\x1f"},
		"\x1f":            {"\x1f"},
		"\x28\xb5\x2f\nx": {"\x28\xb5\x2f", "x"},
	} {
		if got := readString(t, content); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}

// sample is some 3 MiB of lines of all lengths.
func sample() string {
	var s strings.Builder
	for i := 0; s.Len() < 3<<20; i++ {
		fmt.Fprintf(&s, "%d %s\n", i, strings.Repeat("x", i*i%1009))
	}
	return s.String()
}

// Batches must not depend on how the bytes arrive, or a replay from a pipe would
// differ from one of the file.
func TestFileBatchesDependOnContentOnly(t *testing.T) {
	content := sample()
	want := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	var ends []int64
	for i, r := range []io.Reader{
		strings.NewReader(content),
		iotest.HalfReader(strings.NewReader(content)),
		iotest.DataErrReader(strings.NewReader(content)),
		&stutter{r: strings.NewReader(content)},
	} {
		f, err := NewFile("test", r)
		if err != nil {
			t.Fatal(err)
		}
		lines, got, err := readAll(t, f)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(lines, want) {
			t.Fatalf("reader %d: lines differ", i)
		}
		if ends == nil {
			ends = got
		}
		if !slices.Equal(got, ends) || len(ends) < 3 {
			t.Errorf("reader %d: batches end at %v, not at %v", i, got, ends)
		}
	}
}

// stutter reads 1, 2, 3, ... bytes at a time.
type stutter struct {
	r io.Reader
	n int
}

func (s *stutter) Read(p []byte) (int, error) {
	s.n++
	return s.r.Read(p[:min(s.n, len(p))])
}

func TestFileCompressed(t *testing.T) {
	content := sample()
	want := readString(t, content)
	var zipped, zstandard bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	io.WriteString(gz, content[:1000])
	gz.Close()
	gz.Reset(&zipped) // gzip files may be concatenated
	io.WriteString(gz, content[1000:])
	gz.Close()
	zs, _ := zstd.NewWriter(&zstandard)
	io.WriteString(zs, content)
	zs.Close()

	for name, data := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": zstandard.Bytes()} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines, _, err := readAll(t, f)
		if err != nil || !slices.Equal(lines, want) {
			t.Errorf("%s: %d lines instead of %d, %v", name, len(lines), len(want), err)
		}
		if done, size := f.Progress(); done != size || size != int64(len(data)) {
			t.Errorf("%s: progress %d of %d", name, done, size)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}

		f, err = NewFile(name, bytes.NewReader(data[:len(data)/2]))
		if err != nil {
			t.Fatal(err)
		}
		lines, _, err = readAll(t, f)
		if err == nil || len(lines) == 0 || !slices.Equal(lines[:len(lines)-1], want[:len(lines)-1]) {
			t.Errorf("%s, cut off: %d lines, %v", name, len(lines), err)
		}
	}
}

func TestFileLongLines(t *testing.T) {
	long := strings.Repeat("y", MaxLine)
	for _, extra := range []string{"", "z", strings.Repeat("z", fileChunk), strings.Repeat("z", 2*MaxLine)} {
		f, err := NewFile("test", strings.NewReader("a\n"+long+extra+"\nb\n"+long+extra))
		if err != nil {
			t.Fatal(err)
		}
		lines, _, err := readAll(t, f)
		if err != nil || !slices.Equal(lines, []string{"a", long, "b", long}) {
			t.Errorf("with %d bytes too many: %d lines, %v", len(extra), len(lines), err)
		}
		if want := int64(2 * min(1, len(extra))); f.Long() != want {
			t.Errorf("with %d bytes too many: %d long lines counted, want %d", len(extra), f.Long(), want)
		}
	}
}

func TestOpenFileFaults(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "absent"), t.TempDir()} {
		if _, err := OpenFile(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("open %s: %v", name, err)
		}
	}
}

func BenchmarkFile(b *testing.B) {
	content := strings.Repeat(strings.Repeat("x", 378)+"\n", 10000)
	b.SetBytes(int64(len(content)))
	var batch pipeline.Batch
	for b.Loop() {
		f, err := NewFile("bench", strings.NewReader(content))
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			err = f.Read(&batch)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/record")
}

// BenchmarkFileNewlines is the yardstick of BenchmarkFile: only counts line ends.
func BenchmarkFileNewlines(b *testing.B) {
	content := []byte(strings.Repeat(strings.Repeat("x", 378)+"\n", 10000))
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if bytes.Count(content, []byte{'\n'}) != 10000 {
			b.Fatal("miscounted")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/record")
}
