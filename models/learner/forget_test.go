package learner

import (
	"math"
	"math/rand/v2"
	"testing"

	"takt/engine/policy"
)

// Where debtors change channels, what is known of channels is forgotten, and what is known of tones and of who pays stays.
func TestForgettingKeepsWhatStillHolds(t *testing.T) {
	spec := policy.DefaultPrior()
	g := smallGrid()
	s := stateOf(policy.NewLayout(g, 2), &spec)
	some := func(n int, seed uint64, channel float64) []row {
		rows, r := examples(g, 2, n, seed), rand.New(rand.NewPCG(seed, 7))
		for i := range rows {
			e := &rows[i]
			u := -1 + float64(e.x[0])
			if !e.key.hold {
				u += channel*(1-2*float64(e.key.c)) + .5*float64(e.key.t)
			}
			e.y[policy.Resolve] = one(r.Float64() < policy.Sigmoid(u))
		}
		return rows
	}
	foldAll(t, s, some(20_000, 1, .6))
	s.old.copyFrom(s.resolve)
	copy(s.oldMean, s.mean)
	if err := s.learn(some(5_000, 2, -.6)); err != nil {
		t.Fatal(err)
	}
	if err := s.forget(0); err != nil {
		t.Fatal(err)
	}
	if f := last(s.forgot); f == nil || f.Channel == 1 || f.Base*f.Tone*f.Slot*f.Offer != 1 {
		t.Errorf("forgot %+v, want channels alone", s.forgot)
	}
	if err := s.solve(s.resolve); err != nil {
		t.Fatal(err)
	}
	lead := s.linear(s.mean, key{c: 1, t: policy.None, o: policy.None}, []term{{0, 1}}, &design{}) -
		s.linear(s.mean, key{c: 0, t: policy.None, o: policy.None}, []term{{0, 1}}, &design{})
	if math.Abs(lead-1.2) > .35 {
		t.Errorf("the second channel leads by %.2f, want 1.2", lead)
	}
}
