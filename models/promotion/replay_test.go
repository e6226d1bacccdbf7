package promotion

import (
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
)

// A replay votes as the policy did: with the decision's own portfolio and segment.
func TestReplayKnowsTheGroups(t *testing.T) {
	tn, spec := engine.DefaultTenant("acme"), policy.DefaultPrior()
	spec.Heads[policy.Resolve].Group = 2
	groups := []engine.Group{{Portfolio: "retail", Segment: "late"}, {Portfolio: "retail", Segment: "prompt"}}
	l := policy.NewLayout(&tn.Grid, len(features.Vector))
	l.Groups = len(groups)
	b, err := policy.Encode(engine.Header{Tenant: "acme", Grid: tn.Grid.String(), Schema: features.Schema, Features: len(features.Vector), Rows: 1e6, Groups: groups}, &spec, policy.PriorWeights(l, &spec, 1))
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	r := NewReplay(Arm{Tenant: tn, Snapshot: s})
	var last []float64
	for _, segment := range []string{"late", "prompt", ""} {
		d := &engine.Decision{Portfolio: "retail", Segment: segment, Grid: tn.Grid.String(), Schema: features.Schema, X: make([]float32, len(features.Vector)),
			OpenMinor: 5000, Currency: "EUR", Eligible: []uint16{0, 1, 2, 3}}
		p, _, err := r.Vote(d)
		if err != nil {
			t.Fatal(err)
		}
		ballot := &engine.Ballot{OpenMinor: 5000}
		for _, a := range d.Eligible {
			ballot.Options = append(ballot.Options, engine.Option{Action: int(a), CostMicro: Cost(tn, int(a)), Contact: -1})
		}
		in := &engine.Input{Tenant: tn, X: d.X, Schema: d.Schema, Segment: segment, Snapshot: s, Request: &engine.Request{Case: engine.Case{Portfolio: "retail", Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}}}}
		s.Policy.Vote(ballot, in)
		if err := ballot.Propensities(&tn.Grid); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(p, ballot.P) || slices.Equal(p, last) {
			t.Errorf("segment %q: %v, served %v, the segment before %v", segment, p, ballot.P, last)
		}
		last = slices.Clone(p)
	}
}
