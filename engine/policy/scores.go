package policy

import (
	"slices"

	"takt/engine"
)

// Scores are the model's expectations for option i: posterior means, and P10 and P90 of the resolve
// probability over the draws (linear interpolation between order statistics).
func (p *Bandit) Scores(b *engine.Ballot, in *engine.Input, i int) engine.Scores {
	sc := p.pool.Get().(*scratch)
	defer p.pool.Put(sc)
	pl := p.planFor(in.Tenant)
	sc.context(p, in)
	sc.list(pl, b.Options[i:i+1], 0)
	sc.sumRows(p.weights, pl)
	o := &b.Options[i]
	u := sc.expect(p.weights, pl, o.Action).linked()
	z := sc.draws(p.weights, pl, o.Action)
	sc.inverse(&z)
	for m := range z {
		z[m] = linkK / z[m]
	}
	slices.Sort(z[:])
	r, amount := &in.Tenant.Reward, openMinor(b, in)*float64(u.amount)
	return engine.Scores{PResolve: float64(u.resolve), P10: quantile(z[:], .1), P90: quantile(z[:], .9),
		AmountMinor: amount, PComplaint: float64(u.complaint), PChurn: float64(u.churn),
		NetMinor: r.Value(float64(u.resolve), amount, r.Minor(o.CostMicro), float64(u.churn), float64(u.complaint))}
}

// expect is the posterior means of one action before the link: log odds, and shares not clamped.
func (sc *scratch) expect(w *Weights, pl *plan, action int) means {
	u := sc.mean[rowBase]
	if action == engine.Hold {
		return u.plus(sc.mean[rowHold])
	}
	v := &pl.actions[action]
	for _, r := range pl.rows(v) {
		u = u.plus(sc.mean[r])
	}
	for _, p := range pl.pairsOf(v) {
		u = u.plus(*w.meansAt(p))
	}
	return u
}

// draws are the draws of one action's log odds of a settlement.
func (sc *scratch) draws(w *Weights, pl *plan, action int) (z lanes) {
	if action == engine.Hold {
		sc.add(&z, &sc.draw[rowBase], &sc.draw[rowHold])
		return z
	}
	v := &pl.actions[action]
	z = sc.draw[rowBase]
	for _, r := range pl.rows(v) {
		sc.add(&z, &z, &sc.draw[r])
	}
	for _, p := range pl.pairsOf(v) {
		sc.add(&z, &z, w.drawsAt(p))
	}
	return z
}

// quantile interpolates between the order statistics of sorted (type 7 of Hyndman and Fan 1996).
func quantile(sorted []float32, q float64) float64 {
	h := q * float64(len(sorted)-1)
	i := int(h)
	if i+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	return float64(sorted[i]) + (h-float64(i))*float64(sorted[i+1]-sorted[i])
}
