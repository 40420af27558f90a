package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// tableRow is what the columns of a row say, as far as their form reveals it.
type tableRow struct {
	method, target        []byte
	early, late, explicit int // the status before the method, behind the target, and beside its own words
}

// readTable reads rows of tab-separated columns, the first of which is the time:
// CloudFront's real-time log, Zeek's HTTP log, and custom nginx layouts. Method and path
// are found by their form, the status by what is around it.
func readTable(d *Decoder, line []byte, e *Entry) bool {
	first, _, ok := bytes.Cut(line[:min(len(line), maxFirstColumn)], tab)
	if !ok {
		return false
	}
	ns, full := stamp.Epoch(first)
	if s := d.stamps.Read(first); s.Len > 0 {
		if s.Len != len(first) {
			return false
		}
		ns, full = s.UnixNano, s.Full
	}
	if !full {
		return false
	}
	row := tableColumns(line[len(first)+1:])
	status := row.explicit
	if status == 0 {
		status = row.early
	}
	if status == 0 {
		status = row.late
	}
	if row.method == nil || row.target == nil || status == 0 {
		return false
	}
	e.setTime(ns)
	e.setTarget(row.method, row.target)
	e.Status, e.Format = status, "table"
	return true
}

var tab = []byte("\t")

// maxFirstColumn bounds the length of a stamp.
const maxFirstColumn = 48

// tableColumns reads the columns after the time.
func tableColumns(rest []byte) (row tableRow) {
	status := 0 // what the column before may be
	for len(rest) > 0 {
		var word []byte
		if word, rest, _ = bytes.Cut(rest, tab); len(word) == 0 {
			status = 0
			continue
		}
		if status != 0 && row.explicit == 0 && scan.IsLetter(word[0]) && request.IsReason(status, word) {
			row.explicit = status
		}
		switch status = request.WholeStatus(word); {
		case status != 0 && row.method == nil && row.early == 0:
			row.early = status
		case status != 0 && row.target != nil && row.late == 0:
			row.late = status
		case row.method == nil && request.IsKnownMethod(word):
			row.method = word
		case row.method != nil && row.target == nil && (word[0] == '/' || bytes.Contains(word, schemeMark)):
			row.target = word
		}
	}
	return row
}
