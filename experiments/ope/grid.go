package ope

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Grid chooses one of several rules, such as a parameter of DRos, from the log itself. Value is the
// chosen rule's estimate; an interval taken from the chosen rule ignores the choice and is too narrow.
type Grid struct {
	Rules    []Rule // plain means, at least one
	Unbiased Rule   // what MSE measures bias against; defaults to DR. For IPS rules set IPS

	estimates []Estimate
	unbiased  Estimate
	weights   Weights
	parts     []Part // of one row: of the rules, then of Unbiased
}

// Add takes one row for all rules, or for none.
func (g *Grid) Add(s Sample) error {
	g.prepare()
	last := len(g.Rules)
	for i := range g.parts {
		r := g.unbiased.Rule
		if i < last {
			r = g.Rules[i]
		}
		p, err := part(r, &s)
		if err == nil {
			err = plain(p)
		}
		if err != nil {
			return err
		}
		g.parts[i] = p
	}
	if err := g.weights.Add(s); err != nil {
		return err
	}
	g.unbiased.add(g.parts[last])
	for i := range g.estimates {
		g.estimates[i].add(g.parts[i])
	}
	return nil
}

func (g *Grid) reference() Rule {
	if g.Unbiased == nil {
		return DR{}
	}
	return g.Unbiased
}

func (g *Grid) prepare() {
	if g.estimates == nil {
		g.unbiased.Rule = g.reference()
		g.parts = make([]Part, len(g.Rules)+1)
		g.estimates = make([]Estimate, len(g.Rules))
		for i, r := range g.Rules {
			g.estimates[i].Rule = r
		}
	}
}

// Merge adds another shard with the same rules.
func (g *Grid) Merge(o *Grid) error {
	if !slices.Equal(g.Rules, o.Rules) || g.reference() != o.reference() {
		return ErrRules
	}
	if o.estimates == nil {
		return nil
	}
	g.prepare()
	for i := range g.estimates {
		if err := g.estimates[i].Merge(&o.estimates[i]); err != nil {
			return err
		}
	}
	g.weights.Merge(&o.weights)
	return g.unbiased.Merge(&o.unbiased)
}

// Estimate is the accumulator of rule i.
func (g *Grid) Estimate(i int) *Estimate {
	g.prepare()
	return &g.estimates[i]
}

// Value is the estimate of the rule that [Grid.Slope] chooses at level .95.
func (g *Grid) Value() (float64, bool) {
	i, ok := g.Slope(.95)
	if !ok {
		return 0, false
	}
	return g.estimates[i].Value()
}

// Slope is the index of the rule that SLOPE chooses. From the widest interval to the narrowest (the
// bias grows the other way), the last rule up to which all intervals θ ± c have a common point; c is
// Student's t half width at the level. Su, Srinath & Krishnamurthy, ICML 2020, with
// their 2·CNF read as c: that gives zr-obp's choices on Open Bandit, where the constants
// |θᵢ−θⱼ| ≤ cᵢ + (√6−1)·cⱼ of Tucker & Lee (2021) at level .95 go one rule further (IPS, women).
// False with fewer than two rows. Equal widths keep the order of the rules.
func (g *Grid) Slope(level float64) (int, bool) {
	miss := alpha(level)
	n := g.weights.n
	if n < 2 || len(g.Rules) == 0 {
		return 0, false
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - miss/2)
	order := make([]int, len(g.estimates))
	half := make([]float64, len(g.estimates))
	for i := range g.estimates {
		se, _ := g.estimates[i].StdErr()
		order[i], half[i] = i, t*se
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(half[j], half[i]) })
	best, common := order[0], Interval{math.Inf(-1), math.Inf(1)}
	for _, i := range order {
		own := around(g.estimates[i].moments.c, half[i])
		common = Interval{max(common.Lower, own.Lower), min(common.Upper, own.Upper)}
		if common.Lower > common.Upper {
			break
		}
		best = i
	}
	return best, true
}

// MSE is the index of the rule of least estimated mean squared error s²/n + bias²; a bias is bounded
// at the level by |V − V(Unbiased)| + √(2·mean(w²)·L/n) + 2·max(w)·L/(3n), L = ln(2/(1−level)).
// Su, Dimakopoulou, Krishnamurthy & Dudík, ICML 2020; bound as in zr-obp. Ties go to the
// first. False with fewer than two rows.
func (g *Grid) MSE(level float64) (int, bool) {
	l := math.Log(2 / alpha(level))
	n := g.weights.n
	if n < 2 || len(g.Rules) == 0 {
		return 0, false
	}
	bound := math.Sqrt(2*g.weights.squares/n*l/n) + 2*g.weights.largest*l/(3*n)
	best, least := 0, math.Inf(1)
	for i := range g.estimates {
		m := &g.estimates[i].moments
		bias := math.Abs(m.c-g.unbiased.moments.c) + bound
		if mse := m.cc/n/n + bias*bias; mse < least {
			best, least = i, mse
		}
	}
	return best, true
}
