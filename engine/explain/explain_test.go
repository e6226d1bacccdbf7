package explain_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/explain"
	"takt/engine/policy"
)

// random is a decision about a random snapshot, context and set of eligible actions.
func random(t *testing.T, seed uint64) (*engine.Decision, explain.Basis) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	tenant := engine.DefaultTenant("random")
	tenant.Grid.Channels, tenant.Grid.Offers = tenant.Grid.Channels[:1+r.IntN(4)], tenant.Grid.Offers[:1+r.IntN(3)]
	tenant.Reward.WCost, tenant.Reward.WKeep = 2*r.Float64(), 2*r.Float64()
	tenant.Specs[engine.Email].CostMicro = int64(r.IntN(500_000))
	features := r.IntN(30)
	spec, l := policy.DefaultPrior(), policy.NewLayout(&tenant.Grid, features)
	w := policy.PriorWeights(l, &spec, seed)
	spread := []float64{.002, .02, .3}[r.IntN(3)] // the last is often clamped
	for i := range w.Means {
		w.Means[i] += float32(r.NormFloat64() * spread)
	}
	d := &engine.Decision{Policy: []string{"bandit", "squarecb"}[r.IntN(2)], Kind: engine.KindContact, Grid: tenant.Grid.String(), Schema: 1,
		OpenMinor: int64(math.Exp(r.Float64() * 18)), Eligible: []uint16{engine.Hold}}
	words := explain.Words{Constant: r.IntN(2) - 1, Text: func(int, string) string { return "x" }}
	for i := range features {
		d.X = append(d.X, float32(r.IntN(3))*float32(r.NormFloat64()))
		words.Groups = append(words.Groups, r.IntN(i+1))
		words.Groups[i] = words.Groups[words.Groups[i]] // the first of a group stands for itself
	}
	for a := 1; a < tenant.Grid.Size(); a++ {
		if r.Float64() < .2 {
			d.Eligible = append(d.Eligible, uint16(a))
		}
	}
	d.Chosen = int(d.Eligible[r.IntN(len(d.Eligible))])
	d.CostMicro = cost(tenant, d.Chosen)
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Grid: d.Grid, Schema: 1, Features: features, Rows: 900, Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	d.Snapshot = s.ID
	vote(t, d, tenant, s)
	return d, explain.Basis{Tenant: tenant, Snapshot: s, Words: &words}
}

// vote fills the row's votes by the policy itself.
func vote(t *testing.T, d *engine.Decision, tenant *engine.Tenant, s *engine.Snapshot) {
	t.Helper()
	p := s.Policy
	if p.Name() != d.Policy {
		p = p.(engine.Varied).Variant(d.Policy)
	}
	b := &engine.Ballot{OpenMinor: d.OpenMinor}
	for _, a := range d.Eligible {
		b.Options = append(b.Options, engine.Option{Action: int(a), CostMicro: cost(tenant, int(a))})
	}
	p.Vote(b, &engine.Input{Tenant: tenant, X: d.X, Schema: d.Schema, Request: &engine.Request{}})
	d.Votes, d.Epsilon = nil, b.Epsilon
	for i, v := range b.Votes {
		if v > 0 {
			d.Votes = append(d.Votes, engine.Vote{Action: d.Eligible[i], Weight: v})
		}
	}
}

// cost is the expected cost of an action, micro-units.
func cost(t *engine.Tenant, action int) int64 {
	if action == engine.Hold {
		return 0
	}
	return t.Specs[t.Grid.Channels[t.Grid.Levels(action).Channel]].Expected()
}

// Whatever the snapshot, the context and the pair: the exact numbers of the three lists sum to the
// same difference within 1e-9 of what they add up, the printed ones to the difference of the printed
// values, and no printed line but the rounding's is a whole unit off.
func TestListsAddUp(t *testing.T) {
	compared, rounded, explored := 0, 0, 0
	for seed := range uint64(600) {
		d, base := random(t, seed)
		a, err := explain.Of(d, base)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if (a.Hold == nil) != (d.Chosen == engine.Hold) || (a.Next == nil) != (len(d.Eligible) == 1) {
			t.Fatalf("seed %d: chosen %d of %v: hold %v, next %v", seed, d.Chosen, d.Eligible, a.Hold, a.Next)
		}
		for _, c := range []*explain.Comparison{a.Hold, a.Next} {
			if c == nil {
				continue
			}
			compared++
			var exact [3]float64
			for i, list := range [][]explain.Line{c.Factors, c.Features, c.Crossed} {
				printed, size := int64(0), 0.0
				for _, l := range list {
					exact[i], printed, size = exact[i]+l.Exact, printed+l.Minor, size+math.Abs(l.Exact)
					if l.Code == explain.CodeRounding {
						rounded++
						if i == 0 && d.OpenMinor < 1e6 && (l.Minor > 1 || l.Minor < -1) {
							t.Errorf("seed %d: rounding %d of %d open", seed, l.Minor, d.OpenMinor)
						}
					} else if math.Abs(l.Exact-float64(l.Minor)) >= 1 {
						t.Errorf("seed %d: %+v is a unit off", seed, l)
					}
				}
				if want := c.ValueMinor() - c.OtherMinor(); printed != want || c.Difference() != want {
					t.Errorf("seed %d, list %d: prints sum to %d, values differ by %d: %+v", seed, i, printed, want, list)
				}
				if gap := math.Abs(exact[i] - exact[0]); gap > 1e-9*max(1, size) {
					t.Errorf("seed %d, list %d: sums to %v, factors to %v", seed, i, exact[i], exact[0])
				}
			}
			if gap := math.Abs(c.Value - c.OtherValue - exact[0]); gap > .02+1e-5*float64(d.OpenMinor) {
				t.Errorf("seed %d: lines sum to %v, values differ by %v", seed, exact[0], c.Value-c.OtherValue)
			}
		}
		if a.Next != nil && a.Next.Difference() < 0 {
			explored++
		}
	}
	if compared < 600 || rounded == 0 || explored < 100 {
		t.Errorf("%d compared, %d rounding lines, %d with a better one: the cases are not met", compared, rounded, explored)
	}
}

