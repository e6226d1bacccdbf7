package policy

import (
	"math"

	"takt/engine"
)

// SquareCB explores by the gap in value instead of by posterior draws: with values v scaled by the worth s of a
// certain settlement, the best option v*, K options and γ = 10·√rows,
//
//	p(a) = 1 / (K + γ·(v* − v(a))/s),   the best option has the rest
//
// (Foster and Rakhlin: Beyond UCB, ICML 2020, Algorithm 1 with μ = K; Abe and Long, ICML 1999; γ as in
// VowpalWabbit's cb_explore_adf_squarecb.cc). It is closed-form, so it checks the bandit's propensities, and
// explores less where the model is sure. An option of a pressing tone has p = 0 unless it is the best.
type SquareCB struct {
	*Bandit
	gamma float64
}

var _ engine.Scorer = (*SquareCB)(nil)
var _ engine.Explainer = (*SquareCB)(nil)

// SquareCBName is the policy word of SquareCB.
const SquareCBName = "squarecb"

func newSquare(p *Bandit, rows int) *SquareCB {
	return &SquareCB{p, gammaScale * math.Sqrt(float64(rows))}
}

// Name is "squarecb".
func (*SquareCB) Name() string { return SquareCBName }

// gammaScale is VowpalWabbit's default.
const gammaScale = 10

// Vote gives each option its propensity as its vote; the ballot's floor is off, for none is needed.
func (p *SquareCB) Vote(b *engine.Ballot, in *engine.Input) {
	p.Bandit.Vote(b, in)
	b.Epsilon = 0
	if len(b.Options) == 0 {
		return
	}
	best, k := 0, 0
	for i, v := range b.Value {
		if v > b.Value[best] {
			best = i
		}
	}
	g := &in.Tenant.Grid
	for i := range b.Options {
		if i == best || !pressing(g, b.Options[i].Action) {
			k++
		}
	}
	s := slopesOf(&in.Tenant.Reward, openMinor(b, in)).resolve
	steep := p.gamma / max(s, math.SmallestNonzeroFloat32)
	rest := 1.
	for i, v := range b.Value {
		b.Votes[i] = 0
		if i != best && !pressing(g, b.Options[i].Action) {
			b.Votes[i] = 1 / (float64(k) + float64(steep*(b.Value[best]-v)))
			rest -= b.Votes[i]
		}
	}
	b.Votes[best] = rest
}

func pressing(g *engine.Grid, action int) bool {
	return action != engine.Hold && g.Tones[g.Levels(action).Tone].Presses()
}
