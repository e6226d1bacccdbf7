package engine

import (
	"fmt"
	"sync"
	"time"
)

// Decider makes decisions: the guard keeps the eligible actions, a policy votes, one keyed draw
// picks. It is safe for concurrent use.
type Decider struct {
	guard    Guard
	policies map[string]Policy
	pool     sync.Pool
}

// NewDecider is a Decider for tenants whose Policy names one of the policies, or one that comes
// with a snapshot (bandit, squarecb), or ladder. The ladder needs no policy: it decides wherever no other
// one may or can.
func NewDecider(g Guard, policies ...Policy) *Decider {
	r := &Decider{guard: g, policies: map[string]Policy{}}
	for _, p := range policies {
		r.policies[p.Name()] = p
	}
	r.pool.New = func() any { return &work{texts: map[string]string{}, keys: map[textPlace]string{}} }
	return r
}

// Decide fills d for the input, all but Seq, Key, BodyHash, Reply and Recorded, which it keeps.
// The slices of d are reused. The same input gives the same decision. An error means that the
// policy's votes were no weights; nothing may be done on such a decision.
func (r *Decider) Decide(d *Decision, in *Input) error { return r.Explain(d, nil, in) }

// Explain decides like Decide and says why in ex, which may be nil.
func (r *Decider) Explain(d *Decision, ex *Explanation, in *Input) error {
	w := r.pool.Get().(*work)
	defer r.pool.Put(w)
	var trace *Trace
	if ex != nil {
		ex.Reset()
		trace = &ex.Trace
	}
	w.begin(d, in, r.guard.Version(in.Tenant))
	if !in.Profiled || in.Facts == nil {
		w.only(d, GuardName)
		retry := in.Now.Add(retryProfile)
		w.finish(d, in, KindHold, retry.Unix(), ReasonProfile)
		if ex != nil {
			trace.Add("profile", Defer, retry.Unix())
			ex.because(ReasonProfile)
			ex.Fallback = Fallback{Kind: KindHold, Due: retry.UTC(), Reason: ReasonProfile}
		}
		return nil
	}
	v := r.guard.Options(&w.ballot, in, trace)
	d.OpenMinor, d.Currency, w.ballot.OpenMinor = v.OpenMinor, v.Currency, v.OpenMinor
	w.terms = v.Terms
	for i := range w.ballot.Options {
		d.Eligible = append(d.Eligible, uint16(w.ballot.Options[i].Action))
	}
	var p Policy
	var s *Snapshot
	why := ""
	if v.Kind == KindContact {
		p, s, why = r.policy(in, &v.Terms)
	}
	var err error
	switch {
	case v.Kind != KindContact:
		w.settle(d, in, &v)
	case p == nil:
		w.climb(d, in, &v)
	default:
		var voted bool
		if voted, err = w.vote(d, in, p, s, v.Calm); !voted && err == nil {
			p = nil
			w.climb(d, in, &v)
		}
	}
	if err != nil {
		return fmt.Errorf("decide case %s: %w", in.Request.Case.ID, err)
	}
	if ex != nil {
		w.explain(d, ex, in, &v, p, why)
	}
	return nil
}

// retryProfile is how long to wait if a debtor's history cannot be read.
const retryProfile = 15 * time.Minute

// policy is the policy that votes for the input and the snapshot it came with, or no policy and a
// reason if the ladder decides.
func (r *Decider) policy(in *Input, terms *Terms) (Policy, *Snapshot, string) {
	name, s := in.Tenant.Policy, in.Snapshot
	switch {
	case in.Variant.Holdout():
		return nil, nil, ReasonHoldout
	case terms.Ladder:
		return nil, nil, ReasonObjection
	case in.Paused:
		return nil, nil, ReasonPaused
	case name == LadderName:
		return nil, nil, ""
	case r.policies[name] != nil:
		return r.policies[name], nil, ""
	case s == nil || s.Policy == nil || s.Header.Schema != in.Schema || s.Header.Features != len(in.X):
		return nil, nil, ReasonNoModel
	}
	p := s.Policy
	if v, ok := p.(Varied); ok && p.Name() != name {
		p = v.Variant(name)
	}
	if p == nil || p.Name() != name {
		return nil, nil, ReasonNoModel
	}
	return p, s, ""
}

// LadderName is the policy word of decisions that the ladder made.
const LadderName = "ladder"

// GuardName is the policy word of decisions that the guard settled.
const GuardName = "guard"
