package learner

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"takt/engine"
	"takt/engine/policy"
)

func smallGrid() *engine.Grid {
	g := engine.DefaultTenant("t").Grid
	return &engine.Grid{Channels: g.Channels[:2], Tones: g.Tones[:2], Slots: g.Slots[:3], Offers: g.Offers[:2]}
}

// examples are n random rows on the grid; some levels unknown, some features always 0.
func examples(g *engine.Grid, features, n int, seed uint64) []row {
	r := rand.New(rand.NewPCG(seed, 1))
	rows := make([]row, n)
	for i := range rows {
		e := &rows[i]
		e.key = key{hold: true}
		if a := r.IntN(g.Size()); a > 0 {
			v := g.Levels(a)
			e.key = key{c: int16(v.Channel), t: int16(v.Tone), s: int16(v.Slot), o: int16(v.Offer)}
			if r.Float64() < .1 {
				e.key.t, e.key.o = policy.None, policy.None
			}
		}
		e.x = make([]float32, features)
		for j := range e.x {
			if j != 1 && r.Float64() < .7 {
				e.x[j] = float32(r.Float64())
			}
		}
		e.closed, e.age, e.settled = true, 28, -1
		e.y = [policy.Heads]float64{one(r.Float64() < .4), r.Float64(), one(r.Float64() < .1), one(r.Float64() < .2)}
	}
	return rows
}

// stateOf has folded nothing yet.
func stateOf(l policy.Layout, spec *policy.PriorSpec) *state {
	s := newState(shape{Layout: l}, *spec, newDelays(l.Channels, 28*day))
	s.tenant = tenant()
	return s
}

// foldAll folds rows in blocks, as Train does.
func foldAll(tb testing.TB, s *state, rows []row) {
	tb.Helper()
	for len(rows) > 0 {
		n := min(s.blockRows(), len(rows))
		if err := s.fold(rows[:n]); err != nil {
			tb.Fatal(err)
		}
		rows = rows[n:]
	}
}

// dense is the design matrix and target of a head, written out.
func dense(l policy.Layout, rows []row, h policy.Head) (*mat.Dense, *mat.VecDense) {
	var phi, y []float64
	for _, e := range rows {
		if h == policy.Amount && e.y[policy.Resolve] == 0 {
			continue
		}
		line := make([]float64, l.Params())
		d := (&shape{Layout: l}).of(e.key, &design{})
		for _, b := range d.rows {
			line[b] = 1
			for j, v := range e.x {
				line[b+1+j] = float64(v)
			}
		}
		for _, p := range d.singles {
			line[p.param] = 1
		}
		phi, y = append(phi, line...), append(y, e.y[h])
	}
	return mat.NewDense(len(y), l.Params(), phi), mat.NewVecDense(len(y), y)
}

// The posterior of every linear head equals a plain dense ridge solution, for all parameters.
func TestPosteriorIsTheDenseRidge(t *testing.T) {
	g, spec := smallGrid(), policy.DefaultPrior()
	l := policy.NewLayout(g, 4)
	rows := examples(g, 4, 300, 1)
	s := stateOf(l, &spec)
	if err := s.learn(rows); err != nil {
		t.Fatal(err)
	}
	w, err := s.weights(9)
	if err != nil {
		t.Fatal(err)
	}
	mean0, sd := make([]float64, l.Params()), make([]float64, l.Params())
	for _, h := range []policy.Head{policy.Amount, policy.Complaint, policy.Churn} {
		phi, y := dense(l, rows, h)
		n := s.noise(h)
		spec.Fill(l, h, mean0, sd)
		want := ridge(t, phi, y, 1/n, mean0, sd)
		for i := range mean0 {
			if got := float64(w.Means[i*policy.Heads+int(h)]); math.Abs(got-want.AtVec(i)) > 1e-6 {
				t.Fatalf("head %d, parameter %d: %v, dense solution %v", h, i, got, want.AtVec(i))
			}
		}
	}
	mode, lambda := irls(t, l, rows, &spec)
	s.resolve.clear()
	for range 8 { // from the same start the steps end at the mode
		s.resolve.clear()
		s.resolve.add(s.sumResolve(rows, s.delays.shares()))
		if err := s.solve(s.resolve); err != nil {
			t.Fatal(err)
		}
	}
	if w, err = s.weights(9); err != nil {
		t.Fatal(err)
	}
	for i := range mean0 {
		if got := float64(w.Means[i*policy.Heads]); math.Abs(got-mode.AtVec(i)) > 1e-6 {
			t.Fatalf("resolve, parameter %d: %v, mode %v", i, got, mode.AtVec(i))
		}
	}
	checkDraws(t, l, w, lambda, mode, 9, spec.Scale)
}

