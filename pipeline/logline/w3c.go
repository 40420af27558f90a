package logline

import (
	"bytes"

	"github.com/authspike/authspike/pipeline/logline/lexicon"
	"github.com/authspike/authspike/pipeline/logline/request"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
	"github.com/authspike/authspike/pipeline/logline/stamp"
)

// w3cRow is what the columns of a W3C log say, as far as their form reveals it.
type w3cRow struct {
	machine, method, target []byte
	status                  int
}

// readW3C reads the W3C logs of IIS and CloudFront: date and time, then columns whose
// order is not evident from the line. The method and the path next to it are found by
// their form, the status by what is around it.
func readW3C(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 40 || bytes.IndexByte(line, '"') >= 0 {
		return false
	}
	if line[2] == ':' && line[5] == ':' && line[8] == ' ' {
		return readW3CTime(line, e)
	}
	if line[4] != '-' || line[10] != ' ' && line[10] != '\t' {
		return false
	}
	s := d.stamps.Read(line)
	if s.Len < 19 || s.Len == len(line) || !s.Full || line[s.Len] != ' ' && line[s.Len] != '\t' {
		return false
	}
	columns := scan.SkipBlank(line[s.Len:])
	if s.Len > 19 && (s.Len != 23 || !bytes.HasPrefix(columns, siteMark)) { // advanced logging has milliseconds
		return false
	}
	row, ok := w3cColumns(columns)
	if !ok {
		if row, ok = httpErrColumns(columns); !ok {
			return false
		}
	}
	e.setTime(s.UnixNano)
	e.setTarget(row.method, row.target)
	e.setPod(row.machine, lexicon.RankPodHost)
	e.Status, e.Format = row.status, "w3c"
	return true
}

// readW3CTime reads a line whose date is only in the head of the file. It has to end with
// status, substatus and Windows status, because many other lines begin with a time.
func readW3CTime(line []byte, e *Entry) bool {
	if stamp.TimeOfDay(line) != 8 {
		return false
	}
	end := line
	for range 3 {
		i := bytes.LastIndexByte(end, ' ')
		if i < 0 || i+1 == len(end) || scan.Digits(end[i+1:]) != len(end)-i-1 {
			return false
		}
		end = end[:i]
	}
	row, ok := w3cColumns(line[9:])
	if !ok {
		return false
	}
	e.setTarget(row.method, row.target)
	e.Status, e.Format = row.status, "w3c"
	return true
}

// w3cColumns reads the columns after date and time.
func w3cColumns(rest []byte) (row w3cRow, ok bool) {
	var first, word []byte
	address := false
	for i := 0; row.method == nil; i++ {
		word, rest = scan.Token(rest)
		address = address || request.IsAddress(word)
		switch {
		case i == 7 || len(word) == 0 || len(word) != scan.Name(word) || word[len(word)-1] == ':' || severity.Parse(word) != severity.None:
			return row, false
		case i == 0:
			first = word
		case request.IsKnownMethod(word):
			row.method = word
		case i == 1 && bytes.HasPrefix(first, siteMark) && !request.IsAddress(word):
			row.machine = word
		}
	}
	if !address && !hasAddress(rest) {
		return row, false // a sentence
	}
	row.target, rest = scan.Token(rest)
	if len(row.target) > 0 && row.target[0] == '/' {
		row.status = w3cStatus(rest)
	} else { // CloudFront has the host between
		row.target, rest = scan.Token(rest)
		word, _ = scan.Token(rest)
		row.status = request.WholeStatus(word)
		ok = string(word) == "000" // the client was gone
	}
	return row, len(row.target) > 0 && row.target[0] == '/' && (ok || row.status != 0)
}

// httpErrColumns reads the columns of the log of bad requests written by Windows'
// http.sys: client and server, each with its port, then version, method, path and
// possibly streams, each of which may be a dash, and the status.
func httpErrColumns(rest []byte) (row w3cRow, ok bool) {
	for i := range 4 {
		var word []byte
		if word, rest = scan.Token(rest); i%2 == 0 && !request.IsAddress(word) || i%2 == 1 && scan.Digits(word) != len(word) {
			return row, false
		}
	}
	for range 6 {
		var word []byte
		word, rest = scan.Token(rest)
		if row.status = request.WholeStatus(word); row.status != 0 {
			return row, len(rest) > 0 && rest[0] == '-'
		}
		if request.IsKnownMethod(word) {
			row.method = word
		} else if len(word) != 1 && !bytes.HasPrefix(word, versionMark) {
			return row, false
		}
	}
	return row, false
}

var versionMark = []byte("HTTP/")

var siteMark = []byte("W3SVC")

// hasAddress reports whether one of the columns is an IP address.
func hasAddress(b []byte) bool {
	for len(b) > 0 {
		var word []byte
		if word, b = scan.Token(b); request.IsAddress(word) {
			return true
		}
	}
	return false
}

// w3cStatus finds the status among the columns after the path. It is followed by
// substatus and Windows status if these are logged; otherwise it is the last column of
// its form that is not a port.
func w3cStatus(b []byte) int {
	status, candidate, run := 0, 0, 0
	for len(b) > 0 {
		var word []byte
		word, b = scan.Token(b)
		n := scan.Digits(word)
		switch {
		case n != len(word):
			run, candidate = 0, 0
		case run > 0:
			if run++; run == 3 {
				return candidate
			}
		case request.WholeStatus(word) != 0:
			candidate, run = request.WholeStatus(word), 1
			if candidate != 443 {
				status = candidate
			}
		}
	}
	return status
}
