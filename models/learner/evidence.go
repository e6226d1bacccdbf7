package learner

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"takt/engine/policy"
)

// Estimate gives the prior that makes a log most probable: the deviations of the blocks of each head by
// MacKay's fixed point (Bayesian interpolation, Neural Computation 4, 1992, eq. 2.21 and 2.22), so many
// rounds from o.Prior on. With γ the number of a block's parameters that the data determine,
//
//	γ = Σ (1 − Σᵢᵢ/sd²),   sd² ← Σ (μᵢ − μ₀ᵢ)² / γ
//
// A block moves by a factor of 3 a round at most; one with fewer than 3 parameters in the log stays. It
// costs some times as much as Train.
func Estimate(ctx context.Context, src Source, o Options, rounds int) (policy.PriorSpec, error) {
	if err := o.defaults(); err != nil {
		return policy.PriorSpec{}, err
	}
	spec := *o.Prior
	st, _, err := gatherLog(ctx, src, &o)
	if err != nil {
		return spec, fmt.Errorf("estimate the prior of tenant %s: %w", o.Tenant.ID, err)
	}
	for h := range policy.Head(policy.Heads) {
		for range rounds {
			f, err := solve(st.layout, &spec, st, h)
			if err != nil {
				return spec, fmt.Errorf("estimate the prior of tenant %s, head %d: %w", o.Tenant.ID, h, err)
			}
			if f == nil {
				break
			}
			if err := f.evidence(st.layout, &spec, h); err != nil {
				return spec, fmt.Errorf("estimate the prior of tenant %s, head %d: %w", o.Tenant.ID, h, err)
			}
		}
	}
	return spec, nil
}

// evidence moves the deviations of head h one round.
func (f *fit) evidence(l policy.Layout, spec *policy.PriorSpec, h policy.Head) error {
	var covariance mat.SymDense
	if err := f.chol.InverseTo(&covariance); err != nil {
		return fmt.Errorf("invert the precision: %w", err)
	}
	n := l.Params()
	mean0, sd := make([]float64, n), make([]float64, n)
	spec.Fill(l, h, mean0, sd)
	blocks := l.BlockOf(make([]uint8, n))
	var square, determined [policy.Blocks]float64
	var count [policy.Blocks]int
	for i, p := range f.params {
		b, dev := blocks[p], f.mean.AtVec(i)-mean0[p]
		square[b] += dev * dev
		determined[b] += 1 - covariance.At(i, i)/(sd[p]*sd[p])
		count[b]++
	}
	for b := range policy.Blocks {
		if old := spec.Heads[h].Deviation(b); count[b] >= 3 {
			*old = min(max(math.Sqrt(square[b]/max(determined[b], 1e-3)), *old/3), *old*3)
		}
	}
	return nil
}
