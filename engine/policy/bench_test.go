package policy

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/cpubench"
)

// BenchmarkVote measures one vote with exact propensities in process CPU time beside the floor of
// reading as many bytes as the weights it needs (bytes.IndexByte, AVX2 on amd64), in one run:
// floor, kernel, floor, kernel …
//
//	go test ./engine/policy -run xxx -bench Vote
//
// "x-floor" is minimum over minimum; "cpu-ns/op" the kernel's minimum over 21 batches of 15 ms.
func BenchmarkVote(b *testing.B) {
	for _, c := range []struct{ channels, tones, slots int }{{8, 4, 7}, {8, 5, 50}} {
		b.Run(fmt.Sprint(c.channels*c.tones*c.slots), func(b *testing.B) {
			in, ballot, p := standard(b, c.channels, c.tones, c.slots, 64)
			zeros := make([]byte, weightBytes(p, in.Tenant))
			vote := func() {
				p.Vote(ballot, in)
				if err := ballot.Propensities(&in.Tenant.Grid); err != nil {
					b.Fatal(err)
				}
			}
			read := func() {
				if bytes.IndexByte(zeros, 1) >= 0 {
					b.Fatal("zeros hold a one")
				}
			}
			kernel, floor := minimum(vote, read)
			b.ReportMetric(kernel, "cpu-ns/op")
			b.ReportMetric(floor, "floor-ns/op")
			b.ReportMetric(kernel/floor, "x-floor")
			b.ReportMetric(testing.AllocsPerRun(100, vote), "allocs/op")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkPlain is BenchmarkVote of 224 actions without assembly, what machines other than amd64 run.
func BenchmarkPlain(b *testing.B) {
	in, ballot, p := standard(b, 8, 4, 7, 64)
	p.pool = pool(false)
	zeros := make([]byte, weightBytes(p, in.Tenant))
	kernel, floor := minimum(func() { p.Vote(ballot, in) }, func() { bytes.IndexByte(zeros, 1) })
	b.ReportMetric(kernel, "cpu-ns/op")
	b.ReportMetric(kernel/floor, "x-floor")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkScale is the CPU of 2,000 actions against 224, taken in turn: of the vote, and of the vote
// with its propensities.
func BenchmarkScale(b *testing.B) {
	in, ballot, p := standard(b, 8, 4, 7, 64)
	in2, ballot2, p2 := standard(b, 8, 5, 50, 64)
	big, small := minimum(func() { p2.Vote(ballot2, in2) }, func() { p.Vote(ballot, in) })
	b.ReportMetric(big/small, "vote-x-224")
	exact := func(p *Bandit, ballot *engine.Ballot, in *engine.Input) func() {
		return func() {
			p.Vote(ballot, in)
			if err := ballot.Propensities(&in.Tenant.Grid); err != nil {
				b.Fatal(err)
			}
		}
	}
	big, small = minimum(exact(p2, ballot2, in2), exact(p, ballot, in))
	b.ReportMetric(big/small, "exact-x-224")
	b.ReportMetric(0, "ns/op")
}

// standard is the catalogue of the design: every action eligible, offer none, dense context.
func standard(tb testing.TB, channels, tones, slots, features int) (*engine.Input, *engine.Ballot, *Bandit) {
	t := engine.DefaultTenant("bench")
	t.Grid = grid(channels, tones, slots, 1)
	snap, err := Prior(t, nil, 1, features)
	if err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	in := &engine.Input{Tenant: t, Request: &engine.Request{}, X: make([]float32, features)}
	in.Request.Case.Open.AmountMinor = 6000
	for i := range in.X {
		in.X[i] = float32(r.Float64())
	}
	ballot := &engine.Ballot{}
	for a := range t.Grid.Size() {
		o := engine.Option{Action: a, Contact: -1}
		if a > 0 {
			o.CostMicro = t.Specs[t.Grid.Channels[t.Grid.Levels(a).Channel]].CostMicro
		}
		ballot.Options = append(ballot.Options, o)
	}
	return in, ballot, snap.Policy.(*Bandit)
}

func grid(channels, tones, slots, offers int) engine.Grid {
	var g engine.Grid
	for c := range channels {
		g.Channels = append(g.Channels, engine.Channel(1+c))
	}
	for t := range tones {
		g.Tones = append(g.Tones, engine.Tone(1+t))
	}
	for s := range slots {
		g.Slots = append(g.Slots, engine.Slot{Day: s / 4, From: 480 + s%4*180, To: 660 + s%4*180})
	}
	for o := range offers {
		g.Offers = append(g.Offers, engine.Offer(1+o))
	}
	return g
}

// weightBytes is what a vote on every action has to read: draws and means of the rows and pairs in use.
func weightBytes(p *Bandit, t *engine.Tenant) int {
	pl := p.planFor(t)
	params := len(pl.first)*p.weights.Layout.Width() + len(pl.pairCT) + len(pl.pairCS) + len(pl.pairTS) + len(pl.pairCO) + len(pl.pairTO)
	return params * (Lanes + Heads) * 4
}

// minimum gives the least process CPU per call of f and g, in ns, over 21 batches of some 15 ms each, in turn.
func minimum(f, g func()) (float64, float64) {
	least := cpubench.InTurn(21, 15*time.Millisecond, repeat(g), repeat(f))
	return least[1], least[0]
}

func repeat(f func()) func(n int) {
	return func(n int) {
		for range n {
			f()
		}
	}
}
