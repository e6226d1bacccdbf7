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
	if d.Chosen != engine.Hold {
		d.CostMicro = tenant.Specs[tenant.Grid.Channels[tenant.Grid.Levels(d.Chosen).Channel]].Expected()
	}
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Grid: d.Grid, Schema: 1, Features: features, Rows: 900, Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	d.Snapshot = s.ID
	return d, explain.Basis{Tenant: tenant, Snapshot: s, Words: &words}
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
			if gap := math.Abs(c.Value - c.OtherValue - exact[0]); gap > .02+1e-6*float64(d.OpenMinor) {
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
			rival.Chosen, rival.CostMicro = int(other), 0
			if other != engine.Hold {
				rival.CostMicro = base.Tenant.Specs[base.Tenant.Grid.Channels[base.Tenant.Grid.Levels(int(other)).Channel]].Expected()
			}
			if b, err := explain.Of(&rival, base); err != nil || b.Value > a.Next.OtherValue+.05+1e-6*float64(d.OpenMinor) {
				t.Fatalf("seed %d: action %d is worth %v, the next best one %v; %v", seed, other, b.Value, a.Next.OtherValue, err)
			}
		}
	}
}

// What does not fit is refused, never explained.
func TestMismatch(t *testing.T) {
	for name, change := range map[string]func(*engine.Decision, *explain.Basis){
		"another snapshot":  func(d *engine.Decision, _ *explain.Basis) { d.Snapshot = "x" },
		"another schema":    func(d *engine.Decision, _ *explain.Basis) { d.Schema++ },
		"another context":   func(d *engine.Decision, _ *explain.Basis) { d.X = append(d.X, 1) },
		"other actions":     func(d *engine.Decision, _ *explain.Basis) { d.Grid += "x" },
		"another policy":    func(d *engine.Decision, _ *explain.Basis) { d.Policy = "uniform" },
		"not eligible":      func(d *engine.Decision, _ *explain.Basis) { d.Eligible = slices.DeleteFunc(d.Eligible, is(d.Chosen)) },
		"out of the grid":   func(d *engine.Decision, _ *explain.Basis) { d.Eligible = append(d.Eligible, 60_000) },
		"not ascending":     func(d *engine.Decision, _ *explain.Basis) { d.Eligible = append(d.Eligible, d.Eligible[1]) },
		"without hold":      func(d *engine.Decision, _ *explain.Basis) { d.Eligible = d.Eligible[1:] },
		"another cost":      func(d *engine.Decision, _ *explain.Basis) { d.CostMicro++ },
		"nothing to choose": func(d *engine.Decision, _ *explain.Basis) { d.Eligible = nil },
	} {
		d, base := random(t, 4)
		d.Chosen = int(d.Eligible[1])
		d.CostMicro = base.Tenant.Specs[base.Tenant.Grid.Channels[base.Tenant.Grid.Levels(d.Chosen).Channel]].Expected()
		if _, err := explain.Of(d, base); err != nil {
			t.Fatal(err)
		}
		change(d, &base)
		if a, err := explain.Of(d, base); !errors.Is(err, explain.ErrMismatch) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func is(action int) func(uint16) bool { return func(a uint16) bool { return int(a) == action } }
