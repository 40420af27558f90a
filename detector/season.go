package detector

import (
	"math"
	"slices"
)

const (
	// seasonDays is how many days are remembered: a week, so that a Monday morning is
	// compared with the one before.
	seasonDays = 7
	// seasonStands is how many times what was normal when an hour began its level must
	// be for the hour to be remembered; maxPeaks bounds how many hours are.
	seasonStands = 1.3
	maxPeaks     = 64
	// seasonReach is how many times the baseline of the last hour yesterday, or last
	// week, can lift it at most. A level reached on seasonTimes of the last seven days
	// is a habit, and lifts the baseline without that bound, alerts or not.
	seasonReach = 3
	seasonTimes = 3
	// seasonSlip is by how many minutes a daily or weekly event may shift.
	seasonSlip = 10
	// peakSteps is how many codes a level has per factor e, above the floor: two
	// neighbours differ by 0.1 %.
	peakSteps = 1000
)

// season remembers the hours of the last week in which a signal was higher than its
// trailing baseline.
type season struct {
	peaks   []peak  // ascending by hour
	now     part    // the hour that is being filled
	plain   float32 // the trailing baseline, without the season
	base    float32 // that when the hour began
	hour    int32   // since 1970
	strange bool    // it has minutes that taught the trailing baseline nothing
}

// peak is one hour that stood out.
type peak struct {
	hour    int32
	code    uint16 // of its level
	strange bool   // an alert fired in it, or nearly
}

// remember adds minute m. Unlike the trailing baseline, the season takes every
// minute: what recurs at the same time of day is normal, even if it set off an alert.
func (x *season) remember(m int64, p part, frozen bool, b *normal) {
	if hour := int32(m / 60); hour != x.hour {
		x.complete(b)
		x.now, x.base, x.hour, x.strange = part{}, x.plain, hour, false
	}
	x.now.events += p.events
	x.now.exposure += p.exposure
	x.strange = x.strange || frozen
}

// complete stores the hour that has ended, if it stood out: not with its estimated
// level but with the lower limit of it, so that a few events in a quiet hour lift
// nothing.
func (x *season) complete(b *normal) {
	gone := 0
	for gone < len(x.peaks) && x.peaks[gone].hour < x.hour-24*seasonDays {
		gone++
	}
	x.peaks = slices.Delete(x.peaks, 0, gone)
	if x.now.events == 0 {
		return
	}
	level := b.atLeast(float64(x.now.events), float64(x.now.exposure), 1)
	if level <= seasonStands*max(b.floor, float64(x.base)) {
		return
	}
	if len(x.peaks) == maxPeaks {
		x.peaks = slices.Delete(x.peaks, 0, 1)
	}
	code := min(math.Round(peakSteps*math.Log(level/b.floor)), math.MaxUint16)
	x.peaks = append(x.peaks, peak{x.hour, uint16(code), x.strange})
}

// level returns what is normal at this time of day, given the trailing baseline, both
// as multiples of the floor: the higher of yesterday and a week ago, leaving out
// hours with alerts, or the level of a habit. Zero if nothing stood out.
func (x *season) level(minute int64, plain float64) float64 {
	if len(x.peaks) == 0 {
		return 0
	}
	var calm uint16
	var days [seasonDays + 1]uint16
	early, late := (minute-seasonSlip)/60, (minute+seasonSlip)/60
	for _, p := range x.peaks {
		for day := int64(1); day <= seasonDays; day++ {
			if at := int64(p.hour) + 24*day; at < early || at > late {
				continue
			}
			days[day] = max(days[day], p.code)
			if !p.strange && (day == 1 || day == seasonDays) {
				calm = max(calm, p.code)
			}
		}
	}
	slices.Sort(days[:])
	habit := days[len(days)-seasonTimes]
	level := func(code uint16) float64 {
		if code == 0 {
			return 0
		}
		return math.Exp(float64(code) / peakSteps)
	}
	return max(level(habit), min(level(calm), seasonReach*plain))
}

// lift raises the baseline to a level. The past then counts as if it had had that
// level.
func (b *normal) lift(level float64) {
	if level > b.level {
		b.level, b.events = level, level*b.exposure
	}
}

func (x *season) state(c *codec) {
	list(c, &x.peaks, 4, func(p *peak) {
		hour := int64(p.hour)
		c.time(&hour)
		p.hour = int32(hour)
		c.uint16(&p.code)
		c.bool(&p.strange)
	})
	c.check(len(x.peaks) <= maxPeaks)
	for i := 1; i < len(x.peaks); i++ {
		c.check(x.peaks[i-1].hour < x.peaks[i].hour)
	}
	hour := int64(x.hour)
	c.time(&hour)
	c.check(hour <= math.MaxInt32)
	x.hour = int32(hour)
	for _, v := range []*float32{&x.now.events, &x.now.exposure, &x.plain, &x.base} {
		c.float32(v)
	}
	c.bool(&x.strange)
}
