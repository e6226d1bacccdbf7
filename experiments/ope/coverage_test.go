package ope_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"takt/experiments/ope"
)

// world is three kinds of debtors, four actions, and a policy in question; the truth is known.
type world struct {
	mean, model [3][4]float64 // E[r|x,a]; what an imperfect model, fixed beforehand, makes of it
	log, eval   [3][4]float64
	money       bool    // the reward is an amount: 0, or log-normal with σ = .8 and mean 1
	debtor      float64 // standard deviation of a debtor's own propensity to pay
	each        int     // decisions per debtor
	adaptive    bool    // the log's policy learns: .4-greedy on its own running means
}

func simple() world {
	return world{
		mean:  [3][4]float64{{.2, .3, .4, .25}, {.5, .35, .3, .4}, {.15, .2, .1, .3}},
		model: [3][4]float64{{.25, .25, .35, .25}, {.4, .4, .35, .4}, {.2, .2, .2, .2}},
		log:   [3][4]float64{{.4, .3, .2, .1}, {.25, .25, .25, .25}, {.1, .2, .3, .4}},
		eval:  [3][4]float64{{.1, .2, .6, .1}, {.7, .1, .1, .1}, {0, .2, .1, .7}},
		each:  1,
	}
}

func (w *world) truth() (v float64) {
	for x := range w.mean {
		for a, p := range w.eval[x] {
			v += p * w.mean[x][a] / 3
		}
	}
	return v
}

// play makes n decisions.
func (w *world) play(n int, seed uint64, take func(ope.Sample)) {
	w.playAll(n, seed, func(s ope.Sample, _, _ int) { take(s) })
}

// playAll tells kind of debtor and action, too.
func (w *world) playAll(n int, seed uint64, take func(s ope.Sample, x, a int)) {
	r := rand.New(rand.NewPCG(seed, 0))
	var sum, count [3][4]float64
	luck, x := 0., 0
	for i := range n {
		if i%w.each == 0 {
			x = r.IntN(3)
			luck = w.debtor * (2*float64(r.IntN(2)) - 1)
		}
		p := w.log[x]
		if w.adaptive {
			best := 0
			for a := range p {
				if sum[x][a]*(count[x][best]+1) > sum[x][best]*(count[x][a]+1) {
					best = a
				}
			}
			p = [4]float64{.1, .1, .1, .1}
			p[best] = .7
		}
		a, u := 0, r.Float64()
		for u >= p[a] && a < 3 {
			u -= p[a]
			a++
		}
		s := ope.Sample{PLog: p[a], PEval: w.eval[x][a], Q: w.model[x][a], Cluster: uint64(i / w.each)}
		for b, q := range w.eval[x] {
			s.QEval += q * w.model[x][b]
		}
		if r.Float64() < w.mean[x][a]+luck {
			s.Reward = 1
			if w.money {
				s.Reward = math.Exp(.8*r.NormFloat64() - .32)
			}
		}
		sum[x][a] += s.Reward
		count[x][a]++
		take(s, x, a)
	}
}

// covers says that a share of misses is that of the level: within 3.5 standard errors of one who
// misses 5 %, and below only where the interval is known to be wide.
func covers(t testing.TB, name string, misses, runs int, wide bool) {
	t.Helper()
	rate := float64(misses) / float64(runs)
	off := 3.5 * math.Sqrt(.05*.95/float64(runs))
	t.Logf("%s: %.4f covered in %d logs", name, 1-rate, runs)
	if rate > .05+off || !wide && rate < .05-off {
		t.Errorf("%s covers %.4f, want .95 ± %.3f", name, 1-rate, off)
	}
}

// TestCoverage: intervals at one size, 2,000 logs (seeds 1 … 2000) of 600 decisions by a fixed policy.
func TestCoverage(t *testing.T) {
	t.Parallel()
	w := simple()
	truth, rules := w.truth(), []ope.Rule{ope.IPS{}, ope.SNIPS{}, ope.DR{}, ope.SNDR{}}
	const runs = 2000
	misses := make([]int, len(rules))
	var bernstein, cressieRead int
	for seed := range uint64(runs) {
		estimates := make([]ope.Estimate, len(rules))
		cr := ope.CressieRead{WMax: 4}
		for i, r := range rules {
			estimates[i].Rule = r
		}
		w.play(600, seed+1, func(s ope.Sample) {
			for i := range estimates {
				estimates[i].Add(s)
			}
			cr.Add(s)
		})
		for i := range estimates {
			if v, ok := estimates[i].Gaussian(.95); !ok || !v.Has(truth) {
				misses[i]++
			}
		}
		if v, ok := estimates[0].Bernstein(.95, 0, 4); !ok || !v.Has(truth) {
			bernstein++
		}
		if v, ok := cr.Interval(.95); !ok || !v.Has(truth) {
			cressieRead++
		}
	}
	for i, name := range []string{"IPS", "SNIPS", "DR", "SNDR"} {
		covers(t, name+" Gaussian", misses[i], runs, false)
	}
	covers(t, "Bernstein", bernstein, runs, true)
	covers(t, "Cressie-Read", cressieRead, runs, true) // the made-up row makes it wide
}

