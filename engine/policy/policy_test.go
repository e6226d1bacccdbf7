package policy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/policytest"
)

func TestUniform(t *testing.T) {
	in, b, _ := standard(t, 3, 2, 2, 4)
	policytest.Exercise(t, NewUniform(), in, b.Options)
}

func TestBandit(t *testing.T) {
	in, b, p := standard(t, 4, 3, 5, 12)
	policytest.Exercise(t, p, in, b.Options)
	in, b, p = random(t, 1, 3, 4, 2, 3, 9)
	policytest.Exercise(t, p, in, b.Options)
}

// random is a bandit with random weights of the grid; its options have random costs.
func random(tb testing.TB, seed uint64, channels, tones, slots, offers, features int) (*engine.Input, *engine.Ballot, *Bandit) {
	r := rand.New(rand.NewPCG(seed, 3))
	t := engine.DefaultTenant("random")
	t.Grid = grid(channels, tones, slots, offers)
	w := NewWeights(NewLayout(&t.Grid, features))
	for i := range w.Draws {
		w.Draws[i] = float32(r.NormFloat64() * .4) // log odds
	}
	for i := range w.Means {
		w.Means[i] = float32(r.NormFloat64() * .08)
		if Head(i%Heads) == Resolve {
			w.Means[i] *= 5
		}
	}
	w.Means[Amount], w.Means[Complaint], w.Means[Churn] = .9, .1, .2
	in := &engine.Input{Tenant: t, Request: &engine.Request{}, X: make([]float32, features)}
	for i := range in.X {
		in.X[i] = float32(r.Float64())
	}
	b := &engine.Ballot{OpenMinor: 5990}
	for a := range t.Grid.Size() {
		b.Options = append(b.Options, engine.Option{Action: a, CostMicro: int64(r.IntN(2_000_000))})
	}
	b.Options[0].CostMicro = 0
	return in, b, newBandit(w, &t.Grid)
}

// truth is the formula of the package comment, in float64 and without any of the kernel's shortcuts.
func truth(w *Weights, x []float32, blocks, pairs []int, at func(param int) float32) float64 {
	sum := 0.0
	for _, first := range blocks {
		sum += float64(at(first))
		for j, v := range x {
			sum += float64(v) * float64(at(first+1+j))
		}
	}
	for _, p := range pairs {
		sum += float64(at(p))
	}
	return sum
}

func blocksOf(l Layout, g *engine.Grid, action int) (rows, pairs []int) {
	if action == engine.Hold {
		return l.HoldBlocks(nil), nil
	}
	return l.Blocks(nil, nil, g.Levels(action))
}

func bounded(v, top float64) float64 { return min(max(v, 0), top) }

func TestVotesAndValuesAreTheFormula(t *testing.T) {
	for seed := range uint64(20) {
		offers := 1 + int(seed%3)
		in, b, p := random(t, seed, 4, 3, 5, offers, 7)
		g, w, r := &in.Tenant.Grid, p.weights, &in.Tenant.Reward
		rnd := rand.New(rand.NewPCG(seed, 5))
		b.Options = slices.DeleteFunc(b.Options, func(o engine.Option) bool { return o.Action > 0 && rnd.Float64() < .3 })
		p.Vote(b, in)
		var best [Lanes]float64
		var lead [Lanes]float64 // of the best over the second
		var arg [Lanes]int
		for m := range best {
			best[m] = math.Inf(-1)
		}
		for i, o := range b.Options {
			rows, pairs := blocksOf(w.Layout, g, o.Action)
			head := func(h Head) float64 {
				return truth(w, in.X, rows, pairs, func(q int) float32 { return w.Means[q*Heads+int(h)] })
			}
			amount := 5990 * bounded(head(Amount), 2)
			churn, complaint := bounded(head(Churn), 1), bounded(head(Complaint), 1)
			value := func(pr float64) float64 {
				return r.Value(pr, amount, r.Minor(o.CostMicro), churn, complaint)
			}
			if want := value(Sigmoid(head(Resolve))); math.Abs(b.Value[i]-want) > .05 {
				t.Fatalf("seed %d: option %d is worth %v, the formula says %v", seed, i, b.Value[i], want)
			}
			for m := range best {
				v := value(Sigmoid(truth(w, in.X, rows, pairs, func(q int) float32 { return w.Draws[q*Lanes+m] })))
				lead[m] = min(lead[m], math.Abs(v-best[m]))
				if v > best[m] {
					lead[m], best[m], arg[m] = v-best[m], v, i
				}
			}
		}
		want, sure := make([]float64, len(b.Options)), 0.0
		for m := range arg {
			if lead[m] > .1 { // a tenth of a cent: clear of float32 rounding and twice the error of σ, 5990·3.6e-6
				want[arg[m]]++
				sure++
			}
		}
		if sure < Lanes*3/4 {
			t.Fatalf("seed %d: only %v draws are clear", seed, sure)
		}
		for i := range want {
			if b.Votes[i] < want[i] || b.Votes[i] > want[i]+Lanes-sure {
				t.Fatalf("seed %d: option %d has %v votes, the formula gives %v", seed, i, b.Votes[i], want[i])
			}
		}
	}
}

