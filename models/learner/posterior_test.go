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
		e.y = [policy.Heads]float64{one(r.Float64() < .4), r.Float64(), one(r.Float64() < .1), one(r.Float64() < .2)}
	}
	return rows
}

func sum(l policy.Layout, rows []row) *stats {
	s := newStats(l)
	for i := range rows {
		s.add(&rows[i], nil)
	}
	return s
}

// dense is the design matrix and target of a head, written out.
func dense(l policy.Layout, rows []row, h policy.Head) (*mat.Dense, *mat.VecDense) {
	var phi, y []float64
	for _, e := range rows {
		if h == policy.Amount && e.y[policy.Resolve] == 0 {
			continue
		}
		line := make([]float64, l.Params())
		blocks, pairs := e.key.blocks(l)
		for _, b := range blocks {
			line[b] = 1
			for j, v := range e.x {
				line[b+1+j] = float64(v)
			}
		}
		for _, p := range pairs {
			line[p] = 1
		}
		phi, y = append(phi, line...), append(y, e.y[h])
	}
	return mat.NewDense(len(y), l.Params(), phi), mat.NewVecDense(len(y), y)
}

// The posterior of every head equals a plain dense ridge solution, for all parameters.
func TestPosteriorIsTheDenseRidge(t *testing.T) {
	g, spec := smallGrid(), policy.DefaultPrior()
	l := policy.NewLayout(g, 4)
	rows := examples(g, 4, 300, 1)
	s := sum(l, rows)
	w, err := posterior(l, &spec, s, 9)
	if err != nil {
		t.Fatal(err)
	}
	mean0, sd := make([]float64, l.Params()), make([]float64, l.Params())
	for h := range policy.Head(policy.Heads) {
		phi, y := dense(l, rows, h)
		_, total, _ := gather(l, s, h)
		n := noise(spec.Heads[h], h, total)
		spec.Fill(l, h, mean0, sd)
		var lambda mat.Dense
		lambda.Mul(phi.T(), phi)
		lambda.Scale(1/n, &lambda)
		var b mat.VecDense
		b.MulVec(phi.T(), y)
		b.ScaleVec(1/n, &b)
		for i := range mean0 {
			lambda.Set(i, i, lambda.At(i, i)+1/(sd[i]*sd[i]))
			b.SetVec(i, b.AtVec(i)+mean0[i]/(sd[i]*sd[i]))
		}
		var want mat.VecDense
		if err := want.SolveVec(&lambda, &b); err != nil { // LU, not Cholesky
			t.Fatal(err)
		}
		for i := range mean0 {
			if got := float64(w.Means[i*policy.Heads+int(h)]); math.Abs(got-want.AtVec(i)) > 1e-6 {
				t.Fatalf("head %d, parameter %d: %v, dense solution %v", h, i, got, want.AtVec(i))
			}
		}
		if h == policy.Resolve {
			checkDraws(t, l, w, &lambda, &want, 9, spec.Scale)
		}
	}
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
		rows = append(rows, row{key: key{hold: true}, x: x, y: [policy.Heads]float64{policy.Resolve: ys[i]}})
	}
	return rows
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
			f, err := solve(l, plain(1e-7), sum(l, holds(x, y)), policy.Resolve)
			if err != nil {
				t.Fatal(err)
			}
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
	var s mat.VecDense
	if err := f.chol.SolveVecTo(&s, u); err != nil {
		return math.NaN()
	}
	return mat.Dot(u, f.mean) + alpha*math.Sqrt(mat.Dot(u, &s)+free)
}

// A rank-one update by Sherman and Morrison: A⁻¹ = diag(1/2, 1), x = (1, 0), r = 1 gives
// A⁻¹ − [[1/4, 0], [0, 0]]/1.5 and b = x (obp tests/policy/test_linear.py:104).
func TestShermanMorrison(t *testing.T) {
	l := policy.NewLayout(smallGrid(), 1)
	f, err := solve(l, plain(math.Sqrt(.5)), sum(l, holds([][]float32{{0}}, []float64{1})), policy.Resolve)
	if err != nil {
		t.Fatal(err)
	}
	e := mat.NewVecDense(len(f.params), nil)
	e.SetVec(0, 1)
	var column mat.VecDense
	if err := f.chol.SolveVecTo(&column, e); err != nil {
		t.Fatal(err)
	}
	want := .5 - .25/1.5
	if math.Abs(column.AtVec(0)-want) > 1e-9 || math.Abs(f.mean.AtVec(0)-want) > 1e-9 {
		t.Errorf("variance %v and mean %v, want %v", column.AtVec(0), f.mean.AtVec(0), want)
	}
}

// With 20,000 examples of a known linear truth the posterior finds it: the mean lies within five
// posterior deviations of the truth in every contrast of two contacts.
func TestLearnsAKnownTruth(t *testing.T) {
	g, spec := smallGrid(), policy.DefaultPrior()
	spec.Scale = 1
	for block := range policy.Blocks { // effects here are far larger than the default believes
		*spec.Heads[policy.Resolve].Deviation(block) = .2
	}
	l := policy.NewLayout(g, 3)
	effect := func(v engine.Levels, x []float32) float64 {
		return .35 + .12*float64(v.Channel) - .08*float64(v.Tone)*float64(x[0]) + .05*float64(v.Slot)*float64(x[1]) - .1*float64(v.Offer)
	}
	r := rand.New(rand.NewPCG(1, 7))
	rows := make([]row, 20_000)
	for i := range rows {
		v := g.Levels(1 + r.IntN(g.Size()-1))
		x := []float32{float32(r.Float64()), float32(r.Float64()), float32(r.Float64())}
		rows[i] = row{key: key{c: int16(v.Channel), t: int16(v.Tone), s: int16(v.Slot), o: int16(v.Offer)}, x: x,
			y: [policy.Heads]float64{one(r.Float64() < effect(v, x)), 1}}
	}
	w, err := posterior(l, &spec, sum(l, rows), 1)
	if err != nil {
		t.Fatal(err)
	}
	for a := 1; a < g.Size(); a++ {
		v, x := g.Levels(a), []float32{.5, .5, .5}
		mean, sd := predict(l, w, v, x)
		if d := math.Abs(mean - effect(v, x)); d > 5*sd || sd > .05 {
			t.Errorf("action %d: %v ± %v, truth %v", a, mean, sd, effect(v, x))
		}
	}
}

// predict is mean and deviation over the draws of an action's resolve probability.
func predict(l policy.Layout, w *policy.Weights, v engine.Levels, x []float32) (mean, sd float64) {
	blocks, pairs := l.Blocks(nil, nil, v)
	square := 0.0
	for m := range policy.Lanes {
		u := 0.0
		for _, b := range blocks {
			u += float64(w.Draws[b*policy.Lanes+m])
			for j, v := range x {
				u += float64(v) * float64(w.Draws[(b+1+j)*policy.Lanes+m])
			}
		}
		for _, p := range pairs {
			u += float64(w.Draws[p*policy.Lanes+m])
		}
		mean += u / policy.Lanes
		square += u * u / policy.Lanes
	}
	return mean, math.Sqrt(square - mean*mean)
}
