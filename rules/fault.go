// Package rules reads the files that people write for authspike: rule files, the
// catalogue of verifier signatures and, through Decode, any other strict YAML.
//
// Invariant: a file is read completely or refused completely, and a refusal names every
// fault with file, line, column and remedy, never only the first one. The package refuses
// unknown and repeated keys, values of the wrong type and further documents, and does no
// I/O: callers pass the bytes.
package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong in a file, at the place where it has to be repaired.
type Fault struct { //nolint:errname // a fault of a file, which is an error by the way
	File   string
	Line   int    // from 1; 0 where the file as a whole is meant
	Column int    // from 1, in characters; 0 where only the line is known
	What   string // what is wrong
	Remedy string // what to do about it, "" where What says it
}

// Error returns `file:line:col: what (remedy)`, without the parts that are unknown.
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, ":%d", f.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(f.What)
	if f.Remedy != "" {
		fmt.Fprintf(&b, " (%s)", f.Remedy)
	}
	return b.String()
}

// Faults are all faults of one or several files. As an error they print one line each.
type Faults []Fault //nolint:errname // see Fault

// Error returns one line per fault, without a newline at the end.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns f as an error, nil if there is no fault. (A nil Faults stored in an error
// would not be nil.)
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Sort orders the faults by file, line and column; faults of one place keep
// their order.
func (f Faults) Sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