// ridge is Λ⁻¹(c·Φᵀy + D⁻¹μ₀) with Λ = c·ΦᵀΦ + D⁻¹, by LU and not Cholesky.
func ridge(t *testing.T, phi *mat.Dense, y *mat.VecDense, c float64, mean0, sd []float64) *mat.VecDense {
	t.Helper()
	var lambda mat.Dense
	lambda.Mul(phi.T(), phi)
	lambda.Scale(c, &lambda)
	var b, want mat.VecDense
	b.MulVec(phi.T(), y)
	b.ScaleVec(c, &b)
	for i := range mean0 {
		lambda.Set(i, i, lambda.At(i, i)+1/(sd[i]*sd[i]))
		b.SetVec(i, b.AtVec(i)+mean0[i]/(sd[i]*sd[i]))
	}
	if err := want.SolveVec(&lambda, &b); err != nil {
		t.Fatal(err)
	}
	return &want
}

// irls is the mode and the precision of the logistic posterior of closed rows, by Newton's method on all rows at once.
func irls(t *testing.T, l policy.Layout, rows []row, spec *policy.PriorSpec) (*mat.VecDense, *mat.Dense) {
	t.Helper()
	phi, y := dense(l, rows, policy.Resolve)
	n, d := phi.Dims()
	mean0, sd := make([]float64, d), make([]float64, d)
	spec.Fill(l, policy.Resolve, mean0, sd)
	mode := mat.NewVecDense(d, append([]float64(nil), mean0...))
	for range 20 {
		var eta mat.VecDense
		eta.MulVec(phi, mode)
		weighted, grad := mat.NewDense(n, d, nil), mat.NewVecDense(d, nil)
		rest := mat.NewVecDense(n, nil)
		for i := range n {
			p := policy.Sigmoid(eta.AtVec(i))
			rest.SetVec(i, y.AtVec(i)-p)
			for j := range d {
				weighted.Set(i, j, phi.At(i, j)*p*(1-p))
			}
		}
		grad.MulVec(phi.T(), rest)
		lambda := mat.NewDense(d, d, nil)
		lambda.Mul(phi.T(), weighted)
		for i := range d {
			lambda.Set(i, i, lambda.At(i, i)+1/(sd[i]*sd[i]))
			grad.SetVec(i, grad.AtVec(i)-(mode.AtVec(i)-mean0[i])/(sd[i]*sd[i]))
		}
		var step mat.VecDense
		if err := step.SolveVec(lambda, grad); err != nil {
			t.Fatal(err)
		}
		mode.AddVec(mode, &step)
		if mat.Norm(&step, 2) < 1e-9 {
			return mode, lambda
		}
	}
	t.Fatal("Newton's method does not end")
	return nil, nil
}

