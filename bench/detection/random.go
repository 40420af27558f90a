package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// source is a seeded stream of random numbers. The same seed and label give the
// same stream on every machine.
type source struct{ *rand.Rand }

func newSource(seed uint64, label string) source {
	h := fnv.New64a()
	h.Write([]byte(label))
	return source{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// uniform returns a number in [lo, hi).
func (r source) uniform(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// logUniform returns a number in [lo, hi), uniform in its logarithm. lo > 0.
func (r source) logUniform(lo, hi float64) float64 {
	return lo * math.Exp(r.Float64()*math.Log(hi/lo))
}

// seconds returns a whole number of seconds in [lo, hi).
func (r source) seconds(lo, hi int64) int64 { return lo + r.Int64N(hi-lo) }

// chance reports true with probability p.
func (r source) chance(p float64) bool { return r.Float64() < p }

// poisson draws a count with the given mean: inversion below 10, Hörmann's
// transformed rejection (PTRS, 1993) above.
func (r source) poisson(mean float64) uint32 {
	if mean <= 0 {
		return 0
	}
	if mean < 10 {
		term, u, k := math.Exp(-mean), r.Float64(), uint32(0)
		for u > term && k < 200 {
			u -= term
			k++
			term *= mean / float64(k)
		}
		return k
	}
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	invAlpha := 1.1239 + 1.1328/(b-3.4)
	vr := 0.9277 - 3.6224/(b-2)
	logMean := math.Log(mean)
	for {
		u, v := r.Float64()-0.5, r.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= vr {
			return uint32(k)
		}
		if k < 0 || us < 0.013 && v > us {
			continue
		}
		if math.Log(v*invAlpha/(a/(us*us)+b)) <= k*logMean-mean-logFactorial(k) {
			return uint32(k)
		}
	}
}

// binomial draws the number of successes in n trials of probability p:
// inversion where few are expected, Hörmann's BTRS (1993) elsewhere.
func (r source) binomial(n uint32, p float64) uint32 {
	switch {
	case n == 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - r.binomial(n, 1-p)
	}
	if float64(n)*p < 10 {
		return r.binomialInversion(n, p)
	}
	N := float64(n)
	spread := math.Sqrt(N * p * (1 - p))
	b := 1.15 + 2.53*spread
	a := -0.0873 + 0.0248*b + 0.01*p
	vr := 0.92 - 4.2/b
	alpha := (2.83 + 5.1/b) * spread
	odds := math.Log(p / (1 - p))
	mode := math.Floor((N + 1) * p)
	top := logFactorial(mode) + logFactorial(N-mode)
	for {
		u, v := r.Float64()-0.5, r.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + N*p + 0.5)
		if k < 0 || k > N {
			continue
		}
		if us >= 0.07 && v <= vr {
			return uint32(k)
		}
		v *= alpha / (a/(us*us) + b)
		if math.Log(v) <= top-logFactorial(k)-logFactorial(N-k)+(k-mode)*odds {
			return uint32(k)
		}
	}
}

func (r source) binomialInversion(n uint32, p float64) uint32 {
	odds := p / (1 - p)
	term, u := math.Exp(float64(n)*math.Log1p(-p)), r.Float64()
	for k := uint32(0); k < n; k++ {
		if u <= term {
			return k
		}
		u -= term
		term *= odds * float64(n-k) / float64(k+1)
		if term < 1e-300 {
			return k
		}
	}
	return n
}

// beta draws from Beta(a, b).
func (r source) beta(a, b float64) float64 {
	x, y := r.gamma(a), r.gamma(b)
	if x+y == 0 {
		return a / (a + b)
	}
	return x / (x + y)
}

// gamma draws from Gamma(shape, 1) (Marsaglia and Tsang, 2000).
func (r source) gamma(shape float64) float64 {
	if shape < 1 {
		return r.gamma(shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(r.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func logFactorial(k float64) float64 {
	v, _ := math.Lgamma(k + 1)
	return v
}
