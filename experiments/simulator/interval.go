package simulator

import (
	"math"
	"slices"
)

// Figure is a number with its 95 % Monte-Carlo interval: how far it may lie from what endlessly many
// cases of the same world would show.
type Figure struct {
	Mean float64 `json:"mean"`
	Lo   float64 `json:"lo"`
	Hi   float64 `json:"hi"`
}

// z95 is the normal's 97.5 % quantile.
const z95 = 1.959963984540054

// share is hits of n with Wilson's interval (JASA 1927), which is sound near 0 and 1.
func share(hits, n int) Figure {
	if n == 0 {
		return Figure{Hi: 1} // nothing is known
	}
	p, m := float64(hits)/float64(n), float64(n)
	mid := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return Figure{p, max(0, mid-half), min(1, mid+half)}
}

// ratio estimates Σa/Σb over cases, with the normal interval of the linearised ratio (Cochran, Sampling
// Techniques, 1977, section 2.11): the case is the unit, whatever it adds to either sum. With b = 1 it is a mean.
type ratio struct{ n, a, b, aa, bb, ab float64 }

func (r *ratio) add(a, b float64) {
	r.n++
	r.a += a
	r.b += b
	r.aa += a * a
	r.bb += b * b
	r.ab += a * b
}

// share is figure where a is a part of b.
func (r *ratio) share() Figure {
	if r.b == 0 {
		return Figure{Hi: 1}
	}
	f := r.figure()
	return Figure{f.Mean, max(0, f.Lo), min(1, f.Hi)}
}

func (r *ratio) figure() Figure {
	if r.b == 0 {
		return Figure{}
	}
	q := r.a / r.b
	spread := max(r.aa-2*q*r.ab+q*q*r.bb, 0)
	if r.n > 1 {
		spread *= r.n / (r.n - 1)
	}
	half := z95 * math.Sqrt(spread) / r.b
	return Figure{q, q - half, q + half}
}

// median of the values, with the interval between order statistics (binomial, normal approximation).
func median(values []int16) Figure {
	n := len(values)
	if n == 0 {
		return Figure{}
	}
	slices.Sort(values)
	at := func(q float64) float64 { return float64(values[min(max(int(q), 0), n-1)]) }
	m, half := float64(n)/2, z95*math.Sqrt(float64(n))/2
	return Figure{at(m), at(math.Floor(m-half) - 1), at(math.Ceil(m + half))}
}