// Each draw's squared length in the metric of the precision is that of the normals it was made
// from: (θ−μ)ᵀΛ(θ−μ) = scale²·zᵀz exactly, a chi-square of as many degrees as parameters.
func checkDraws(t *testing.T, l policy.Layout, w *policy.Weights, lambda *mat.Dense, mean *mat.VecDense, seed uint64, scale float64) {
	z := policy.Normals(make([]float64, len(w.Draws)), seed)
	for m := range policy.Lanes {
		d := mat.NewVecDense(l.Params(), nil)
		want := 0.0
		for i := range l.Params() {
			d.SetVec(i, float64(w.Draws[i*policy.Lanes+m])-mean.AtVec(i))
			want += scale * scale * z[i*policy.Lanes+m] * z[i*policy.Lanes+m]
		}
		var u mat.VecDense
		u.MulVec(lambda, d)
		if got := mat.Dot(d, &u); math.Abs(got-want) > 1e-3*want {
			t.Fatalf("draw %d has length %v, its normals %v", m, got, want)
		}
	}
}

// plain is a prior under which only the base row's weights count: features without constant,
// unit ridge, unit noise.
func plain(sdConstant float64) *policy.PriorSpec {
	tiny := 1e-6
	h := policy.HeadPrior{Noise: 1, Weight: 1e14}
	for block := range policy.Blocks {
		*h.Deviation(block) = tiny
	}
	h.Base, h.BaseX = sdConstant, 1
	return &policy.PriorSpec{Scale: 1, Heads: [policy.Heads]policy.HeadPrior{h, h, h, h}}
}

func holds(xs [][]float32, ys []float64) []row {
	var rows []row
	for i, x := range xs {
		rows = append(rows, row{key: key{hold: true}, x: x, closed: true, age: 28, settled: -1, y: [policy.Heads]float64{policy.Complaint: ys[i]}})
	}
	return rows
}

// complaints is the fit of a linear head.
func complaints(t *testing.T, l policy.Layout, spec *policy.PriorSpec, rows []row) *fit {
	t.Helper()
	s := stateOf(l, spec)
	if err := s.learn(rows); err != nil {
		t.Fatal(err)
	}
	n, target := s.of(policy.Complaint)
	mean0 := make([]float64, n.d)
	sd := s.prior(policy.Complaint, mean0)
	f, ok := n.posterior(target, s.noise(policy.Complaint), mean0, sd)
	if !ok {
		t.Fatal(errSingular)
	}
	return f
}

