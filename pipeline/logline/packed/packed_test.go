package packed

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

func packed() []byte {
	b := binary.AppendUvarint(nil, 300)
	b = binary.AppendVarint(b, -5)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(1.5))
	b = append(b, Flags(true, false, true), 7)
	return AppendText(AppendText(b, "name"), []byte(nil))
}

func TestReader(t *testing.T) {
	r := Reader{Rest: packed()}
	u, i, f, flags, c, s, text := r.Below(301), r.Int(), r.Float(), r.Byte(), r.Enum(8), r.String(), r.Bytes()
	if u != 300 || i != -5 || f != 1.5 || flags != 5 || c != 7 || s != "name" || len(text) != 0 || r.Err != nil || len(r.Rest) != 0 {
		t.Fatalf("read %d %d %g %b %d %q %q, error %v, rest %q", u, i, f, flags, c, s, text, r.Err, r.Rest)
	}
}

// TestFaults: what cannot be read fails, and nothing is read after it.
func TestFaults(t *testing.T) {
	for name, read := range map[string]func(*Reader) bool{
		"bound":  func(r *Reader) bool { return r.Below(300) == 0 },
		"most":   func(r *Reader) bool { r.Rest = AppendText(nil, "name"); return r.Text(3) == nil },
		"enum":   func(r *Reader) bool { return r.Enum(0x10) == 0 },
		"count":  func(r *Reader) bool { return r.Count() == 0 },
		"number": func(r *Reader) bool { r.Rest = bytes.Repeat([]byte{0xFF}, 12); return r.Uint() == 0 },
	} {
		r := Reader{Rest: packed()}
		if !read(&r) || r.Err == nil || r.Rest != nil || r.Uint() != 0 || r.Byte() != 0 || r.Fixed() != 0 || r.Bytes() != nil {
			t.Errorf("%s: read on, error %v", name, r.Err)
		}
	}
	for n := range packed() {
		r := Reader{Rest: packed()[:n]}
		r.Uint()
		r.Int()
		r.Float()
		r.Byte()
		r.Byte()
		_ = r.String()
		r.Bytes()
		if r.Err == nil {
			t.Errorf("%d bytes are enough", n)
		}
	}
}
