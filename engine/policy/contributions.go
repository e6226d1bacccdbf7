package policy

import (
	"cmp"
	"math"
	"slices"

	"takt/engine"
)

var _ engine.Explainer = (*Bandit)(nil)

// Part is the piece of an action that a contribution comes from.
type Part uint8

// The parts. PartPairs are the pair tables, PartCost is the price of the contacts.
const (
	PartHold Part = iota
	PartChannel
	PartTone
	PartSlot
	PartOffer
	PartPairs
	PartCost
	Parts = 7
)

// Breakdown is why option i is worth more or less than option j, in minor units: one row per part,
// one column for the constant and one per feature of the model. PartPairs and PartCost fill the
// constant's column alone. All entries sum to Value[i] − Value[j].
type Breakdown struct {
	Width int       // 1 + features
	Minor []float64 // [Parts][Width]
}

// At is the contribution of a feature, -1 for the constant, by a part.
func (d *Breakdown) At(p Part, feature int) float64 { return d.Minor[int(p)*d.Width+1+feature] }

// Compare splits the difference in value of options i and j by part and feature; d's memory is
// reused. The model is linear but for two things, which are split without rest: the product of
// P(resolve) and amount (each factor's change at the mean of the other, its Shapley value) and the
// links, σ of the resolve head and the clamps of the others (what they leave of a difference is shared
// out over its parts in proportion).
func (p *Bandit) Compare(d *Breakdown, b *engine.Ballot, in *engine.Input, i, j int) {
	sc := p.pool.Get().(*scratch)
	defer p.pool.Put(sc)
	sc.context(p, in)
	d.Width = p.weights.Layout.Width()
	d.Minor = resize(d.Minor, Parts*d.Width)
	clear(d.Minor)
	pl, s := p.planFor(in.Tenant), slopesOf(&in.Tenant.Reward, openMinor(b, in))
	x := comparison{breakdown: d, weights: p.weights, plan: pl, terms: sc.terms}
	oi, oj := &b.Options[i], &b.Options[j]
	x.price(&s, x.expect(oi.Action), x.expect(oj.Action))
	x.action(oi.Action, 1)
	x.action(oj.Action, -1)
	d.Minor[int(PartCost)*d.Width] = -s.cost * float64(oi.CostMicro-oj.CostMicro)
}

// Contributions appends the at most n features, or groups of them, that moved the value of option
// i against waiting the most, largest first. Groups are summed before the cut.
func (p *Bandit) Contributions(dst []engine.Reason, b *engine.Ballot, in *engine.Input, i, n int) []engine.Reason {
	if b.Options[i].Action == engine.Hold || n <= 0 {
		return dst
	}
	var d Breakdown
	p.Compare(&d, b, in, i, 0)
	all := make([]engine.Reason, d.Width-1)
	for f := range all {
		g := f
		if f < len(in.Groups) {
			g = in.Groups[f]
		}
		all[f].Code, all[f].Feature = engine.ReasonFeature, f
		for part := range Part(Parts) {
			all[g].WeightMinor += d.At(part, f)
		}
	}
	all = slices.DeleteFunc(all, func(r engine.Reason) bool { return r.WeightMinor == 0 })
	slices.SortStableFunc(all, func(a, b engine.Reason) int {
		return cmp.Compare(math.Abs(b.WeightMinor), math.Abs(a.WeightMinor))
	})
	return append(dst, all[:min(n, len(all))]...)
}

// comparison splits one difference; rates are what a unit of each head is worth here.
type comparison struct {
	breakdown *Breakdown
	weights   *Weights
	plan      *plan
	terms     []term
	rates     [Heads]float64
}

// expect is the posterior means of an action before the link, in float64.
func (x *comparison) expect(action int) (u [Heads]float64) {
	x.each(action, func(_ Part, param, _ int, v float64) {
		for h := range u {
			u[h] += v * float64(x.weights.Means[param*Heads+h])
		}
	})
	for _, t := range x.terms {
		for h := range u {
			u[h] += float64(t.x) * float64(x.weights.Means[(x.plan.first[rowBase]+t.at)*Heads+h])
		}
	}
	return u
}

// price sets the rates from the means of both options before the link. σ is the kernel's, so that parts
// sum to the difference of its values.
func (x *comparison) price(s *slopes, i, j [Heads]float64) {
	limit := func(h Head, v float64) float64 {
		switch h {
		case Resolve:
			return linkK / inverse(v)
		case Amount:
			return min(max(v, 0), MaxShare)
		}
		return min(max(v, 0), 1)
	}
	middle := func(h Head) float64 { return (limit(h, i[h]) + limit(h, j[h])) / 2 }
	worth := [Heads]float64{s.resolve * middle(Amount), s.resolve * middle(Resolve), -s.complaint, -s.churn}
	for h := range Head(Heads) {
		switch raw := i[h] - j[h]; {
		case raw == 0:
		case h == Resolve:
			x.rates[h] = worth[h] * slope(i[h], j[h])
		default:
			x.rates[h] = worth[h] * (limit(h, i[h]) - limit(h, j[h])) / raw
		}
	}
}

// action adds what the action's parameters contribute, with a sign.
func (x *comparison) action(action int, sign float64) {
	x.each(action, func(part Part, param, at int, v float64) {
		for h, rate := range x.rates {
			x.breakdown.Minor[int(part)*x.breakdown.Width+at] += sign * rate * v * float64(x.weights.Means[param*Heads+h])
		}
	})
}

// each hands f every parameter of the action but the base, its column and the value it is multiplied with.
func (x *comparison) each(action int, f func(p Part, param, at int, v float64)) {
	row := func(p Part, r int) {
		for _, t := range x.terms {
			f(p, x.plan.first[r]+t.at, t.at, float64(t.x))
		}
	}
	if action == engine.Hold {
		row(PartHold, rowHold)
		return
	}
	pl, v := x.plan, &x.plan.actions[action]
	for i, r := range pl.rows(v) {
		row(PartChannel+Part(i), r)
	}
	for _, param := range pl.pairsOf(v) {
		f(PartPairs, param, 0, 1)
	}
}
