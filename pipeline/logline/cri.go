package logline

import "bytes"

// readCRI strips what containerd and CRI-O write before a line:
//
//	stamp stdout|stderr F|P line
//
// Older versions leave the F out. A partial line (P) counts as it is, unless a Joiner
// joins it.
func readCRI(d *Decoder, line []byte, e *Entry) bool {
	if len(line) < 27 || line[4] != '-' {
		return false
	}
	i := bytes.IndexByte(line[:min(len(line), 64)], ' ')
	if i < 20 || len(line) < i+8 || string(line[i:i+4]) != " std" {
		return false
	}
	if stream := string(line[i+4 : i+8]); stream != "out " && stream != "err " {
		return false
	}
	s := d.stamps.Read(line)
	if s.Len != i {
		return false
	}
	rest := line[i+8:]
	if len(rest) == 1 && (rest[0] == 'F' || rest[0] == 'P') {
		rest = nil // an empty line
	} else if len(rest) >= 2 && (rest[0] == 'F' || rest[0] == 'P') && (rest[1] == ' ' || rest[1] == ':') {
		if rest[0] == 'P' {
			d.seen.cut = partial
		}
		if j := bytes.IndexByte(rest, ' '); j > 0 {
			rest = rest[j+1:]
		}
	}
	if s.Full {
		e.setTime(s.UnixNano)
	}
	if line[i+4] == 'e' {
		d.seen.stderr = true
	}
	if e.wrap("cri") {
		d.inner(rest, e)
	}
	return true
}
