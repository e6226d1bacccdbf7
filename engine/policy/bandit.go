package policy

import (
	"sync"
	"sync/atomic"

	"takt/engine"
)

// Bandit is linear Thompson sampling over the factored model of a snapshot: see the package's
// formulas. The weights of the three goals, the open amount and the costs act at decision time; a
// change of them needs no new snapshot.
type Bandit struct {
	weights *Weights
	grid    *engine.Grid // what the weights were learned on
	square  *SquareCB
	plan    atomic.Pointer[plan]
	pool    sync.Pool
}

var _ engine.Policy = (*Bandit)(nil)
var _ engine.Scorer = (*Bandit)(nil)
var _ engine.Varied = (*Bandit)(nil)

func newBandit(w *Weights, g *engine.Grid) *Bandit {
	return &Bandit{weights: w, grid: g, pool: pool(hasSIMD())}
}

func pool(simd bool) sync.Pool {
	return sync.Pool{New: func() any { return &scratch{simd: simd} }}
}

// Variant is the other policy over the same model.
func (p *Bandit) Variant(name string) engine.Policy {
	if name == SquareCBName && p.square != nil {
		return p.square
	}
	return nil
}

// Name is "bandit".
func (*Bandit) Name() string { return "bandit" }

// planFor is the join of the tenant's grid to the weights; it is made once per tenant value.
func (p *Bandit) planFor(t *engine.Tenant) *plan {
	if pl := p.plan.Load(); pl != nil && pl.tenant == t {
		return pl
	}
	pl := newPlan(t, p.weights.Layout, p.grid)
	p.plan.Store(pl)
	return pl
}

// Vote lets each posterior draw vote for its best option, ties to the lowest action index, and
// values options by posterior mean.
func (p *Bandit) Vote(b *engine.Ballot, in *engine.Input) {
	size(b)
	b.Epsilon = in.Tenant.Epsilon
	if len(b.Options) == 0 {
		return
	}
	sc := p.pool.Get().(*scratch)
	defer p.pool.Put(sc)
	pl := p.planFor(in.Tenant)
	sc.context(in.X, p.weights.Layout.Features)
	sc.vote(p.weights, pl, b, slopesOf(&in.Tenant.Reward, openMinor(b, in)))
	for _, i := range sc.arg {
		b.Votes[i]++
	}
}
