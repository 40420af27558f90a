package logline

// A textFormat reads lines that are not JSON. A wrapper is one that hands on the
// line inside it (Decoder.inner); the others fill the entry.
type textFormat struct {
	name string // Entry.Format, or what stands in Entry.Wrappers
	// starts holds the bytes that such a line may begin with, ranges as in "0-9A-Z[".
	starts string
	// read fills e from line and reports whether line is of this format. Where it
	// is not, e is as it was, and this costs a few bytes' look: every line of any
	// format that starts alike passes here.
	read func(d *Decoder, line []byte, e *Entry) bool
	// request says that such a line is always a request: it is looked for in the
	// message of a structured line too.
	request bool
}

// formatIndex holds, per first byte, the formats to try, in the order of textFormats.
type formatIndex [256][]*textFormat

func indexFormats(all []textFormat) *formatIndex {
	at := new(formatIndex)
	for i := range all {
		f := &all[i]
		s := f.starts
		for j := 0; j < len(s); j++ {
			lo, hi := s[j], s[j]
			if j+2 < len(s) && s[j+1] == '-' {
				hi = s[j+2]
				j += 2
			}
			for c := int(lo); c <= int(hi); c++ {
				at[c] = append(at[c], f)
			}
		}
	}
	return at
}
