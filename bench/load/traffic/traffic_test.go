package traffic

import (
	"bytes"
	"testing"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/signature"
	"github.com/authspike/authspike/rules"
)

var shapes = []Shape{JSON, Layouts, Nginx, FluentBit}

func records(t *testing.T, opts Options, n int) (lines [][]byte, c Counts) {
	t.Helper()
	g, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		line, _ := g.Append(nil)
		lines = append(lines, line)
	}
	return lines, g.Counts()
}

func TestSeedDeterminesRecords(t *testing.T) {
	for _, shape := range shapes {
		text := func(seed uint64) []byte {
			lines, _ := records(t, Options{Seed: seed, Shape: shape}, 2000)
			return bytes.Join(lines, []byte("\n"))
		}
		if !bytes.Equal(text(1), text(1)) {
			t.Errorf("%s: the same seed gives other records", shape)
		}
		if bytes.Equal(text(1), text(2)) {
			t.Errorf("%s: another seed gives the same records", shape)
		}
	}
}

// TestRecordsMeanTheirCounts reads the records, lazily and in full, and finds
// what Counts says.
func TestRecordsMeanTheirCounts(t *testing.T) {
	m, err := signature.Compile(rules.DefaultCatalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range shapes {
		for _, lazy := range []bool{false, true} {
			lines, want := records(t, Options{Seed: 3, Shape: shape, Share: 0.05}, 20_000)
			d, err := logline.New(logline.Options{Matcher: m, Lazy: lazy})
			if err != nil {
				t.Fatal(err)
			}
			got := Counts{Decoys: want.Decoys}
			for _, line := range lines {
				entries := d.Decode(line, nil)
				if len(entries) != 1 || entries[0].Err != "" {
					t.Fatalf("%s: %d entries of %s", shape, len(entries), line)
				}
				if e := entries[0]; e.Status != 0 {
					got.Requests++
					if e.Status == 401 {
						got.Unauthorized++
					}
				} else if e.Failure != detector.NoSignal {
					got.Reasons++
				}
			}
			if got != want {
				t.Errorf("%s, lazy %t: read %+v, made %+v", shape, lazy, got, want)
			}
			if want.Reasons == 0 || (shape == JSON || shape == FluentBit) != (want.Decoys > 0) {
				t.Errorf("%s: %+v", shape, want)
			}
		}
	}
}

func TestRequestLinesAreAbout380Bytes(t *testing.T) {
	lines, _ := records(t, Options{}, 10_000)
	if mean := len(bytes.Join(lines, nil)) / len(lines); mean < 365 || mean > 395 {
		t.Errorf("lines have %d bytes", mean)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, opts := range []Options{{Shape: "xml"}, {Share: 2}, {PerSecond: -1}, {Pods: -1}} {
		if _, err := New(opts); err == nil {
			t.Errorf("%+v is taken", opts)
		}
	}
}
