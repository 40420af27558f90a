package logline

import "bytes"

// stripColour returns line without the escape sequences that colour a terminal,
// in the decoder's memory; ok is false where it has none.
func (d *Decoder) stripColour(line []byte) (plain []byte, ok bool) {
	i := bytes.IndexByte(line, 0x1B)
	if i < 0 {
		return line, false
	}
	start := len(d.scratch)
	for i >= 0 {
		d.scratch = append(d.scratch, line[:i]...)
		line = line[i+escapeLength(line[i:]):]
		i = bytes.IndexByte(line, 0x1B)
	}
	d.scratch = append(d.scratch, line...)
	return d.scratch[start:len(d.scratch):len(d.scratch)], true
}

// escapeLength returns the length of the escape sequence that b begins with.
func escapeLength(b []byte) int {
	if len(b) < 2 || b[1] != '[' {
		return 1
	}
	n := 2
	for n < len(b) && n < 32 && (isDigit(b[n]) || b[n] == ';' || b[n] == '?') {
		n++
	}
	if n < len(b) && isLetter(b[n]) {
		n++
	}
	return n
}
