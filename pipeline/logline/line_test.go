package logline

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authspike/authspike/pipeline/logline/severity"
)

// lineTest is a line and what it says, as summary writes it.
type lineTest struct{ line, want string }

// formatLines returns all lines of the tests of formats, the seeds of FuzzDecode.
func formatLines() (lines []string) {
	for _, tests := range [][]lineTest{
		accessLines, haproxyLines, elbLines, w3cLines, squidLines, bunnyLines, azureStorageLines, uwsgiLines, cefLines, syslogLines, criLines, fluentdLines,
		composeLines, kubectlLines, herokuLines, klogLines, redisLines, weblogicLines, odlLines, knoxLines, tableLines, logfmtLines, ltsvLines, textLines, requestLines, plainLines, keyLines, insideLines, encodedLines, nameLines, namedLines,
	} {
		for _, tt := range tests {
			lines = append(lines, tt.line)
		}
	}
	return lines
}

func checkLines(t *testing.T, tests []lineTest) {
	t.Helper()
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	seeds := formatLines()
	for _, tt := range tests {
		if !slices.Contains(seeds, tt.line) {
			t.Fatalf("%s\nis in a table that formatLines does not have", tt.line)
		}
		entries := d.Decode([]byte(tt.line), nil)
		if got := summary(&entries[0]); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
}

// summary writes what an entry says: format, time, status, method, path, level,
// service, pod and message, those that there are.
func summary(e *Entry) string {
	parts := []string{strings.Join(append(e.Wrappers[:e.NWrappers:e.NWrappers], e.Format), "/")}
	if e.TimeFrom != TimeNone {
		parts = append(parts, time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
	}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprint(e.Status))
	}
	if e.Method != nil {
		parts = append(parts, string(e.Method))
	}
	if e.Path != nil {
		parts = append(parts, string(e.Path))
	}
	if e.Level != severity.None {
		parts = append(parts, e.Level.String())
	}
	if e.Service != nil {
		parts = append(parts, "service="+string(e.Service))
	}
	if e.Pod != nil {
		parts = append(parts, "pod="+string(e.Pod))
	}
	if e.Message != nil {
		parts = append(parts, fmt.Sprintf("%q", e.Message))
	}
	return strings.Join(parts, " ")
}
