package engine

import "time"

// Input is everything a decision depends on. It is read-only for guard and policies.
type Input struct {
	Tenant   *Tenant
	Request  *Request
	Facts    *Facts    // history of the debtor
	Profiled bool      // false: no profile could be had, the decision is hold
	X        []float32 // context of the case, one value per feature of Schema
	Schema   int
	Groups   []int     // of each feature the one its reason goes under, itself or an earlier one; nil: each its own
	AsOf     time.Time // of the newest fact; zero: no history
	Now      time.Time // the decision's instant, from as_of or the server's clock
	Zone     *time.Location
	Zones    []*time.Location // others the debtor may be in: the hour must suit in all
	ID       ID
	Segment  string // of the debtor, "" for none
	Variant  Variant
	Snapshot *Snapshot // nil: none published yet
	Paused   bool      // somebody paused all policies: the ladder decides
}

// Option is one eligible action with its send time fixed by the guard.
type Option struct {
	Action    int   // index in the grid
	NotBefore int64 // Unix seconds; of Hold: 0
	NotAfter  int64
	Contact   int   // index in Request.Contacts; -1 for Hold
	CostMicro int64 // expected
}

// Ballot is the working space of one decision, reused between decisions: the guard fills Options,
// a policy fills Votes, Propensities turns them into probabilities.
type Ballot struct {
	Options   []Option  // ascending by Action; Options[0] is Hold
	OpenMinor int64     // the amount a settlement is about, set before Vote; 0: the request's
	Votes     []float64 // per option, ≥ 0, at least one > 0
	Epsilon   float64   // share of the floor; 0 for deterministic policies
	P         []float64 // per option: propensities, filled by Propensities
	Value     []float64 // per option: expected net value in minor units; NaN where the policy has no model

	floor floor // working space of Propensities
}

// Policy is a rule (x, eligible actions) → votes. Votes must depend on the input and the snapshot
// alone and must not allocate in steady state. A policy is safe for concurrent use.
type Policy interface {
	// Name is the word stored with each decision.
	Name() string
	// Vote fills b.Votes, b.Epsilon and b.Value for b.Options.
	Vote(b *Ballot, in *Input)
}

// Varied is a Policy of a snapshot that brings others over the same model.
type Varied interface {
	Policy
	// Variant is the policy of the name, or nil.
	Variant(name string) Policy
}

// Scorer is a Policy with a model that can say what it expects of an option.
type Scorer interface {
	Policy
	// Scores are the model's expectations for option i of the ballot it has voted on.
	Scores(b *Ballot, in *Input, i int) Scores
}

// Scores are the heads of the model for one action, over the tenant's horizon.
type Scores struct {
	PResolve, P10, P90 float64 // mean and 10 %/90 % quantiles over the posterior draws
	AmountMinor        float64 // expected cash given resolve
	PComplaint         float64
	PChurn             float64
	NetMinor           float64 // the value, minor units
}
