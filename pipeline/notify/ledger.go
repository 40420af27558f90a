package notify

import (
	"container/list"
	"strings"

	"github.com/authspike/authspike/detector"
)

// want is whether and why an alert is to be sent.
type want uint8

const (
	wantNothing want = iota
	wantResend       // it still fires
	wantChange       // this Alertmanager does not know the newest state
)

// entry is one alert as one Alertmanager should know it.
type entry struct {
	key   string
	alert detector.Alert
	want  want

	// A refused alert is sent on its own, after 1, 2, 4 ... maxPause resends.
	refused bool
	pause   int // resends between two tries
	wait    int // resends left before the next try
}

// maxPause bounds how many resends a refused alert waits.
const maxPause = 32

// ledger holds the newest state of each alert, oldest change first. It belongs
// to one goroutine at a time.
type ledger struct {
	capacity int
	order    *list.List // of *entry
	byKey    map[string]*list.Element
}

func newLedger(capacity int) *ledger {
	return &ledger{capacity: capacity, order: list.New(), byKey: make(map[string]*list.Element)}
}

// put stores the newest state of an alert. It returns the number of alerts that were
// dropped to make room: 0 or 1.
func (l *ledger) put(key string, alert *detector.Alert) (dropped int) {
	if e, ok := l.byKey[key]; ok {
		*e.Value.(*entry) = entry{key: key, alert: *alert, want: wantChange}
		l.order.MoveToBack(e)
		return 0
	}
	if l.order.Len() >= l.capacity {
		l.remove(l.order.Front().Value.(*entry))
		dropped = 1
	}
	l.byKey[key] = l.order.PushBack(&entry{key: key, alert: *alert, want: wantChange})
	return dropped
}

// merge adds all of from, which is newer and must not be used afterwards.
func (l *ledger) merge(from *ledger) (dropped int) {
	for e := from.order.Front(); e != nil; e = e.Next() {
		it := e.Value.(*entry)
		dropped += l.put(it.key, &it.alert)
	}
	return dropped
}

func (l *ledger) remove(it *entry) {
	if e, ok := l.byKey[it.key]; ok {
		l.order.Remove(e)
		delete(l.byKey, it.key)
	}
}

// tick marks every alert to be sent again, refused ones when their pause is over.
func (l *ledger) tick() {
	for e := l.order.Front(); e != nil; e = e.Next() {
		it := e.Value.(*entry)
		if it.refused {
			it.wait--
			if it.wait > 0 {
				continue
			}
		}
		if it.want == wantNothing {
			it.want = wantResend
		}
	}
}

// next appends to dst the alerts of the next request: changes before resends, oldest
// change first; a refused one on its own.
func (l *ledger) next(dst []*entry) []*entry {
	for _, w := range [...]want{wantChange, wantResend} {
		for e := l.order.Front(); e != nil && len(dst) < maxBatch; e = e.Next() {
			it := e.Value.(*entry)
			if it.want != w {
				continue
			}
			if it.refused {
				if len(dst) == 0 {
					return append(dst, it)
				}
				continue
			}
			dst = append(dst, it)
		}
	}
	return dst
}

// taken records that the Alertmanager has accepted it. A resolve is then forgotten.
func (l *ledger) taken(it *entry) {
	it.want, it.refused, it.pause = wantNothing, false, 0
	if it.alert.State == detector.Resolved {
		l.remove(it)
	}
}

// refuse records that the Alertmanager has rejected this alert. A firing one is tried
// again later, in case the fault was in between; a resolve is forgotten, because the
// alert expires by itself.
func (l *ledger) refuse(it *entry) {
	if it.alert.State == detector.Resolved {
		l.remove(it)
		return
	}
	it.want, it.refused = wantNothing, true
	it.pause = min(max(1, it.pause*2), maxPause)
	it.wait = it.pause
}

// changes returns the number of alerts whose newest state has not been accepted yet.
func (l *ledger) changes() int {
	n := 0
	for e := l.order.Front(); e != nil; e = e.Next() {
		if e.Value.(*entry).want == wantChange {
			n++
		}
	}
	return n
}

// keyOf returns the identity of an alert: its labels, which are sorted.
func keyOf(a *detector.Alert) string {
	var b strings.Builder
	for _, l := range a.Labels {
		b.WriteString(l.Name)
		b.WriteByte(0xff) // occurs in no UTF-8 text
		b.WriteString(l.Value)
		b.WriteByte(0xff)
	}
	return b.String()
}