// The next best action is the one of the greatest value among the others.
func TestNextIsTheBestOfTheOthers(t *testing.T) {
	for seed := range uint64(100) {
		d, base := random(t, seed)
		a, err := explain.Of(d, base)
		if err != nil || a.Next == nil {
			continue
		}
		for _, other := range d.Eligible {
			if int(other) == d.Chosen {
				continue
			}
			rival := *d
			rival.Chosen, rival.CostMicro = int(other), cost(base.Tenant, int(other))
			if b, err := explain.Of(&rival, base); err != nil || b.Value > a.Next.OtherValue+.05+1e-6*float64(d.OpenMinor) {
				t.Fatalf("seed %d: action %d is worth %v, the next best one %v; %v", seed, other, b.Value, a.Next.OtherValue, err)
			}
		}
	}
}

// What does not fit is refused, never explained.
func TestMismatch(t *testing.T) {
	for name, change := range map[string]func(*engine.Decision, *explain.Basis){
		"another snapshot": func(d *engine.Decision, _ *explain.Basis) { d.Snapshot = "x" },
		"another schema":   func(d *engine.Decision, _ *explain.Basis) { d.Schema++ },
		"another context":  func(d *engine.Decision, _ *explain.Basis) { d.X = append(d.X, 1) },
		"other actions":    func(d *engine.Decision, _ *explain.Basis) { d.Grid += "x" },
		"another policy":   func(d *engine.Decision, _ *explain.Basis) { d.Policy = "uniform" },
		"not eligible":     func(d *engine.Decision, _ *explain.Basis) { d.Eligible = slices.DeleteFunc(d.Eligible, is(d.Chosen)) },
		"out of the grid":  func(d *engine.Decision, _ *explain.Basis) { d.Eligible = append(d.Eligible, 60_000) },
		"not ascending":    func(d *engine.Decision, _ *explain.Basis) { d.Eligible = append(d.Eligible, d.Eligible[1]) },
		"without hold":     func(d *engine.Decision, _ *explain.Basis) { d.Eligible = d.Eligible[1:] },
		"another cost":     func(d *engine.Decision, _ *explain.Basis) { d.CostMicro++ },
		"other votes": func(d *engine.Decision, _ *explain.Basis) {
			d.Votes = []engine.Vote{{Action: d.Eligible[0], Weight: 32}}
		},
		"votes beside": func(d *engine.Decision, _ *explain.Basis) {
			d.Votes = append(d.Votes, engine.Vote{Action: 60_000, Weight: 1})
		},
		"not the best":      func(d *engine.Decision, b *explain.Basis) { calm(t, d, b, false) },
		"other prices":      func(d *engine.Decision, b *explain.Basis) { b.Tenant.Reward.Margin = .1 },
		"nothing to choose": func(d *engine.Decision, _ *explain.Basis) { d.Eligible = nil },
	} {
		d, base := random(t, 4)
		d.Chosen = int(d.Eligible[1])
		d.CostMicro = cost(base.Tenant, d.Chosen)
		if _, err := explain.Of(d, base); err != nil {
			t.Fatal(err)
		}
		change(d, &base)
		if a, err := explain.Of(d, base); !errors.Is(err, explain.ErrMismatch) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// Nobody was tried out on: one vote, for the greatest value.
func TestCalm(t *testing.T) {
	d, base := random(t, 4)
	calm(t, d, &base, true)
	if a, err := explain.Of(d, base); err != nil || a.Next.OtherValue > a.Value+.1 || a.Explored {
		t.Errorf("%+v, %v", a, err)
	}
}

// calm makes the row one that chose the best action for certain, or another one.
func calm(t *testing.T, d *engine.Decision, base *explain.Basis, right bool) {
	t.Helper()
	a, err := explain.Of(d, *base)
	if err != nil {
		t.Fatal(err)
	}
	best, other := d.Chosen, a.Next.Other
	if a.Next.OtherValue > a.Value {
		best, other = other, best
	}
	if d.Chosen = best; !right {
		d.Chosen = other
	}
	d.CostMicro, d.Epsilon = cost(base.Tenant, d.Chosen), 0
	d.Votes = []engine.Vote{{Action: uint16(d.Chosen), Weight: 1}}
}

func is(action int) func(uint16) bool { return func(a uint16) bool { return int(a) == action } }
