package ope_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"takt/experiments/ope"
)

// messy is a log of n rows with all that a rule may meet: weights of 0, large ones, negative rewards.
func messy(n int, seed uint64) []ope.Sample {
	r := rand.New(rand.NewPCG(seed, 0))
	log := make([]ope.Sample, n)
	for i := range log {
		log[i] = ope.Sample{
			PLog: .02 + .98*r.Float64(), PEval: r.Float64(), Reward: r.NormFloat64(),
			Q: r.NormFloat64(), QEval: r.NormFloat64(), Cluster: r.Uint64N(uint64(n/3 + 1)),
		}
		if i%5 == 0 {
			log[i].PEval = 0
		}
	}
	return log
}

// weighted is mean(q̂ + ŵ(r−q)), with a model or without.
func weighted(log []ope.Sample, model bool, shrink func(w float64) float64) float64 {
	sum := 0.
	for _, s := range log {
		w := shrink(s.PEval / s.PLog)
		if model {
			sum += s.QEval + w*(s.Reward-s.Q)
		} else {
			sum += w * s.Reward
		}
	}
	return sum / float64(len(log))
}

func selfNormalised(log []ope.Sample, model bool) float64 {
	var direct, top, bottom float64
	for _, s := range log {
		w := s.PEval / s.PLog
		q := 0.
		if model {
			direct += s.QEval
			q = s.Q
		}
		top += w * (s.Reward - q)
		bottom += w
	}
	return direct/float64(len(log)) + top/bottom
}

var rules = []struct {
	rule  ope.Rule
	naive func(log []ope.Sample) float64
}{
	{nil, func(l []ope.Sample) float64 { return weighted(l, false, func(w float64) float64 { return w }) }},
	{ope.SNIPS{}, func(l []ope.Sample) float64 { return selfNormalised(l, false) }},
	{ope.DM{}, func(l []ope.Sample) float64 { return weighted(l, true, func(float64) float64 { return 0 }) }},
	{ope.DR{}, func(l []ope.Sample) float64 { return weighted(l, true, func(w float64) float64 { return w }) }},
	{ope.SNDR{}, func(l []ope.Sample) float64 { return selfNormalised(l, true) }},
	{ope.Switch{Tau: 1.5}, func(l []ope.Sample) float64 {
		return weighted(l, true, func(w float64) float64 {
			if w <= 1.5 {
				return w
			}
			return 0
		})
	}},
	{ope.DRos{Lambda: 3}, func(l []ope.Sample) float64 {
		return weighted(l, true, func(w float64) float64 { return 3 * w / (w*w + 3) })
	}},
	{ope.ClippedIPS{Lambda: 2}, func(l []ope.Sample) float64 {
		return weighted(l, false, func(w float64) float64 { return math.Min(w, 2) })
	}},
	{ope.ClippedDR{Lambda: 2}, func(l []ope.Sample) float64 {
		return weighted(l, true, func(w float64) float64 { return math.Min(w, 2) })
	}},
	{ope.SGIPS{Lambda: .3}, func(l []ope.Sample) float64 {
		return weighted(l, false, func(w float64) float64 { return w / (.7 + .3*w) })
	}},
	{ope.SGDR{Lambda: .3}, func(l []ope.Sample) float64 {
		return weighted(l, true, func(w float64) float64 { return w / (.7 + .3*w) })
	}},
}

// influences are each row's ψ: of a plain mean by leaving the row out, (n−1)·(V − V without it), of a
// self-normalised rule by the derivative of Σa/Σb.
func influences(log []ope.Sample, rule ope.Rule, naive func([]ope.Sample) float64) []float64 {
	n := len(log)
	v := naive(log)
	psi := make([]float64, n)
	bottom := 0.
	for _, s := range log {
		bottom += s.PEval / s.PLog / float64(n)
	}
	for i, s := range log {
		switch w := s.PEval / s.PLog / bottom; rule {
		case ope.SNIPS{}:
			psi[i] = w * (s.Reward - v)
		case ope.SNDR{}:
			direct := weighted(log, true, func(float64) float64 { return 0 })
			psi[i] = s.QEval - direct + w*(s.Reward-s.Q-(v-direct))
		default:
			psi[i] = float64(n-1) * (v - naive(slices.Concat(log[:i], log[i+1:])))
		}
	}
	return psi
}

