package ope

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Mixture is the empirical Bernstein confidence sequence of the IPS value: it holds at all sizes n at once and at every
// n, like [Betting], but needs no bound on weights, only on rewards, and keeps a few sums instead of the rows. For its
// lower end rewards are scaled to X = w·(Reward−Lower)/(Upper−Lower) ≥ 0 with a mean of at most 1, and a sceptic of the
// mean m owns, by a gamma prior over his bets with ρ = 1,
//
//	ln M = s + v + ρ·ln ρ − (v+ρ)·ln(s+v+ρ) + ln γ(v+ρ, s+v+ρ) − ln γ(ρ, ρ)
//	s = Σ(Xᵢ − m),  v = Σ(Xᵢ − X̂ᵢ₋₁)²,  X̂ᵢ = min(1, (1/2 + ΣXⱼ)/(i+1))
//
// with γ the lower incomplete gamma function; the end is where M reaches 2/α. The upper end is that of Upper−Reward. Howard, Ramdas, McAuliffe &
// Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49 (2021), proposition 9 and
// theorem 4; for off-policy values Karampatziakis, Mineiro & Ramdas, "Off-policy confidence sequences", ICML 2021.
//
// Rows must come in the order of time, independent given the past, drawn with the stated propensities.
type Mixture struct {
	Lower, Upper float64 // bounds of the reward; both 0 means [0,1]
	n, sum       float64 // rows; Σ w·Reward
	low, high    bernstein
}

// bernstein are the sums of one end.
type bernstein struct{ sum, squares float64 }

func (b *bernstein) add(x, n float64) {
	d := x - min(1, (b.sum+.5)/(n+1))
	b.sum += x
	b.squares += d * d
}

// Add takes the next row; a reward outside the bounds is an error, for it breaks the promise.
func (m *Mixture) Add(s Sample) error {
	if err := s.check(); err != nil {
		return err
	}
	lo, hi := m.bounds()
	switch {
	case !(finite(hi-lo) && lo < hi):
		return ErrBounds
	case s.Reward < lo || s.Reward > hi:
		return &FieldError{"Reward", s.Reward, "a reward within Lower and Upper"}
	}
	w := s.Weight()
	if !finite(w * (hi - lo)) {
		return &FieldError{"PLog", s.PLog, "a propensity that gives a finite weight"}
	}
	m.low.add(w*(s.Reward-lo)/(hi-lo), m.n)
	m.high.add(w*(hi-s.Reward)/(hi-lo), m.n)
	m.sum += w * s.Reward
	m.n++
	return nil
}

func (m *Mixture) bounds() (lo, hi float64) { return unitOr(m.Lower, m.Upper) }

// N is the number of rows.
func (m *Mixture) N() int { return int(m.n) }

// Value is the mean of weight times reward, as [IPS].
func (m *Mixture) Value() (float64, bool) { return m.sum / m.n, m.n > 0 }

// Interval holds the value at this and all other sizes with probability level. One may intersect the intervals of all
// sizes looked at.
func (m *Mixture) Interval(level float64) (Interval, bool) {
	if m.n == 0 {
		return Interval{}, false
	}
	miss := alpha(level)
	lo, hi := m.bounds()
	return Interval{lo + (hi-lo)*m.low.end(m.n, miss/2), hi - (hi-lo)*m.high.end(m.n, miss/2)}, true
}

// end is the least mean that is not refuted at alpha; the sceptic's wealth falls with the mean.
func (b *bernstein) end(n, alpha float64) float64 {
	refuted := func(m float64) bool {
		return m <= b.sum/n && wealth(b.sum-n*m, b.squares) > -math.Log(alpha)
	}
	return root(refuted)
}

// wealth is ln M with ρ = 1; s ≥ 0.
func wealth(s, v float64) float64 {
	return s + v - (v+1)*math.Log(s+v+1) + lnGamma(v+1, s+v+1) - lnGamma(1, 1)
}

// lnGamma is the log of the lower incomplete gamma function γ(a, x).
func lnGamma(a, x float64) float64 {
	whole, _ := math.Lgamma(a)
	return math.Log(mathext.GammaIncReg(a, x)) + whole
}
