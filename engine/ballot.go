package engine

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrVotes is returned for votes that are no weights: negative, not finite, or all zero.
var ErrVotes = errors.New("votes are no weights: want finite numbers of at least 0, one of them positive")

// Propensities fills b.P from b.Options, b.Votes and b.Epsilon over the grid:
//
//	p(a) = (1−ε)·votes(a)/Σvotes + ε·q(a)
//	q(a) = ½/K + ½ · mean over the four factors of 1/(levels · options that share a's level)
//
// over the K options but for those of a pressing tone, whose q is 0: they are chosen by vote alone. Levels counts the distinct levels among them. Hold is a level of its own in
// every factor (what else is "no channel"?), shared with nobody: per factor the terms of q sum to
// levels · 1/levels, so Σq = ½ + ½ = 1, every level of a factor gets the same share of the second
// half, and p ≥ ε/2K wherever q > 0. The sum of P is 1 within 1e-12. It takes O(K) and allocates only to grow
// b's own slices.
func (b *Ballot) Propensities(g *Grid) error {
	if len(b.Votes) != len(b.Options) || len(b.Options) == 0 {
		return fmt.Errorf("%d votes for %d options: %w", len(b.Votes), len(b.Options), ErrVotes)
	}
	b.P = slices.Grow(b.P[:0], len(b.Options))[:len(b.Options)]
	sum := 0.0
	for _, v := range b.Votes {
		if v == 0 {
			continue // most have none
		}
		if !(v > 0) {
			return fmt.Errorf("vote %v: %w", v, ErrVotes)
		}
		sum += v
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return fmt.Errorf("votes sum to %v: %w", sum, ErrVotes)
	}
	if b.Epsilon == 0 {
		for i, v := range b.Votes {
			if b.P[i] = 0; v > 0 { // most options have no vote, and division is dear
				b.P[i] = v / sum
			}
		}
		return nil
	}
	f := &b.floor
	f.reset(g)
	k := f.count(b.Options)
	if k == 0 {
		return fmt.Errorf("no option may be explored, and epsilon is %v: %w", b.Epsilon, ErrVotes)
	}
	f.close(k)
	f.spread(b.P, b.Votes, sum, b.Epsilon)
	return nil
}

// greedy leaves one vote, for the first option of the greatest value, and no floor. It reports false if
// an option has no value.
func (b *Ballot) greedy() bool {
	best := 0
	for i, v := range b.Value {
		if math.IsNaN(v) {
			return false
		}
		if v > b.Value[best] {
			best = i
		}
	}
	clear(b.Votes)
	b.Votes[best], b.Epsilon = 1, 0
	return true
}

// Propensities rebuilds the propensity of every eligible action from what the decision stores,
// bit for bit the values that were drawn from. The result has one value per Eligible.
func (d *Decision) Propensities(dst []float64) ([]float64, error) {
	g, err := ParseGrid(d.Grid)
	if err != nil {
		return dst, err
	}
	return d.PropensitiesOn(dst, g)
}

// PropensitiesOn is Propensities for those who have the decision's grid at hand, parsed once for many rows.
func (d *Decision) PropensitiesOn(dst []float64, g *Grid) ([]float64, error) {
	b := Ballot{Epsilon: d.Epsilon, P: dst}
	b.Options = make([]Option, len(d.Eligible))
	b.Votes = make([]float64, len(d.Eligible))
	votes := d.Votes
	for i, a := range d.Eligible {
		if int(a) >= g.Size() || i > 0 && a <= d.Eligible[i-1] {
			return dst, fmt.Errorf("eligible action %d at %d: want ascending indices below %d", a, i, g.Size())
		}
		b.Options[i].Action = int(a)
		if len(votes) > 0 && votes[0].Action == a {
			b.Votes[i], votes = votes[0].Weight, votes[1:]
		}
	}
	if len(votes) > 0 {
		return dst, fmt.Errorf("vote for action %d, which was not eligible: %w", votes[0].Action, ErrVotes)
	}
	if err := b.Propensities(g); err != nil {
		return dst, err
	}
	return b.P, nil
}

// Choose is the option that u in [0,1) picks: the first whose cumulated P exceeds u. Should
// rounding leave the sum below u, it is the last option with a positive propensity.
func (b *Ballot) Choose(u float64) int {
	sum, last := 0.0, 0
	for i, p := range b.P {
		if p <= 0 {
			continue
		}
		if sum += p; u < sum {
			return i
		}
		last = i
	}
	return last
}
