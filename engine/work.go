package engine

import (
	"math"
	"slices"
	"time"
)

// work is the reused space of one decision at a time.
type work struct {
	ballot   Ballot
	grid     Grid   // of which gridText is the text
	gridText string // kept, because building it allocates
	texts    map[string]string
	keys     map[textPlace]string // of templates, by convention
	terms    Terms                // of the decision
	zone     *time.Location
	today    Date
}

// begin empties d but for what the ledger owns, and fills what is known before any rule.
func (w *work) begin(d *Decision, in *Input, ruleset string) {
	*d = Decision{Seq: d.Seq, Key: d.Key, BodyHash: d.BodyHash, Reply: d.Reply, Recorded: d.Recorded,
		X: d.X[:0], Eligible: d.Eligible[:0], Votes: d.Votes[:0]}
	q := in.Request
	d.ID, d.Tenant, d.Debtor, d.Case = in.ID, in.Tenant.ID, q.Debtor.ID, q.Case.ID
	d.Mode, d.Portfolio, d.Segment, d.Ruleset, d.Variant = q.Want.Mode, q.Case.Portfolio, in.Segment, ruleset, in.Variant
	d.IssuedAt, d.ProfileAsOf = in.Now.UTC().Truncate(time.Microsecond), in.AsOf
	d.OpenMinor, d.Currency = q.Case.Open.AmountMinor, q.Case.Open.Currency
	d.Schema, d.X = in.Schema, append(d.X, in.X...)
	d.RequestHash = RequestHash(q)
	if d.Variant.Share == 0 {
		d.Variant.Share = 1
	}
	if !sameGrid(&w.grid, &in.Tenant.Grid) {
		g := &in.Tenant.Grid
		w.grid = Grid{slices.Clone(g.Channels), slices.Clone(g.Tones), slices.Clone(g.Slots), slices.Clone(g.Offers)}
		w.gridText = g.String()
	}
	d.Grid = w.gridText
	w.zone = in.Zone
	if w.zone == nil {
		w.zone = time.UTC
	}
	w.today = DateOf(in.Now.In(w.zone))
	w.terms = Terms{}
}

func sameGrid(a, b *Grid) bool {
	return slices.Equal(a.Channels, b.Channels) && slices.Equal(a.Tones, b.Tones) && slices.Equal(a.Slots, b.Slots) && slices.Equal(a.Offers, b.Offers)
}

// only makes Hold the sole eligible action, chosen for certain.
func (w *work) only(d *Decision, policy string) {
	w.ballot.Options = append(w.ballot.Options[:0], Option{Action: Hold, Contact: -1})
	d.Eligible = append(d.Eligible[:0], Hold)
	w.certain(d, policy, 0)
}

// certain chooses option i without chance.
func (w *work) certain(d *Decision, policy string, i int) {
	d.Policy, d.Epsilon, d.Draw, d.Propensity = policy, 0, 0, 1
	d.Chosen = w.ballot.Options[i].Action
	d.Votes = append(d.Votes[:0], Vote{Action: uint16(d.Chosen), Weight: 1})
}

// settle records what the guard decided.
func (w *work) settle(d *Decision, in *Input, v *Verdict) {
	w.only(d, GuardName)
	d.Queue = v.Queue
	until := int64(0)
	if !v.Until.IsZero() {
		until = v.Until.Unix()
	}
	w.finish(d, in, v.Kind, until, v.Reason)
}

// vote lets a policy vote and draws once. With calm nobody is tried out on: the option of the greatest
// value is certain, and false says that the policy has no values, so that the ladder must decide.
func (w *work) vote(d *Decision, in *Input, p Policy, s *Snapshot, calm bool) (bool, error) {
	b := &w.ballot
	n := len(b.Options)
	b.Votes = zeroed(b.Votes, n)
	b.Value = zeroed(b.Value, n)
	b.Epsilon = 0
	p.Vote(b, in)
	if calm && !b.greedy() {
		return false, nil
	}
	if err := b.Propensities(&in.Tenant.Grid); err != nil {
		return true, err
	}
	d.Policy, d.Epsilon = p.Name(), b.Epsilon
	if s != nil {
		d.Snapshot, d.Version = s.ID, s.Header.Version
	}
	for i, v := range b.Votes {
		if v > 0 {
			d.Votes = append(d.Votes, Vote{Action: uint16(b.Options[i].Action), Weight: v})
		}
	}
	d.Draw = Draw(in.Tenant.Secret, in.ID)
	i := b.Choose(d.Draw)
	d.Chosen, d.Propensity = b.Options[i].Action, b.P[i]
	if d.Chosen == Hold {
		until := in.Tenant.Limits.Opening(DateOf(in.Now.Add(in.Tenant.Limits.HoldFor).In(w.zone)), w.zone)
		w.finish(d, in, KindHold, max(until, in.Now.Unix()+1), w.waits(i))
		return true, nil
	}
	w.contact(d, in, &b.Options[i])
	return true, nil
}

// waits says why waiting, option i, was chosen.
func (w *work) waits(i int) string {
	switch {
	case math.IsNaN(w.ballot.Value[i]):
		return ReasonDrawn
	case w.explored(i):
		return ReasonExplored
	}
	return ReasonWait
}

func zeroed(s []float64, n int) []float64 {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// contact fills the action of a chosen option.
func (w *work) contact(d *Decision, in *Input, o *Option) {
	w.action(&d.Action, in, o)
	d.CostMicro = o.CostMicro
	w.finish(d, in, KindContact, 0, "")
}

// finish sets kind, hold, expiry and next review.
func (w *work) finish(d *Decision, in *Input, kind Kind, until int64, reason string) {
	l := &in.Tenant.Limits
	d.Kind, d.Reason = kind, reason
	look := in.Now.Add(l.ReviewAfter)
	switch kind {
	case KindContact:
		spec := &in.Tenant.Specs[d.Action.Channel]
		d.Expires = d.Action.NotBefore.Add(l.ExpireAfter).UTC()
		if !spec.AnyTime && d.Action.NotAfter.Before(d.Expires) {
			d.Expires = d.Action.NotAfter.UTC()
		}
		look = d.Action.NotBefore.Add(spec.Lag + l.ReviewAfter)
	case KindHold:
		if until != 0 {
			d.Until = time.Unix(until, 0).UTC()
			d.Review, d.Expires = d.Until, d.Until
			return
		}
	case KindNoContact:
		d.Expires = in.Now.Add(l.ExpireAfter).UTC()
		return
	}
	d.Review = time.Unix(l.Opening(DateOf(look.In(w.zone)), w.zone), 0).UTC()
	if kind != KindContact {
		d.Expires = d.Review
	}
}
