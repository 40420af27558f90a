package logline

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"unicode/utf8"
)

// minEncoded is the least length of a message that is examined as base64. It can hold a
// short line; most messages have a blank within it.
const minEncoded = 24

// maxUnpacked bounds the decompressed bytes of a record; the rest is left out.
const maxUnpacked = 16 << 20

// decoded returns the line that message holds in base64, compressed or not, in scratch
// memory: Firehose, Kinesis, Pub/Sub and CloudEvents carry opaque data that way. ok is
// false if it holds none.
func (d *Decoder) decoded(message []byte) (line []byte, ok bool) {
	if len(message) < minEncoded || len(message)%4 != 0 {
		return nil, false
	}
	for _, c := range message[:minEncoded] {
		if !isBase64[c] {
			return nil, false
		}
	}
	start := len(d.scratch)
	out, err := base64.StdEncoding.AppendDecode(d.scratch, message)
	if err != nil {
		return nil, false
	}
	if line = out[start:]; isGzip(line) {
		line = d.unpacked(line)
	}
	if !isLine(line) {
		return nil, false
	}
	d.scratch = out
	return line, true
}

var isBase64 = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		is[c] = true
	}
	return is
}()

// isLine reports whether b is text, and more than a word.
func isLine(b []byte) bool {
	head := b[:min(len(b), 512)]
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != escape {
			return false
		}
	}
	for n := 0; n < utf8.UTFMax && !utf8.Valid(head); n++ { // cut within a letter
		head = head[:max(0, len(head)-1)]
	}
	return utf8.Valid(head) && bytes.ContainsAny(head, " {")
}

// isGzip reports whether b begins like gzip data.
func isGzip(b []byte) bool { return len(b) > 18 && b[0] == 0x1F && b[1] == 0x8B && b[2] == 8 }

// unpacked returns the decompressed b, as far as it is intact.
func (d *Decoder) unpacked(b []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, int64(maxUnpacked-d.unpackedSize))) // what is broken has a beginning
	d.unpackedSize += len(out)
	return out
}
