package signature

import (
	"math/rand/v2"
	"testing"

	"github.com/authspike/authspike/rules"
)

// wordStarts finds what rules.WordStart finds, apart from bytes that do not count.
func TestWordStarts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		text := make([]byte, r.IntN(3*block))
		for i := range text {
			if text[i] = "azAZ09nrt\\\\@[`{/: !\x7f\x80\xff\xe1"[r.IntN(23)]; r.IntN(8) == 0 {
				text[i] = byte(r.IntN(256))
			}
		}
		var before edge
		for i := 0; i < len(text); i += block {
			var a ahead
			copy(a[:], text[i:])
			starts := a.wordStarts(&before)
			for n := range min(block, len(text)-i) {
				got, want := starts>>n&1 != 0, rules.WordStart(text, i+n)
				if got != want && (got || rules.Fold(text[i+n]) != 0) {
					t.Fatalf("%q: at %d a word starts: %v, want %v", text, i+n, got, want)
				}
			}
		}
	}
}
