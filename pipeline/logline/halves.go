package logline

import "github.com/authspike/authspike/pipeline/logline/scan"

// halves are the date and the time of day of a line that has them in separate fields, as
// tables converted to objects do: "date":"2006-01-02","time":"15:04:05".
type halves struct{ date, clock []byte }

// take stores a text that is half of a stamp.
func (h *halves) take(text []byte) {
	switch {
	case len(text) == len("2006-01-02") && scan.Digits(text) == 4 && text[4] == text[7]:
		h.date = text
	case len(text) >= len("15:04:05") && scan.Digits(text) == 2 && text[2] == ':' && text[5] == ':':
		h.clock = text
	}
}

// setHalves sets the stamp that the halves make up.
func (d *Decoder) setHalves(e *Entry) {
	start := len(d.scratch)
	d.scratch = append(append(append(d.scratch, d.layer.halves.date...), ' '), d.layer.halves.clock...)
	if s := d.stamps.Read(d.scratch[start:]); s.Full {
		e.setTime(s.UnixNano)
	}
}
