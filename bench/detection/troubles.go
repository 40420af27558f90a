package main

import "github.com/authspike/authspike/detector"

// The scenarios in which an alert is owed.

func rotationFull(b *builder) {
	b.spend(4 * hour)
	b.rotation(b.service("checkout", 0.1, 2000), b.onset())
	b.calm()
}

func rotationPartial(b *builder) {
	b.spend(4 * hour)
	s := b.service("checkout", 20, 2000)
	b.pods(s, 12+b.r.IntN(13))
	i := b.rotation(s, b.onset())
	i.kind, i.slots = "rotation_partial", 1+b.r.IntN(2)
	i.share = b.r.uniform(0.2, 0.9)
	b.calm()
}

func rotationLow(b *builder) {
	b.spend(6 * hour)
	b.rotation(b.service("ledger", 0.02, 0.5), b.onset())
	b.calm()
}

func rotationZero(b *builder) {
	b.spend(4 * hour)
	s := b.service("orders", 0.1, 2000)
	b.zero(s)
	b.rotation(s, b.onset())
	b.calm()
}

func rotationRamp(b *builder) {
	b.spend(5 * hour)
	s := b.service("checkout", 0.5, 2000)
	i := b.rotation(s, b.onset())
	i.kind, i.up = "rotation_ramp", b.r.seconds(10*minute, 40*minute)
	i.to = max(i.to, i.from+i.up+20*minute)
	s.restarts[0].at = i.to
	b.until(i.to + hour)
	b.calm()
}

func rotationTwice(b *builder) {
	b.spend(6 * hour)
	s := b.service("checkout", 0.1, 2000)
	first := b.rotation(s, b.onset())
	b.rotation(s, first.to+b.r.seconds(hour, 2*hour))
	b.calm()
}

func twoServices(b *builder) {
	b.spend(4 * hour)
	at := b.onset()
	b.rotation(b.service("checkout", 0.1, 2000), at)
	b.rotation(b.service("orders", 0.1, 2000), at+b.r.seconds(0, 60))
	b.calm()
}

func verifierOnly(b *builder) {
	b.spend(4 * hour)
	s := b.service("gateway", 0.5, 2000)
	s.mute = true
	b.rotation(s, b.onset()).kind = "verifier_only"
	b.calm()
}

func bugDeploy(b *builder) {
	b.spend(4 * hour)
	s := b.service("checkout", 0.1, 2000)
	i := b.incident(s, "bug_deploy", b.onset(), 5, 40)
	reasons := []detector.Signal{detector.SignatureInvalid, detector.TokenMalformed, detector.NoSignal}
	i.mix = b.logged(reasons[b.r.IntN(len(reasons))])
	b.restartAt(s, i.from)
	b.restartAt(s, i.to)
	b.calm()
}

func bugRestart(b *builder) {
	b.spend(4 * hour)
	s := b.service("checkout", 0.1, 2000)
	i := b.incident(s, "bug_restart", b.onset(), 5, 40)
	i.mix[detector.NoSignal] = 1
	b.restartAt(s, i.from+i.length()/2)
	b.calm()
}

func outage(b *builder) {
	b.spend(4 * hour)
	at := b.onset()
	for _, name := range []string{"checkout", "orders", "search"} {
		i := b.incident(b.service(name, 0.1, 1000), "outage", at, 8, 60)
		i.mix = b.logged(detector.JWKSUnavailable)
		i.up = b.r.seconds(minute, 10*minute)
	}
	b.calm()
}

func attack(b *builder) {
	b.spend(4 * hour)
	s := b.service("checkout", 0.1, 1000)
	i := b.incident(s, "attack", b.onset(), 6, 40)
	i.extra = b.r.uniform(0.5, 3)
	i.share = i.extra / (1 + i.extra)
	reasons := []detector.Signal{detector.TokenMalformed, detector.TokenMissing, detector.SignatureInvalid, detector.KidMismatch}
	i.mix = b.logged(reasons[b.r.IntN(len(reasons))])
	i.up, i.down = b.r.seconds(0, 10), b.r.seconds(0, 10)
	b.calm()
}

func audience(b *builder) {
	b.spend(4 * hour)
	s := b.service("checkout", 0.1, 2000)
	i := b.incident(s, "audience", b.onset(), 3, 40)
	i.mix = b.logged(detector.ClaimsInvalid)
	i.up = b.r.seconds(0, 10*minute)
	b.calm()
}

func disorder(b *builder) {
	b.spend(4 * hour)
	b.rotation(b.service("checkout", 0.5, 200), b.onset())
	b.delivery = delivery{disorder: 20, duplicates: 0.02}
	b.calm()
}

func stalled(b *builder) {
	b.spend(4 * hour)
	i := b.rotation(b.service("checkout", 0.5, 2000), b.onset())
	from := i.from + b.r.seconds(-8*minute, 8*minute)
	i.late = span{from, from + 10*minute}
	b.service("steady", 5, 50)
	b.delivery.stall = i.late
	b.calm()
}
