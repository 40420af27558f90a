package source

// usage follows how much of a buffer is used, to find out when it is much too
// large: one record of 10 MiB must not cost 10 MiB for ever.
type usage struct{ peak, uses int }

// fit takes note of one use of a buffer, and gives the buffer back, or nil if it
// should be made anew, as the last 64 uses needed less than a quarter of it.
func (u *usage) fit(buf []byte, used int) []byte {
	u.peak = max(u.peak, used)
	if u.uses++; u.uses < 64 {
		return buf
	}
	needed := max(u.peak, answerHead)
	*u = usage{}
	if cap(buf) > 4*needed {
		return nil
	}
	return buf
}
