package promotion

import (
	"errors"
	"fmt"

	"takt/engine"
)

// ErrReplay is returned for a logged decision that a snapshot cannot vote on.
var ErrReplay = errors.New("the decision was made on other actions or features")

// Replay lets a snapshot vote again on logged contexts: what it would have chosen where another policy
// decided. It reads the row alone, never today's profile. It is not safe for concurrent use.
type Replay struct {
	Arm
	ballot  engine.Ballot
	request engine.Request
	grid    string
}

// NewReplay replays the snapshot in its form.
func NewReplay(a Arm) *Replay { return &Replay{Arm: a, grid: a.Tenant.Grid.String()} }

// Vote gives the propensity and the expected value, in minor units of the arm's reward, of every
// eligible action of d, in the order of d.Eligible. Both are valid until the next call. Errors wrap
// ErrReplay, or engine.ErrVotes for a snapshot whose votes are no numbers.
func (r *Replay) Vote(d *engine.Decision) (p, value []float64, err error) {
	policy := Voter(r.Tenant.Policy, r.Snapshot)
	if policy == nil || d.Grid != r.grid || d.Schema != r.Snapshot.Header.Schema || len(d.X) != r.Snapshot.Header.Features {
		return nil, nil, ErrReplay
	}
	b := &r.ballot
	b.Options, b.OpenMinor = b.Options[:0], d.OpenMinor
	for i, a := range d.Eligible {
		if int(a) >= r.Tenant.Grid.Size() || i > 0 && a <= d.Eligible[i-1] {
			return nil, nil, fmt.Errorf("eligible action %d: %w", a, ErrReplay)
		}
		b.Options = append(b.Options, engine.Option{Action: int(a), CostMicro: Cost(r.Tenant, int(a)), Contact: -1})
	}
	if len(b.Options) == 0 {
		return nil, nil, ErrReplay
	}
	r.request.Case.Portfolio = d.Portfolio
	r.request.Case.Open = engine.Money{AmountMinor: d.OpenMinor, Currency: d.Currency}
	policy.Vote(b, &engine.Input{Tenant: r.Tenant, Request: &r.request, X: d.X, Schema: d.Schema, Now: d.IssuedAt, Segment: d.Segment, Variant: d.Variant, Snapshot: r.Snapshot})
	if err := b.Propensities(&r.Tenant.Grid); err != nil {
		return nil, nil, err
	}
	return b.P, b.Value, nil
}

// Voter is the policy of the word over the snapshot's model, or nil.
func Voter(word string, s *engine.Snapshot) engine.Policy {
	if s == nil || s.Policy == nil {
		return nil
	}
	if s.Policy.Name() == word {
		return s.Policy
	}
	if v, ok := s.Policy.(engine.Varied); ok {
		return v.Variant(word)
	}
	return nil
}

// Cost is the expected cost of an action in micro-units, as the guard prices it.
func Cost(t *engine.Tenant, action int) int64 {
	if action == engine.Hold {
		return 0
	}
	s := &t.Specs[t.Grid.Channels[t.Grid.Levels(action).Channel]]
	return s.CostMicro + int64(s.Reach*float64(s.ReachedMicro))
}
