package policy

import (
	"math"

	"takt/engine"
)

// Uniform gives every eligible option one vote: the logging policy that teaches most per decision.
type Uniform struct{}

var _ engine.Policy = Uniform{}

// NewUniform returns the uniform policy.
func NewUniform() engine.Policy { return Uniform{} }

// Name is "uniform".
func (Uniform) Name() string { return "uniform" }

// Vote gives one vote each. Epsilon is 0, for the votes already cover every option.
func (Uniform) Vote(b *engine.Ballot, _ *engine.Input) {
	size(b)
	for i := range b.Options {
		b.Votes[i], b.Value[i] = 1, math.NaN()
	}
	b.Epsilon = 0
}

// size gives the ballot one zero vote and one value, to be set, per option; it allocates only while ballots grow.
func size(b *engine.Ballot) {
	n := len(b.Options)
	if cap(b.Votes) < n {
		b.Votes = make([]float64, n, n+n/4)
	}
	if cap(b.Value) < n {
		b.Value = make([]float64, n, n+n/4)
	}
	b.Votes, b.Value = b.Votes[:n], b.Value[:n]
	clear(b.Votes)
}