// Published values of a ridge regression per arm, l2 = 1: fidelity/mabwiser tests/test_linucb.py,
// test_alpha0_expectations and test_alpha1_expectations (10 rows, 5 features, 3 arms).
func TestMABWiserRidge(t *testing.T) {
	xs := [][]float32{{0, 1, 2, 3, 5}, {1, 1, 1, 1, 1}, {0, 0, 1, 0, 0}, {0, 2, 2, 3, 5}, {1, 3, 1, 1, 1},
		{0, 0, 0, 0, 0}, {0, 1, 4, 3, 5}, {0, 1, 2, 4, 5}, {1, 2, 1, 1, 3}, {0, 2, 1, 0, 0}}
	for _, c := range []struct {
		arms    []int
		rewards []float64
		alpha   float64
		want    [2][3]float64
	}{
		{[]int{1, 1, 1, 2, 2, 2, 3, 3, 3, 1}, []float64{0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, 0,
			[2][3]float64{{-.018378378378378413, 0, .9966292134831471}, {.14054054054054055, 0, .43258426966292074}}},
		{[]int{1, 1, 1, 2, 2, 3, 3, 3, 3, 3}, []float64{0, 0, 1, 0, 0, 0, 0, 1, 1, 1}, 1,
			[2][3]float64{{.9790312458954391, 1.1617706239438832, 1.4247056229871702}, {.8896475809353053, .923364043088837, 1.457085577251709}}},
	} {
		for arm := 1; arm <= 3; arm++ {
			var x [][]float32
			var y []float64
			for i, a := range c.arms {
				if a == arm {
					x, y = append(x, xs[i]), append(y, c.rewards[i])
				}
			}
			l := policy.NewLayout(smallGrid(), 5)
			f := complaints(t, l, plain(1e-7), holds(x, y))
			for k, at := range xs[:2] {
				if got := f.upper(at, c.alpha); math.Abs(got-c.want[k][arm-1]) > 1e-6 {
					t.Errorf("alpha %v, arm %d, context %d: %v, want %v", c.alpha, arm, k, got, c.want[k][arm-1])
				}
			}
		}
	}
}

// upper is x'μ + α·√(x'Λ⁻¹x) on the base row; features no example touched keep the unit prior.
func (f *fit) upper(x []float32, alpha float64) float64 {
	u, free := mat.NewVecDense(len(f.params), nil), 0.0
	for j, v := range x {
		found := false
		for i, p := range f.params {
			if p == 1+j {
				u.SetVec(i, float64(v))
				found = true
			}
		}
		if !found {
			free += float64(v * v)
		}
	}
	return mat.Dot(u, f.mean) + alpha*math.Sqrt(mat.Dot(u, f.times(u))+free)
}

// times is Λ⁻¹v.
func (f *fit) times(v *mat.VecDense) *mat.VecDense {
	c := mat.VecDenseCopyOf(v)
	f.solve(c.RawVector())
	return c
}

// A rank-one update by Sherman and Morrison: A⁻¹ = diag(1/2, 1), x = (1, 0), r = 1 gives
// A⁻¹ − [[1/4, 0], [0, 0]]/1.5 and b = x (obp tests/policy/test_linear.py:104).
func TestShermanMorrison(t *testing.T) {
	l := policy.NewLayout(smallGrid(), 1)
	f := complaints(t, l, plain(math.Sqrt(.5)), holds([][]float32{{0}}, []float64{1}))
	e := mat.NewVecDense(len(f.params), nil)
	e.SetVec(0, 1)
	column := f.times(e)
	want := .5 - .25/1.5
	if math.Abs(column.AtVec(0)-want) > 1e-9 || math.Abs(f.mean.AtVec(0)-want) > 1e-9 {
		t.Errorf("variance %v and mean %v, want %v", column.AtVec(0), f.mean.AtVec(0), want)
	}
}

// logistic draws rows of a known truth: weights of the resolve head drawn from a prior, on random actions.
func logistic(g *engine.Grid, features, n int, spec *policy.PriorSpec, seed uint64) (rows []row, truth []float64) {
	l := policy.NewLayout(g, features)
	r := rand.New(rand.NewPCG(seed, 7))
	truth = make([]float64, l.Params())
	sd := make([]float64, l.Params())
	spec.Fill(l, policy.Resolve, truth, sd)
	for i := range truth {
		truth[i] += sd[i] * r.NormFloat64()
	}
	s := stateOf(l, spec)
	rows = make([]row, n)
	var terms []term
	for i := range rows {
		e := &rows[i]
		e.key, e.closed, e.age, e.settled = key{hold: true}, true, 28, -1
		if a := r.IntN(g.Size()); a > 0 {
			v := g.Levels(a)
			e.key = key{c: int16(v.Channel), t: int16(v.Tone), s: int16(v.Slot), o: int16(v.Offer)}
		}
		e.x = make([]float32, features)
		for j := range e.x {
			if r.Float64() < .5 {
				e.x[j] = float32(r.Float64())
			}
		}
		terms = s.terms(terms, e)
		e.y[policy.Resolve] = one(r.Float64() < policy.Sigmoid(s.linear(truth, e.key, terms, &design{})))
		e.y[policy.Amount] = 1
	}
	return rows, truth
}

// The fold of 100,000 rows in blocks ends where Newton's method on all of them ends: within .3 posterior
// deviations in every parameter, and their values differ by less than 1 %. The precisions are the fold's.
func TestFoldIsNearTheFullFit(t *testing.T) {
	g, spec := smallGrid(), policy.DefaultPrior()
	const features = 6
	rows, _ := logistic(g, features, 100_000, &spec, 1)
	l := policy.NewLayout(g, features)
	s := stateOf(l, &spec)
	foldAll(t, s, rows)
	mean0 := make([]float64, l.Params())
	sd := s.prior(policy.Resolve, mean0)
	mode := append([]float64(nil), s.mean...)
	full := stateOf(l, &s.spec)
	copy(full.mean, mode)
	var last *fit
	for range 6 {
		full.resolve.clear()
		full.resolve.add(full.sumResolve(rows, full.delays.shares()))
		var ok bool
		if last, ok = full.resolve.posterior(0, 1, mean0, sd); !ok {
			t.Fatal(errSingular)
		}
		last.spread(full.mean)
	}
	if err := s.solve(s.resolve); err != nil {
		t.Fatal(err)
	}
	worst := 0.
	for i, v := range last.variances() {
		p := last.params[i]
		worst = max(worst, math.Abs(s.mean[p]-full.mean[p])/math.Sqrt(v))
	}
	var terms []term
	sum, diff := 0., 0.
	for i := range rows[:2000] {
		terms = s.terms(terms, &rows[i])
		a, b := policy.Sigmoid(s.linear(s.mean, rows[i].key, terms, &design{})), policy.Sigmoid(s.linear(full.mean, rows[i].key, terms, &design{}))
		sum += b
		diff += math.Abs(a - b)
	}
	t.Logf("largest distance %.3f posterior deviations, values differ by %.3f %%, reviews forgot %v", worst, 100*diff/sum, s.forgot)
	if worst > .3 || diff/sum > .01 {
		t.Errorf("largest distance %.3f posterior deviations, values differ by %.3f %%", worst, 100*diff/sum)
	}
}

// Posterior 90 % intervals cover 87 to 93 % of 1,000 worlds whose weights are drawn from the prior (contrast of two
// contacts, 400 rows, precisions as given).
func TestIntervalsCoverWorldsOfThePrior(t *testing.T) {
	g, spec := smallGrid(), policy.DefaultPrior()
	l := policy.NewLayout(g, 2)
	covered := 0
	for world := range uint64(1000) {
		rows, truth := logistic(g, 2, 400, &spec, 100+world)
		s := stateOf(l, &spec)
		for len(rows) > 0 {
			if err := s.learn(rows[:200]); err != nil {
				t.Fatal(err)
			}
			rows = rows[200:]
		}
		mean0 := make([]float64, l.Params())
		f, ok := s.resolve.posterior(0, 1, mean0, s.prior(policy.Resolve, mean0))
		if !ok {
			t.Fatal(errSingular)
		}
		a, b := key{c: 0, t: 0, s: 0, o: 0}, key{c: 1, t: 1, s: 1, o: 1}
		terms := []term{{0, 1}, {1, .5}, {2, .5}}
		direction := mat.NewVecDense(len(f.params), nil)
		place := map[int]int{}
		for i, p := range f.params {
			place[p] = i
		}
		for sign, k := range map[float64]key{1: a, -1: b} {
			d := s.shape.of(k, &design{})
			for _, r := range d.rows {
				for _, t := range terms {
					direction.SetVec(place[r+t.at], direction.AtVec(place[r+t.at])+sign*t.x)
				}
			}
			for _, p := range d.singles {
				direction.SetVec(place[p.param], direction.AtVec(place[p.param])+sign)
			}
		}
		sd := math.Sqrt(mat.Dot(direction, f.times(direction)))
		want := s.linear(truth, a, terms, &design{}) - s.linear(truth, b, terms, &design{})
		if math.Abs(mat.Dot(direction, f.mean)-want) < 1.6448536*sd {
			covered++
		}
	}
	t.Logf("%d of 1000 covered", covered)
	if covered < 870 || covered > 930 {
		t.Errorf("%d of 1000 are covered", covered)
	}
}
