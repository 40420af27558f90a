package pipeline

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/authspike/authspike/detector"
	"github.com/authspike/authspike/pipeline/logline"
	"github.com/authspike/authspike/pipeline/logline/packed"
)

// signals is the set of signals that one event counts for, one bit each.
type signals uint16

const allSignals = signals(1<<detector.NumSignals - 1)

func (set signals) add(s detector.Signal) signals { return set | 1<<s }

// addTo adds one of each to counts.
func (set signals) addTo(counts *detector.Counts) {
	for signal := detector.Requests; set>>signal != 0; signal++ {
		counts[signal] += uint32(set >> signal & 1)
	}
}

// slots is how many seconds of one row are remembered, so that records that are out
// of order by a few seconds find their sample.
const slots = 8

// maxRows bounds the rows that a worker remembers across batches, because whoever
// writes the log chooses the names in it.
const maxRows = 1 << 14

// maxName bounds a namespace, service or pod, in bytes; longer ones are cut.
const maxName = 253

// nearby is the size of a direct-mapped cache of rows, a power of two: comparing
// names costs a third of looking up their hash (BenchmarkTally).
const nearby = 1 << 10

// row is where the events of one series and pod are counted. Each worker has one per
// pod.
type row struct {
	series       detector.Series
	pod          string
	key          string // namespace, service and pod as they stand in the log, with a zero byte between
	service, end int32  // where in key the service begins and ends
	slots        [slots]slot
}

// is reports whether r is the row for these names.
func (r *row) is(namespace, service, pod []byte) bool {
	return len(r.key) == len(namespace)+len(service)+len(pod)+2 && int(r.service) == len(namespace)+1 &&
		r.key[r.end+1:] == string(pod) && r.key[r.service:r.end] == string(service) && r.key[:len(namespace)] == string(namespace)
}

// appendNames appends the names by which a row is found again.
func (r *row) appendNames(dst []byte) []byte {
	dst = packed.AppendText(dst, r.series.Namespace)
	dst = packed.AppendText(dst, r.series.Service)
	return packed.AppendText(dst, r.pod)
}

// slot remembers which sample of the delta counts a second.
type slot struct {
	round uint32
	at    int32
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
	if r := *near; r != nil && r.is(namespace, service, pod) {
		return r
	}
	*near = t.find(namespace, service, pod)
	return *near
}

// ends returns the last eight bytes of a name as a number: names usually differ at
// the end.
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

// find looks a row up, and creates it if there is none.
func (t *tally) find(namespace, service, pod []byte) *row {
	t.key = append(t.key[:0], namespace...)
	t.key = append(append(t.key, 0), service...)
	t.key = append(append(t.key, 0), pod...)
	if r, ok := t.rows[string(t.key)]; ok {
		return r
	}
	key := string(t.key)
	r := &row{key: key, service: int32(len(namespace) + 1), end: int32(len(namespace) + 1 + len(service))}
	r.series = detector.Series{Namespace: name(key[:len(namespace)]), Service: name(key[r.service:r.end])}
	r.pod = name(key[r.end+1:])
	t.rows[key] = r
	return r
}

// name makes a label value of a name from the log: valid UTF-8, bounded, without
// anything shaped like a credential. Usually that is raw itself.
func name(raw string) string {
	clean := bytes.TrimSpace(logline.CleanName([]byte(raw)))
	if len(clean) > maxName {
		clean = clean[:maxName]
	}
	if string(clean) == raw && utf8.ValidString(raw) {
		return raw
	}
	return strings.ToValidUTF8(string(clean), "\uFFFD")
}

// count adds one event to d.
func (t *tally) count(d *Delta, r *row, second int64, set signals) {
	s := &r.slots[uint64(second)%slots]
	if s.round != t.round || d.Samples[s.at].Second != second {
		*s = slot{round: t.round, at: int32(len(d.Samples))}
		d.Samples = append(d.Samples, detector.Sample{Series: r.series, Pod: r.pod, Second: second})
		if d.Oldest == NoTime || second < d.Oldest {
			d.Oldest = second
		}
	}
	counts := &d.Samples[s.at].Counts
	for signal := detector.Requests; set>>signal != 0; signal++ {
		counts[signal] += uint32(set >> signal & 1)
	}
}
