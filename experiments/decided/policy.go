package decided

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"takt/engine"
)

// Policy gives the probabilities of a decision's eligible actions.
type Policy struct {
	Name string
	// fill sets p, one value per option of the ballot; log are the propensities that the decision was drawn from.
	fill  func(p, log []float64, b *engine.Ballot, r *row)
	since time.Time // of a snapshot: decisions whose labels were closed by then were learned from
}

// ErrPolicy wraps what is wrong with the name of a policy.
var ErrPolicy = errors.New("not a policy of this tenant")

// Policies reads policies as the command line names them:
//
//	logged          the policies that decided: what the log earned
//	uniform         every action alike that the log could have drawn
//	always=hold     no contact
//	always=CHANNEL/TONE/SLOT/OFFER, such as sms/friendly/d0.0800-1100/none
//	channel=LEVEL   (or tone=, slot=, offer=) as the log, but with this level only
//	snapshot:ID     a published snapshot, a file of one, or live; with /greedy its best action, without chance
//
// Where an action is not eligible, hold takes its place. open gives a snapshot by what follows the colon.
func (l *Log) Policies(names []string, open func(id string) (*engine.Snapshot, error)) ([]Policy, error) {
	if len(names) == 0 {
		names = []string{"logged", "uniform", "always=hold"}
	}
	var list []Policy
	var errs []error
	for _, name := range names {
		p, err := l.policy(name, open)
		if err != nil {
			errs = append(errs, fmt.Errorf("policy %q: %w", name, err))
			continue
		}
		p.Name = name
		list = append(list, p)
	}
	return list, errors.Join(errs...)
}

func (l *Log) policy(name string, open func(string) (*engine.Snapshot, error)) (Policy, error) {
	switch name {
	case "logged":
		return Policy{fill: func(p, log []float64, _ *engine.Ballot, _ *row) { copy(p, log) }}, nil
	case "uniform":
		return Policy{fill: uniform}, nil
	}
	if id, ok := strings.CutPrefix(name, "snapshot:"); ok {
		id, greedy := strings.CutSuffix(id, "/greedy")
		s, err := open(id)
		if err != nil {
			return Policy{}, err
		}
		return l.snapshot(s, greedy)
	}
	what, level, ok := strings.Cut(name, "=")
	if !ok {
		return Policy{}, fmt.Errorf("%w: write logged, uniform, always=ACTION, channel=LEVEL (tone=, slot=, offer=) or snapshot:ID", ErrPolicy)
	}
	if what == "always" {
		return l.always(level)
	}
	return l.only(what, level)
}

func uniform(p, log []float64, _ *engine.Ballot, _ *row) {
	n := 0.
	for _, v := range log {
		if v > 0 {
			n++
		}
	}
	for i, v := range log {
		if p[i] = 0; v > 0 {
			p[i] = 1 / n
		}
	}
}

func (l *Log) always(name string) (Policy, error) {
	g := &l.options.Tenant.Grid
	action := engine.Hold
	if name != "hold" {
		parts := strings.Split(name, "/")
		if len(parts) != 4 {
			return Policy{}, fmt.Errorf("%w: %q is no action; write hold or CHANNEL/TONE/SLOT/OFFER, such as %s", ErrPolicy, name, actionName(g, 1))
		}
		for a := 1; a < g.Size(); a++ {
			if actionName(g, a) == name {
				action = a
			}
		}
		if action == engine.Hold {
			for i, f := range factors {
				if _, err := f.level(g, parts[i]); err != nil {
					return Policy{}, err
				}
			}
		}
	}
	return Policy{fill: func(p, _ []float64, b *engine.Ballot, _ *row) {
		clear(p)
		at := 0 // hold
		for i := range b.Options {
			if b.Options[i].Action == action {
				at = i
			}
		}
		p[at] = 1
	}}, nil
}

// only is the log's own policy given a level of one factor.
func (l *Log) only(what, level string) (Policy, error) {
	g := &l.options.Tenant.Grid
	for _, f := range factors {
		if f.name != what {
			continue
		}
		at, err := f.level(g, level)
		if err != nil {
			return Policy{}, err
		}
		return Policy{fill: func(p, log []float64, b *engine.Ballot, _ *row) {
			sum := 0.
			for i := range p {
				p[i] = 0
				if a := b.Options[i].Action; a != engine.Hold && f.of(g.Levels(a)) == at {
					p[i] = log[i]
					sum += log[i]
				}
			}
			if sum == 0 {
				p[0] = 1
				return
			}
			for i := range p {
				p[i] /= sum
			}
		}}, nil
	}
	return Policy{}, fmt.Errorf("%w: %q is no factor; use channel, tone, slot or offer", ErrPolicy, what)
}

// snapshot votes anew on what the decisions knew. Greedy is the option of the greatest value, ties to the first.
func (l *Log) snapshot(s *engine.Snapshot, greedy bool) (Policy, error) {
	t := l.options.Tenant
	if s.Header.Grid != t.Grid.String() || s.Header.Features != l.features() {
		return Policy{}, fmt.Errorf("%w: the snapshot was learned for other actions or features; train again", ErrPolicy)
	}
	policy := s.Policy
	if v, ok := policy.(engine.Varied); ok && v.Variant(t.Policy) != nil {
		policy = v.Variant(t.Policy)
	}
	since, err := time.Parse(time.RFC3339Nano, s.Header.AsOf)
	if err != nil {
		since = time.Time{} // the prior has learned nothing
	}
	in := &engine.Input{Tenant: t, Request: &engine.Request{}, Schema: s.Header.Schema, Snapshot: s}
	var own engine.Ballot
	return Policy{since: since, fill: func(p, log []float64, b *engine.Ballot, r *row) {
		own.Options, own.OpenMinor, own.P = b.Options, r.d.OpenMinor, p
		in.X, in.Now, in.Segment, in.Request.Case.Portfolio = r.d.X, r.d.IssuedAt, r.d.Segment, r.d.Portfolio
		policy.Vote(&own, in)
		if greedy {
			best := 0
			for i, v := range own.Value {
				if v > own.Value[best] {
					best = i
				}
			}
			clear(own.Votes)
			own.Votes[best], own.Epsilon = 1, 0
		}
		if err := own.Propensities(&t.Grid); err != nil {
			clear(p) // the audit refuses a row whose probabilities sum to 0
		}
	}}, nil
}
