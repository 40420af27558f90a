// Package protobuf reads the fields of protobuf messages without knowing their types.
//
// Invariant: what is returned is within the message, however broken that is. The package
// refuses groups, which are obsolete, and field numbers above 65536, which no message
// that is read here has.
package protobuf

import "encoding/binary"

// Field is one field of a message.
type Field struct {
	Num    int
	Wire   int    // the type on the wire: 0 a varint, 1 eight bytes, 2 bytes with their length, 5 four bytes
	Bytes  []byte // of type 2
	Number uint64 // of types 0 and 1
}

// Next reads the first field of b.
func Next(b []byte) (f Field, rest []byte, ok bool) {
	tag, n := binary.Uvarint(b)
	if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<16 {
		return f, nil, false
	}
	f.Num, f.Wire, b = int(tag>>3), int(tag&7), b[n:]
	switch f.Wire {
	case 0:
		if f.Number, n = binary.Uvarint(b); n <= 0 {
			return f, nil, false
		}
		return f, b[n:], true
	case 1:
		if len(b) < 8 {
			return f, nil, false
		}
		f.Number = binary.LittleEndian.Uint64(b)
		return f, b[8:], true
	case 2:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return f, nil, false
		}
		f.Bytes = b[n : n+int(size)]
		return f, b[n+int(size):], true
	case 5:
		if len(b) < 4 {
			return f, nil, false
		}
		return f, b[4:], true
	}
	return f, nil, false
}

// Holds reports whether b is a message whose fields have numbers up to last and
// are messages or strings.
func Holds(b []byte, last int) bool {
	for len(b) > 0 {
		f, rest, ok := Next(b)
		if !ok || f.Wire != 2 || f.Num > last {
			return false
		}
		b = rest
	}
	return true
}
