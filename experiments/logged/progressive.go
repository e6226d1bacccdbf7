package logged

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"takt/experiments/ope"
)

// Progress is what a learner would have earned while it was led through the log: before it learns a
// row it says what it would have done, and the log says what that earned, by weights 1/p.
type Progress struct {
	N        int     `json:"n"`
	Log      LogSum  `json:"log"`
	Greedy   Value   `json:"greedy"`   // means over the orders
	Thompson Value   `json:"thompson"` // likewise
	Orders   []Order `json:"by_order"`
}

// LogSum is the log itself, its weights those of the uniform policy.
type LogSum struct {
	Mean      float64 `json:"mean"`
	WeightSum float64 `json:"weight_sum"`
	ESS       float64 `json:"ess"`
}

// Value is what a way of choosing earned per row. The interval is that of SNIPS at level .95, Gaussian; of
// several orders the mean of their intervals, for they share one log.
type Value struct {
	IPS   float64    `json:"ips"`
	SNIPS float64    `json:"snips"`
	CI95  [2]float64 `json:"ci95"`
}

// Order is one random order of the rows.
type Order struct {
	Order    int   `json:"order"`
	Greedy   Value `json:"greedy"`
	Thompson Value `json:"thompson"`
}

// Progressive leads a new learner through the log in each of several random orders, drawn from the
// seed (PCG, Fisher and Yates): order o and its learner have the seed seed+o. progress, which may be nil, hears of every order done.
func (l *Log) Progressive(ctx context.Context, make New, orders int, seed uint64, progress func(done int)) (*Progress, error) {
	audit, err := l.Audit()
	if err != nil {
		return nil, err
	}
	if l.K() < 2 {
		return nil, fmt.Errorf("%s: %w", l.File, ErrLevels)
	}
	p := &Progress{N: l.N(), Log: LogSum{audit.Mean, audit.WeightSum, audit.ESS}}
	for o := range orders {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := l.lead(ctx, make, seed+uint64(o))
		if err != nil {
			return nil, fmt.Errorf("%s: order %d: %w", l.File, o+1, err)
		}
		one.Order = o + 1
		p.Orders = append(p.Orders, one)
		p.Greedy.add(&one.Greedy, 1/float64(orders))
		p.Thompson.add(&one.Thompson, 1/float64(orders))
		if progress != nil {
			progress(o + 1)
		}
	}
	return p, nil
}

func (v *Value) add(o *Value, share float64) {
	v.IPS += share * o.IPS
	v.SNIPS += share * o.SNIPS
	v.CI95[0] += share * o.CI95[0]
	v.CI95[1] += share * o.CI95[1]
}

// lead is one order.
func (l *Log) lead(ctx context.Context, make New, seed uint64) (Order, error) {
	learner, err := make(l.Task(seed))
	if err != nil {
		return Order{}, err
	}
	greedy, thompson := newWay(), newWay()
	for n, i := range rand.New(rand.NewPCG(seed, 0)).Perm(l.N()) {
		if n%1024 == 0 && ctx.Err() != nil {
			return Order{}, ctx.Err()
		}
		x, a := l.Row(i)[1:], int(l.Action[i]) // a learner has its own constant
		best, p := learner.Propensities(x)
		if err := check(best, p, l.K()); err != nil {
			return Order{}, err
		}
		s := ope.Sample{PLog: l.PLog[i], Reward: l.Reward[i]}
		if best == a {
			s.PEval = 1
		}
		if err := greedy.add(s); err != nil {
			return Order{}, err
		}
		s.PEval = min(p[a], 1)
		if err := thompson.add(s); err != nil {
			return Order{}, err
		}
		if err := learner.Learn(a, x, l.Reward[i]); err != nil {
			return Order{}, err
		}
	}
	return Order{Greedy: greedy.value(), Thompson: thompson.value()}, nil
}

// check is nil for a greedy action and probabilities over k actions.
func check(greedy int, p []float64, k int) error {
	sum := 0.
	for _, v := range p {
		if !(v >= 0) {
			return fmt.Errorf("the learner gave the propensity %v", v)
		}
		sum += v
	}
	if len(p) != k || greedy < 0 || greedy >= k || math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("the learner gave action %d and %d propensities that sum to %v for %d actions", greedy, len(p), sum, k)
	}
	return nil
}

// way is one way of choosing: IPS and SNIPS of it.
type way struct{ ips, snips ope.Estimate }

func newWay() *way { return &way{ope.Estimate{Rule: ope.IPS{}}, ope.Estimate{Rule: ope.SNIPS{}}} }

func (w *way) add(s ope.Sample) error {
	if err := w.ips.Add(s); err != nil {
		return err
	}
	return w.snips.Add(s)
}

func (w *way) value() (v Value) {
	v.IPS, _ = w.ips.Value()
	v.SNIPS, _ = w.snips.Value()
	if i, ok := w.snips.Gaussian(.95); ok {
		v.CI95 = [2]float64{i.Lower, i.Upper}
	}
	return v
}
