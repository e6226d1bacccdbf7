package ope

import (
	"errors"
	"math"
)

// ErrBounds says that the bounds of a sequence are not Lower < Upper.
var ErrBounds = errors.New("a confidence sequence needs finite bounds, Lower below Upper")

// Betting is the hedged capital confidence sequence: it holds at all sizes n at once and at every n,
// no limit involved, for parts C of a rule in known bounds, scaled to X = (C−Lower)/(Upper−Lower):
//
//	K⁺(m) = Π(1 + λ⁺ᵢ·(Xᵢ−m)),  K⁻(m) = Π(1 − λ⁻ᵢ·(Xᵢ−m)),  K(m) = max(K⁺, K⁻)/2
//	λᵢ = √(2·ln(2/α) / (σ̂²ᵢ₋₁·i·ln(i+1))),  λ⁺ᵢ = min(λᵢ, 1/2m),  λ⁻ᵢ = min(λᵢ, 1/2(1−m))
//	μ̂ᵢ = (1/2+ΣXⱼ)/(i+1),  σ̂²ᵢ = (1/4+Σ(Xⱼ−μ̂ⱼ)²)/(i+1)
//
// The interval is {m: K(m) < 1/α}. Waudby-Smith & Ramdas, "Estimating means of bounded random
// variables by betting", JRSS B 2024, theorem 3, with c = θ = 1/2.
//
// Rows must come in the order of time (a sorted file is to be shuffled first), independent given the past: one per debtor, or debtors apart.
// The model behind Q is fixed before the row. It remembers 8 bytes per row, since the bets depend on
// level and order.
type Betting struct {
	Rule         Rule    // defaults to IPS; a plain mean
	Lower, Upper float64 // bounds of the rule's part C; both 0 means [0,1]. For IPS 0 and the largest weight times the largest reward
	x            []float64
}

func (b *Betting) bounds() (lo, hi float64) { return unitOr(b.Lower, b.Upper) }

// unitOr are the bounds, [0,1] if both are 0.
func unitOr(lower, upper float64) (lo, hi float64) {
	if lower == 0 && upper == 0 {
		return 0, 1
	}
	return lower, upper
}

// Add takes the next row; one outside the bounds is an error, for it breaks the promise.
func (b *Betting) Add(s Sample) error {
	p, err := part(b.Rule, &s)
	if err != nil {
		return err
	}
	return b.add(p)
}

// AddPair takes what policy a would have earned more than policy b, as [Estimate.AddPair].
func (b *Betting) AddPair(x, y Sample) error {
	p, err := pair(b.Rule, &x, &y)
	if err != nil {
		return err
	}
	return b.add(p)
}

func (b *Betting) add(p Part) error {
	if err := plain(p); err != nil {
		return err
	}
	lo, hi := b.bounds()
	if !(finite(hi-lo) && lo < hi) {
		return ErrBounds
	}
	if p.C < lo || p.C > hi {
		return &FieldError{"Part", p.C, "a part within Lower and Upper"}
	}
	b.x = append(b.x, (p.C-lo)/(hi-lo))
	return nil
}

// Merge appends the rows that followed b's: the same as one pass in that order.
func (b *Betting) Merge(o *Betting) error {
	if b.Lower != o.Lower || b.Upper != o.Upper {
		return ErrRules
	}
	if err := same(b.Rule, o.Rule); err != nil {
		return err
	}
	b.x = append(b.x, o.x...)
	return nil
}

// N is the number of rows.
func (b *Betting) N() int { return len(b.x) }

// Value is the mean of the parts.
func (b *Betting) Value() (float64, bool) {
	if len(b.x) == 0 {
		return 0, false
	}
	sum := 0.
	for _, x := range b.x {
		sum += x
	}
	lo, hi := b.bounds()
	return lo + (hi-lo)*sum/float64(len(b.x)), true
}

// Interval holds the value at this and all other sizes with probability level. One may intersect
// the intervals of all sizes looked at.
func (b *Betting) Interval(level float64) (Interval, bool) {
	miss := alpha(level)
	if len(b.x) == 0 {
		return Interval{}, false
	}
	bets := b.bets(miss)
	edge := math.Log(2 / miss) // ln K⁺ at which K reaches 1/α
	// ln K⁺ falls and ln K⁻ rises in m, so each end is one root; the ends never cross.
	lower := root(func(m float64) bool { return capital(b.x, bets, m, 1) >= edge })
	upper := 1 - root(func(m float64) bool { return capital(b.x, bets, 1-m, -1) >= edge })
	lo, hi := b.bounds()
	return Interval{lo + (hi-lo)*lower, lo + (hi-lo)*upper}, true
}

// Evidence is ln K(v) for bets of a level: the log of what a sceptic of the value v has made of 1.
// v is refuted at that level when it reaches −ln(1−level), at any size. −Inf … ; v in [Lower,Upper].
func (b *Betting) Evidence(v, level float64) float64 {
	lo, hi := b.bounds()
	m := (v - lo) / (hi - lo)
	if !(m >= 0 && m <= 1) {
		panic("ope: evidence against a value outside the bounds")
	}
	bets := b.bets(alpha(level))
	return max(capital(b.x, bets, m, 1), capital(b.x, bets, m, -1)) - math.Ln2
}

// bets are the λᵢ before they are cut to 1/2m.
func (b *Betting) bets(alpha float64) []float64 {
	bets := make([]float64, len(b.x))
	sum, squares := .5, .25
	variance := .25
	for i, x := range b.x {
		t := float64(i + 1)
		bets[i] = math.Sqrt(2 * math.Log(2/alpha) / (variance * t * math.Log1p(t)))
		sum += x
		d := x - sum/(t+1)
		squares += d * d
		variance = squares / (t + 1)
	}
	return bets
}

// capital is ln Π(1 + side·λ·(x−m)), λ cut so that a factor is never below 1/2. Sixteen factors are
// multiplied before a logarithm is taken; with m ≥ 1e-9 they stay far from overflow.
func capital(x, bets []float64, m, side float64) float64 {
	limit := .5 / max(m, 1e-9)
	if side < 0 {
		limit = .5 / max(1-m, 1e-9)
	}
	sum, product := 0., 1.
	for i, x := range x {
		product *= 1 + side*min(bets[i], limit)*(x-m)
		if i&15 == 15 {
			sum += math.Log(product)
			product = 1
		}
	}
	return sum + math.Log(product)
}

// root is the m in [0,1] up to which beyond holds, to 2⁻⁴⁰; on the side where it holds.
func root(beyond func(float64) bool) float64 {
	lo, hi := 0., 1.
	if !beyond(lo) {
		return 0
	}
	for range 40 {
		if m := (lo + hi) / 2; beyond(m) {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}
