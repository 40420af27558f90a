package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/authspike/authspike/detector"
)

const evaluatorState = 1 // the version of the encoding

// ErrOtherCluster says that a state belongs to another Kafka cluster: its offsets
// mean nothing here.
var ErrOtherCluster = errors.New("checkpoint of another cluster")

// AppendState appends all that a later run needs to go on as if this one had not
// ended.
func (e *Evaluator) AppendState(dst []byte, now int64) []byte {
	dst = append(dst, evaluatorState)
	dst = appendString(dst, e.cluster)
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
		dst = appendBool(dst, h.Sent)
	}

	e.resolved = slices.DeleteFunc(e.resolved, func(r resolvedAlert) bool { return now-r.at >= resolvedKept })
	dst = binary.AppendUvarint(dst, uint64(len(e.resolved)))
	for i := range e.resolved {
		dst = appendTransition(dst, &e.resolved[i].transition)
		dst = binary.AppendVarint(dst, e.resolved[i].at)
	}
	return e.detector.AppendState(dst)
}

func (p *partition) appendState(dst []byte) []byte {
	dst = appendString(dst, p.name.Topic)
	dst = binary.AppendVarint(dst, int64(p.name.ID))
	dst = binary.AppendVarint(dst, p.next)
	dst = binary.AppendVarint(dst, p.newest)
	dst = binary.AppendVarint(dst, p.resume.Offset)
	dst = binary.AppendVarint(dst, p.resume.LastOffset)
	dst = binary.AppendUvarint(dst, p.resume.LastHash)
	dst = binary.AppendVarint(dst, p.resume.LastTime)
	return appendString(dst, string(p.carry))
}

func readPartition(r *stateReader) *partition {
	p := &partition{started: true}
	p.name.Topic = r.string()
	p.name.ID = int32(r.int())
	p.next, p.newest = r.int(), r.int()
	p.resume.Offset, p.resume.LastOffset = r.int(), r.int()
	p.resume.LastHash, p.resume.LastTime = r.uint(), r.int()
	p.carry = slices.Clone(r.bytes())
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

func readTransition(r *stateReader) detector.Transition {
	var t detector.Transition
	t.Time = r.int()
	t.Alert.State, t.Reason = detector.State(r.uint()), detector.Reason(r.uint())
	t.Alert.StartsAt, t.Alert.EndsAt = r.int(), r.int()
	t.Value, t.Baseline = r.float(), r.float()
	t.Alert.Labels, t.Alert.Annotations = readLabels(r), readLabels(r)
	return t
}

func appendLabels(dst []byte, labels []detector.Label) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(labels)))
	for _, l := range labels {
		dst = appendString(appendString(dst, l.Name), l.Value)
	}
	return dst
}

func readLabels(r *stateReader) []detector.Label {
	var labels []detector.Label
	for range r.count() {
		labels = append(labels, detector.Label{Name: r.string(), Value: r.string()})
	}
	return labels
}

// Restore brings a new evaluator to where the one was that wrote state. The
// effects are those of rules that changed meanwhile. With an error the evaluator
// is unusable.
func (e *Evaluator) Restore(state []byte, now int64) (Effects, error) {
	if len(state) == 0 || state[0] != evaluatorState {
		return Effects{}, errors.New("restore state: another version")
	}
	r := &stateReader{rest: state[1:]}
	e.cluster = r.string()
	e.frontier, e.lost = r.int(), r.int()
	for range r.count() {
		p := readPartition(r)
		e.partitions[p.name] = p
	}
	for range r.count() {
		t := readTransition(r)
		e.firing[labelsKey(t.Alert.Labels)] = Happened{Transition: t, Sent: r.uint() != 0}
	}
	for range r.count() {
		e.resolved = append(e.resolved, resolvedAlert{transition: readTransition(r), at: r.int()})
	}
	if r.err != nil {
		return Effects{}, fmt.Errorf("restore state: %w", r.err)
	}
	transitions, err := e.detector.Restore(r.rest)
	if err != nil {
		return Effects{}, fmt.Errorf("restore detector: %w", err)
	}
	return e.take(transitions, now), nil
}
