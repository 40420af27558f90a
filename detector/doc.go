// Package detector decides from counts per series and second which alerts start
// and stop, and why.
//
// Its invariant: the same samples and the same steps of the frontier give the
// same transitions in the same order, whatever the batches, the ticks, the
// partitions and, within the lateness, the order of arrival. Seconds are judged
// once they are closed, which is when the frontier has passed them by the
// lateness; an open second can only make an alert fire early, by counts alone,
// against limits that come from closed seconds. MATH.md derives what is computed.
//
// It refuses to look at a clock, to do I/O, to log, to lock and to start
// goroutines. A Detector belongs to one goroutine.
package detector
