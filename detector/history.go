package detector

// A window is the difference of two cumulative counts. A history keeps the
// cumulative count at the end of each of the last seconds, of the last blocks of
// ten seconds and of the last minutes, so that each of the windows below costs
// one subtraction. Counts wrap around at 2^32, which does not affect differences.
const (
	secondRing = 64 // seconds kept; windows up to 60 s end at any second
	tenRing    = 32 // blocks of 10 s kept; windows up to 300 s begin at a multiple of 10 s
	minuteRing = 64 // minutes kept; windows up to an hour begin at a full minute
)

// windows are the lengths, in seconds, that are judged. They grow by factors of 1.5
// to 2: a shift whose duration is between two of them is seen by the next shorter
// one, which loses less than half of its evidence.
var windows = [...]int64{3, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600}

// earlyWindows is how many of the windows, beginning with the shortest, are also
// judged on open seconds.
const earlyWindows = 5

// history holds the cumulative counts of one signal of one series. Its position
// in time, the newest closed second, is kept once per series.
type history struct {
	second [secondRing]uint32 // through second t, at t mod secondRing
	ten    [tenRing]uint32    // through the last second of block b, at b mod tenRing
	minute [minuteRing]uint32 // through the last second of minute m, at m mod minuteRing
}

// step moves the history from second `from` to the later second `to`, in which
// count was counted; in the seconds between there was nothing.
func (h *history) step(from, to int64, count uint32) {
	total := h.total(from)
	for t := max(from, to-secondRing) + 1; t < to; t++ {
		h.second[t&(secondRing-1)] = total
	}
	for b := max(from/10, to/10-tenRing); b < to/10; b++ {
		h.ten[b&(tenRing-1)] = total
	}
	for m := max(from/60, to/60-minuteRing); m < to/60; m++ {
		h.minute[m&(minuteRing-1)] = total
	}
	h.second[to&(secondRing-1)] = total + count
}

// total returns the cumulative count through the newest second.
func (h *history) total(newest int64) uint32 { return h.second[newest&(secondRing-1)] }

// start returns the last second before the window of the given length that ends
// with second now: the window is (start, now]. Long windows begin at a full
// block, so they can be up to 9 s (from 120 s on) or 59 s (from 600 s on) shorter
// than their name.
func start(now, length int64) int64 {
	switch {
	case length < secondRing:
		return now - length
	case length < 10*tenRing:
		return (now-length)/10*10 + 9
	default:
		return (now-length)/60*60 + 59
	}
}

// before returns the cumulative count through the second that start returned for the
// same length and a time now that is not before the history's own. If the history
// ends earlier, nothing has been counted since.
func (h *history) before(from, length, newest int64) uint32 {
	switch {
	case from >= newest:
		return h.total(newest)
	case length < secondRing:
		return h.second[from&(secondRing-1)]
	case length < 10*tenRing:
		return h.ten[from/10&(tenRing-1)]
	default:
		return h.minute[from/60&(minuteRing-1)]
	}
}

// through returns the cumulative count through the end of minute m, which must
// be among the last minuteRing ones before newest.
func (h *history) through(m, newest int64) uint32 {
	if m >= newest/60 {
		return h.total(newest)
	}
	return h.minute[m&(minuteRing-1)]
}
