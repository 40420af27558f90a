package detector

import "slices"

// state visits a pod; places are those of the tracks in the state.
func (p *pod) state(c *codec, places []int) {
	c.string(&p.name)
	c.time(&p.seen)
	p.spans.state(c)
	list(c, &p.signals, 8, func(g *podSignal) { g.state(c, places) })
	if c.reading {
		p.signals = slices.DeleteFunc(p.signals, func(g podSignal) bool { return g.track == noTrack })
	}
}

// noTrack marks what a pod knew about a track that is gone.
const noTrack = 1<<16 - 1

func (g *podSignal) state(c *codec, places []int) {
	place := uint16(0)
	if !c.reading {
		place = uint16(slices.Index(places, int(g.track)))
	}
	c.uint16(&place)
	c.check(int(place) < len(places))
	if c.err != nil {
		return
	}
	if c.reading {
		g.track = noTrack
		if k := places[place]; k >= 0 {
			g.track = uint16(k)
		}
	}
	c.bool(&g.firing)
	g.spans.state(c)
	for _, v := range []*float32{&g.events, &g.exposure, &g.run.events, &g.run.exposure, &g.score, &g.clear, &g.level} {
		c.float32(v)
	}
	c.time(&g.began)
	c.time(&g.highest)
}

func (n *spans) state(c *codec) {
	c.time(&n.span)
	c.uint32(&n.n[0])
	c.uint32(&n.n[1])
}
