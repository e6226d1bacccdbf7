package learner

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"takt/engine/policy"
)

// posterior fits every head: with prior N(μ₀, D), D diagonal, and residual variance σ²,
//
//	Λ = ΦᵀΦ/σ² + D⁻¹,   μ = Λ⁻¹(Φᵀy/σ² + D⁻¹μ₀),   draws μ + scale·U⁻¹z with Λ = UᵀU
//
// (Bishop 2006, section 3.3.1). Parameters that no example touched are independent of the others
// and keep their prior, so only the touched ones are solved for. Without examples the weights are
// bit for bit policy.PriorWeights of the seed.
func posterior(l policy.Layout, spec *policy.PriorSpec, s *stats, seed uint64) (*policy.Weights, error) {
	w := policy.PriorWeights(l, spec, seed)
	for h := range policy.Head(policy.Heads) {
		m, err := solve(l, spec, s, h)
		if err != nil {
			return nil, fmt.Errorf("fit head %d: %w", h, err)
		}
		if m == nil {
			continue
		}
		for i, p := range m.params {
			w.Means[p*policy.Heads+int(h)] = float32(m.mean.AtVec(i))
		}
		if h == policy.Resolve {
			m.draw(w, spec.Scale, seed)
		}
	}
	return w, nil
}

// fit is the posterior of one head over the touched parameters.
type fit struct {
	params []int // ascending
	mean   *mat.VecDense
	chol   mat.Cholesky
}

// solve is nil where the head has no examples.
func solve(l policy.Layout, spec *policy.PriorSpec, s *stats, h policy.Head) (*fit, error) {
	n := l.Params()
	touched, total, sum := gather(l, s, h)
	if total.n == 0 {
		return nil, nil
	}
	mean0, sd := make([]float64, n), make([]float64, n)
	spec.Fill(l, h, mean0, sd)
	noise := noise(spec.Heads[h], h, total)
	f := &fit{}
	place := make([]int, n)
	for p, t := range touched {
		if t {
			place[p] = len(f.params)
			f.params = append(f.params, p)
		}
	}
	d := len(f.params)
	a, b := mat.NewSymDense(d, nil), mat.NewVecDense(d, nil)
	assemble(a.RawSymmetric(), l, s, h, place)
	for i, p := range f.params {
		row := a.RawSymmetric().Data[i*d : i*d+d]
		for j := i; j < d; j++ {
			row[j] /= noise
		}
		precision := 1 / (sd[p] * sd[p])
		row[i] += precision
		b.SetVec(i, sum[p]/noise+precision*mean0[p])
	}
	if !f.chol.Factorize(a) {
		return nil, fmt.Errorf("the precision of %d parameters is not positive definite", d)
	}
	f.mean = mat.NewVecDense(d, nil)
	if err := f.chol.SolveVecTo(f.mean, b); err != nil {
		return nil, fmt.Errorf("solve for %d parameters: %w", d, err)
	}
	return f, nil
}

// draw overwrites the draws of the fitted parameters; z are the normals of the prior's draws.
func (f *fit) draw(w *policy.Weights, scale float64, seed uint64) {
	z := policy.Normals(make([]float64, len(w.Draws)), seed)
	d := len(f.params)
	y := mat.NewDense(d, policy.Lanes, nil)
	for i, p := range f.params {
		copy(y.RawRowView(i), z[p*policy.Lanes:(p+1)*policy.Lanes])
	}
	var u mat.TriDense
	f.chol.UTo(&u)
	blas64.Trsm(blas.Left, blas.NoTrans, 1, u.RawTriangular(), y.RawMatrix())
	for i, p := range f.params {
		for m, v := range y.RawRowView(i) {
			w.Draws[p*policy.Lanes+m] = float32(f.mean.AtVec(i) + scale*v)
		}
	}
}

// totals are sums of a head over all actions.
type totals struct {
	n           int
	sum, square float64
}

// noise is the residual variance: the prior's, and the data's around the shrunken mean.
// For a 0/1 target y² = y.
func noise(p policy.HeadPrior, h policy.Head, t totals) float64 {
	n := float64(t.n)
	m := (p.Weight*p.Mean + t.sum) / (p.Weight + n)
	square := t.sum
	if h == policy.Amount {
		square = t.square
	}
	spread := square - 2*m*t.sum + n*m*m
	return max((p.Weight*p.Noise+spread)/(p.Weight+n), 1e-6)
}