// The assembly gives the same bits as the plain loops.
func TestAssemblyIsThePlainKernel(t *testing.T) {
	if !hasSIMD() {
		t.Skip("this processor has no AVX2: there is no assembly to compare")
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		in, b, p := random(t, seed, 1+r.IntN(8), 1+r.IntN(6), 1+r.IntN(9), 1+r.IntN(4), r.IntN(70))
		for i := range p.weights.Draws {
			p.weights.Draws[i] *= float32(1 + seed%3*5) // also where σ is 0 or 1
		}
		b.Options = slices.DeleteFunc(b.Options, func(o engine.Option) bool { return o.Action > 0 && r.Float64() < .4 })
		plain := &Bandit{weights: p.weights, grid: p.grid, pool: pool(false)}
		p.Vote(b, in)
		votes, values := slices.Clone(b.Votes), slices.Clone(b.Value)
		plain.Vote(b, in)
		if !slices.Equal(votes, b.Votes) || !slices.Equal(values, b.Value) {
			t.Fatalf("seed %d: votes %v and %v, values %v and %v", seed, votes, b.Votes, values, b.Value)
		}
		for i := range b.Options {
			if p.Scores(b, in, i) != plain.Scores(b, in, i) {
				t.Fatalf("seed %d: scores of option %d differ", seed, i)
			}
		}
	}
}

// Propensities of a bag of policies that choose 2, 2, 3, 3 of four actions are 0 0 .5 .5
// (VowpalWabbit explore_test.cc, case "bag"): here each half of the draws likes one of two options.
func TestVotesAreABag(t *testing.T) {
	in, b, p := random(t, 1, 3, 1, 1, 1, 0)
	clear(p.weights.Draws)
	clear(p.weights.Means)
	p.weights.Means[Amount] = .9
	for i := range b.Options {
		b.Options[i].CostMicro = 0
	}
	for m := range Lanes {
		level := p.weights.Layout.channel(1 + m%2)
		p.weights.Draws[level*Lanes+m] = .5
	}
	in.Tenant.Epsilon = 0
	p.Vote(b, in)
	if err := b.Propensities(&in.Tenant.Grid); err != nil {
		t.Fatal(err)
	}
	if want := []float64{0, 0, .5, .5}; !slices.Equal(b.P, want) {
		t.Errorf("propensities %v, want %v", b.P, want)
	}
}

func TestTiesGoToTheLowestAction(t *testing.T) {
	in, b, p := random(t, 1, 2, 2, 2, 1, 3)
	clear(p.weights.Draws)
	clear(p.weights.Means)
	for i := range b.Options {
		b.Options[i].CostMicro = 0
	}
	p.Vote(b, in)
	if b.Votes[0] != Lanes {
		t.Errorf("votes %v; all options are equal, the first must win", b.Votes)
	}
}

func TestARivalNeverTakesVotesByLeaving(t *testing.T) {
	in, b, p := random(t, 4, 4, 3, 5, 2, 7)
	all := slices.Clone(b.Options)
	p.Vote(b, in)
	before := map[int]float64{}
	for i, o := range b.Options {
		before[o.Action] = b.Votes[i]
	}
	for gone := 1; gone < len(all); gone++ {
		b.Options = slices.Delete(slices.Clone(all), gone, gone+1)
		p.Vote(b, in)
		for i, o := range b.Options {
			if b.Votes[i] < before[o.Action] {
				t.Fatalf("without action %d, action %d falls from %v to %v votes", gone, o.Action, before[o.Action], b.Votes[i])
			}
		}
	}
}

