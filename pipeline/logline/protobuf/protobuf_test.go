package protobuf

import (
	"bytes"
	"testing"
)

func TestNext(t *testing.T) {
	// 1: 300, 2: "api", 3: eight bytes, 4: four bytes
	message := []byte("\x08\xac\x02\x12\x03api\x19\x05\x00\x00\x00\x00\x00\x00\x00\x25abcd")
	want := []Field{{Num: 1, Number: 300}, {Num: 2, Wire: 2, Bytes: []byte("api")}, {Num: 3, Wire: 1, Number: 5}, {Num: 4, Wire: 5}}
	rest := message
	for _, w := range want {
		f, next, ok := Next(rest)
		if !ok || f.Num != w.Num || f.Wire != w.Wire || f.Number != w.Number || !bytes.Equal(f.Bytes, w.Bytes) {
			t.Fatalf("got %+v, %v, want %+v", f, ok, w)
		}
		rest = next
	}
	if len(rest) != 0 {
		t.Errorf("%q is left", rest)
	}
	for cut := 1; cut < 3; cut++ {
		if f, _, ok := Next(message[:cut]); ok {
			t.Errorf("%q has %+v", message[:cut], f)
		}
	}
	for _, b := range []string{"", "\x00\x01", "\x0b", "\x12\x7fa", "\x0f\x01"} {
		if f, _, ok := Next([]byte(b)); ok {
			t.Errorf("%q has %+v", b, f)
		}
	}
	if Holds(message, 4) || !Holds([]byte("\x0a\x01a\x12\x00"), 2) || Holds([]byte("\x0a\x01a\x12\x00"), 1) || !Holds(nil, 1) {
		t.Error("Holds is wrong about what a message holds")
	}
}
