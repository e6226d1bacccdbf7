// Package policytest holds every policy to the same behaviour.
//
//	func TestBandit(t *testing.T) {
//		policytest.Exercise(t, snapshot.Policy, input, options)   // options: hold first, then by action index
//	}
package policytest

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"takt/engine"
)

// Exercise checks the contract of [engine.Policy] on random eligible subsets of the options, hold
// always among them: votes are weights and match the options one to one, they depend on the input
// alone, nothing of the input changes, voting allocates nothing in steady state and is safe for
// concurrent use (run it with -race). in and options must not be used elsewhere meanwhile.
func Exercise(t *testing.T, p engine.Policy, in *engine.Input, options []engine.Option) {
	t.Helper()
	if p.Name() == "" {
		t.Error("the policy has no name")
	}
	subsets := choose(options, 64)
	t.Run("votes are weights", func(t *testing.T) { weights(t, p, in, subsets) })
	t.Run("votes depend on the input alone", func(t *testing.T) { repeat(t, p, in, subsets) })
	t.Run("no allocation", func(t *testing.T) { allocate(t, p, in, options) })
	t.Run("concurrent use", func(t *testing.T) { concurrent(t, p, in, subsets) })
}

// choose gives n random subsets, among them all options and hold alone.
func choose(options []engine.Option, n int) [][]engine.Option {
	r := rand.New(rand.NewPCG(1, 1))
	subsets := [][]engine.Option{options, options[:1]}
	for len(subsets) < n {
		keep := r.Float64()
		some := []engine.Option{options[0]}
		for _, o := range options[1:] {
			if r.Float64() < keep {
				some = append(some, o)
			}
		}
		subsets = append(subsets, some)
	}
	return subsets
}

func weights(t *testing.T, p engine.Policy, in *engine.Input, subsets [][]engine.Option) {
	b := &engine.Ballot{}
	for _, s := range subsets {
		b.Options = append(b.Options[:0], s...)
		x := slices.Clone(in.X)
		p.Vote(b, in)
		if len(b.Votes) != len(s) || len(b.Value) != len(s) {
			t.Fatalf("%d options got %d votes and %d values", len(s), len(b.Votes), len(b.Value))
		}
		sum := 0.0
		for i, v := range b.Votes {
			if !(v >= 0) || math.IsInf(v, 1) {
				t.Fatalf("option %d of %d got vote %v", i, len(s), v)
			}
			sum += v
		}
		if !(sum > 0) {
			t.Fatalf("the votes on %d options sum to %v", len(s), sum)
		}
		if !(b.Epsilon >= 0 && b.Epsilon <= 1) {
			t.Fatalf("epsilon is %v", b.Epsilon)
		}
		if !slices.Equal(b.Options, s) || !slices.Equal(in.X, x) {
			t.Fatal("voting changed its input")
		}
	}
}

func repeat(t *testing.T, p engine.Policy, in *engine.Input, subsets [][]engine.Option) {
	used := &engine.Ballot{}
	for i, s := range subsets {
		fresh := vote(p, in, s)
		used.Options = append(used.Options[:0], s...)
		p.Vote(used, in)
		if !slices.Equal(fresh, used.Votes) {
			t.Fatalf("subset %d: a used ballot gets votes %v, a fresh one %v", i, used.Votes, fresh)
		}
	}
}

func vote(p engine.Policy, in *engine.Input, options []engine.Option) []float64 {
	b := &engine.Ballot{Options: slices.Clone(options)}
	p.Vote(b, in)
	return b.Votes
}

func allocate(t *testing.T, p engine.Policy, in *engine.Input, options []engine.Option) {
	if raceEnabled {
		t.Skip("the race detector allocates by itself")
	}
	b := &engine.Ballot{Options: slices.Clone(options)}
	p.Vote(b, in)
	if n := testing.AllocsPerRun(200, func() { p.Vote(b, in) }); n != 0 {
		t.Errorf("a vote allocates %v times", n)
	}
}

func concurrent(t *testing.T, p engine.Policy, in *engine.Input, subsets [][]engine.Option) {
	var want [][]float64
	for _, s := range subsets {
		want = append(want, vote(p, in, s))
	}
	var done sync.WaitGroup
	for g := range 8 {
		done.Go(func() {
			b := &engine.Ballot{}
			for i := range subsets {
				k := (i*5 + g*7) % len(subsets)
				b.Options = append(b.Options[:0], subsets[k]...)
				p.Vote(b, in)
				if !slices.Equal(b.Votes, want[k]) {
					t.Errorf("subset %d: votes %v beside other votes, %v alone", k, b.Votes, want[k])
					return
				}
			}
		})
	}
	done.Wait()
}