// TestEstimates holds every rule against the formula written out, to 1e-9, as rows and as clusters.
func TestEstimates(t *testing.T) {
	log := messy(600, 1)
	for _, c := range rules {
		want := c.naive(log)
		e := run(t, c.rule, log)
		near(t, "value", value(t, e), want, 1e-9)
		clusters := ope.Clusters{Rule: c.rule}
		for _, s := range log {
			if err := clusters.Add(s); err != nil {
				t.Fatal(err)
			}
		}
		near(t, "clusters", value(t, &clusters), want, 1e-9)

		psi := influences(log, c.rule, c.naive)
		se, _ := e.StdErr()
		near(t, "standard error", se, math.Sqrt(stat.Variance(psi, nil)/600), 1e-9)
		by := map[uint64]float64{}
		m := stat.Mean(psi, nil)
		for i, s := range log {
			by[s.Cluster] += psi[i] - m
		}
		squares, g := 0., float64(len(by))
		for _, s := range by {
			squares += s * s
		}
		se, _ = clusters.StdErr()
		near(t, "clustered standard error", se, math.Sqrt(squares*g/(g-1))/600, 1e-9)
	}
}

// TestParametersAtTheirEnds: a rule's parameter leads from the model alone to the plain estimator.
func TestParametersAtTheirEnds(t *testing.T) {
	log := messy(200, 2)
	dm, dr, ips := value(t, run(t, ope.DM{}, log)), value(t, run(t, ope.DR{}, log)), value(t, run(t, ope.IPS{}, log))
	for _, c := range []struct {
		rule ope.Rule
		want float64
	}{
		{ope.Switch{}, dm}, {ope.Switch{Tau: inf}, dr}, {ope.DRos{}, dm}, {ope.DRos{Lambda: inf}, dr},
		{ope.ClippedDR{}, dm}, {ope.ClippedDR{Lambda: inf}, dr}, {ope.ClippedIPS{}, 0}, {ope.ClippedIPS{Lambda: inf}, ips},
		{ope.SGIPS{}, ips}, {ope.SGDR{}, dr},
	} {
		near(t, "end", value(t, run(t, c.rule, log)), c.want, 1e-12)
	}
}

