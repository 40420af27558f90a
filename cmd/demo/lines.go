package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The keys of the identity provider, before and after the rotation.
const (
	oldKey = "auth0-2026-03"
	newKey = "auth0-2026-09"
)

// cast are the services that write log lines. Only api-worker caches the key set for
// long.
var cast = []service{
	{name: victim, perSecond: 60, pods: 8, stale: map[int]bool{1: true, 4: true}},
	{name: "checkout", perSecond: 9, pods: 3},
	{name: "billing", perSecond: 5, pods: 2},
}

const (
	victim    = "api-worker"
	namespace = "prod"

	normalRefused = 0.005 // of the requests, at any time: tokens that have expired
	firstNewShare = 0.25  // of the tokens, signed with the new key right after the rotation
	lastNewShare  = 0.5   // and once the rotation is newShareRamp old
	newShareRamp  = 20 * time.Second
	seed          = 1           // of what is random about the traffic
	podRestart    = time.Second // one pod of a rolling restart
)

// service is one service of the cast.
type service struct {
	name      string
	perSecond int
	pods      int
	stale     map[int]bool // the pods whose key set is from before the rotation
}

// traffic writes the lines of the cast. Its time only moves forward: each call of lines
// continues where the last one ended.
type traffic struct {
	random  *rand.Rand
	next    []time.Time // of each of the cast: when its next request comes
	rotated time.Time   // zero before the key rotation
	restart time.Time   // zero before the rolling restart

	requests     int       // of the victim, since the rotation and before the restart
	refused      int       // of those, because of the key
	firstRefused time.Time // zero before
}

// newTraffic returns traffic that begins at from. The same calls give the same lines.
func newTraffic(from time.Time) *traffic {
	t := &traffic{random: rand.New(rand.NewPCG(seed, seed))}
	for range cast {
		t.next = append(t.next, from)
	}
	return t
}

// lines appends to dst what is logged before `to`, each service in order of time.
func (t *traffic) lines(dst []string, to time.Time) []string {
	for i := range cast {
		s := &cast[i]
		for t.next[i].Before(to) {
			dst = t.request(dst, s, t.next[i])
			t.next[i] = t.next[i].Add(time.Second / time.Duration(s.perSecond))
		}
	}
	return dst
}

// request appends the lines of one request: that of the verifier if the token is
// refused, and that of the access log.
func (t *traffic) request(dst []string, s *service, at time.Time) []string {
	pod := t.random.IntN(s.pods)
	name, restarted := t.podName(s, pod, at)
	during := s.name == victim && !t.rotated.IsZero() && !at.Before(t.rotated)
	if during && t.restart.IsZero() {
		t.requests++
	}
	newToken := during && t.random.Float64() < newShare(at.Sub(t.rotated))
	switch {
	case newToken && s.stale[pod] && !restarted:
		if t.firstRefused.IsZero() {
			t.firstRefused = at
		}
		if t.restart.IsZero() {
			t.refused++
		}
		dst = append(dst, verifierLine(at, s.name, name, "Unable to find a signing key that matches '"+newKey+"'"))
		return append(dst, t.requestLine(at, s.name, name, 401))
	case t.random.Float64() < normalRefused:
		dst = append(dst, verifierLine(at, s.name, name, "jwt expired"))
		return append(dst, t.requestLine(at, s.name, name, 401))
	}
	return append(dst, t.requestLine(at, s.name, name, 200))
}

// podName returns the name of a pod at a time, and whether it has been restarted. A
// rolling restart replaces one pod after the other.
func (t *traffic) podName(s *service, pod int, at time.Time) (name string, restarted bool) {
	restarted = s.name == victim && !t.restart.IsZero() && !at.Before(t.restart.Add(time.Duration(pod)*podRestart))
	generation := "7d9c5b6f84"
	if restarted {
		generation = "5f6b8d9c77"
	}
	return fmt.Sprintf("%s-%s-%c%dxq", s.name, generation, 'b'+rune(pod), pod), restarted
}

// newShare returns the share of tokens signed with the new key at a given age of the
// rotation.
func newShare(age time.Duration) float64 {
	grown := min(1, float64(age)/float64(newShareRamp))
	return firstNewShare + (lastNewShare-firstNewShare)*grown
}

const stampLayout = "2006-01-02T15:04:05.000Z07:00"

func (t *traffic) requestLine(at time.Time, service, pod string, status int) string {
	return fmt.Sprintf(`{"time":%q,"level":"info","namespace":%q,"service":%q,"pod":%q,"msg":"request","method":"GET","path":"/api/items/%d","status":%d,"duration_ms":%d}`,
		at.UTC().Format(stampLayout), namespace, service, pod, t.random.IntN(1000), status, 2+t.random.IntN(60))
}

func verifierLine(at time.Time, service, pod, cause string) string {
	return fmt.Sprintf(`{"time":%q,"level":"warn","namespace":%q,"service":%q,"pod":%q,"logger":"auth","msg":"token refused","error":%q}`,
		at.UTC().Format(stampLayout), namespace, service, pod, cause)
}
