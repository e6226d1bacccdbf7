package ope_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"takt/experiments/ope"
)

// shards cuts a log into uneven parts, an empty one among them.
func shards(log []ope.Sample) [][]ope.Sample {
	n := len(log)
	return [][]ope.Sample{log[:1], log[1:1], log[1 : n/3], log[n/3:]}
}

// TestMerge: shards give what one pass gives, to 1e-12.
func TestMerge(t *testing.T) {
	log := messy(1000, 7)
	for i := range log {
		log[i].Reward = math.Abs(math.Tanh(log[i].Reward)) // in [0,1]
	}
	interval := func(i ope.Interval, ok bool) []float64 {
		if !ok {
			t.Error("no interval")
		}
		return []float64{i.Lower, i.Upper}
	}
	for _, c := range rules {
		figures(t, log, func() *ope.Estimate { return &ope.Estimate{Rule: c.rule} }, func(e *ope.Estimate) []float64 {
			return append([]float64{float64(e.N())}, slices.Concat(interval(e.Gaussian(.95)), interval(e.Sequence(.95, 100)))...)
		})
		figures(t, log, func() *ope.Clusters { return &ope.Clusters{Rule: c.rule} }, func(e *ope.Clusters) []float64 {
			return append([]float64{float64(e.N())}, slices.Concat(interval(e.Gaussian(.95)), interval(e.Sequence(.95, 100)), interval(e.Bootstrap(.95, 100, 1)))...)
		})
	}
	figures(t, log, func() *ope.Estimate { return new(ope.Estimate) }, func(e *ope.Estimate) []float64 { return interval(e.Bernstein(.95, 0, 50)) })
	figures(t, log, func() *ope.Binomial { return &ope.Binomial{MaxWeight: 50} }, func(b *ope.Binomial) []float64 {
		return slices.Concat(interval(b.Exact(.95)), interval(b.ClopperPearson(.95)))
	})
	figures(t, log, func() *ope.CressieRead { return new(ope.CressieRead) }, func(c *ope.CressieRead) []float64 { return interval(c.Interval(.95)) })
	figures(t, log, func() *ope.Betting { return &ope.Betting{Upper: 50} }, func(b *ope.Betting) []float64 { return interval(b.Interval(.95)) })
	figures(t, log, func() *ope.Grid { return &ope.Grid{Rules: []ope.Rule{ope.DRos{Lambda: 1}, ope.DR{}}} }, func(g *ope.Grid) []float64 {
		i, _ := g.MSE(.95)
		j, _ := g.Slope(.95)
		return []float64{float64(i), float64(j), value(t, g)}
	})
}

// accumulator is what all of them share.
type accumulator[T any] interface {
	Add(ope.Sample) error
	Merge(T) error
	Value() (float64, bool)
}

func figures[T accumulator[T]](t *testing.T, log []ope.Sample, empty func() T, read func(T) []float64) {
	t.Helper()
	one, merged := empty(), empty()
	for _, s := range log {
		if err := one.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range shards(log) {
		shard := empty()
		for _, s := range part {
			if err := shard.Add(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := merged.Merge(shard); err != nil {
			t.Fatal(err)
		}
	}
	near(t, "merged value", value(t, merged), value(t, one), 1e-12)
	want := read(one)
	for i, v := range read(merged) {
		near(t, "merged figure", v, want[i], 1e-12)
	}
}

// TestMergeInAnyOrder: the bootstrap draws the same from shards in another order.
func TestMergeInAnyOrder(t *testing.T) {
	log := messy(300, 8)
	var a, b ope.Clusters
	for i := range log {
		a.Add(log[i])
		b.Add(log[len(log)-1-i])
	}
	x, _ := a.Bootstrap(.95, 200, 9)
	y, _ := b.Bootstrap(.95, 200, 9)
	z, _ := a.Bootstrap(.95, 200, 10)
	near(t, "bootstrap", x.Lower, y.Lower, 1e-12)
	if x == z {
		t.Error("another seed draws the same")
	}
}

// TestOtherRulesDoNotMerge: nor do other bounds.
func TestOtherRulesDoNotMerge(t *testing.T) {
	for _, err := range []error{
		(&ope.Estimate{}).Merge(&ope.Estimate{Rule: ope.DR{}}),
		(&ope.Estimate{Rule: ope.DRos{Lambda: 1}}).Merge(&ope.Estimate{Rule: ope.DRos{Lambda: 2}}),
		(&ope.Clusters{}).Merge(&ope.Clusters{Rule: ope.DM{}}),
		(&ope.Betting{Upper: 2}).Merge(&ope.Betting{Upper: 3}),
		(&ope.CressieRead{WMax: 2}).Merge(&ope.CressieRead{}),
		(&ope.Binomial{MaxWeight: 2}).Merge(&ope.Binomial{}),
		(&ope.Grid{Rules: []ope.Rule{ope.DR{}}}).Merge(&ope.Grid{}),
	} {
		if !errors.Is(err, ope.ErrRules) {
			t.Errorf("merged: %v", err)
		}
	}
	if err := (&ope.Estimate{}).Merge(&ope.Estimate{Rule: ope.IPS{}}); err != nil {
		t.Errorf("no rule is IPS: %v", err)
	}
}
