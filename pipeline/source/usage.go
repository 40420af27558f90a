package source

// usage tracks how much of a buffer is used, to detect when it has become far too
// large: one record of 10 MiB must not cost 10 MiB for ever.
type usage struct{ peak, uses int }

// fit records one use of a buffer, and returns the buffer, or nil if it should be
// reallocated because the last 64 uses needed less than a quarter of it.
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
