package header

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func list(pairs ...string) (h List) {
	for i := 0; i < len(pairs); i += 2 {
		h = Append(h, pairs[i], []byte(pairs[i+1]))
	}
	return h
}

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		headers List
		want    string
	}{
		{nil, "service  pod  namespace "},
		{list("app", "second", "Service-Name", "first", "k8s.pod.name", " p-1 ", "service.namespace", "prod"), "service first pod p-1 namespace prod"},
		{list("service", "-", "app", " ", "pod", "a\x00b"), "service  pod  namespace "},
		{list("service", strings.Repeat("x", 254), strings.Repeat("n", 65), "y"), "service  pod  namespace "},
		{List{2, 200, 1, 'x'}, "service  pod  namespace "},
	} {
		n := tt.headers.Names()
		if got := fmt.Sprintf("service %s pod %s namespace %s", n.Service, n.Pod, n.Namespace); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.headers, got, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	h := list("X-Team", "t1", "x_team", "t2", "other", " v ")
	if got := string(h.Find("xteam")); got != "t1" {
		t.Errorf("Find = %q", got)
	}
	if h.Find("none") != nil {
		t.Error("Find finds what is not there")
	}
	if got := string(h.Holding([]byte("v"))); got != "other" {
		t.Errorf("Holding = %q", got)
	}
	if h.Holding([]byte("w")) != nil {
		t.Error("Holding finds what is not there")
	}
}

// FuzzList sees that damaged headers do no harm, and that what is found is of them.
func FuzzList(f *testing.F) {
	f.Add([]byte(list("service", "api", "pod", "p")))
	f.Add([]byte{2, 200, 1, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		h := List(b)
		n := h.Names()
		for _, found := range [][]byte{n.Service, n.Pod, n.Namespace, h.Find("service"), h.Holding([]byte("p"))} {
			if !bytes.Contains(b, found) {
				t.Fatalf("%q is not of %q", found, b)
			}
		}
	})
}
