package engine

import "time"

// Guard applies the hard rules before a policy is asked: it removes actions and fixes the send
// time of those that stay. A Guard is safe for concurrent use and depends on its input alone.
type Guard interface {
	// Version names the rule set of a tenant; it is stored with each decision.
	Version(t *Tenant) string
	// Options fills b.Options with the eligible actions, ascending, Hold first, and notes every
	// rule in tr (nil notes nothing). A verdict of another kind than KindContact settles the
	// decision: then Hold is the only option.
	Options(b *Ballot, in *Input, tr *Trace) Verdict
	// Permits reports whether a decided contact may be carried out at in.Now, with in.Request
	// naming its address and in.Facts free of the decision's own contact: KindContact means yes. An action
	// without channel is no contact: only person and claim are asked.
	Permits(a *ContactAction, in *Input, tr *Trace) Verdict
}

// Verdict is what the guard found.
type Verdict struct {
	Kind      Kind      // KindContact: go on with the options; any other kind settles the decision
	Until     time.Time // of hold; zero: until an event lifts it
	Reason    string    // a reason code; see Reasons
	Queue     string    // of agent_review
	Calm      bool      // no exploration: hardship, vulnerable, disputed or minor debtors
	OpenMinor int64     // the amount that counts: the newer of request and history, minor units
	Currency  string
	Terms     Terms
}
