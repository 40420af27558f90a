package pipeline

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

// what is the set of signals that one event counts for, a bit each.
type what uint16

const allSignals = what(1<<detector.NumSignals - 1)

func (w what) add(s detector.Signal) what { return w | 1<<s }

// slots is how many seconds of one row a delta addresses without a new sample:
// records are disordered by a few seconds.
const slots = 8

// maxRows bounds the rows that a worker remembers over batches, since who writes
// the log chooses the names in it.
const maxRows = 1 << 14

// maxName bounds a namespace, service or pod, in bytes; longer ones are cut.
const maxName = 253

// nearby is the size of a direct-mapped cache of rows, a power of two: comparing
// names costs a third of looking up their hash (BenchmarkTally).
const nearby = 1 << 10

// row is the place where one series and pod are counted.
type row struct {
	series detector.Series
	pod    string
	raw    [3]string // namespace, service and pod as they stand in the log
	slots  [slots]slot
}

// appendNames appends the names by which a row is found again.
func (r *row) appendNames(dst []byte) []byte {
	dst = packed.AppendText(dst, r.series.Namespace)
	dst = packed.AppendText(dst, r.series.Service)
	return packed.AppendText(dst, r.pod)
}

// slot remembers which sample of the delta counts a second.
type slot struct {
	second int64
	round  uint32
	at     int32
}

// tally counts events into the samples of a delta.
type tally struct {
	rows  map[string]*row // by namespace, service and pod as they stand in the log
	near  [nearby]*row    // some of them, by the ends of their names
	round uint32          // the delta; slots of others are void
	key   []byte
}

func newTally() *tally { return &tally{rows: map[string]*row{}} }

// begin starts another delta.
func (t *tally) begin() {
	if t.round++; t.round == 0 || len(t.rows) > maxRows {
		clear(t.rows)
		clear(t.near[:])
		t.round = max(t.round, 1)
	}
}

// row returns the row of a series and pod. The names may be borrowed.
func (t *tally) row(namespace, service, pod []byte) *row {
	tells := pod
	if len(tells) == 0 {
		tells = service
	}
	near := &t.near[ends(tells)*0x9E3779B97F4A7C15>>54%nearby]
	if r := *near; r != nil && r.raw[2] == string(pod) && r.raw[1] == string(service) && r.raw[0] == string(namespace) {
		return r
	}
	*near = t.find(namespace, service, pod)
	return *near
}

// ends returns the last eight bytes of a name as a number: where names differ, it
// is mostly there.
func ends(name []byte) uint64 {
	if len(name) >= 8 {
		return binary.LittleEndian.Uint64(name[len(name)-8:])
	}
	var n uint64
	for _, c := range name {
		n = n<<8 | uint64(c)
	}
	return n
}

// find looks a row up, and makes it where there is none.
func (t *tally) find(namespace, service, pod []byte) *row {
	t.key = append(t.key[:0], namespace...)
	t.key = append(append(t.key, 0), service...)
	t.key = append(append(t.key, 0), pod...)
	if r, ok := t.rows[string(t.key)]; ok {
		return r
	}
	r := &row{
		series: detector.Series{Namespace: name(namespace), Service: name(service)}, pod: name(pod),
		raw: [3]string{string(namespace), string(service), string(pod)},
	}
	t.rows[string(t.key)] = r
	return r
}

// name makes a label value of what stood in the log: valid UTF-8, bounded, without
// what is shaped like a credential.
func name(raw []byte) string {
	raw = bytes.TrimSpace(logline.CleanName(raw))
	if len(raw) > maxName {
		raw = raw[:maxName]
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

// count adds one event to d.
func (t *tally) count(d *Delta, r *row, second int64, w what) {
	s := &r.slots[uint64(second)%slots]
	if s.round != t.round || s.second != second {
		*s = slot{second: second, round: t.round, at: int32(len(d.Samples))}
		d.Samples = append(d.Samples, detector.Sample{Series: r.series, Pod: r.pod, Second: second})
		if d.Oldest == NoTime || second < d.Oldest {
			d.Oldest = second
		}
	}
	counts := &d.Samples[s.at].Counts
	for signal := detector.Requests; w>>signal != 0; signal++ {
		counts[signal] += uint32(w >> signal & 1)
	}
}
