package logline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authspike/authspike/detector"
)

// told is what an entry says that a worker counts by.
func told(e *Entry) string {
	return fmt.Sprint(e.Role, e.Slot, e.Lines, e.Time, e.TimeFrom, e.Status, e.Failure, e.Err, e.Format, e.NWrappers, string(e.Kid), string(e.Service), string(e.Pod), string(e.Message))
}

// FuzzJoinRestore: no state makes a Joiner fail later.
func FuzzJoinRestore(f *testing.F) {
	j := newJoiner(f)
	for _, line := range []string{"2026-03-04 05:06:07 ERROR refused", "2026-03-04T05:06:07.1Z stdout P Authorization: Bearer q7Zp"} {
		j.Decode(&Line{Value: []byte(line), Newest: 1772600767}, nil)
	}
	f.Add(j.AppendState(nil))
	f.Fuzz(func(t *testing.T, state []byte) {
		if _, err := j.Restore(state); err != nil && len(j.byKey)+len(j.parts) > 0 {
			t.Fatal("a state that was refused is there in part")
		}
		for _, line := range []string{"\tat x.y(z)", "2026-03-04T05:06:07.1Z stdout F rest"} {
			j.Decode(&Line{Value: []byte(line), Newest: 1772600767}, nil)
		}
		j.End(nil)
	})
}

// TestJoinBounds: hostile logs do not make it keep more than it may, and what is
// given up is counted.
func TestJoinBounds(t *testing.T) {
	at := int64(1772600767)
	cri := func(pod int, tag, text string) *Line {
		return &Line{Newest: at, Value: fmt.Appendf(nil, `{"time":"2026-03-04T05:06:07Z","stream":"stdout","logtag":%q,"log":%q,"kubernetes":{"pod_name":"p-%d"}}`, tag, text, pod)}
	}
	j := newJoiner(t)
	for i := range 3 * maxStreams {
		j.Decode(cri(i, "F", "2026-03-04 05:06:07 ERROR "+strings.Repeat("x ", 4000)), nil)
	}
	if n := j.Counts[JoinEvicted]; n != 2*maxStreams || len(j.byKey) != maxStreams || len(j.streams) != maxStreams {
		t.Errorf("%d evicted, %d open", n, len(j.byKey))
	}
	if n := len(j.AppendState(nil)); n > maxStreams*(maxBegin+64) {
		t.Errorf("the state has %d bytes", n)
	}

	j.Reset()
	j.Counts = [NumJoins]uint32{}
	given := 0
	for i := range 3 * maxCuts {
		given += len(j.Decode(cri(i, "P", "jwt "+strings.Repeat("x ", 40)), nil)) - 1
	}
	if n := int(j.Counts[JoinEvicted]); n != 2*maxCuts || given != n || len(j.parts) != maxCuts {
		t.Errorf("%d evicted, %d read, %d kept", n, given, len(j.parts))
	}

	j.Reset()
	j.Counts = [NumJoins]uint32{}
	var long []Entry
	for range 40 {
		long = append(long, j.Decode(cri(1, "P", "token refused: jwt expired "+strings.Repeat("x ", 8000)), nil)...)
	}
	last := j.Decode(cri(1, "F", "jwt expired"), nil)
	failures := 0
	for i := range long {
		if long[i].Failure == detector.TokenExpired {
			failures++
		}
	}
	if j.Counts[JoinTooLong] != 1 || failures != 1 || last[0].Role != Held || len(j.parts) != 0 || j.bytes != 0 {
		t.Errorf("counts %v, %d failures, last %v, %d kept", j.Counts, failures, last[0].Role, len(j.parts))
	}

	j.Reset()
	j.Counts = [NumJoins]uint32{}
	for i := range 30 {
		for range 6 {
			j.Decode(cri(i, "P", strings.Repeat("x ", 8000)), nil)
		}
	}
	if j.bytes > maxHeld || j.Counts[JoinEvicted] == 0 {
		t.Errorf("%d bytes, counts %v", j.bytes, j.Counts)
	}
	at += maxAge + 1
	if got := j.Decode(cri(99, "F", "fine"), nil); j.bytes != 0 || len(j.parts) != 0 || len(got) < 2 || got[0].Err != ErrTruncated || got[len(got)-1].Err != "" {
		t.Errorf("%d bytes after they expired, %d entries", j.bytes, len(got))
	}
}

// TestJoinKeepsNoCredential cuts a line at every place, with a batch's end between
// its parts.
func TestJoinKeepsNoCredential(t *testing.T) {
	secret := "q7Zp3Wn8Vb5Xc2Lk9Jh4Gf6D"
	for _, line := range []string{
		`2026-03-04 05:06:07 ERROR Authorization: Bearer ` + secret + ` refused: jwt expired`,
		`{"time":"2026-03-04T05:06:07Z","status":401,"headers":{"authorization":"Bearer ` + secret + `"},"error":"jwt expired","message":"x"}`,
		`2026-03-04 05:06:07 ERROR jwt expired: eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.` + secret,
	} {
		for cut := 1; cut < len(line); cut++ {
			g := newCutGather(t)
			g.line(1772600767, "2026-03-04T05:06:07.1Z stdout P "+line[:cut])
			state := g.j.AppendState(nil)
			g.line(1772600767, "2026-03-04T05:06:07.1Z stdout F "+line[cut:])
			if got := g.end(); len(got) != 1 || !strings.Contains(got[0], "token_expired") {
				t.Errorf("cut at %d: %q", cut, got)
			}
			for what, text := range map[string]string{"state": string(state), "message": g.events[0].message} {
				for i := 8; i+8 <= len(secret); i++ {
					if strings.Contains(text, secret[i:i+8]) {
						t.Fatalf("%s cut at %d: %q is in the %s: %q", line, cut, secret[i:i+8], what, text)
					}
				}
			}
		}
	}
}

// cutJoiner serves all of them: making one takes long.
var cutJoiner *Joiner

func newCutGather(t *testing.T) *gather {
	if cutJoiner == nil {
		cutJoiner = newJoiner(t)
	}
	cutJoiner.Reset()
	return &gather{j: cutJoiner, slots: map[int32]*gathered{}}
}
