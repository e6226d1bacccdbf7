package learner

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"takt/engine"
	"takt/engine/policy"
)

// Reviews come on a schedule of rows: when half as many as before are new, at least firstReview, and after
// longestSpan or a twentieth of all in any case, and at once after an alarm. They forget and set the precisions anew.
const (
	firstReview = 500
	longestSpan = 4000
)

// Forgetting is what a review found out of date; the last one stands in the snapshot's header.
type Forgetting = engine.Forgetting

// review settles what the examples since the last one say about the old ones and about the precisions.
func (s *state) review(alarmed bool) error {
	s.dispersion.settle()
	if s.reviewed > 0 {
		least := float64(leastGain)
		if alarmed {
			least = 0
		}
		if err := s.forget(least); err != nil {
			return err
		}
	}
	for h := range policy.Head(policy.Heads) {
		if err := s.sharpen(h); err != nil {
			return err
		}
	}
	if err := s.solve(s.resolve); err != nil {
		return err
	}
	s.old.copyFrom(s.resolve)
	copy(s.oldMean, s.mean)
	s.reviewed = s.rows
	return nil
}

// rounds is how often the precisions of the resolve head are set in a review, at most: until none moves by more than
// a fiftieth. Those of the linear heads, which matter less, are set once.
const rounds = 6

// sharpen sets the precisions of a head, and the mean of a linear one.
func (s *state) sharpen(h policy.Head) error {
	if h != policy.Resolve {
		f, _, err := s.precisions(h)
		s.others[h] = make([]float64, s.resolve.d)
		s.prior(h, s.others[h])
		f.spread(s.others[h])
		return err
	}
	for range rounds {
		if _, moved, err := s.precisions(h); err != nil || moved < .02 {
			return err
		}
	}
	return nil
}

// hyper is how many parameters' worth of evidence the prior deviation of a block counts for.
const hyper = 6

// precisions moves the deviations of head h one round of MacKay's fixed point (Bayesian interpolation, Neural
// Computation 4, 1992, eq. 2.21 and 2.22), held by the deviation before with the weight of hyper parameters, and says by which
// share the one that moved most did:
// with γ = Σ (1 − Σᵢᵢ/sd²) the number of a block's parameters that the data determine,
//
//	sd² ← (hyper·sd² + Σ (μᵢ − μ₀ᵢ)²) / (hyper + γ)
//
// but never below what was believed before data: a policy that plays few actions sees few effects, and would soon
// believe in none and look no further.
func (s *state) precisions(h policy.Head) (f *fit, moved float64, err error) {
	n, target := s.of(h)
	mean0 := make([]float64, n.d)
	sd := s.prior(h, mean0)
	f, ok := n.posterior(target, s.noise(h), mean0, sd)
	if !ok {
		return nil, 0, errSingular
	}
	if f == nil {
		return nil, 0, nil
	}
	blocks := s.shape.blocks()
	var square, determined [policy.Blocks]float64
	for i, v := range f.variances() {
		p := f.params[i]
		dev := f.mean.AtVec(i) - mean0[p]
		square[blocks[p]] += dev * dev
		determined[blocks[p]] += max(0, 1-v/(sd[p]*sd[p]))
	}
	for b := range policy.Blocks {
		at := s.spec.Heads[h].Deviation(b)
		next := max(*s.believed.Heads[h].Deviation(b), math.Sqrt((hyper**at**at+square[b])/(hyper+determined[b])))
		moved, *at = max(moved, math.Abs(next / *at - 1)), next
	}
	return f, moved, nil
}

// variances are the diagonal of Λ⁻¹.
func (f *fit) variances() []float64 { return f.square.variances(len(f.params)) }

// noise is the residual variance: the prior's, and the data's around the shrunken mean; of the logistic head the
// dispersion.
func (s *state) noise(h policy.Head) float64 {
	if h == policy.Resolve {
		return s.dispersion.value()
	}
	p, t := &s.spec.Heads[h], &s.totals[h]
	m := (p.Weight*p.Mean + t.sum) / (p.Weight + t.n)
	spread := t.square - 2*m*t.sum + t.n*m*m
	return max((p.Weight*p.Noise+spread)/(p.Weight+t.n), 1e-6)
}

// times is A·x of n.
func (n *normal) times(x []float64) []float64 {
	y := make([]float64, n.d)
	blas64.Symv(1, blas64.Symmetric{N: n.d, Stride: n.d, Data: n.a, Uplo: blas.Upper}, blas64.Vector{N: n.d, Inc: 1, Data: x},
		0, blas64.Vector{N: n.d, Inc: 1, Data: y})
	return y
}
