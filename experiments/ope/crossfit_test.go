package ope_test

import (
	"testing"

	"takt/experiments/ope"
)

// TestCoverageCrossFitted: DR's Gaussian interval with the model fitted on the same log, 2,000 logs each: a fixed
// policy, a log that learns, four decisions per debtor, money. The band .935 … .975 is the issue's.
func TestCoverageCrossFitted(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of CPU")
	}
	fixed, adaptive, repeated, money := simple(), simple(), simple(), simple()
	adaptive.adaptive = true
	repeated.each, repeated.debtor, repeated.mean[2] = 4, .2, [4]float64{.25, .3, .2, .35}
	money.money = true
	for name, w := range map[string]world{"fixed": fixed, "adaptive": adaptive, "four per debtor": repeated, "money": money} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			misses := 0
			for seed := range uint64(2000) {
				if v, ok := crossFitted(t, &w, 800, seed+1).Gaussian(.95); !ok || !v.Has(w.truth()) {
					misses++
				}
			}
			c := 1 - float64(misses)/2000
			t.Logf("%.4f covered", c)
			if c < .935 || c > .975 {
				t.Errorf("DR covers %.4f, want .935 … .975", c)
			}
		})
	}
}

// crossFitted is DR of a world's log with a ridge regression on the kind of debtor and the action.
func crossFitted(t testing.TB, w *world, n int, seed uint64) *ope.Clusters {
	m := &ope.Ridge{Features: 3, Actions: [][]int{{0}, {1}, {2}, {3}}, Folds: ope.Folds{Seed: seed}}
	var rows []ope.Sample
	var places [][2]int
	w.playAll(n, seed, func(s ope.Sample, x, a int) {
		f := []float32{1, 0, 0}
		if x > 0 {
			f[x] = 1
		}
		if err := m.Add(f, a, s.Reward, s.Cluster); err != nil {
			t.Fatal(err)
		}
		rows, places = append(rows, s), append(places, [2]int{x, a})
	})
	if err := m.Fit(); err != nil {
		t.Fatal(err)
	}
	c := &ope.Clusters{Rule: ope.DR{}}
	var q []float64
	for i, s := range rows {
		q = m.Q(q, i)
		x, a := places[i][0], places[i][1]
		s.Q, s.QEval = q[a], 0
		for b, p := range w.eval[x] {
			s.QEval += p * q[b]
		}
		if err := c.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	return c
}
