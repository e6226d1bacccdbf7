package engine_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/engine/cpubench"
)

func ballot(eps float64, votes map[int]float64, actions ...int) *engine.Ballot {
	b := &engine.Ballot{Epsilon: eps}
	for _, a := range actions {
		b.Options = append(b.Options, engine.Option{Action: a})
		b.Votes = append(b.Votes, votes[a])
	}
	return b
}

// Worked out by hand. The grid has two channels, one tone, two slots, one offer; actions are
// 1 = (c0,s0), 2 = (c0,s1), 3 = (c1,s0), 4 = (c1,s1), and 4 is not eligible, so K = 4.
//
//	channel: levels hold, c0 (2 options), c1 (1): terms hold 1/3, 1 and 2: 1/6, 3: 1/3
//	tone:    levels hold, t0 (3):                 terms hold 1/2, others 1/6
//	slot:    levels hold, s0 (1 and 3), s1 (2):   terms hold 1/3, 1 and 3: 1/6, 2: 1/3
//	offer:   like tone
//
// ½/K = 1/8, and ½ · mean of four = 1/8 · sum:
//
//	q(hold) = 1/8 + 1/8·(1/3+1/2+1/3+1/2) = 1/8 + 5/24 = 8/24
//	q(1)    = 1/8 + 1/8·(4/6)             = 5/24
//	q(2)    = 1/8 + 1/8·(3/6+1/3)         = 1/8 + 5/48 = 11/48
//	q(3)    = 1/8 + 1/8·(1/3+3/6)         = 11/48
//
// With ε = .1 and votes 3 for action 1 and 1 for hold: p(hold) = .9/4 + .1/3, p(1) = .9·3/4 + .1·5/24,
// p(2) = p(3) = .1·11/48.
func TestPropensitiesByHand(t *testing.T) {
	g := &engine.Grid{Channels: []engine.Channel{engine.Email, engine.SMS}, Tones: []engine.Tone{engine.Neutral},
		Slots: []engine.Slot{{To: 60}, {From: 60, To: 120}}, Offers: []engine.Offer{engine.OfferNone}}
	b := ballot(.1, map[int]float64{0: 1, 1: 3}, 0, 1, 2, 3)
	if err := b.Propensities(g); err != nil {
		t.Fatal(err)
	}
	want := []float64{.225 + .1/3, .675 + .1*5/24, .1 * 11 / 48, .1 * 11 / 48}
	for i, p := range b.P {
		if math.Abs(p-want[i]) > 1e-15 {
			t.Errorf("p[%d] = %v, want %v", i, p, want[i])
		}
	}
}

// Only hold is eligible: K = 1, each factor has one level, q = ½ + ½ = 1.
func TestPropensityOfHoldAlone(t *testing.T) {
	b := ballot(.05, map[int]float64{0: 2}, 0)
	if err := b.Propensities(&engine.DefaultTenant("t").Grid); err != nil || b.P[0] != 1 {
		t.Fatalf("p = %v, %v; want 1", b.P, err)
	}
}

func TestPropensitiesRefuseNoWeights(t *testing.T) {
	g := &engine.DefaultTenant("t").Grid
	for name, v := range map[string]float64{"zero": 0, "negative": -1, "NaN": math.NaN(), "infinite": math.Inf(1)} {
		b := ballot(.05, map[int]float64{0: v}, 0, 1)
		if err := b.Propensities(g); !errors.Is(err, engine.ErrVotes) {
			t.Errorf("%s votes: error %v, want ErrVotes", name, err)
		}
	}
	if err := (&engine.Ballot{}).Propensities(g); !errors.Is(err, engine.ErrVotes) {
		t.Errorf("no options: error %v, want ErrVotes", err)
	}
}

// drawGrid is a grid of up to 8 × 6 × 6 × 4 levels.
func drawGrid(t *rapid.T) *engine.Grid {
	g := &engine.Grid{}
	for c := range rapid.IntRange(1, 8).Draw(t, "channels") {
		g.Channels = append(g.Channels, engine.Channel(c+1))
	}
	for c := range rapid.IntRange(1, 6).Draw(t, "tones") {
		g.Tones = append(g.Tones, engine.Tone(c+1))
	}
	for c := range rapid.IntRange(1, 6).Draw(t, "slots") {
		g.Slots = append(g.Slots, engine.Slot{Day: c, From: 480, To: 600})
	}
	for c := range rapid.IntRange(1, 4).Draw(t, "offers") {
		g.Offers = append(g.Offers, engine.Offer(c+1))
	}
	return g
}

