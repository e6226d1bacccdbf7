package policy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/policytest"
)

func TestSquareCB(t *testing.T) {
	in, b, p := random(t, 4, 3, 4, 2, 3, 9)
	policytest.Exercise(t, newSquare(p, 1000), in, b.Options)
}

// The formula again, from values that a slope of 1,000 minor units turns into costs of 0, .1 and .4 with γ = 10·√4 = 20
// and K = 3: p = 1/(3+20·.1) = .2, 1/(3+20·.4) = 1/11, and the rest for the best.
func TestSquareCBByHand(t *testing.T) {
	in, b, p := random(t, 1, 2, 1, 1, 1, 0)
	in.Tenant.Grid.Tones = []engine.Tone{engine.Neutral}
	clear(p.weights.Means)
	l := p.weights.Layout
	for action, u := range map[int]float64{engine.Hold: .5, 1: .4, 2: .1} {
		rows, _ := blocksOf(l, &in.Tenant.Grid, action)
		p.weights.Means[rows[1]*Heads+int(Resolve)] = float32(Logit(u))
	}
	p.weights.Means[int(Amount)] = 1
	for i := range b.Options {
		b.Options[i].CostMicro = 0
	}
	b.OpenMinor = 1000
	q := newSquare(p, 4)
	q.Vote(b, in)
	if want := []float64{1 - .2 - 1./11, .2, 1. / 11}; !slices.EqualFunc(b.Votes, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-5 }) {
		t.Errorf("votes %v, want %v", b.Votes, want)
	}
}

// Propensities sum to 1, fall with the value, and a pressing tone is never explored.
func TestSquareCBProperties(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		in, b, p := random(t, seed, 1+r.IntN(6), 6, 1+r.IntN(4), 1+r.IntN(3), 5)
		b.Options = slices.DeleteFunc(b.Options, func(o engine.Option) bool { return o.Action > 0 && r.Float64() < .4 })
		newSquare(p, r.IntN(100_000)).Vote(b, in)
		best := 0
		for i, v := range b.Value {
			if v > b.Value[best] {
				best = i
			}
		}
		if err := b.Propensities(&in.Tenant.Grid); err != nil {
			t.Fatal(err)
		}
		sum := 0.
		for i, v := range b.P {
			sum += v
			bare := pressing(&in.Tenant.Grid, b.Options[i].Action)
			switch {
			case i == best:
			case bare && v != 0, !bare && !(v > 0), v > b.P[best]:
				t.Fatalf("seed %d: p[%d] = %v, of the best %v, pressing %v", seed, i, v, b.P[best], bare)
			}
			for j := range b.P {
				if i != best && j != best && !bare && b.P[j] > 0 && b.Value[i] > b.Value[j] && b.P[i] < b.P[j] {
					t.Fatalf("seed %d: the better of two options is less probable", seed)
				}
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("seed %d: propensities sum to %v", seed, sum)
		}
	}
}
