package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"github.com/authspike/authspike/pipeline"
)

const (
	fileChunk = 256 << 10
	// MaxLine bounds a line of a file. The rest of a longer one is not read; Long counts them.
	MaxLine = 16 << 20
)

// File reads a file, or standard input, as one partition whose records are its
// lines, without their line ends ("\n" or "\r\n"); the last line needs none. Files
// compressed with gzip or zstd are recognized by their first bytes.
//
// The batches are a function of the content alone, however slowly it arrives: each
// holds the lines that end in the next 256 KiB. A File belongs to one goroutine.
type File struct {
	partition pipeline.Partition
	raw       io.Closer // nil for standard input
	plain     io.Reader
	unpack    io.Closer // nil where nothing is compressed
	buf       []byte
	open      []byte // the end of buf: a line that has not ended yet
	line      int64  // number of the next line, from 0
	size      int64  // bytes of the file; 0 where it is not known
	read      *countingReader
	long      int64
	cutting   bool // the rest of a line that was too long is being dropped
	ended     bool
}

// OpenFile opens a file; "-" is standard input.
func OpenFile(name string) (*File, error) {
	if name == "-" {
		return NewFile(name, os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open input: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a directory")
	}
	if err != nil {
		drop(f)
		return nil, fmt.Errorf("open input %s: %w", name, err)
	}
	file, err := NewFile(name, f)
	if err != nil {
		drop(f)
		return nil, err
	}
	file.raw, file.size = f, info.Size()
	return file, nil
}

// NewFile returns a File with the given name that reads from r. It waits for the
// first bytes.
func NewFile(name string, r io.Reader) (*File, error) {
	f := &File{partition: pipeline.Partition{Topic: name}, read: &countingReader{r: r}}
	var err error
	if f.plain, f.unpack, err = Unpack(f.read); err != nil {
		return nil, fmt.Errorf("read input %s: %w", name, err)
	}
	return f, nil
}

// Unpack returns a reader of the content of r, which may be compressed with gzip or
// zstd as its first bytes tell; it waits for them. The closer, nil if nothing is
// compressed, does not close r.
func Unpack(r io.Reader) (io.Reader, io.Closer, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, err := in.Peek(4)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, nil, err
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b, 8}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		return z, z, nil
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.IOReadCloser(), nil
	}
	return in, nil, nil
}

// Partition returns the partition named after the file.
func (f *File) Partition() pipeline.Partition { return f.partition }

// Progress returns how many bytes of the file have been read, and how many there are,
// 0 if that is not known.
func (f *File) Progress() (done, size int64) { return f.read.n, f.size }

// Long returns how many lines were cut off at MaxLine.
func (f *File) Long() int64 { return f.long }

// Read fills b with the next lines, reusing b.Records. Records are valid until the
// next call. The last batch, which may be empty, has End set; after it, Read returns
// io.EOF. A read error ends the file in the same way: b then holds the lines before
// it.
func (f *File) Read(b *pipeline.Batch) error {
	*b = pipeline.Batch{Partition: f.partition, From: f.line, Records: b.Records[:0]}
	if f.ended {
		b.Next, b.HighWatermark = f.line, f.line
		return io.EOF
	}
	var err error
	for err == nil && len(b.Records) == 0 {
		err = f.fill(b)
	}
	b.Next, b.HighWatermark = f.line, f.line+1
	b.Resume = pipeline.Position{Offset: f.line}
	if err == nil {
		return nil
	}
	f.ended, b.End, b.HighWatermark = true, true, f.line
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read input %s after line %d: %w", f.partition.Topic, f.line, err)
}

// fill reads the next chunk after the line that is still open, and appends the lines
// that end in it. At the end of the input (io.EOF or an error) the open line is
// complete too.
func (f *File) fill(b *pipeline.Batch) error {
	carried := len(f.open)
	buf := f.buf[:0]
	if cap(buf) < carried+fileChunk {
		buf = make([]byte, 0, 2*carried+fileChunk)
	}
	buf = append(buf, f.open...)
	n, err := readFull(f.plain, buf[carried:carried+fileChunk])
	f.buf, f.open = buf, buf[:carried+n]
	for at := carried; ; {
		i := bytes.IndexByte(f.open[at:], '\n')
		if i < 0 {
			break
		}
		f.append(b, f.open[:at+i])
		f.open, at = f.open[at+i+1:], 0
	}
	if f.cutting {
		f.open = f.open[:0]
	}
	if err != nil && len(f.open) > 0 {
		f.append(b, f.open)
		f.open = nil
	}
	if len(f.open) > MaxLine {
		f.append(b, f.open[:MaxLine])
		f.long++
		f.cutting, f.open = true, f.open[:0]
	}
	return err
}

// append adds a line as a record, unless it is the rest of one that was cut off.
func (f *File) append(b *pipeline.Batch, line []byte) {
	if f.cutting {
		f.cutting = false
		return
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if len(line) > MaxLine {
		line = line[:MaxLine]
		f.long++
	}
	b.Records = append(b.Records, pipeline.Record{Offset: f.line, Value: line[:len(line):len(line)]})
	f.line++
}

// Close closes the file; standard input stays open.
func (f *File) Close() error {
	var err error
	if f.unpack != nil {
		err = f.unpack.Close()
	}
	if f.raw != nil {
		err = errors.Join(err, f.raw.Close())
	}
	return err
}

// readFull reads until p is full or the input ends. Unlike io.ReadFull it
// distinguishes an input that ended from one that was truncated.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// countingReader counts the bytes read through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
