package learner

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
)

// What is denied is not learned from: logs that differ in denied features and in segments made of them give the same
// bytes, although these decide who pays, and no later value of theirs changes what is expected.
func TestDeniedFeaturesAreNotLearned(t *testing.T) {
	tn := tenant()
	place := slices.IndexFunc(features.Vector, func(f features.Feature) bool { return f.Name == "pay_delay" })
	log := func(value func(r *rand.Rand) float32) *memory.Store {
		s, r, chance := memory.New(), rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(3, 4))
		b := history.Batch{Token: "t"}
		for i := range 1500 {
			d := decided(tn, i, r.IntN(tn.Grid.Size()))
			d.X = make([]float32, len(features.Vector))
			d.X[0], d.X[1], d.X[place] = 1, float32(r.Float64()), value(chance)
			d.Portfolio, d.Segment = "retail", map[bool]string{true: "late", false: "prompt"}[d.X[place] > .5]
			b.Decisions = append(b.Decisions, d)
			if d.Kind == engine.KindContact {
				b.Events = append(b.Events, reported(&d, engine.DecisionExecuted, 0, engine.EventData{DecisionID: d.ID}))
			}
			if i%3 == 0 {
				b.Events = append(b.Events, reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
			}
		}
		if err := s.Append(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		return s
	}
	none, some := log(func(*rand.Rand) float32 { return 0 }), log(func(r *rand.Rand) float32 { return float32(r.Float64()) })
	bytesOf := func(l *Learner, src history.Scanner, denied ...string) []byte {
		o := options(tenant())
		o.Features = 0
		var err error
		if o.Tenant.Denied, err = features.Deny(denied...); err != nil {
			t.Fatal(err)
		}
		data, _, err := l.Train(t.Context(), src, o)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var l Learner
	free := bytesOf(&l, some)
	a, b := bytesOf(&l, some, "pay_delay"), bytesOf(&Learner{}, none, "pay_delay")
	if !bytes.Equal(a, b) || bytes.Equal(a, free) {
		t.Errorf("with and without the denied values: same %v; as if allowed: %v", bytes.Equal(a, b), bytes.Equal(a, free))
	}
	snap, err := policy.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	if h := snap.Header; !slices.Equal(h.Denied, []string{"pay_delay"}) || slices.ContainsFunc(h.Groups, func(g engine.Group) bool { return g.Segment != "" }) {
		t.Errorf("denied %v, groups %v", h.Denied, h.Groups)
	}
	expects := func(v float32) engine.Scores {
		x := make([]float32, len(features.Vector))
		x[0], x[place] = 1, v
		in := &engine.Input{Tenant: tn, X: x, Request: &engine.Request{}}
		return snap.Policy.(engine.Scorer).Scores(&engine.Ballot{OpenMinor: 5000, Options: []engine.Option{{Action: 0}, {Action: 1}}}, in, 1)
	}
	if expects(0) != expects(3) {
		t.Errorf("%+v, with another denied value %+v", expects(0), expects(3))
	}
}
