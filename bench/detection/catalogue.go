package main

import "github.com/authspike/authspike/detector"

// catalogue lists the scenarios, calm ones first.
var catalogue = []struct {
	name, about string
	make        func(*builder)
}{
	{"healthy", "a normal day, any traffic", healthy},
	{"low_traffic", "a normal day with 0.02 to 0.5 requests a second", lowTraffic},
	{"zero_baseline", "a normal day of a service that hardly ever says 401", zeroBaseline},
	{"week", "eight normal days", week},
	{"nightly", "eight days with a job at the same hour whose requests fail: three nights are new, then it is known", nightly},
	{"retries", "two days of a slow service whose clients retry with an unknown key, after growing pauses", retries},
	{"monday", "Monday morning: logins lift the share 2 to 3 times, traffic 3 times", mondayLogins},
	{"surge", "traffic rises tenfold within a minute", surge},
	{"gap", "traffic stops for minutes or hours and comes back", gap},
	{"drift", "the share grows threefold in 12 hours", drift},
	{"rollout", "a rollout replaces every pod and nothing breaks", harmlessRollout},
	{"steady_4x", "the share rises to fourfold and stays", steady4x},
	{"flapping", "the share swings between 3.5- and 5.5-fold for two hours", flapping},
	{"self_heal", "verifiers refetch at a rotation: a few mismatches, then calm", selfHeal},
	{"steady_6x", "the share rises to six- to sevenfold and stays for hours", steady6x},
	{"rotation", "every pod keeps the old keys", rotationFull},
	{"rotation_partial", "few of many pods keep the old keys", rotationPartial},
	{"rotation_low", "a rotation with 0.02 to 0.5 requests a second", rotationLow},
	{"rotation_zero", "a rotation of a service that hardly ever says 401", rotationZero},
	{"rotation_ramp", "tokens are renewed slowly: the share rises over 10 to 40 minutes", rotationRamp},
	{"rotation_twice", "two rotations, one to two hours apart", rotationTwice},
	{"two_services", "one rotation breaks two services", twoServices},
	{"verifier_only", "a rotation where only the verifier logs, no requests", verifierOnly},
	{"bug_deploy", "a release breaks token handling", bugDeploy},
	{"bug_restart", "401s without a reason logged, which survive a restart", bugRestart},
	{"outage", "the provider's keys cannot be fetched: caches run out one by one", outage},
	{"attack", "a few clients flood with bad tokens", attack},
	{"audience", "another environment's tokens arrive: wrong audience", audience},
	{"disorder", "a rotation, records up to 20 s late and some twice", disorder},
	{"stalled", "a rotation while the shipper stalls for ten minutes", stalled},
}

func healthy(b *builder)    { b.spend(day); b.service("checkout", 0.02, 2000); b.calm() }
func lowTraffic(b *builder) { b.spend(day); b.service("ledger", 0.02, 0.5); b.calm() }
func week(b *builder)       { b.spend(8 * day); b.service("checkout", 0.02, 500); b.calm() }

func zeroBaseline(b *builder) {
	b.spend(day)
	b.zero(b.service("orders", 0.02, 2000))
	b.calm()
}

func nightly(b *builder) {
	b.spend(8 * day)
	s := b.positive("reports", 0.5, 200)
	at := b.span.from + b.r.seconds(2*hour, 20*hour)
	for ; at < b.span.to; at += day {
		from := at + b.r.seconds(0, 5*minute)
		s.lifts = append(s.lifts, scaling{ramp{span{from, from + b.r.seconds(30*minute, hour)}, minute, minute}, b.r.uniform(7, 10)})
	}
	b.calm()
}

func retries(b *builder) {
	b.spend(2 * day)
	s := b.service("orders", 0.2, 20)
	s.mix[detector.KidMismatch] = b.r.logUniform(5e-6, 5e-5)
	s.pause = b.r.logUniform(0.2, 2)
	b.calm()
}

