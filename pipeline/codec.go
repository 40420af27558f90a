package pipeline

import (
	"encoding/binary"
	"errors"
	"math"
)

// errState says that bytes are not a state that this program wrote.
var errState = errors.New("malformed state")

// The state is written as varints and length-prefixed strings.

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// stateReader reads what the append functions wrote. After the first fault all it
// returns is zero, and err says so.
type stateReader struct {
	rest []byte
	err  error
}

func (r *stateReader) fail() {
	r.rest, r.err = nil, errState
}

func (r *stateReader) uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *stateReader) int() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *stateReader) float() float64 { return math.Float64frombits(r.fixed()) }

func (r *stateReader) fixed() uint64 {
	if len(r.rest) < 8 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return v
}

func (r *stateReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// bytes returns a part of the input, not a copy.
func (r *stateReader) bytes() []byte {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *stateReader) string() string { return string(r.bytes()) }

// count returns a number of items that follow, each of one byte at least, so that
// a damaged number allocates nothing.
func (r *stateReader) count() int {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}
