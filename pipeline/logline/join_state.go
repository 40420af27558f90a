package logline

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// ErrState says that bytes are not the state of a Joiner.
var ErrState = errors.New("malformed state of a joiner")

// AppendState appends what the Joiner keeps of the lines so far, which holds no
// credentials.
func (j *Joiner) AppendState(dst []byte) []byte {
	dst = binary.AppendVarint(dst, j.newest)
	dst = binary.AppendUvarint(dst, uint64(j.hand))
	dst = append(dst, flags(j.stripped))
	dst = binary.AppendUvarint(dst, uint64(len(j.byKey)))
	for i := range j.used {
		for set := j.used[i]; set != 0; set &= set - 1 {
			slot := i<<6 + bits.TrailingZeros64(set)
			s := &j.streams[slot]
			j.wash(s)
			dst = binary.AppendUvarint(dst, uint64(slot))
			dst = s.appendState(dst)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(j.parts)))
	for i := range j.parts {
		dst = j.parts[i].appendState(dst)
	}
	return dst
}

func (s *stream) appendState(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, s.key)
	dst = binary.AppendVarint(dst, s.arrived)
	dst = binary.AppendVarint(dst, s.newest)
	dst = append(dst, byte(s.phase), byte(s.failure), flags(s.bare, s.kid, s.status, s.chained, s.plain, s.full))
	return appendText(dst, s.text)
}

func (p *cutLine) appendState(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, p.key)
	dst = binary.AppendVarint(dst, p.arrived)
	dst = binary.AppendVarint(dst, p.newest)
	dst = binary.AppendUvarint(dst, uint64(p.pieces))
	dst = append(dst, flags(p.pretty, p.short, p.skip))
	b := &p.base
	dst = binary.AppendVarint(dst, b.Time)
	dst = append(dst, byte(b.TimeFrom), byte(b.Level), byte(b.NWrappers), byte(b.ServiceFrom), b.rank.namespace, b.rank.service, b.rank.pod, b.rank.requestID)
	dst = appendText(dst, b.Namespace)
	dst = appendText(dst, b.Service)
	dst = appendText(dst, b.Pod)
	return appendText(dst, p.text)
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func flags(all ...bool) (f byte) {
	for i, set := range all {
		if set {
			f |= 1 << i
		}
	}
	return f
}

// Restore brings a new Joiner to where the one was that wrote state, and returns
// what follows it. The names of wrappers are not kept. With an error the Joiner is
// as after Reset.
func (j *Joiner) Restore(state []byte) (rest []byte, err error) {
	j.Reset()
	r := joinReader{rest: state}
	j.newest = r.int()
	j.hand = int(r.below(maxStreams))
	j.stripped = r.byte() != 0
	for n := r.below(maxStreams + 1); n > 0 && !r.bad; n-- {
		slot := int32(r.below(maxStreams))
		for int(slot) >= len(j.streams) {
			j.streams = append(j.streams, stream{})
		}
		s := r.stream()
		if _, twice := j.byKey[s.key]; twice || j.IsOpen(int(slot)) {
			r.bad = true
			break
		}
		j.streams[slot] = s
		j.occupy(slot)
	}
	for n := r.below(maxCuts + 1); n > 0 && !r.bad; n-- {
		p := r.cutLine()
		if j.bytes += len(p.text); j.bytes > maxHeld {
			r.bad = true
		}
		j.parts = append(j.parts, p)
	}
	if r.bad {
		j.Reset()
		return nil, ErrState
	}
	return r.rest, nil
}

// joinReader reads a state. After the first fault all it returns is zero.
type joinReader struct {
	rest []byte
	bad  bool
}

func (r *joinReader) stream() stream {
	s := stream{key: r.fixed(), arrived: r.int(), newest: r.int(), clean: true}
	s.phase, s.failure = phase(r.enum(byte(numPhases))), detector.Signal(r.enum(byte(detector.NumSignals)))
	f := r.byte()
	s.bare, s.kid, s.status, s.chained, s.plain, s.full = f&1 != 0, f&2 != 0, f&4 != 0, f&8 != 0, f&16 != 0, f&32 != 0
	s.text = append(s.text, r.text(2*maxJoined)...)
	return s
}

func (r *joinReader) cutLine() cutLine {
	p := cutLine{key: r.fixed(), arrived: r.int(), newest: r.int(), pieces: int32(r.below(1 << 30))}
	f := r.byte()
	p.pretty, p.short, p.skip = f&1 != 0, f&2 != 0, f&4 != 0
	b := &p.base
	b.Time, b.TimeFrom, b.Level = r.int(), TimeSource(r.enum(byte(TimeWrapper)+1)), severity.Level(r.enum(byte(severity.Fatal)+1))
	b.NWrappers, b.ServiceFrom = int(r.enum(MaxDepth+1)), ServiceSource(r.enum(byte(NumServiceSources)))
	b.rank = ranks{namespace: r.byte(), service: r.byte(), pod: r.byte(), requestID: r.byte()}
	b.Namespace, b.Service, b.Pod = r.name(), r.name(), r.name()
	p.text = append(p.text, r.text(maxHeld)...)
	return p
}

func (r *joinReader) fail() { r.rest, r.bad = nil, true }

func (r *joinReader) int() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// below reads a number below a bound.
func (r *joinReader) below(bound uint64) uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v >= bound {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *joinReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *joinReader) enum(bound byte) byte {
	b := r.byte()
	if b >= bound {
		r.fail()
		return 0
	}
	return b
}

func (r *joinReader) fixed() uint64 {
	if len(r.rest) < 8 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return v
}

// text returns a part of the state, of at most so many bytes.
func (r *joinReader) text(most uint64) []byte {
	n := r.below(min(most, uint64(len(r.rest))) + 1)
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// name returns a copy, nil for nothing.
func (r *joinReader) name() []byte {
	return append([]byte(nil), r.text(2*maxCutName)...)
}
