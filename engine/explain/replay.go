package explain

import (
	"fmt"
	"math"
	"slices"

	"takt/engine"
)

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
	in := &engine.Input{Tenant: t, X: d.X, Schema: d.Schema, Segment: d.Segment, Request: &engine.Request{Case: engine.Case{Portfolio: d.Portfolio}}}
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
