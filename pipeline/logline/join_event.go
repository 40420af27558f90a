package logline

import (
	"math/bits"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/continuation"
	"github.com/authspike/authspike/pipeline/logline/redact"
	"github.com/authspike/authspike/pipeline/logline/scan"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// shape returns what line looks like, and whether it certainly begins an event.
func (j *Joiner) shape(line []byte, e *Entry) (s continuation.Shape, begins bool) {
	loose := j.d.line == nil && e.Format == "json" // its stamp is a shipper's
	if line == nil || e.TimeFrom == TimeLine && !loose {
		return continuation.Plain, true
	}
	if s = continuation.Of(line); s == continuation.Plain && j.d.seen.indented {
		s = continuation.Indented
	}
	switch {
	case loose:
		return s, s == continuation.Plain
	case e.Format == "":
		return s, false
	case e.Format != "text" && e.Format != "request":
		return s, true
	}
	text := scan.SkipBlank(line)
	return s, s == continuation.Plain || s == continuation.Indented && e.Level != severity.None && text[0] >= 'A' && text[0] <= 'Z' && !continuation.IsExceptionName(text)
}

// gap returns the seconds since the last line of the event in slot.
func (j *Joiner) gap(slot int32) int64 {
	s := &j.streams[slot]
	gap := j.newest - s.newest
	if at := j.arrival(); at != 0 && s.arrived != 0 {
		gap = max(gap, (at-s.arrived)/1e9)
	}
	return gap
}

// arrival returns when the line arrived, as far as wrapper or record say.
func (j *Joiner) arrival() int64 {
	if j.d.seen.wrapped && j.outer.at != 0 {
		return j.outer.at
	}
	return j.line.Time * 1e6
}

// takes reports whether the event continues with a line of that shape, gap seconds after
// its last one.
func (s *stream) takes(of continuation.Shape, e *Entry, gap int64) bool {
	if gap > maxGap || e.Status != 0 && s.status {
		return false
	}
	switch of {
	case continuation.Trace:
		return s.phase == phaseHead || s.chained
	case continuation.Name:
		return s.phase == phaseTrace || s.phase == phaseHead && gap <= shortGap
	case continuation.Plain:
		return s.phase == phaseTrace || s.phase == phaseHead && !s.plain && gap <= shortGap
	}
	return true
}

// begin opens an event. A stream has one at a time.
func (j *Joiner) begin(key uint64, slot int32, open bool, of continuation.Shape, line []byte, e *Entry) {
	bare := !j.d.seen.wrapped
	if open {
		j.ended(slot)
		bare = j.streams[slot].bare
	} else {
		slot = j.free()
	}
	s := &j.streams[slot]
	*s = stream{
		key: key, arrived: j.arrival(), newest: j.newest, phase: phaseHead, failure: e.Failure,
		bare: bare, kid: e.Kid != nil, status: e.Status != 0, aside: e.aside, text: s.text[:0],
	}
	if e.Format == "" || e.Format == "json" || of == continuation.Name {
		s.phase = phaseBody
		if of == continuation.Trace {
			s.phase = phaseTrace
		}
	}
	if !s.settled() && j.d.matcher != nil {
		if e.Format == "" && of != continuation.Name { // it may be the rest of a line that was cut
			line = line[redact.Rest(line):]
		}
		s.text = appendBegin(s.text, line, maxBegin)
		s.full = len(s.text) < len(line)
	}
	if !open {
		j.occupy(slot)
	}
	e.Role, e.Slot = Opens, slot
}

// occupy marks the slot of a stream as open.
func (j *Joiner) occupy(slot int32) {
	s := &j.streams[slot]
	if j.used[slot>>6] |= 1 << (slot & 63); s.bare {
		j.bare++
	}
	j.byKey[s.key] = slot
}

// appendBegin appends the first `most` bytes of text, up to a blank: a word that is cut
// may be a credential that can no longer be recognized.
func appendBegin(dst, text []byte, most int) []byte {
	if len(text) <= most {
		return append(dst, text...)
	}
	for most > 0 && text[most-1] > ' ' {
		most--
	}
	return append(dst, text[:most]...)
}

// free returns a slot for another event, the first empty one if there is any.
func (j *Joiner) free() int32 {
	for i, used := range j.used {
		if ^used != 0 {
			slot := i<<6 + bits.TrailingZeros64(^used)
			if slot >= len(j.streams) {
				j.streams = append(j.streams, stream{})
			}
			return int32(slot)
		}
	}
	slot := int32(j.hand)
	j.hand = (j.hand + 1) % maxStreams
	j.Counts[JoinEvicted]++
	j.close(slot)
	return slot
}

func (j *Joiner) close(slot int32) {
	s := &j.streams[slot]
	delete(j.byKey, s.key)
	j.used[slot>>6] &^= 1 << (slot & 63)
	if s.bare {
		j.bare--
	}
	j.ended(slot)
}

// ended tells the caller that the event in a slot will not continue.
func (j *Joiner) ended(slot int32) {
	if j.Tracking {
		j.Closed = append(j.Closed, slot)
	}
}

// goOn adds a further line to an event.
func (j *Joiner) goOn(slot int32, of continuation.Shape, line []byte, e *Entry) {
	s := &j.streams[slot]
	e.Role, e.Slot = Continues, slot
	j.Counts[JoinLine]++
	if at := j.arrival(); at != 0 {
		s.arrived = at
	}
	s.newest = max(s.newest, j.newest)
	s.status = s.status || e.Status != 0
	switch of {
	case continuation.Frame:
		if s.phase == phaseHead {
			s.phase = phaseBody
		}
	case continuation.Chain:
		s.chained = true
	case continuation.Trace:
		s.phase, s.chained = phaseTrace, false
	case continuation.Name:
		s.phase = phaseBody
	case continuation.Plain:
		if s.plain = true; s.phase == phaseTrace {
			s.phase = phaseBody
		}
	}
	j.evidence(s, of, line, e)
	if e.Message = nil; !j.d.lazy {
		e.Message = j.d.redacted(trimLine(line))
	}
}

// settled reports whether further lines can tell nothing new: the event said why a
// token was refused, and no bad signature, behind which something else may be, or that
// something else than a request's token was.
func (s *stream) settled() bool {
	return s.aside || s.failure.IsFailure() && s.failure != detector.SignatureInvalid && (s.kid || s.failure != detector.KidMismatch)
}

// evidence determines what a line adds, read together with the previous ones.
func (j *Joiner) evidence(s *stream, of continuation.Shape, line []byte, e *Entry) {
	failure, ambiguous, verifier, kid := e.Failure, e.Ambiguous, e.Verifier, e.Kid
	e.Failure, e.Ambiguous, e.Verifier, e.Kid = detector.NoSignal, false, "", nil
	if s.settled() || j.d.matcher == nil {
		return
	}
	if of != continuation.Frame && j.extend(s, line) {
		m := j.d.matcher.Match(s.text)
		if m.Signature == nil {
			_, m = j.d.inEnglish(s.text)
		}
		failure, ambiguous, verifier, kid = m.Failure, m.Ambiguous, m.Verifier, m.Kid
	}
	if !s.kid && len(kid) > 0 && (failure == s.failure || s.failure == detector.NoSignal || s.failure == detector.SignatureInvalid) {
		s.kid = true
		e.Kid = j.d.redacted(kid)
	}
	if failure.IsFailure() && (s.failure == detector.NoSignal || s.failure == detector.SignatureInvalid && failure != s.failure) {
		s.failure = failure
		e.Failure, e.Ambiguous, e.Verifier = failure, ambiguous, verifier
	}
}

// extend adds a line to the text of an event, and reports whether there was room for it
// and for all previous lines.
func (j *Joiner) extend(s *stream, line []byte) bool {
	j.wash(s)
	if s.full = s.full || len(s.text)+len(line) >= maxJoined; s.full {
		return false
	}
	s.text = redact.Append(append(s.text, '\n'), trimLine(line))
	s.full = len(s.text) > maxJoined // what is put for a credential may be longer
	return true
}

// wash removes credentials from the first line, which is postponed until the text is
// needed.
func (j *Joiner) wash(s *stream) {
	if !s.clean && redact.Suspicious(s.text) {
		j.buf = redact.Append(j.buf[:0], s.text)
		s.text = append(s.text[:0], j.buf...)
	}
	s.clean = true
}