func TestNewLevelTakesThePopulationPrior(t *testing.T) {
	in, b, p := random(t, 2, 2, 2, 2, 1, 5)
	old := in.Tenant.Grid
	wide := *in.Tenant
	wide.Grid.Tones = []engine.Tone{old.Tones[0], engine.Formal, old.Tones[1]}
	in2 := *in
	in2.Tenant = &wide
	b2 := &engine.Ballot{OpenMinor: b.OpenMinor}
	for a := range wide.Grid.Size() {
		b2.Options = append(b2.Options, engine.Option{Action: a})
	}
	for i := range b.Options {
		b.Options[i].CostMicro = 0
	}
	was := slices.Clone(voted(p, in, b).Value)
	voted(p, &in2, b2)
	w := p.weights
	for a := 1; a < wide.Grid.Size(); a++ {
		v := wide.Grid.Levels(a)
		if v.Tone != 1 { // met before: worth what it was
			same := old.Index(engine.Levels{Channel: v.Channel, Tone: v.Tone / 2, Slot: v.Slot, Offer: v.Offer})
			if b2.Value[a] != was[same] {
				t.Fatalf("action %d is worth %v beside a new tone, %v before", a, b2.Value[a], was[same])
			}
			continue
		}
		rows, pairs := w.Layout.Blocks(nil, nil, engine.Levels{Channel: v.Channel, Tone: 2, Slot: v.Slot, Offer: v.Offer})
		pr := truth(w, in.X, rows, pairs, func(q int) float32 { return w.Means[q*Heads] })
		got := p.Scores(b2, &in2, a).PResolve
		if math.Abs(got-Sigmoid(pr)) > 1e-5 {
			t.Fatalf("action %d of a new tone resolves with %v, the spare row gives %v", a, got, pr)
		}
	}
}

func voted(p *Bandit, in *engine.Input, b *engine.Ballot) *engine.Ballot {
	p.Vote(b, in)
	return b
}

func TestBadContextReadsAsAbsent(t *testing.T) {
	in, b, p := random(t, 3, 3, 2, 2, 1, 6)
	in.X[2] = 0
	want := slices.Clone(voted(p, in, b).Value)
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		in.X[2] = bad
		if got := voted(p, in, b).Value; !slices.Equal(got, want) {
			t.Errorf("x = %v gives values %v, absent gives %v", bad, got, want)
		}
	}
	in.X[2] = 0
	in.X = append(in.X, 5) // a feature the snapshot does not know
	if got := voted(p, in, b).Value; !slices.Equal(got, want) {
		t.Error("an unknown feature changed the values")
	}
}

func TestScoresAndBreakdownAgreeWithValues(t *testing.T) {
	for seed := range uint64(10) {
		in, b, p := random(t, seed, 4, 3, 3, 2, 8)
		voted(p, in, b)
		var d Breakdown
		for i := range b.Options {
			s := p.Scores(b, in, i)
			// Sums of float32 in another order: up to 12,000 minor units times some 2e-6.
			if math.Abs(s.NetMinor-b.Value[i]) > 3e-2 || s.P10 > s.P90 || s.P10 < 0 || s.P90 > 1 {
				t.Fatalf("option %d: scores %+v, value %v", i, s, b.Value[i])
			}
			for _, j := range []int{0, (i*7 + 3) % len(b.Options)} {
				p.Compare(&d, b, in, i, j)
				sum := 0.0
				for _, v := range d.Minor {
					sum += v
				}
				if want := b.Value[i] - b.Value[j]; math.Abs(sum-want) > 3e-2 {
					t.Fatalf("seed %d, options %d and %d: contributions sum to %v, values differ by %v", seed, i, j, sum, want)
				}
			}
		}
		got := p.Contributions(nil, b, in, len(b.Options)-1, 3)
		if len(got) != 3 || math.Abs(got[0].WeightMinor) < math.Abs(got[2].WeightMinor) || got[0].Code != engine.ReasonFeature {
			t.Fatalf("contributions %+v", got)
		}
	}
}

func TestGoalsActAtDecisionTime(t *testing.T) {
	in, b, p := random(t, 5, 4, 3, 3, 1, 8)
	for i := range b.Options {
		b.Options[i].CostMicro = int64(i) * 1000
	}
	b.Options[0].CostMicro = 1
	cheap := *in.Tenant
	cheap.Reward.WPay, cheap.Reward.WKeep, cheap.Reward.WCost = 0, 0, 1
	in2 := *in
	in2.Tenant = &cheap
	if v := voted(p, &in2, b).Votes; v[0] != Lanes {
		t.Errorf("with cost as the only goal the cheapest option gets %v votes", v)
	}
}