// TestPairs: the estimate of a difference is the difference of estimates.
func TestPairs(t *testing.T) {
	log := messy(100, 3)
	var pairs ope.Estimate
	clusters, betting := ope.Clusters{Rule: ope.DR{}}, ope.Betting{Rule: ope.DR{}, Lower: -1000, Upper: 1000}
	pairs.Rule = ope.DR{}
	other := slices.Clone(log)
	for i := range log {
		other[i].PEval, other[i].QEval = .5, .1
		for _, err := range []error{pairs.AddPair(log[i], other[i]), clusters.AddPair(log[i], other[i]), betting.AddPair(log[i], other[i])} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	want := value(t, run(t, ope.DR{}, log)) - value(t, run(t, ope.DR{}, other))
	near(t, "rows", value(t, &pairs), want, 1e-9)
	near(t, "clusters", value(t, &clusters), want, 1e-9)
	near(t, "betting", value(t, &betting), want, 1e-9)
}

// TestClosedForms holds the intervals of one size against their formulas.
func TestClosedForms(t *testing.T) {
	log := messy(400, 4)
	x := make([]float64, len(log))
	for i, s := range log {
		x[i] = s.PEval / s.PLog * s.Reward
	}
	e := run(t, nil, log)
	m, v, n := stat.Mean(x, nil), stat.Variance(x, nil), float64(len(x))
	check := func(name string, got ope.Interval, ok bool, half float64) {
		t.Helper()
		if !ok {
			t.Error(name, "has no interval")
		}
		near(t, name, got.Lower, m-half, 1e-9)
		near(t, name, got.Upper, m+half, 1e-9)
	}
	i, ok := e.Gaussian(.9)
	check("Gaussian", i, ok, 1.6448536269514722*math.Sqrt(v/n))
	i, ok = e.Bernstein(.9, -200, 200)
	check("Bernstein", i, ok, math.Sqrt(2*v*math.Log(40)/n)+7*400*math.Log(40)/(3*(n-1)))
	// ρ by the other branch of Lambert's W, u = −W₋₁(−α²/e) by bisection of u − ln u = 1 − 2·ln α
	lo, hi := 1., 100.
	for range 200 {
		if u := (lo + hi) / 2; u-math.Log(u) < 1-2*math.Log(.1) {
			lo = u
		} else {
			hi = u
		}
	}
	rho2 := (lo - 1) / 250
	i, ok = e.Sequence(.9, 250)
	check("sequence", i, ok, math.Sqrt(v)*math.Sqrt(2*(n*rho2+1)/(n*n*rho2)*math.Log(math.Sqrt(n*rho2+1)/.1)))
}

// TestBinomial: the bounds are where the binomial tail is half of what may be missed.
func TestBinomial(t *testing.T) {
	b := ope.Binomial{MaxWeight: 4}
	r := rand.New(rand.NewPCG(1, 0))
	hits := 0.
	for range 200 {
		s := ope.Sample{PLog: .25}
		if r.Float64() < .25 {
			s.PEval = 1
			if r.Float64() < .3 {
				s.Reward = 1
				hits++
			}
		}
		if err := b.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	i, ok := b.Exact(.95)
	if !ok {
		t.Fatal("no interval")
	}
	tail := func(p float64) float64 { return distuv.Binomial{N: 200, P: p}.CDF(hits) }
	near(t, "upper", tail(i.Upper/4), .025, 1e-9)
	near(t, "lower", 1-distuv.Binomial{N: 200, P: i.Lower / 4}.CDF(hits-1), .025, 1e-9)
}

// TestCressieRead holds value and bounds against the reweighting written out row by row; +Inf is a
// very large weight there.
func TestCressieRead(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		c := ope.CressieRead{WMax: 60, RMin: -1, RMax: 3}
		large := 60.
		if seed%2 == 0 {
			c.WMax, large = 0, 1e7
		}
		var w, r []float64
		for _, s := range messy(50, seed) {
			s.Reward = max(-1, min(3, s.Reward))
			if err := c.Add(s); err != nil {
				t.Fatal(err)
			}
			w, r = append(w, s.PEval/s.PLog), append(r, s.Reward)
		}
		tolerance := 1e-9
		if large == 1e7 {
			tolerance = 1e-5 // what 1e7 is short of +Inf, and the digits that 1e14 costs
		}
		fake := 0.
		if stat.Mean(w, nil) < 1 {
			fake = large
		}
		distance, x, _ := reweigh(w, r, fake, 1) // the middle of the rewards
		near(t, "value", value(t, &c), x, tolerance)
		budget := distance + distuv.F{D1: 1, D2: 50}.Quantile(.95)/51
		lower, upper := inf, -inf
		for _, f := range []float64{0, large} {
			if d, x, rest := reweigh(w, r, f, -1); d <= budget {
				lower = min(lower, x-math.Sqrt((budget-d)*rest))
			}
			if d, x, rest := reweigh(w, r, f, 3); d <= budget {
				upper = max(upper, x+math.Sqrt((budget-d)*rest))
			}
		}
		i, ok := c.Interval(.95)
		if !ok {
			t.Error(seed, "no interval")
		}
		near(t, "lower", i.Lower, max(-1, lower), tolerance)
		near(t, "upper", i.Upper, min(3, upper), tolerance)
	}
}

// reweigh adds the row (fake, r) and returns the nearest reweighting's distance and value, and the
// variance of w·r that w does not explain.
func reweigh(w, rewards []float64, fake, r float64) (distance, x, rest float64) {
	w = append(slices.Clone(w), fake)
	n := float64(len(w))
	y := make([]float64, len(w))
	for i := range w {
		y[i] = w[i] * append(slices.Clone(rewards), r)[i]
	}
	mw, my := stat.Mean(w, nil), stat.Mean(y, nil)
	vw := stat.Variance(w, nil) * (n - 1) / n
	cov := stat.Covariance(w, y, nil) * (n - 1) / n
	for i := range w {
		d := (1 - mw) / vw * (w[i] - mw)
		distance += d * d / n
		x += (1 + d) * y[i] / n
	}
	for i := range w {
		e := y[i] - my - cov/vw*(w[i]-mw)
		rest += e * e / n
	}
	return distance, x, rest
}

// TestBetting holds the capital against the paper's formulas, and the ends of the interval against it.
func TestBetting(t *testing.T) {
	log := messy(300, 5)
	b := ope.Betting{Lower: -200, Upper: 200}
	var x []float64
	for i := range log {
		if err := b.Add(log[i]); err != nil {
			t.Fatal(err)
		}
		x = append(x, (log[i].PEval/log[i].PLog*log[i].Reward+200)/400)
	}
	naive := func(m float64) float64 {
		up, down := 1., 1.
		for i := range x {
			variance, n := .25, float64(i) // of the rows before
			for j := range i {
				mu := .5
				for _, v := range x[:j+1] {
					mu += v
				}
				d := x[j] - mu/float64(j+2)
				variance += d * d
			}
			lambda := math.Sqrt(2 * math.Log(2/.05) / (variance / (n + 1) * (n + 1) * math.Log(n+2)))
			up *= 1 + math.Min(lambda, .5/m)*(x[i]-m)
			down *= 1 - math.Min(lambda, .5/(1-m))*(x[i]-m)
		}
		return math.Log(math.Max(up, down) / 2)
	}
	for _, m := range []float64{.45, .5, .52} {
		near(t, "capital", b.Evidence(400*m-200, .95), naive(m), 1e-9)
	}
	i, ok := b.Interval(.95)
	if !ok {
		t.Fatal("no interval")
	}
	edge := math.Log(1 / .05)
	near(t, "lower end", b.Evidence(i.Lower, .95), edge, 1e-6)
	near(t, "upper end", b.Evidence(i.Upper, .95), edge, 1e-6)
	for k := 1; k < 50; k++ {
		if v := i.Lower + float64(k)/50*i.Width(); b.Evidence(v, .95) >= edge {
			t.Errorf("%v lies inside and is refuted", v)
		}
	}
}

// TestMixture holds the ends of the interval against the mixture over bets written out, ∫ exp(λs + (ln(1−λ)+λ)·v) dF(λ).
func TestMixture(t *testing.T) {
	log := messy(300, 5)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range log {
		lo, hi = math.Min(lo, s.Reward), math.Max(hi, s.Reward)
	}
	m := ope.Mixture{Lower: lo, Upper: hi}
	wealth := func(mean float64, scaled func(ope.Sample) float64) float64 {
		var s, v, sum float64
		for i := range log {
			x := log[i].PEval / log[i].PLog * scaled(log[i])
			d := x - math.Min(1, (sum+.5)/float64(i+1))
			s, v, sum = s+x-mean, v+d*d, sum+x
		}
		return quad.Fixed(func(l float64) float64 {
			return math.Exp(l*s+(math.Log1p(-l)+l)*v) * math.Exp(l-1) / (1 - math.Exp(-1))
		}, 0, 1, 400, quad.Legendre{}, 0)
	}
	for i := range log {
		if err := m.Add(log[i]); err != nil {
			t.Fatal(err)
		}
	}
	i, ok := m.Interval(.95)
	if !ok {
		t.Fatal("no interval")
	}
	below := func(s ope.Sample) float64 { return (s.Reward - lo) / (hi - lo) }
	above := func(s ope.Sample) float64 { return (hi - s.Reward) / (hi - lo) }
	near(t, "lower end", wealth((i.Lower-lo)/(hi-lo), below)/40, 1, 1e-7)
	near(t, "upper end", wealth((hi-i.Upper)/(hi-lo), above)/40, 1, 1e-7)
}

// TestGrid holds the choices against pairwise overlap and against the sum written out.
func TestGrid(t *testing.T) {
	grid := []ope.Rule{ope.DRos{}, ope.DRos{Lambda: 1}, ope.DRos{Lambda: 100}, ope.DR{}}
	for seed := uint64(1); seed <= 10; seed++ {
		log := messy(500, seed)
		g := ope.Grid{Rules: grid}
		for i := range log {
			log[i].QEval = .8 + .001*log[i].Q // a model that is wrong and sure of itself
			if err := g.Add(log[i]); err != nil {
				t.Fatal(err)
			}
		}
		tq := distuv.StudentsT{Sigma: 1, Nu: 499}.Quantile(.975)
		var v, half []float64
		var largest, squares float64
		for _, s := range log {
			w := s.PEval / s.PLog
			largest, squares = max(largest, w), squares+w*w
		}
		best, least := 0, inf
		dr := value(t, run(t, ope.DR{}, log))
		bound := math.Sqrt(2*squares/500*math.Log(40)/500) + 2*largest*math.Log(40)/1500
		for i, r := range grid {
			e := run(t, r, log)
			se, _ := e.StdErr()
			v, half = append(v, value(t, e)), append(half, tq*se)
			if mse := se*se*499/500 + math.Pow(math.Abs(v[i]-dr)+bound, 2); mse < least {
				best, least = i, mse
			}
		}
		slope := 3 // the widest; widths grow along the grid here
	narrower:
		for i := 2; i >= 0; i-- {
			for j := i + 1; j < 4; j++ {
				if math.Abs(v[i]-v[j]) > half[i]+half[j] {
					break narrower
				}
			}
			slope = i
		}
		if !slices.IsSorted(half) {
			t.Fatal("widths do not grow")
		}
		if i, ok := g.Slope(.95); !ok || i != slope {
			t.Errorf("seed %d: SLOPE chooses %d, want %d", seed, i, slope)
		}
		if i, ok := g.MSE(.95); !ok || i != best {
			t.Errorf("seed %d: MSE chooses %d, want %d", seed, i, best)
		}
		near(t, "value", value(t, &g), v[slope], 1e-9)
	}
}

// TestFactor: marginal weights by counting, and MIPS exact where the reward depends on the level alone.
func TestFactor(t *testing.T) {
	f := ope.Factor{0, 1, 0, 1, 2}
	log, eval := []float64{.1, .2, .3, .25, .15}, []float64{.5, .1, 0, .4, 0}
	s, err := f.Marginal(ope.Sample{PLog: .3, Reward: 1}, 2, log, eval)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "pLog of the level", s.PLog, .1+.3, 1e-12)
	near(t, "pEval of the level", s.PEval, .5, 1e-12)
	sum := 0.
	for a, p := range log { // expectation over the log's draw, rewards 1, 2, 3 by level
		s, err := f.Marginal(ope.Sample{PLog: p, PEval: eval[a], Reward: float64(1 + f[a])}, a, log, eval)
		if err != nil {
			t.Fatal(err)
		}
		sum += p * value(t, run(t, ope.IPS{}, []ope.Sample{s}))
	}
	near(t, "MIPS", sum, .5*1+.5*2, 1e-12)
	if _, err := f.Marginal(s, 5, log, eval); err == nil {
		t.Error("an action beyond the factor was taken")
	}
}

// TestSlots: the pseudo-inverse of two slots by hand, w = 1 + (2−1) + (.5−1) = 1.5.
func TestSlots(t *testing.T) {
	var p ope.PseudoInverse
	if err := p.Add([]float64{.25, .8}, []float64{.5, .4}, 3); err != nil {
		t.Fatal(err)
	}
	near(t, "PI", value(t, &p), 4.5, 1e-12)
}
