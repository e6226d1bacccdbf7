package simulator

import (
	"context"
	"fmt"

	"takt/engine"
)

// Point is what a policy does under one weighting of the three goals: money in, cost of contact, a
// customer who stays. Figures are priced with all weights 1.
type Point struct {
	Pay  float64 `json:"pay"`
	Cost float64 `json:"cost"`
	Keep float64 `json:"keep"`

	Cash    Figure  `json:"cash_per_case_minor"`
	Contact Figure  `json:"cost_per_case_minor"`
	Harm    Figure  `json:"harm_per_case_minor"` // customers lost and complaints, at their price
	Figures Figures `json:"figures"`
	Front   bool    `json:"front"` // no other point is at least as good in all three and better in one
}

// The weights that Sweep turns, with that of money at 1: only their ratios matter.
var sweepCost, sweepKeep = []float64{.25, 1, 4, 16}, []float64{0, .5, 1, 2, 4}

// sweepLearn is how many decisions Takt learns first unless told otherwise.
const sweepLearn = 20_000

// Sweep runs the policy (bandit or oracle) with the same people under many weightings. Takt learns once:
// weights act when it decides.
func Sweep(ctx context.Context, o Options) ([]Point, error) {
	if o.Policy == bandit && o.Learn == 0 {
		o.Learn = sweepLearn
	}
	if err := o.defaults(); err != nil {
		return nil, err
	}
	if o.Policy != bandit && o.Policy != "oracle" || o.Remote != nil {
		return nil, fmt.Errorf("%w: policy %s has no weights to sweep; use bandit or oracle, without HTTP", ErrOptions, o.Policy)
	}
	w, err := newWorld(o.Scenario)
	if err != nil {
		return nil, err
	}
	t, err := newInside(o.tenant())
	if err == nil && o.Policy == bandit {
		_, err = o.teach(ctx, w, t, &Result{})
	}
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, cost := range sweepCost {
		for _, keep := range sweepKeep {
			if o.Progress != nil {
				o.Progress("weights", len(points), len(sweepCost)*len(sweepKeep))
			}
			r := w.reward
			r.WCost, r.WKeep = cost, keep
			p := &play{w: w, seed: o.Seed, cases: o.Cases, days: o.Days, by: byRule{oracle{r}}}
			if o.Policy == bandit {
				p.by, p.watched, p.prefix = t.with(r), true, "T"
			}
			done, err := p.run(ctx)
			if err != nil {
				return nil, fmt.Errorf("weights 1, %g, %g: %w", cost, keep, err)
			}
			points = append(points, w.point(&r, done))
		}
	}
	front(points)
	return points, nil
}

// with is the same Takt under other prices.
func (t *inside) with(r engine.Reward) *inside {
	tenant := *t.tenant
	tenant.Reward = r
	return &inside{tenant: &tenant, decider: t.decider, snapshot: t.snapshot}
}

func (w *world) point(r *engine.Reward, list []outcome) Point {
	var cash, cost, harm ratio
	for i := range list {
		o := &list[i]
		cash.add(o.cashMinor, 1)
		cost.add(o.costMinor, 1)
		harm.add(-w.reward.Value(0, 0, 0, one(o.churned), one(o.complaint)), 1)
	}
	return Point{Pay: r.WPay, Cost: r.WCost, Keep: r.WKeep, Cash: cash.figure(), Contact: cost.figure(), Harm: harm.figure(), Figures: figures(list)}
}

// front marks the points of the Pareto front.
func front(points []Point) {
	for i := range points {
		a := &points[i]
		a.Front = true
		for j := range points {
			b := &points[j]
			asGood := b.Cash.Mean >= a.Cash.Mean && b.Contact.Mean <= a.Contact.Mean && b.Harm.Mean <= a.Harm.Mean
			better := b.Cash.Mean > a.Cash.Mean || b.Contact.Mean < a.Contact.Mean || b.Harm.Mean < a.Harm.Mean
			if asGood && better {
				a.Front = false
			}
		}
	}
}
