package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/segmentio/kafka-go/compress"
)

// errTooLarge is returned for data that is larger than its bound after decompression.
var errTooLarge = errors.New("too large after decompression")

// decompress appends the decompressed src to dst, at most limit bytes of it. On an
// error it returns dst unchanged.
func decompress(codec int, dst, src []byte, limit int) ([]byte, error) {
	c := compress.Compression(codec).Codec()
	if c == nil {
		return dst, fmt.Errorf("unknown compression codec %d", codec)
	}
	r := c.NewReader(bytes.NewReader(src))
	defer drop(r)

	out := slices.Grow(dst, 4*len(src))
	for {
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		switch {
		case len(out)-len(dst) > limit:
			return dst, errTooLarge
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return dst, fmt.Errorf("decompress by codec %d: %w", codec, err)
		}
		if len(out) == cap(out) {
			out = slices.Grow(out, cap(out))
		}
	}
}
