package ope

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval holds the true value with a stated probability.
type Interval struct{ Lower, Upper float64 }

// Width is Upper − Lower.
func (i Interval) Width() float64 { return i.Upper - i.Lower }

// Has says whether v lies in the interval, ends included.
func (i Interval) Has(v float64) bool { return i.Lower <= v && v <= i.Upper }

// alpha is the probability to miss at a level.
func alpha(level float64) float64 {
	if !(level > 0 && level < 1) {
		panic("ope: the level of an interval is not in (0,1)")
	}
	return 1 - level
}

func around(v, half float64) Interval { return Interval{v - half, v + half} }

// Gaussian is V ± z·√(s²/n), z the normal quantile of 1−(1−level)/2, s² the sample variance of a row's
// influence. Right in the limit, at one size of log fixed before; rows independent, else [Clusters].
func (e *Estimate) Gaussian(level float64) (Interval, bool) {
	v, ok := e.Value()
	se, also := e.StdErr()
	return gaussian(v, se, level), ok && also
}

func gaussian(v, se, level float64) Interval {
	return around(v, distuv.UnitNormal.Quantile(1-alpha(level)/2)*se)
}

// Bernstein is the empirical Bernstein interval for parts C in [lo,hi], bounds known beforehand (IPS
// with rewards in [0,1]: 0 and the largest weight possible):
//
//	V ± (√(2·s²·L/n) + 7·(hi−lo)·L/(3·(n−1))),  L = ln(4/(1−level))
//
// Right at any n, at one size fixed before. Maurer & Pontil, COLT 2009, theorem 4, once for each
// side. False where a row lay outside the bounds or the rule is self-normalised.
func (e *Estimate) Bernstein(level, lo, hi float64) (Interval, bool) {
	m := &e.moments
	l := math.Log(4 / alpha(level))
	v, known := m.variance()
	if !known || m.bb != 0 || m.a != 0 || e.lo < lo || e.hi > hi {
		return Interval{}, false
	}
	half := math.Sqrt(2*v*l/m.n) + 7*(hi-lo)*l/(3*(m.n-1))
	return Interval{max(lo, m.c-half), min(hi, m.c+half)}, true
}
