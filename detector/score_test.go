package detector

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// negativeBinomial returns the logarithm of the probability of u events where
// mean are expected and the variance is spread times that, from the definition.
func negativeBinomial(u int, mean, spread float64) float64 {
	r := mean / (spread - 1)
	p := -r * math.Log(spread)
	for j := range u {
		p += math.Log(r+float64(j)) - math.Log(float64(j+1)) + math.Log((spread-1)/spread)
	}
	return p
}

// TestScoreAgainstDefinition compares the score with the likelihoods of its
// definition, block by block.
func TestScoreAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		b := normal{events: 1 + float64(r.IntN(300)), exposure: 1e4 + 1e5*r.Float64(), floor: 1e-4, spread: 1.1 + 5*r.Float64()}
		b.level = max(b.floor, b.events/b.exposure)
		multiple := 1 + 4*r.Float64()
		parts := blocks{n: 1 + r.IntN(60)}
		var v verdict
		for i := range parts.n {
			parts.exposure[i] = float32(80 + r.IntN(40))
			if r.IntN(3) == 0 {
				parts.events[i] = float32(r.IntN(40))
			}
			v.events += float64(parts.events[i])
			v.exposure += float64(parts.exposure[i])
		}
		null := max(b.floor, (b.events+v.events)/(b.exposure+multiple*v.exposure))
		want := (b.events*math.Log(b.level/null) - b.exposure*(b.level-null)) / b.spread
		for i := range parts.n {
			u, n := int(parts.events[i]), float64(parts.exposure[i])
			want += negativeBinomial(u, v.estimate()*n, b.spread) - negativeBinomial(u, multiple*null*n, b.spread)
		}
		if v.events <= multiple*null*v.exposure {
			want = 0
		}
		if got := b.score(multiple, &v, &parts); math.Abs(got-max(0, want)) > 1e-6*(1+math.Abs(want)) {
			t.Fatalf("%+v %+v: score %v, want %v", b, v, got, want)
		}
	}
}

// TestClumpsCountAsOne: the same events weigh less in one second than in ten.
func TestClumpsCountAsOne(t *testing.T) {
	b := normal{events: 10, exposure: 10000, floor: 1e-4, level: 1e-3, spread: 3}
	v := verdict{events: 10, exposure: 200}
	one, ten := blocks{n: 10}, blocks{n: 10}
	for i := range 10 {
		one.exposure[i], ten.exposure[i], ten.events[i] = 20, 20, 1
	}
	one.events[4] = 10
	if clumped, apart := b.score(2.5, &v, &one), b.score(2.5, &v, &ten); clumped > apart/3 {
		t.Errorf("ten events in one second score %.1f, in ten seconds %.1f", clumped, apart)
	}
}

// TestMoreEventsNeverScoreLess is what early fires rest on: at the same exposure,
// entries that come later can only turn a no into a yes.
func TestMoreEventsNeverScoreLess(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 500 {
		b := normal{events: 1 + float64(r.IntN(50)), exposure: 1e3 + 1e5*r.Float64(), floor: 1e-4, spread: 1.1 + 3*r.Float64()}
		b.level = max(b.floor, b.events/b.exposure)
		parts := blocks{n: 10}
		v := verdict{exposure: 100 + 1000*r.Float64()}
		for i := range parts.n {
			parts.exposure[i] = float32(v.exposure / 10)
		}
		last := 0.0
		for range 40 {
			parts.events[r.IntN(10)]++
			v.events++
			got := b.sureScore(2.5, &v, &parts)
			if got < last-1e-9 {
				t.Fatalf("score fell from %v to %v with event %v of %+v", last, got, v.events, b)
			}
			last = got
		}
	}
}

// TestBaselineAgainstNaive: with fewer requests than are ever forgotten, the
// baseline is the plain sum of all minutes that are old enough and not frozen.
func TestBaselineAgainstNaive(t *testing.T) {
	rule := &compiled{Rule: Rule{Signals: []Signal{Unauthorized}, Factor: 5, FloorShare: 1e-6, ColdShare: 0.01, Baseline: time.Hour}, partMinutes: 5, budget: 1e6}
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := &series{first: 0, now: -1, known: 0}
		tr := &track{rule: rule, signal: Unauthorized}
		tr.normals[0].minute, tr.normals[1].minute = -2, -2
		frozen := map[int64]bool{}
		var events, requests [200]float64
		for second := int64(0); second < 200*60; second++ {
			tr.learn(s, second/60)
			if r.IntN(30) > 0 {
				continue
			}
			c := Counts{Requests: uint32(1 + r.IntN(3))}
			if r.IntN(40) == 0 {
				c[Unauthorized] = 1
			}
			s.advance(second, &c)
			s.hasRequests = true
			events[second/60] += float64(c[Unauthorized])
			requests[second/60] += float64(c[Requests])
			if r.IntN(100) == 0 {
				tr.freeze(second/60, second/60)
				frozen[second/60] = true
			}
		}
		b := tr.at(199)
		wantEvents, wantExposure := 1.0, 100.0
		for m := int64(0); m <= 199-guard; m++ {
			if !frozen[m] {
				wantEvents += events[m]
				wantExposure += requests[m]
			}
		}
		if math.Abs(b.events-wantEvents) > 0.01 || math.Abs(b.exposure-wantExposure) > 0.5 {
			t.Errorf("seed %d: %v in %v, want %v in %v", seed, b.events, b.exposure, wantEvents, wantExposure)
		}
	}
}
