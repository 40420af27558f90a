package logline

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/packed"
	"github.com/authspike/authspike/pipeline/logline/severity"
)

// ErrState is returned for bytes that are not the state of a Joiner.
var ErrState = errors.New("malformed state of a joiner")

// AppendState appends the state of the Joiner, which holds no credentials.
func (j *Joiner) AppendState(dst []byte) []byte {
	dst = binary.AppendVarint(dst, j.newest)
	dst = binary.AppendUvarint(dst, uint64(j.hand))
	dst = append(dst, packed.Flags(j.stripped))
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
	dst = append(dst, byte(s.phase), byte(s.failure), packed.Flags(s.bare, s.kid, s.status, s.chained, s.plain, s.full, s.aside))
	return packed.AppendText(dst, s.text)
}

func (p *cutLine) appendState(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, p.key)
	dst = binary.AppendVarint(dst, p.arrived)
	dst = binary.AppendVarint(dst, p.newest)
	dst = binary.AppendUvarint(dst, uint64(p.pieces))
	dst = append(dst, packed.Flags(p.pretty, p.short, p.skip))
	b := &p.base
	dst = binary.AppendVarint(dst, b.Time)
	dst = append(dst, byte(b.TimeFrom), byte(b.Level), byte(b.NWrappers), byte(b.ServiceFrom), b.rank.namespace, b.rank.service, b.rank.pod, b.rank.requestID)
	dst = packed.AppendText(dst, b.Namespace)
	dst = packed.AppendText(dst, b.Service)
	dst = packed.AppendText(dst, b.Pod)
	return packed.AppendText(dst, p.text)
}

// Restore loads a state written by AppendState into a new Joiner, and returns what
// follows it. The names of wrappers are not part of the state. After an error the Joiner
// is as after Reset.
func (j *Joiner) Restore(state []byte) (rest []byte, err error) {
	j.Reset()
	r := packed.Reader{Rest: state}
	j.newest = r.Int()
	j.hand = int(r.Below(maxStreams))
	j.stripped = r.Byte() != 0
	for n := r.Below(maxStreams + 1); n > 0 && r.Err == nil; n-- {
		slot := int32(r.Below(maxStreams))
		for int(slot) >= len(j.streams) {
			j.streams = append(j.streams, stream{})
		}
		s := readStream(&r)
		if _, twice := j.byKey[s.key]; twice || j.IsOpen(int(slot)) {
			r.Fail()
			break
		}
		j.streams[slot] = s
		j.occupy(slot)
	}
	for n := r.Below(maxCuts + 1); n > 0 && r.Err == nil; n-- {
		p := readCutLine(&r)
		if j.bytes += len(p.text); j.bytes > maxHeld {
			r.Fail()
		}
		j.parts = append(j.parts, p)
	}
	if r.Err != nil {
		j.Reset()
		return nil, ErrState
	}
	return r.Rest, nil
}

func readStream(r *packed.Reader) stream {
	s := stream{key: r.Fixed(), arrived: r.Int(), newest: r.Int(), clean: true}
	s.phase, s.failure = phase(r.Enum(byte(numPhases))), detector.Signal(r.Enum(byte(detector.NumSignals)))
	f := r.Byte()
	s.bare, s.kid, s.status, s.chained, s.plain, s.full, s.aside = f&1 != 0, f&2 != 0, f&4 != 0, f&8 != 0, f&16 != 0, f&32 != 0, f&64 != 0
	s.text = append(s.text, r.Text(2*maxJoined)...)
	return s
}

func readCutLine(r *packed.Reader) cutLine {
	p := cutLine{key: r.Fixed(), arrived: r.Int(), newest: r.Int(), pieces: int32(r.Below(1 << 30))}
	f := r.Byte()
	p.pretty, p.short, p.skip = f&1 != 0, f&2 != 0, f&4 != 0
	b := &p.base
	b.Time, b.TimeFrom, b.Level = r.Int(), TimeSource(r.Enum(byte(TimeWrapper)+1)), severity.Level(r.Enum(byte(severity.Fatal)+1))
	b.NWrappers, b.ServiceFrom = int(r.Enum(MaxDepth+1)), ServiceSource(r.Enum(byte(NumServiceSources)))
	b.rank = ranks{namespace: r.Byte(), service: r.Byte(), pod: r.Byte(), requestID: r.Byte()}
	b.Namespace, b.Service, b.Pod = readName(r), readName(r), readName(r)
	p.text = append(p.text, r.Text(maxHeld)...)
	return p
}

// readName returns a copy, nil for nothing.
func readName(r *packed.Reader) []byte {
	return append([]byte(nil), r.Text(2*maxCutName)...)
}
