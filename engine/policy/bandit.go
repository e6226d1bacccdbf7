package policy

import (
	"sync"
	"sync/atomic"

	"takt/engine"
)

// Bandit is Thompson sampling over the factored model of a snapshot: see the package's
// formulas. The weights of the three goals, the open amount and the costs act at decision time; a
// change of them needs no new snapshot.
type Bandit struct {
	weights *Weights
	grid    *engine.Grid // what the weights were learned on
	groups  []engine.Group
	square  *SquareCB
	cold    float64 // least share of the floor, while little was learned
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

// coldRows is the number of learned decisions at which the floor still has half of all decisions.
const coldRows = 1000

// epsilon is the tenant's, but while little was learned more: 1/(1 + rows/coldRows). The first labels close
// after weeks, and until then votes repeat what the prior believes, while the floor tries every channel, soft
// tone, slot and offer alike, as a factorial experiment would. In simulated worlds 11 and 12 this learns far more and
// costs less; a tenant whose epsilon is 0 is not explored on at all.
func (p *Bandit) epsilon(t *engine.Tenant) float64 {
	if t.Epsilon == 0 {
		return 0
	}
	return max(t.Epsilon, p.cold)
}

// Vote lets each posterior draw vote for its best option, ties to the lowest action index, and
// values options by posterior mean.
func (p *Bandit) Vote(b *engine.Ballot, in *engine.Input) {
	size(b)
	b.Epsilon = p.epsilon(in.Tenant)
	if len(b.Options) == 0 {
		return
	}
	sc := p.pool.Get().(*scratch)
	defer p.pool.Put(sc)
	pl := p.planFor(in.Tenant)
	sc.context(p, in)
	sc.vote(p.weights, pl, b, slopesOf(&in.Tenant.Reward, openMinor(b, in)))
	for _, i := range sc.arg {
		b.Votes[i]++
	}
}
