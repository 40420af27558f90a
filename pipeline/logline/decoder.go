// Package logline turns one record of a log, in whatever format and wrapped in
// whatever it comes, into entries: when, which service and pod, which request
// and what became of it, and why a token was refused.
//
// Invariant: what a record says depends on the record and the options alone.
// Decode never fails and never panics; its time and memory are linear in the
// record's size.
//
// The package refuses to keep anything between records (Joiner, which joins
// continuation lines, says so in its name), to look at a clock, to read or write
// anything but its arguments, and to let out what is shaped like a credential.
package logline

import (
	"bytes"
	"time"
)

// Options shape a Decoder.
type Options struct {
	// Timezone is where stamps without a zone were written. Default UTC.
	Timezone *time.Location
}

// Decoder reads records. It is not for concurrent use: each worker has its own.
type Decoder struct {
	zone    *time.Location
	formats *formatIndex
	scratch []byte // unescaped text of the record that is being read
}

// New returns a Decoder.
func New(opts Options) (*Decoder, error) {
	if opts.Timezone == nil {
		opts.Timezone = time.UTC
	}
	return &Decoder{zone: opts.Timezone, formats: indexFormats(textFormats)}, nil
}

// Decode appends the events of one record to dst and returns it: one entry at
// least, with Err set where the record could not be read. The entries' byte
// slices hold until the next call or until record changes.
func (d *Decoder) Decode(record []byte, dst []Entry) []Entry {
	d.scratch = d.scratch[:0]
	dst = append(dst, Entry{})
	e := &dst[len(dst)-1]
	line := trimLine(record)
	if len(line) == 0 {
		e.Err = ErrEmpty
		return dst
	}
	d.inner(line, e)
	return dst
}

// inner reads line, the innermost one so far, into e. Text formats that are
// wrappers call it with what they wrap, after e.wrap.
func (d *Decoder) inner(line []byte, e *Entry) {
	line = trimLine(line)
	if len(line) == 0 {
		return
	}
	for _, f := range d.formats[line[0]] {
		if f.read(d, line, e) {
			return
		}
	}
	d.message(line, e)
}

// message takes text, the application's own words after stamp, level and logger
// were taken off, as the entry's message, and reads what is embedded in it.
func (d *Decoder) message(text []byte, e *Entry) {
	e.Message = bytes.TrimSpace(text)
}

// trimLine takes off what is not of the line: line ends, white space behind, and
// a byte order mark.
func trimLine(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	if len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF {
		b = b[3:]
	}
	return b
}