// For any eligible set: the sum is 1, every p is at least ε/2K but for pressing tones, which have their votes
// alone, and the stored decision gives the same bits again.
func TestPropensitiesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGrid(t)
		b := &engine.Ballot{Epsilon: rapid.SampledFrom([]float64{0, .05, .3, 1}).Draw(t, "epsilon")}
		d := &engine.Decision{Grid: g.String(), Epsilon: b.Epsilon}
		keep := rapid.Float64Range(0, 1).Draw(t, "keep")
		for a := range g.Size() {
			if a != engine.Hold && rapid.Float64Range(0, 1).Draw(t, "in") > keep {
				continue
			}
			v := float64(max(0, rapid.IntRange(-20, 32).Draw(t, "votes")))
			if a == engine.Hold {
				v++
			}
			b.Options, b.Votes = append(b.Options, engine.Option{Action: a}), append(b.Votes, v)
			d.Eligible = append(d.Eligible, uint16(a))
			if v > 0 {
				d.Votes = append(d.Votes, engine.Vote{Action: uint16(a), Weight: v})
			}
		}
		if err := b.Propensities(g); err != nil {
			t.Fatal(err)
		}
		calm := 0
		for _, o := range b.Options {
			if o.Action == engine.Hold || !g.Tones[g.Levels(o.Action).Tone].Presses() {
				calm++
			}
		}
		sum, least := 0.0, b.Epsilon/2/float64(max(calm, 1))
		for i, p := range b.P {
			a := b.Options[i].Action
			if a != engine.Hold && g.Tones[g.Levels(a).Tone].Presses() {
				if sum += p; b.Votes[i] == 0 && p != 0 {
					t.Fatalf("p[%d] = %v: a pressing tone without a vote", i, p)
				}
				continue
			}
			if sum += p; p < least*(1-1e-12) {
				t.Fatalf("p[%d] = %v < ε/2K = %v", i, p, least)
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("propensities sum to 1%+g", sum-1)
		}
		again, err := d.Propensities(nil)
		if err != nil || !slices.Equal(again, b.P) {
			t.Fatalf("rebuilt %v, %v; drawn from %v", again, err, b.P)
		}
	})
}

func TestPropensitiesOfABrokenDecision(t *testing.T) {
	g := engine.DefaultTenant("t").Grid.String()
	for name, d := range map[string]*engine.Decision{
		"grid":        {Grid: "letter|firm", Eligible: []uint16{0}, Votes: []engine.Vote{{0, 1}}},
		"out of grid": {Grid: g, Eligible: []uint16{0, 60000}, Votes: []engine.Vote{{0, 1}}},
		"descending":  {Grid: g, Eligible: []uint16{0, 2, 1}, Votes: []engine.Vote{{0, 1}}},
		"stray vote":  {Grid: g, Eligible: []uint16{0, 2}, Votes: []engine.Vote{{1, 1}}},
		"no vote":     {Grid: g, Eligible: []uint16{0, 2}},
	} {
		if p, err := d.Propensities(nil); err == nil {
			t.Errorf("%s: got %v, want an error", name, p)
		}
	}
}

func TestChoose(t *testing.T) {
	b := &engine.Ballot{P: []float64{.25, 0, .5, .25, 0}}
	for _, c := range []struct {
		u    float64
		want int
	}{{0, 0}, {.2499, 0}, {.25, 2}, {.7499, 2}, {.75, 3}, {.999999, 3}, {1, 3}} {
		if got := b.Choose(c.u); got != c.want {
			t.Errorf("Choose(%v) = %d, want %d", c.u, got, c.want)
		}
	}
}

func BenchmarkPropensities(b *testing.B) {
	g := &engine.Grid{}
	for c := engine.Email; c < engine.Channels; c++ {
		g.Channels = append(g.Channels, c)
	}
	g.Tones = []engine.Tone{1, 2, 3, 4}
	g.Slots = engine.DefaultTenant("t").Grid.Slots
	g.Offers = []engine.Offer{engine.OfferNone}
	x := &engine.Ballot{Epsilon: .05}
	for a := range g.Size() {
		x.Options, x.Votes = append(x.Options, engine.Option{Action: a}), append(x.Votes, float64(a%7/6))
	}
	b.ReportAllocs()
	cpubench.Loop(b, 1, "op", func() {
		if err := x.Propensities(g); err != nil {
			b.Fatal(err)
		}
	})
}
