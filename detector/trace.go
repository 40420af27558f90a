package detector

import "math"

const (
	// traceMinutes is for how many minutes baselines are kept, so that a minute in
	// which nothing stood out can be explained from its counts.
	traceMinutes = 60
	// maxNotes bounds the verdicts that are kept for one track.
	maxNotes = 32
	// noteShare is the part of the threshold that a verdict's score must reach to be
	// kept with all its numbers, unless its events may be one client's. Of weaker
	// verdicts only the minute is kept.
	noteShare = 0.25
	// levelSteps is how many codes a level has per factor e: two neighbours differ by
	// 0.06 %, and levels from 1e-9 to 1e6 fit into 16 bits.
	levelSteps = 1800
	levelLeast = 1e-9
	// leastSteps is how many codes there are for each whole of normal.least, minus 1.
	leastSteps = 300
)

// trace is what a track keeps to explain the past hour. A quiet track has no record.
type trace struct {
	level  [traceMinutes]uint16 // the baseline by minute mod traceMinutes, as a code; 0 where it is not known
	least  [traceMinutes]uint8  // how far above factor x baseline the limit was, as a code
	record *record
}

// record holds the verdicts of a track that came close to an alert, or were one.
type record struct {
	above   uint64 // minutes, mod 64, in which a window had enough events above the limit
	dropped int64  // minute of the newest note that gave way to newer ones; 0 for none
	notes   []note // ascending by second, at most maxNotes
	whole   *episode
	pod     *episode
}

// episode is the newest time that a track fired, as a whole or for one pod. It is
// kept until the next.
type episode struct {
	verdict Explanation // as it stood when it fired
	ended   int64       // the second from which on it does not fire; 0 while it does
	clear   float64     // how certain its end was
	reason  Reason
}

// happening is what a note describes.
type happening uint8

const (
	wasNoticed happening = iota // the strongest verdict of its minute that did not cross
	hasFired                    // the verdict that crossed
	hasEnded                    // the end of that
)

// note is one verdict. Its numbers have seven digits.
type note struct {
	second           int64
	pod              string // "" for the whole service
	events, exposure float32
	level, limit     float32
	score, threshold float32
	near, spread     float32
	window           uint32
	why              Why
	what             happening
	atLeast          bool
}

// keep stores what is normal in minute m. The previous one was stored for minute
// `before`.
func (t *track) keep(m, before int64) {
	if t.trace == nil {
		t.trace = new(trace)
	}
	x := t.trace
	for k := max(before+1, m-traceMinutes+1, 0); k <= m; k++ {
		x.level[k%traceMinutes] = 0
		if x.record != nil {
			x.record.above &^= 1 << (k & 63)
		}
	}
	if m < 0 {
		return
	}
	b := t.at(m)
	x.level[m%traceMinutes], x.least[m%traceMinutes] = levelCode(b.level), leastCode(float64(b.least))
}

func levelCode(level float64) uint16 {
	if level <= 0 {
		return 0
	}
	return uint16(min(max(1, 1+math.Round(levelSteps*math.Log(level/levelLeast))), math.MaxUint16))
}

func leastCode(least float64) uint8 {
	return uint8(min(max(0, math.Round((least-1)*leastSteps)), math.MaxUint8))
}

// normalAt returns the baseline and the limit of a minute of the last hour, zeros if
// they are not known.
func (t *track) normalAt(minute, now int64) (level, limit float64) {
	if t.trace == nil || minute < 0 || minute > now || minute <= now-traceMinutes {
		return 0, 0
	}
	code := t.trace.level[minute%traceMinutes]
	if code == 0 {
		return 0, 0
	}
	level = levelLeast * math.Exp(float64(code-1)/levelSteps)
	return level, (1 + float64(t.trace.least[minute%traceMinutes])/leastSteps) * t.rule.Factor * level
}

// writable returns the record, and creates it if there is none.
func (t *track) writable() *record {
	if t.trace == nil {
		t.trace = new(trace)
	}
	if t.trace.record == nil {
		t.trace.record = new(record)
	}
	return t.trace.record
}

// read returns the record, nil if there is none.
func (t *track) read() *record {
	if t.trace == nil {
		return nil
	}
	return t.trace.record
}

// notice keeps a verdict with enough events above the limit that did not cross,
// if it is the strongest of its minute.
func (t *track) notice(b *normal, v *verdict, second int64, pod string) {
	r := t.writable()
	if pod == "" {
		r.above |= 1 << (second / 60 & 63)
	}
	if v.score < noteShare*b.threshold && !v.clump {
		return
	}
	n := noteOf(&t.rule.Rule, b, v, second)
	n.pod = pod
	for i := len(r.notes) - 1; i >= 0 && r.notes[i].second/60 == second/60; i-- {
		o := &r.notes[i]
		if o.what != wasNoticed || (o.pod == "") != (pod == "") {
			continue
		}
		if n.better(o) {
			r.notes = append(r.notes[:i], r.notes[i+1:]...)
			r.add(n)
		}
		return
	}
	r.add(n)
}

func noteOf(r *Rule, b *normal, v *verdict, second int64) note {
	n := note{
		second: second, events: float32(v.events), exposure: float32(v.exposure),
		level: float32(b.level), limit: float32(float64(b.least) * r.Factor * b.level),
		score: float32(v.score), threshold: float32(b.threshold), near: float32(v.near), spread: float32(b.spread),
		window: uint32(v.window), why: v.short(b), atLeast: v.atLeast,
	}
	return n
}

// better orders notes as verdict.better orders verdicts.
func (n *note) better(o *note) bool {
	return min(n.score, 2*n.near+n.score/4) > min(o.score, 2*o.near+o.score/4)
}

// add appends n. Notes older than an hour are dropped, as is the oldest one if there
// are too many.
func (r *record) add(n note) {
	old := 0
	for old < len(r.notes) && r.notes[old].second/60 <= n.second/60-traceMinutes {
		old++
	}
	if old == 0 && len(r.notes) == maxNotes {
		old, r.dropped = 1, r.notes[0].second/60
	}
	r.notes = append(r.notes[:0], r.notes[old:]...)
	at := len(r.notes)
	for at > 0 && r.notes[at-1].second > n.second {
		at--
	}
	r.notes = append(r.notes, note{})
	copy(r.notes[at+1:], r.notes[at:])
	r.notes[at] = n
}

// noteFired records the verdict that made the track, or one of its pods, fire.
func (t *track) noteFired(b *normal, v *verdict, second int64, pod string) {
	r := t.writable()
	n := noteOf(&t.rule.Rule, b, v, second)
	n.pod, n.why, n.what = pod, IsFiring, hasFired
	r.add(n)
	e := t.base(second)
	e.of(v, b)
	e.Pod, e.Why, e.Second, e.Since = pod, IsFiring, second, second
	if pod == "" {
		r.whole = &episode{verdict: e}
	} else if r.pod == nil || r.pod.ended != 0 {
		r.pod = &episode{verdict: e}
	}
}

// noteEnded records that the track, or one of its pods, no longer fires.
func (t *track) noteEnded(second int64, pod string, certainty float64, reason Reason) {
	r := t.writable()
	level := float32(t.at(second / 60).level)
	r.add(note{second: second, pod: pod, level: level, score: float32(certainty), threshold: clearScore, what: hasEnded})
	if pod == "" && r.whole != nil {
		r.whole.ended, r.whole.reason, r.whole.clear = second, reason, certainty
	}
	if r.pod != nil && r.pod.verdict.Pod == pod {
		r.pod.ended, r.pod.reason, r.pod.clear = second, reason, certainty
	}
}
