package explain

import (
	"errors"
	"fmt"

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

	Denied []string // features that the model was made without; nil where the model is not known

	tenant *engine.Tenant
	words  *Words
}

// Without is the account of a decision that cannot be compared.
func Without(d *engine.Decision, s Status) *Account {
	return &Account{Status: s, Decision: d, Explored: explored(d)}
}

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
	a := &Account{Decision: d, Value: m.Scores(b, in, chosen).NetMinor, tenant: base.Tenant, words: base.Words, Explored: explored(d), Denied: base.Snapshot.Header.Denied}
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
