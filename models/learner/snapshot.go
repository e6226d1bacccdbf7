package learner

import (
	"fmt"
	"slices"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"takt/engine"
	"takt/engine/policy"
)

// blockRows is how many examples make a block: days are put together until there are a twentieth of what was
// learned. Which days make a block depends on the log alone.
func (s *state) blockRows() int { return min(max(s.rows/20, 200), 20_000) }

// preview lays examples on that are not to be folded in yet; of open ones the resolve head alone learns.
func (s *state) preview(rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	s.meet(rows)
	if drift := s.fewer(rows); drift != nil {
		s.alarm.Raised = append(s.alarm.Raised, *drift)
	}
	for i := range rows {
		s.delays.add(&rows[i])
	}
	return s.learn(rows)
}

// snapshot encodes the posterior.
func (s *state) snapshot(o *Options, r *Report) ([]byte, error) {
	spec := *o.Prior // and not the reviews': without contrast they say nothing
	w := policy.PriorWeights(s.shape.Layout, &spec, o.Seed)
	if s.differ {
		var err error
		spec = s.spec
		if w, err = s.weights(o.Seed); err != nil {
			return nil, err
		}
	}
	w.Drop(o.Tenant.Denied.At)
	h := engine.Header{Tenant: o.Tenant.ID, Version: o.Version, Grid: o.Tenant.Grid.String(), Schema: o.Schema,
		Features: o.Features, Seed: o.Seed, FromSeq: r.FromSeq, ToSeq: r.ToSeq,
		AsOf: o.AsOf.UTC().Format(time.RFC3339Nano), Rows: r.Learned, Reward: o.Tenant.Reward, Denied: o.Tenant.Denied.Names,
		Booking: o.Booking, Past: o.Past, Forced: o.Forced, Groups: slices.Clone(s.groups), Drift: r.LastDrift(), Forgot: last(r.Forgot)}
	return policy.EncodeLearned(h, o.Prior, &spec, w)
}

// weights are the posterior's, of parameters that no example touched the prior's.
func (s *state) weights(seed uint64) (*policy.Weights, error) {
	n := s.shape.params()
	draws, means := make([]float64, n*policy.Lanes), make([]float64, n*policy.Heads)
	for h := range policy.Head(policy.Heads) { // linear heads move slowly: they stay as of the last review
		var mean []float64
		var err error
		switch {
		case h == policy.Resolve:
			mean, err = s.resolved(draws, seed)
		case s.others[h] != nil:
			mean = s.others[h]
		default:
			mean, err = s.meanOf(h)
		}
		if err != nil {
			return nil, err
		}
		for p, v := range mean {
			means[p*policy.Heads+int(h)] = v
		}
	}
	takeIn(&s.shape, draws, policy.Lanes)
	takeIn(&s.shape, means, policy.Heads)
	w := policy.NewWeights(s.shape.Layout)
	for i := range w.Draws {
		w.Draws[i] = float32(draws[i])
	}
	for i := range w.Means {
		w.Means[i] = float32(means[i])
	}
	return w, nil
}

// resolved fills the draws of the resolve head and gives its mean.
func (s *state) resolved(draws []float64, seed uint64) ([]float64, error) {
	mean := make([]float64, s.resolve.d)
	sd := s.prior(policy.Resolve, mean)
	f, ok := s.resolve.posterior(0, s.noise(policy.Resolve), mean, sd)
	if !ok {
		return nil, fmt.Errorf("fit head %d: %w", policy.Resolve, errSingular)
	}
	f.draw(draws, mean, sd, s.spec.Scale, seed)
	f.spread(mean)
	return mean, nil
}

// draw fills draws, [params][Lanes], with μ + scale·U⁻¹z, Λ = UᵀU, and with the prior's mean + scale·sd·z where
// nothing is fitted; z are policy.Normals, as in policy.PriorWeights.
func (f *fit) draw(draws, mean0, sd []float64, scale float64, seed uint64) {
	z := policy.Normals(draws, seed)
	var y *mat.Dense
	if f != nil {
		y = mat.NewDense(len(f.params), policy.Lanes, nil)
		for i, p := range f.params {
			copy(y.RawRowView(i), z[p*policy.Lanes:(p+1)*policy.Lanes])
		}
		blas64.Trsm(blas.Left, blas.NoTrans, 1, f.u, y.RawMatrix())
	}
	for p := range mean0 {
		for m := range policy.Lanes {
			draws[p*policy.Lanes+m] = mean0[p] + scale*sd[p]*z[p*policy.Lanes+m]
		}
	}
	if f == nil {
		return
	}
	for i, p := range f.params {
		for m, v := range y.RawRowView(i) {
			draws[p*policy.Lanes+m] = f.mean.AtVec(i) + scale*v
		}
	}
}
