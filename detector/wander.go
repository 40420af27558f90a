package detector

import "math"

const (
	// wanderEvents is how many events a baseline must be based on before deviations
	// from it say anything about how the level moves.
	wanderEvents = 30
	// wanderCold is the relative standard deviation of the level from minute to
	// minute that is assumed of an unknown series, wanderPrior the weight of that in
	// squared expected events, and wanderMax bounds the estimate.
	wanderCold  = 0.1
	wanderPrior = 200
	wanderMax   = 0.35
	// wanderCut bounds the relative deviation that one minute can contribute: a burst
	// of one client is no wandering.
	wanderCut = 0.5
	// wanderSafety is by how many standard deviations of wandering an estimate must
	// be above nearShare of the factor.
	wanderSafety = 2
)

// wander estimates how much a level itself moves from minute to minute, beyond
// what the counts scatter around it: the factor by which it moves has relative
// variance (squares - noise) / mass.
type wander struct {
	squares float32 // sum of squared deviations of the minutes' counts
	noise   float32 // the part of them that a constant level explains
	mass    float32 // sum of squared expected counts
}

// learn adds a minute, with its count and the expected count.
func (w *wander) learn(events, expected, spread float64) {
	deviation := math.Abs(events - expected)
	noise := spread * expected
	deviation = min(deviation, wanderCut*expected+2*math.Sqrt(noise))
	w.squares += float32(deviation * deviation)
	w.noise += float32(noise)
	w.mass += float32(expected * expected)
}

func (w *wander) forget() {
	w.squares *= spreadDecay
	w.noise *= spreadDecay
	w.mass *= spreadDecay
}

// deviation returns the relative standard deviation of the level.
func (w *wander) deviation() float64 {
	moved := float64(w.squares) - float64(w.noise) + wanderPrior*wanderCold*wanderCold
	return min(math.Sqrt(max(0, moved)/(float64(w.mass)+wanderPrior)), wanderMax)
}
