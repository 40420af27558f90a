package logline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// What is remembered is what the matcher says, whatever came between, and the kid
// is a part of the text that was asked about.
func TestRecentIsTheMatcher(t *testing.T) {
	m := matcher(t)
	r := newRecent(m)
	rnd := rand.New(rand.NewPCG(3, 4))
	kids, again := 0, map[string]bool{}
	repeated := 0
	buf := make([]byte, 0, 2*maxRecentText)
	for range 5000 {
		text := []string{
			"",
			"served",
			fmt.Sprintf("token refused\nno matching key in the JWKS, kid=k%d", rnd.IntN(200)),
			fmt.Sprintf("jwt expired %d s ago", rnd.IntN(200)),
			fmt.Sprintf("unknown kid in token: kid=%s", strings.Repeat("k1", rnd.IntN(maxRecentText/2))),
		}[rnd.IntN(5)]
		if again[text] {
			repeated++
		}
		again[text] = true
		buf = append(buf[:0], "xx"[:rnd.IntN(3)]...)
		start := len(buf)
		buf = append(buf, text...)
		asked := buf[start:]
		got, want := r.match(asked), m.Match(asked)
		if got.Failure != want.Failure || got.Ambiguous != want.Ambiguous || got.Verifier != want.Verifier || got.Signature != want.Signature || !bytes.Equal(got.Kid, want.Kid) {
			t.Fatalf("%q: %+v, the matcher says %+v", text, got, want)
		}
		if len(got.Kid) > 0 {
			kids++
			if i := bytes.Index(asked, got.Kid); &got.Kid[0] != &asked[i] {
				t.Fatalf("%q: kid %q is not of the text", text, got.Kid)
			}
		}
	}
	if kids < 500 || repeated < 500 {
		t.Errorf("%d kids, %d texts repeated: the test says little", kids, repeated)
	}
}
