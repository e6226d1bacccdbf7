package ope

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// CressieRead is empirical likelihood for off-policy evaluation in the Cressie-Read family's
// Euclidean member: of all reweightings of the log, and of one made-up row, under which the weights
// have mean 1, the one nearest to the log gives the value, those near enough give the bounds.
// Karampatziakis, Langford & Mineiro, "Empirical Likelihood for Contextual Bandits", NeurIPS 2020; value and bounds as in VowpalWabbit/estimators. The zero value is ready.
type CressieRead struct {
	WMin, WMax float64 // weights possible, 0 ≤ WMin < 1 < WMax; WMax defaults to +Inf
	RMin, RMax float64 // rewards possible; both 0 means [0,1]

	n, w, ww, wr, wwr, wwrr float64 // rows, Σw, Σw², Σwr, Σw²r, Σw²r²
}

func (c *CressieRead) ranges() (wmax, rmin, rmax float64) {
	wmax, rmin, rmax = c.WMax, c.RMin, c.RMax
	if wmax == 0 {
		wmax = math.Inf(1)
	}
	if rmin == 0 && rmax == 0 {
		rmax = 1
	}
	return wmax, rmin, rmax
}

// Add takes one row within the ranges.
func (c *CressieRead) Add(s Sample) error {
	if err := s.check(); err != nil {
		return err
	}
	wmax, rmin, rmax := c.ranges()
	w, r := s.Weight(), s.Reward
	if !(w >= c.WMin && w <= wmax) || !finite(w*w) {
		return &FieldError{"PEval", s.PEval, "a weight within WMin and WMax"}
	}
	if !(r >= rmin && r <= rmax) {
		return &FieldError{"Reward", r, "a reward within RMin and RMax"}
	}
	c.n++
	c.w += w
	c.ww += w * w
	c.wr += w * r
	c.wwr += w * w * r
	c.wwrr += w * w * r * r
	return nil
}

// Merge adds another shard with the same ranges.
func (c *CressieRead) Merge(o *CressieRead) error {
	if c.WMin != o.WMin || c.WMax != o.WMax || c.RMin != o.RMin || c.RMax != o.RMax {
		return ErrRules
	}
	c.n += o.n
	c.w += o.w
	c.ww += o.ww
	c.wr += o.wr
	c.wwr += o.wwr
	c.wwrr += o.wwrr
	return nil
}

// fake is the weight of the made-up row that the mean of weights asks for.
func (c *CressieRead) fake() float64 {
	if c.w < c.n {
		wmax, _, _ := c.ranges()
		return wmax
	}
	return c.WMin
}

// Value is Σqᵢ·wᵢ·rᵢ plus the made-up row's mass at the middle of the reward range, with
// qᵢ = −(γ + β·wᵢ)/(n+1), γ = (b−a)/(a²−b), β = (1−a)/(a²−b), a and b the means of w and w² over the n+1.
func (c *CressieRead) Value() (float64, bool) {
	if c.n == 0 {
		return 0, false
	}
	m := 1 + c.n
	gamma, beta := -m/c.n, 0.
	if w := c.fake(); !math.IsInf(w, 1) {
		a, b := (w+c.w)/m, (w*w+c.ww)/m
		if b-a*a <= 1e-12*b { // every weight is 1: the log is as it should be
			return c.wr / c.n, true
		}
		gamma, beta = (b-a)/(a*a-b), (1-a)/(a*a-b)
	}
	_, rmin, rmax := c.ranges()
	missing := max(0, 1+(gamma*c.w+beta*c.ww)/m)
	return -(gamma*c.wr+beta*c.wwr)/m + missing*(rmin+rmax)/2, true
}

// Interval is right in the limit, at one size fixed before: the least and largest value over
// reweightings q with Σq·w = 1 and mean((n+1)q−1)² ≤ least possible + F/(n+1), F the quantile of the F
// distribution with 1 and n degrees of freedom; the made-up row takes the worst reward and either
// extreme weight. False where no reweighting exists.
func (c *CressieRead) Interval(level float64) (Interval, bool) {
	miss := alpha(level)
	if c.n < 2 {
		return Interval{}, false
	}
	wmax, rmin, rmax := c.ranges()
	budget := c.distance(c.fake()) + distuv.F{D1: 1, D2: c.n}.Quantile(1-miss)/(1+c.n)
	lower, upper := math.Inf(1), math.Inf(-1)
	for _, w := range []float64{c.WMin, wmax} {
		if x, half, ok := c.extreme(w, rmin, budget); ok {
			lower = min(lower, x-half)
		}
		if x, half, ok := c.extreme(w, rmax, budget); ok {
			upper = max(upper, x+half)
		}
	}
	i := Interval{max(rmin, lower), min(rmax, upper)}
	return i, i.Lower <= i.Upper
}

// distance is the least mean((n+1)q−1)² of a reweighting with Σq·w = 1, (1−a)²/(b−a²).
func (c *CressieRead) distance(fake float64) float64 {
	if math.IsInf(fake, 1) {
		return 1 / c.n
	}
	m := 1 + c.n
	a, b := (fake+c.w)/m, (fake*fake+c.ww)/m
	if b-a*a <= 1e-12*b {
		return 0
	}
	return (1 - a) * (1 - a) / (b - a*a)
}

// extreme is the value at the nearest reweighting and how far the budget lets it move, with a
// made-up row (fake, r). In terms of v = w·(rᵢ−r), which is 0 for the made-up row, the value is
// r + Σq·v: the regression of v on w gives its centre, the rest of v its room.
func (c *CressieRead) extreme(fake, r, budget float64) (x, half float64, ok bool) {
	m := 1 + c.n
	v, vv, wv := c.wr-r*c.w, c.wwrr-2*r*c.wwr+r*r*c.ww, c.wwr-r*c.ww
	room := budget - c.distance(fake)
	if room < 0 {
		return 0, 0, false
	}
	if math.IsInf(fake, 1) { // the limit of the lines below
		return r + v/c.n, math.Sqrt(room * max(0, vv/m-v*v/(c.n*m))), true
	}
	a, b := (fake+c.w)/m, (fake*fake+c.ww)/m
	spread, slope := b-a*a, 0.
	if spread > 1e-12*b {
		slope = (wv/m - a*v/m) / spread
	}
	rest := vv/m - v/m*v/m - slope*slope*spread
	return r + v/m + (1-a)*slope, math.Sqrt(room * max(0, rest)), true
}
