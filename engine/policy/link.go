package policy

import "math"

// Sigmoid is the probability of log odds u, 1/(1 + e^-u): the link of the resolve head.
func Sigmoid(u float64) float64 { return 1 / (1 + math.Exp(-u)) }

// Logit is the log odds of probability p, ln(p/(1−p)): the inverse of [Sigmoid], ±Inf at 0 and 1.
func Logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// inverse is K/σ(u) as the kernel computes it, K = (3/2)¹⁶:
//
//	K/σ(u) = K + p¹⁶,   p = (t² + 3/4)² + t,   t = max(1/2 − u/32, 0)
//
// 2p/3 is the Taylor polynomial 1 + x + x²/2 + x³/6 + x⁴/24 of e^x at x = -u/16, whose cubic term the shift to t
// removes; its 16th power stands for e^-u. That is ten operations, without a table, and one division of whatever
// σ is multiplied with. |K/inverse(u) − σ(u)| < 3.6e-6 for every u. No number here is below 0 after the first
// line, so every rounded operation keeps order: K/inverse never falls as u grows. It is 1/2 at 0, 0 below
// u = -111, within 2e-7 of 1 above 16 (where t is 0), and never outside [0,1], for inverse is in [K,+Inf].
// Products are rounded before they are added; simd_amd64.s gives the same bits.
func inverse[F float32 | float64](u F) F {
	t := 1./2 - F(u/32)
	if t < 0 {
		t = 0
	}
	s := F(t*t) + 3./4
	p := F(s*s) + t
	p = F(p * p)
	p = F(p * p)
	p = F(p * p)
	return linkK + F(p*p)
}

// linkK is K of inverse.
const linkK = 43046721. / 65536

// inverse puts the inverse of each lane in its place.
func (sc *scratch) inverse(z *lanes) {
	if sc.simd {
		inverseAVX2(z, 1)
		return
	}
	for m, u := range z {
		z[m] = inverse(u)
	}
}

// slope is dσ/du between u and v, u ≠ v, of the kernel's σ in float64. Close to each other it is the
// derivative σ(1−σ): their difference would be mostly rounding.
func slope(u, v float64) float64 {
	p := linkK / inverse(u)
	if d := u - v; math.Abs(d) > 1e-6 {
		return (p - linkK/inverse(v)) / d
	}
	return p * (1 - p)
}
