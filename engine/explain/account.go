package explain

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// Status says whether a decision's values can be compared, and if not, why.
type Status uint8

// The statuses.
const (
	Compared        Status = iota // Account.Next and, for a contact, Account.Hold are there
	NoModel                       // ladder, guard or a policy without a model decided
	SnapshotGone                  // the snapshot is no longer stored
	OtherModel                    // the snapshot is of a version of the model that this program does not compute
	NotReproducible               // what is stored does not give the values of then
)

var statusNames = [...]string{"compared", "no_model", "snapshot_gone", "other_model", "not_reproducible"}

// String gives the name used in JSON.
func (s Status) String() string { return statusNames[s] }

// ErrMismatch is returned where the basis does not give the decision's values: a comparison would
// be false. Show [Without] of NotReproducible instead.
var ErrMismatch = errors.New("what is stored does not give the values of the decision")

// Basis is what a stored decision was made with.
type Basis struct {
	Tenant   *engine.Tenant   // with grid, reward and channel costs as they were then
	Snapshot *engine.Snapshot // the one that the decision names
	Words    *Words
}

// Words are what people read of features.
type Words struct {
	Groups   []int                                     // of each feature the one whose line it goes under, itself or an earlier one; nil: each its own
	Constant int                                       // the feature that is always 1; it goes with the model's own constants. -1: none
	Text     func(feature int, language string) string // noun phrase; language is en or de
}

// Account is the explanation of one decision.
type Account struct {
	Status   Status
	Decision *engine.Decision
	Value    float64     // expected net value of what was chosen, minor units
	Explored bool        // another action got more votes
	Hold     *Comparison // against waiting; nil if waiting was chosen or Status is not Compared
	Next     *Comparison // against the best of the other actions by expected value; nil if there is none

	tenant *engine.Tenant
	words  *Words
}

// Without is the account of a decision that cannot be compared.
func Without(d *engine.Decision, s Status) *Account { return &Account{Status: s, Decision: d} }

// model is what a snapshot's policy has to offer here.
type model interface {
	engine.Scorer
	Compare(d *policy.Breakdown, b *engine.Ballot, in *engine.Input, i, j int)
}

// Of explains a decision that a snapshot's policy voted on, from its row and the basis alone. It
// returns ErrMismatch, wrapped, if they do not fit each other.
func Of(d *engine.Decision, base Basis) (*Account, error) {
	if d.Snapshot == "" {
		return Without(d, NoModel), nil
	}
	m, err := modelOf(d, &base)
	if err != nil {
		return nil, fmt.Errorf("explain decision %s: %w: %w", d.ID, err, ErrMismatch)
	}
	b, in, chosen, err := replay(d, base.Tenant)
	if err != nil {
		return nil, fmt.Errorf("explain decision %s: %w: %w", d.ID, err, ErrMismatch)
	}
	m.Vote(b, in)
	a := &Account{Decision: d, Value: m.Scores(b, in, chosen).NetMinor, tenant: base.Tenant, words: base.Words, Explored: explored(d)}
	if !a.voted(b, chosen) {
		return nil, fmt.Errorf("explain decision %s: its votes were others: %w", d.ID, ErrMismatch)
	}
	if chosen != 0 {
		if a.Hold, err = a.compare(m, b, in, chosen, 0); err != nil {
			return nil, err
		}
	}
	if next := best(b.Value, chosen); next >= 0 {
		a.Next, err = a.compare(m, b, in, chosen, next)
	}
	return a, err
}

// modelOf is the policy that voted.
func modelOf(d *engine.Decision, base *Basis) (model, error) {
	s := base.Snapshot
	if s.ID != d.Snapshot || s.Header.Schema != d.Schema || s.Header.Features != len(d.X) {
		return nil, fmt.Errorf("snapshot %s of %d features is not the one it was made with", s.ID, s.Header.Features)
	}
	p := s.Policy
	if v, ok := p.(engine.Varied); ok && p.Name() != d.Policy {
		p = v.Variant(d.Policy)
	}
	m, ok := p.(model)
	if !ok || m.Name() != d.Policy {
		return nil, fmt.Errorf("the snapshot has no policy %q", d.Policy)
	}
	return m, nil
}

// replay rebuilds ballot and input from the row; chosen is the position of what was chosen.
func replay(d *engine.Decision, t *engine.Tenant) (*engine.Ballot, *engine.Input, int, error) {
	if grid := t.Grid.String(); grid != d.Grid {
		return nil, nil, 0, fmt.Errorf("its actions were %s, not %s", d.Grid, grid)
	}
	b := &engine.Ballot{OpenMinor: d.OpenMinor}
	chosen := -1
	for i, e := range d.Eligible {
		o := engine.Option{Action: int(e)}
		if o.Action >= t.Grid.Size() || i == 0 != (o.Action == engine.Hold) || i > 0 && e <= d.Eligible[i-1] {
			return nil, nil, 0, fmt.Errorf("eligible action %d at %d: want hold, then ascending indices below %d", e, i, t.Grid.Size())
		}
		if o.Action != engine.Hold {
			o.CostMicro = t.Specs[t.Grid.Channels[t.Grid.Levels(o.Action).Channel]].Expected()
		}
		if o.Action == d.Chosen {
			chosen = i
			if o.CostMicro != d.CostMicro {
				return nil, nil, 0, fmt.Errorf("it cost %d micro-units, not %d", d.CostMicro, o.CostMicro)
			}
		}
		b.Options = append(b.Options, o)
	}
	if chosen < 0 {
		return nil, nil, 0, fmt.Errorf("action %d was not eligible", d.Chosen)
	}
	in := &engine.Input{Tenant: t, X: d.X, Schema: d.Schema, Request: &engine.Request{}}
	in.Request.Case.Open.AmountMinor = d.OpenMinor
	return b, in, chosen, nil
}

// voted reports whether the ballot's votes are the row's. A tenth of them may differ: a later build may
// add in another order. A single vote of weight 1 without a floor is that of nobody being tried out
// on, for the greatest value.
func (a *Account) voted(b *engine.Ballot, chosen int) bool {
	d := a.Decision
	if d.Epsilon == 0 && len(d.Votes) == 1 && d.Votes[0].Weight == 1 {
		return slices.Max(b.Value) <= b.Value[chosen]+a.noise()
	}
	sum, off, votes := 0.0, 0.0, d.Votes
	for i, v := range b.Votes {
		sum += v
		if len(votes) > 0 && int(votes[0].Action) == b.Options[i].Action {
			v, votes = v-votes[0].Weight, votes[1:]
		}
		off += math.Abs(v)
	}
	return len(votes) == 0 && off <= .2*sum // one vote that moves counts twice
}

// best is the position of the greatest value but for one; ties go to the lower position, -1 is none.
func best(values []float64, but int) int {
	at := -1
	for i, v := range values {
		if i != but && (at < 0 || v > values[at]) {
			at = i
		}
	}
	return at
}

// explored reports whether another action got more votes than the chosen one.
func explored(d *engine.Decision) bool {
	most, own := 0.0, 0.0
	for _, v := range d.Votes {
		most = max(most, v.Weight)
		if int(v.Action) == d.Chosen {
			own = v.Weight
		}
	}
	return most > own
}
