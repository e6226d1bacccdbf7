package ope

import "math"

// Sequence is the asymptotic confidence sequence of the value: with AIPW parts ([DR]) it holds at
// all sizes n at once, in the limit, however often and for whatever reason one looks:
//
//	V ± √s² · √( 2·(n·ρ²+1)/(n²·ρ²) · ln(√(n·ρ²+1)/α) ),  α = 1−level
//
// with ρ that makes it tightest at size best (> 0; the first size at which one would act):
// best·ρ² = y solves y = −2·ln α + ln(1+y). Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas,
// "Time-uniform central limit theory and asymptotic confidence sequences" (arXiv:2103.06476),
// theorem 2.2. It promises little before n is some hundreds.
//
// For a one-sided bound of probability 1−α take level 1−2α.
func (e *Estimate) Sequence(level, best float64) (Interval, bool) {
	v, ok := e.Value()
	s, also := e.moments.variance()
	return around(v, math.Sqrt(s)*boundary(e.moments.n, alpha(level), best)), ok && also
}

// SequenceHalf is the half width of a [Estimate.Sequence] at size n, in standard deviations of one row (of
// one cluster for [Clusters.Sequence]): how many rows a bound still needs can be told from it beforehand.
func SequenceHalf(n, level, best float64) float64 { return boundary(n, alpha(level), best) }

// boundary is the half width of the sequence in units of one row's standard deviation.
func boundary(n, alpha, best float64) float64 {
	if !(best > 0) {
		panic("ope: a sequence is to be tightest at a size above 0")
	}
	y := -2 * math.Log(alpha)
	for last := 0.; y-last > 1e-15*y; { // rises to its root; any y > 0 would hold, this one is tightest
		last, y = y, -2*math.Log(alpha)+math.Log1p(y)
	}
	t := n * y / best // n·ρ²
	return math.Sqrt(2 * (t + 1) / (n * t) * math.Log(math.Sqrt(t+1)/alpha))
}
