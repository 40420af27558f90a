package detector

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/bits"
)

// codec writes values to data, or reads them from it: one description of the state
// serves both directions, so that they cannot differ. Reading trusts nothing: after
// the first fault it leaves every value unchanged.
type codec struct {
	reading bool
	data    []byte // written so far, or still to be read
	to      io.Writer
	err     error
}

// pieceSize is roughly how many bytes of a state are in memory while it is written.
const pieceSize = 64 << 10

// spill flushes what has been written, if there is a writer and at least `enough`
// bytes have gathered.
func (c *codec) spill(enough int) {
	if c.to == nil || c.err != nil || len(c.data) < enough {
		return
	}
	_, c.err = c.to.Write(c.data)
	c.data = c.data[:0]
}

var (
	errShort = errors.New("detector state: it ends early")
	errRange = errors.New("detector state: a value is out of range")
	errOrder = errors.New("detector state: a list is not in order")
)

func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// check fails with errRange if reading and not ok.
func (c *codec) check(ok bool) {
	if c.reading && !ok {
		c.fail(errRange)
	}
}

func (c *codec) uint64(v *uint64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, *v)
		return
	}
	if c.err != nil {
		return
	}
	x, n := binary.Uvarint(c.data)
	if n <= 0 {
		c.fail(errShort)
		return
	}
	*v, c.data = x, c.data[n:]
}

func (c *codec) uint32(v *uint32) {
	x := uint64(*v)
	c.uint64(&x)
	c.check(x <= math.MaxUint32)
	*v = uint32(x)
}

func (c *codec) uint16(v *uint16) {
	x := uint64(*v)
	c.uint64(&x)
	c.check(x <= math.MaxUint16)
	*v = uint16(x)
}

func (c *codec) bool(v *bool) {
	x := uint64(0)
	if *v {
		x = 1
	}
	c.uint64(&x)
	c.check(x <= 1)
	*v = x == 1
}

// maxTime bounds seconds, so that no arithmetic on them overflows: the year 36812.
const maxTime = 1 << 40

// time visits a second or a minute, from a little before 1970 on.
func (c *codec) time(v *int64) {
	x := uint64(*v + secondRing*60)
	c.uint64(&x)
	c.check(x <= maxTime)
	*v = int64(x) - secondRing*60
}

// float visits a finite number that is not negative. Its bytes are reversed, so that
// the trailing zeros of round numbers cost nothing.
func (c *codec) float(v *float64) {
	x := bits.ReverseBytes64(math.Float64bits(*v))
	c.uint64(&x)
	f := math.Float64frombits(bits.ReverseBytes64(x))
	c.check(f >= 0 && f <= 1e15)
	*v = f
}

func (c *codec) float32(v *float32) {
	x := uint64(bits.ReverseBytes32(math.Float32bits(*v)))
	c.uint64(&x)
	f := math.Float32frombits(bits.ReverseBytes32(uint32(x)))
	c.check(x <= math.MaxUint32 && f >= 0 && f <= 1e15)
	*v = f
}

func (c *codec) string(v *string) {
	n := c.length(len(*v), 1)
	if !c.reading {
		c.data = append(c.data, *v...)
		return
	}
	if c.err == nil {
		*v, c.data = string(c.data[:n]), c.data[n:]
	}
}

// length visits the length of a list whose elements take at least size bytes each.
// It returns zero after a fault, and never more than the data can hold.
func (c *codec) length(n, size int) int {
	x := uint64(n)
	c.uint64(&x)
	if c.reading && x > uint64(len(c.data)/size) {
		c.fail(errShort)
	}
	if c.err != nil {
		return 0
	}
	return int(x)
}

// list visits the elements of a list, which it allocates when reading.
func list[T any](c *codec, v *[]T, size int, visit func(*T)) {
	n := c.length(len(*v), size)
	if c.reading {
		*v = make([]T, n)
	}
	for i := 0; i < len(*v) && c.err == nil; i++ {
		visit(&(*v)[i])
	}
}

// present visits whether v is nil, and allocates what it points to when reading. It
// reports whether v is not nil.
func present[T any](c *codec, v **T) bool {
	there := *v != nil
	c.bool(&there)
	if c.reading && there && c.err == nil {
		*v = new(T)
	}
	return there && c.err == nil
}
