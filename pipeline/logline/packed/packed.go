// Package packed writes and reads varints and length-prefixed texts, the encoding of a
// worker's and a joiner's state.
//
// Invariant: damaged or made-up bytes do no harm: after the first fault everything that
// is read is zero, and nothing is allocated because of a number alone. The package
// refuses to know what is read, and to distinguish versions.
package packed

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrDamaged is returned for bytes that the functions of this package did not write.
var ErrDamaged = errors.New("malformed state")

// AppendText appends a length-prefixed text.
func AppendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// Flags returns up to eight flags as the bits of a byte, the first as the lowest.
func Flags(all ...bool) (f byte) {
	for i, set := range all {
		if set {
			f |= 1 << i
		}
	}
	return f
}

// Reader reads what was packed. After the first fault it returns only zero values, and
// Err is set.
type Reader struct {
	Rest []byte // what was not read yet
	Err  error
}

// Fail records that what was read is impossible.
func (r *Reader) Fail() { r.Rest, r.Err = nil, ErrDamaged }

// Uint reads a number.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.Rest)
	if n <= 0 {
		r.Fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Below reads a number below a bound.
func (r *Reader) Below(bound uint64) uint64 {
	v := r.Uint()
	if v >= bound {
		r.Fail()
		return 0
	}
	return v
}

// Int reads a number that may be negative.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.Rest)
	if n <= 0 {
		r.Fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Fixed reads a number of eight bytes, the lowest first.
func (r *Reader) Fixed() uint64 {
	if len(r.Rest) < 8 {
		r.Fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.Rest)
	r.Rest = r.Rest[8:]
	return v
}

// Float reads a number with a fraction, whose bits Fixed would read.
func (r *Reader) Float() float64 { return math.Float64frombits(r.Fixed()) }

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if len(r.Rest) == 0 {
		r.Fail()
		return 0
	}
	b := r.Rest[0]
	r.Rest = r.Rest[1:]
	return b
}

// Enum reads a byte below a bound.
func (r *Reader) Enum(bound byte) byte {
	b := r.Byte()
	if b >= bound {
		r.Fail()
		return 0
	}
	return b
}

// Text reads a text of at most `most` bytes. It is a part of the input, not a copy.
func (r *Reader) Text(most uint64) []byte {
	n := r.Uint()
	if n > min(most, uint64(len(r.Rest))) {
		r.Fail()
		return nil
	}
	b := r.Rest[:n:n]
	r.Rest = r.Rest[n:]
	return b
}

// Bytes reads a text of any length. It is a part of the input, not a copy.
func (r *Reader) Bytes() []byte { return r.Text(math.MaxUint64) }

// String reads a text of any length.
func (r *Reader) String() string { return string(r.Bytes()) }

// Count reads the number of items that follow, each of at least one byte, so that a
// damaged number allocates nothing.
func (r *Reader) Count() int {
	n := r.Uint()
	if n > uint64(len(r.Rest)) {
		r.Fail()
		return 0
	}
	return int(n)
}
