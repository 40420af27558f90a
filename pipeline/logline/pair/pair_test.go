package pair

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func all(text string, loose bool) string {
	var found []string
	for p, ok := Next([]byte(text), 0, loose); ok; p, ok = Next([]byte(text), p.End, loose) {
		found = append(found, fmt.Sprintf("%s:%s", p.Key, p.Value))
	}
	return strings.Join(found, " ")
}

func TestNext(t *testing.T) {
	for text, want := range map[string]string{
		`a=1 b="x y" c='z'`:             "a:1 b:x y c:z",
		`a="q\"x" b=`:                   `a:q\"x b:`,
		`a.b-c/d@e=1, b=2;`:             "a.b-c/d@e:1 b:2",
		`1=2 x==y a=>b c=d`:             "c:d",
		`m=map[a:1 b:map[c:2]] n=1`:     "m:map[a:1 b:map[c:2]] n:1",
		`no pairs`:                      "",
		strings.Repeat("k", 100) + "=1": "",
	} {
		if got := all(text, false); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	if got, want := all("(a=1, b=2) {c=3|d=4}", true), "a:1 b:2 c:3 d:4"; got != want {
		t.Errorf("in loose text: got %s, want %s", got, want)
	}
}

func FuzzNext(f *testing.F) {
	for _, text := range []string{`a=1 b="x" c`, `a="\\`, "m=map[a:map[b:c]", `{a=1,b='2'}`, "a==b"} {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, loose bool) {
		from := 0
		for p, ok := Next(text, 0, loose); ok; p, ok = Next(text, p.End, loose) {
			if p.Start < from || p.End <= p.Start || p.End > len(text) || !bytes.HasPrefix(text[p.Start:], p.Key) || len(p.Key) == 0 || len(p.Key) > MaxName+1 {
				t.Fatalf("%q has %+v behind %d", text, p, from)
			}
			from = p.End
		}
	})
}