// TestCoverageWhereItIsHard: DR's Gaussian interval, 2,000 logs each: a log that learns, four decisions
// per debtor, money. The band .935 … .975 is the issue's.
func TestCoverageWhereItIsHard(t *testing.T) {
	t.Parallel()
	adaptive, repeated, money := simple(), simple(), simple()
	adaptive.adaptive = true
	repeated.each, repeated.debtor, repeated.mean[2] = 4, .2, [4]float64{.25, .3, .2, .35}
	money.money = true
	for name, w := range map[string]world{"adaptive": adaptive, "four per debtor": repeated, "money": money} {
		truth, misses, rows := w.truth(), 0, 0
		for seed := range uint64(2000) {
			c, e := ope.Clusters{Rule: ope.DR{}}, ope.Estimate{Rule: ope.DR{}}
			w.play(800, seed+1, func(s ope.Sample) {
				c.Add(s)
				e.Add(s)
			})
			if v, ok := c.Gaussian(.95); !ok || !v.Has(truth) {
				misses++
			}
			if v, ok := e.Gaussian(.95); !ok || !v.Has(truth) {
				rows++
			}
		}
		t.Logf("%s: %.4f covered; by rows %.4f", name, 1-float64(misses)/2000, 1-float64(rows)/2000)
		if c := 1 - float64(misses)/2000; c < .935 || c > .975 {
			t.Errorf("%s: DR covers %.4f, want .935 … .975", name, c)
		}
		if name == "four per debtor" && rows < misses*3/2 {
			t.Errorf("rows of a debtor as if independent miss %d times, debtors %d: the test shows nothing", rows, misses)
		}
	}
}

// TestCoverageOfBootstrap: 400 logs of 150 debtors with four decisions.
func TestCoverageOfBootstrap(t *testing.T) {
	t.Parallel()
	w := simple()
	w.each, w.debtor = 4, .1
	misses := 0
	const runs = 400
	for seed := range uint64(runs) {
		c := ope.Clusters{Rule: ope.SNDR{}}
		w.play(600, seed+1, func(s ope.Sample) { c.Add(s) })
		if v, ok := c.Bootstrap(.95, 200, seed); !ok || !v.Has(w.truth()) {
			misses++
		}
	}
	covers(t, "bootstrap", misses, runs, false)
}

// TestCoverageOfBinomial: a fixed action in a uniform log of 150 rows, where Exact is exact, and so wide
// that its misses stay below 5 %.
func TestCoverageOfBinomial(t *testing.T) {
	t.Parallel()
	w := simple()
	for x := range w.log {
		w.log[x], w.eval[x] = [4]float64{.25, .25, .25, .25}, [4]float64{0, 1, 0, 0}
	}
	exact, habit := 0, 0
	const runs = 2000
	for seed := range uint64(runs) {
		b := ope.Binomial{MaxWeight: 4}
		w.play(150, seed+1, func(s ope.Sample) { b.Add(s) })
		if v, ok := b.Exact(.95); !ok || !v.Has(w.truth()) {
			exact++
		}
		if v, ok := b.ClopperPearson(.95); !ok || !v.Has(w.truth()) {
			habit++
		}
	}
	covers(t, "exact", exact, runs, true)
	t.Logf("as VowpalWabbit/estimators: %.4f covered", 1-float64(habit)/runs)
}

// TestCoverageAlongThePath: the sequences hold at every look, where the Gaussian does not.
func TestCoverageAlongThePath(t *testing.T) {
	t.Parallel()
	w := simple()
	truth := w.truth()
	const runs = 600
	var sequence, betting, gaussian, mixture int
	for seed := range uint64(runs) {
		e := ope.Estimate{Rule: ope.DR{}}
		// bounds of q̂ + w(r−q): q in [.2,.4], w ≤ 4
		b := ope.Betting{Rule: ope.DR{}, Lower: .2 - 4*.4, Upper: .4 + 4*.8}
		var m ope.Mixture
		var out [4]bool
		w.play(1000, seed+1, func(s ope.Sample) {
			e.Add(s)
			if err := b.Add(s); err != nil {
				t.Error(err)
			}
			if err := m.Add(s); err != nil {
				t.Error(err)
			}
			if m.N()%25 == 0 {
				v, _ := m.Interval(.95)
				out[3] = out[3] || !v.Has(truth)
			}
			if n := e.N(); n >= 50 && n%5 == 0 {
				v, _ := e.Sequence(.95, 200)
				out[0] = out[0] || !v.Has(truth)
				v, _ = e.Gaussian(.95)
				out[2] = out[2] || !v.Has(truth)
			}
			if b.N()%25 == 0 {
				out[1] = out[1] || b.Evidence(truth, .95) >= math.Log(20)
			}
		})
		for i, o := range out {
			if o {
				*[]*int{&sequence, &betting, &gaussian, &mixture}[i]++
			}
		}
	}
	covers(t, "asymptotic sequence", sequence, runs, true)
	covers(t, "betting", betting, runs, true)
	covers(t, "mixture", mixture, runs, true)
	t.Logf("Gaussian: %.3f covered at all looks", 1-float64(gaussian)/runs)
	if gaussian < runs/5 {
		t.Errorf("the Gaussian misses only %d times of %d: the test shows nothing", gaussian, runs)
	}
}
