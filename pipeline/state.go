package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

const evaluatorState = 1 // the version of the encoding

// ErrOtherCluster is returned for the state of another Kafka cluster, whose offsets
// mean nothing here.
var ErrOtherCluster = errors.New("checkpoint of another cluster")

// WriteState writes everything that a later run needs to continue as if this one
// had not ended. The series, of which there may be many, are written in pieces.
func (e *Evaluator) WriteState(w io.Writer, now int64) error {
	dst := []byte{evaluatorState}
	dst = packed.AppendText(dst, e.cluster)
	dst = binary.AppendVarint(dst, e.frontier)
	dst = binary.AppendVarint(dst, e.lost)

	partitions := slices.DeleteFunc(sorted(e.partitions), func(p *partition) bool { return !p.started })
	dst = binary.AppendUvarint(dst, uint64(len(partitions)))
	for _, p := range partitions {
		dst = p.appendState(dst)
	}

	dst = binary.AppendUvarint(dst, uint64(len(e.firing)))
	for _, key := range slices.Sorted(maps.Keys(e.firing)) {
		h := e.firing[key]
		dst = appendTransition(dst, &h.Transition)
		dst = append(dst, packed.Flags(h.Sent))
	}

	e.resolved = slices.DeleteFunc(e.resolved, func(r resolvedAlert) bool { return now-r.at >= resolvedKept })
	dst = binary.AppendUvarint(dst, uint64(len(e.resolved)))
	for i := range e.resolved {
		dst = appendTransition(dst, &e.resolved[i].transition)
		dst = binary.AppendVarint(dst, e.resolved[i].at)
	}
	if _, err := w.Write(dst); err != nil {
		return err
	}
	return e.detector.WriteState(w)
}

func (p *partition) appendState(dst []byte) []byte {
	dst = packed.AppendText(dst, p.name.Topic)
	dst = binary.AppendVarint(dst, int64(p.name.ID))
	dst = binary.AppendVarint(dst, p.next)
	dst = binary.AppendVarint(dst, p.newest)
	dst = binary.AppendVarint(dst, p.resume.Offset)
	dst = binary.AppendVarint(dst, p.resume.LastOffset)
	dst = binary.AppendUvarint(dst, p.resume.LastHash)
	dst = binary.AppendVarint(dst, p.resume.LastTime)
	return packed.AppendText(dst, p.carry)
}

func readPartition(r *packed.Reader) *partition {
	p := &partition{started: true}
	p.name.Topic = r.String()
	p.name.ID = int32(r.Int())
	p.next, p.newest = r.Int(), r.Int()
	p.resume.Offset, p.resume.LastOffset = r.Int(), r.Int()
	p.resume.LastHash, p.resume.LastTime = r.Uint(), r.Int()
	p.carry = slices.Clone(r.Bytes())
	return p
}

func appendTransition(dst []byte, t *detector.Transition) []byte {
	dst = binary.AppendVarint(dst, t.Time)
	dst = append(dst, byte(t.Alert.State), byte(t.Reason))
	dst = binary.AppendVarint(dst, t.Alert.StartsAt)
	dst = binary.AppendVarint(dst, t.Alert.EndsAt)
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(t.Value))
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(t.Baseline))
	return appendLabels(appendLabels(dst, t.Alert.Labels), t.Alert.Annotations)
}

func readTransition(r *packed.Reader) detector.Transition {
	var t detector.Transition
	t.Time = r.Int()
	t.Alert.State, t.Reason = detector.State(r.Uint()), detector.Reason(r.Uint())
	t.Alert.StartsAt, t.Alert.EndsAt = r.Int(), r.Int()
	t.Value, t.Baseline = r.Float(), r.Float()
	t.Alert.Labels, t.Alert.Annotations = readLabels(r), readLabels(r)
	return t
}

func appendLabels(dst []byte, labels []detector.Label) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(labels)))
	for _, l := range labels {
		dst = packed.AppendText(packed.AppendText(dst, l.Name), l.Value)
	}
	return dst
}

func readLabels(r *packed.Reader) []detector.Label {
	var labels []detector.Label
	for range r.Count() {
		labels = append(labels, detector.Label{Name: r.String(), Value: r.String()})
	}
	return labels
}

// Restore loads a state written by WriteState into a new evaluator. The effects are
// those of rules that have changed in the meantime. After an error the evaluator is
// unusable.
func (e *Evaluator) Restore(state []byte, now int64) (Effects, error) {
	if len(state) == 0 || state[0] != evaluatorState {
		return Effects{}, errors.New("restore state: another version")
	}
	r := &packed.Reader{Rest: state[1:]}
	e.cluster = r.String()
	e.frontier, e.lost = r.Int(), r.Int()
	for range r.Count() {
		p := readPartition(r)
		e.partitions[p.name] = p
	}
	for range r.Count() {
		t := readTransition(r)
		e.firing[labelsKey(t.Alert.Labels)] = Happened{Transition: t, Sent: r.Uint() != 0}
	}
	for range r.Count() {
		e.resolved = append(e.resolved, resolvedAlert{transition: readTransition(r), at: r.Int()})
	}
	if r.Err != nil {
		return Effects{}, fmt.Errorf("restore state: %w", r.Err)
	}
	transitions, err := e.detector.Restore(r.Rest)
	if err != nil {
		return Effects{}, fmt.Errorf("restore detector: %w", err)
	}
	return e.take(transitions, now), nil
}