// zero takes the base away, or nearly.
func (b *builder) zero(s *service) {
	s.base, s.mix = 0, [detector.NumSignals]float64{}
	if b.r.chance(0.5) {
		s.base = b.r.logUniform(1e-6, 3e-5)
		b.mix(s)
	}
}

func mondayLogins(b *builder) {
	b.span = span{monday - 6*hour, monday + 18*hour}
	s := b.service("login", 0.1, 2000)
	rise := ramp{span: span{monday + 8*hour, monday + 10*hour}, up: b.r.seconds(15*minute, 40*minute), down: hour}
	s.lifts = append(s.lifts, scaling{rise, b.r.uniform(2, 3)})
	s.surges = append(s.surges, scaling{rise, 3})
	b.calm()
}

func surge(b *builder) {
	b.spend(8 * hour)
	s := b.service("shop", 0.02, 200)
	at := b.onset()
	s.surges = append(s.surges, scaling{ramp{span{at, at + b.r.seconds(hour, 3*hour)}, minute, 5 * minute}, 10})
	b.calm()
}

func gap(b *builder) {
	b.spend(12 * hour)
	s := b.service("batch", 0.1, 2000)
	at := b.onset()
	s.gaps = append(s.gaps, span{at, at + b.r.seconds(2*minute, 20*minute)})
	at += 2 * hour
	s.gaps = append(s.gaps, span{at, at + b.r.seconds(hour, 4*hour)})
	b.service("steady", 5, 50)
	b.calm()
}

func drift(b *builder) {
	b.spend(18 * hour)
	s := b.service("search", 0.1, 2000)
	at := b.onset()
	s.lifts = append(s.lifts, scaling{ramp{span{at, b.span.to}, 12 * hour, 0}, 3})
	b.calm()
}

func harmlessRollout(b *builder) {
	b.spend(8 * hour)
	s := b.service("checkout", 0.1, 2000)
	b.restartAt(s, b.onset())
	b.restartAt(s, b.onset()+2*hour)
	b.calm()
}

func steady4x(b *builder) {
	b.spend(14 * hour)
	s := b.positive("reports", 0.1, 2000)
	i := b.incident(s, "steady_4x", b.onset(), 4, 4.001)
	i.share = 3 * s.base
	i.mix, i.to, i.down = asUsual(s), b.span.to, 0
	b.calm()
}

// positive adds a service whose base is far enough from 0 for a ratio to mean
// something.
func (b *builder) positive(name string, lo, hi float64) *service {
	s := b.service(name, lo, hi)
	if s.base < 5e-4 {
		s.base = b.r.logUniform(2e-3, 0.03)
		b.mix(s)
	}
	return s
}

func steady6x(b *builder) {
	b.spend(5 * hour)
	s := b.positive("reports", 0.5, 2000)
	i := b.incident(s, "steady_6x", b.onset(), 6, 6.001)
	i.share = b.r.uniform(5.2, 6.5) * s.base
	i.mix, i.to = asUsual(s), i.from+b.r.seconds(2*hour, 5*hour)
	b.until(i.to + i.down + hour)
	b.calm()
}

func flapping(b *builder) {
	b.spend(6 * hour)
	s := b.positive("gateway", 1, 2000)
	i := b.incident(s, "flapping", b.onset(), 6, 6.001)
	i.share, i.low, i.wave = 4.5*s.base, 2.5/4.5, b.r.seconds(2*minute, 10*minute)
	i.mix, i.to = asUsual(s), i.from+2*hour
	b.until(i.to + hour)
	b.calm()
}

func selfHeal(b *builder) {
	b.spend(6 * hour)
	s := b.service("checkout", 1, 2000)
	for _, at := range []int64{b.onset(), b.onset() + 2*hour} {
		i := b.incident(s, "self_heal", at, 2, 3)
		i.benign, i.mix = true, b.logged(detector.KidMismatch)
		i.up, i.down, i.to = 0, 0, at+b.r.seconds(5, 40)
		few := b.r.uniform(1, 3) * float64(len(s.slots))
		i.share = min(few/(s.rate*float64(i.length())), 0.5)
	}
	b.calm()
}
