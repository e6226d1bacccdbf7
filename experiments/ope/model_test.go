package ope_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"takt/experiments/ope"
)

// TestRidge: a linear truth with two factors is found again, whatever the fold; q of a row does not
// change with the row's own reward.
func TestRidge(t *testing.T) {
	truth := func(x []float32, a int) float64 {
		return 1 + .5*float64(x[1]) + []float64{0, .3, -.2}[a/2] + []float64{.1, -.1}[a%2] + .4*float64(x[1])*float64(a%2)
	}
	fit := func(own float64) *ope.Ridge {
		r := rand.New(rand.NewPCG(1, 0))
		m := &ope.Ridge{Features: 2, Folds: ope.Folds{K: 4}}
		for a := range 6 {
			m.Actions = append(m.Actions, []int{a / 2, 3 + a%2})
		}
		for i := range 4000 {
			x, a := []float32{1, float32(r.NormFloat64())}, r.IntN(6)
			reward := truth(x, a) + .2*r.NormFloat64()
			if i == 17 {
				reward = own
			}
			if err := m.Add(x, a, reward, uint64(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Fit(); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m, r := fit(0), rand.New(rand.NewPCG(1, 0))
	for i := range 100 {
		x := []float32{1, float32(r.NormFloat64())}
		r.IntN(6)
		r.NormFloat64()
		for a, q := range m.Q(nil, i) {
			near(t, "q", q, truth(x, a), .06)
		}
	}
	other := fit(50).Q(nil, 17)
	for a, q := range m.Q(nil, 17) {
		if q != other[a] {
			t.Errorf("the row's own reward moves its q from %v to %v", q, other[a])
		}
	}
}

// TestRidgeIsLeastSquares: without features the model is the mean of the other folds' rows, drawn in a little.
func TestRidgeIsLeastSquares(t *testing.T) {
	m := &ope.Ridge{Features: 1, Actions: [][]int{{0}, {1}}, Folds: ope.Folds{K: 2}}
	var sum, n [2][2]float64
	var at [][2]int
	for i := range 2000 {
		a := i % 2
		y := float64(a) + float64(i%7)
		f := m.Of(uint64(i))
		sum[f][a] += y
		n[f][a]++
		at = append(at, [2]int{f, a})
		if err := m.Add([]float32{1}, a, y, uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Fit(); err != nil {
		t.Fatal(err)
	}
	for i := range at[:20] {
		for a, q := range m.Q(nil, i) {
			o := 1 - at[i][0]
			near(t, "mean of the other fold", q, sum[o][a]/n[o][a], 2e-3)
		}
	}
}

// TestCells: by hand. Two keys; the row's own fold is out, with one fold it is in.
func TestCells(t *testing.T) {
	one := &ope.Cells{Folds: ope.Folds{K: 1}, Actions: 2, Keys: 2, Hits: 1, Trials: 200}
	two := &ope.Cells{Folds: ope.Folds{K: 2}, Actions: 2, Keys: 2, Trials: 1}
	var own, all float64
	var rows float64
	for i := range 100 {
		for _, c := range []*ope.Cells{one, two} {
			if err := c.Add(1, 0, float64(i), uint64(i)); err != nil {
				t.Fatal(err)
			}
		}
		all += float64(i)
		if two.Of(uint64(i)) == two.Of(0) {
			own += float64(i)
			rows++
		}
	}
	near(t, "all rows", one.Q(nil, 0)[0], (all+1)/300, 1e-12)
	near(t, "no rows", one.Q(nil, 0)[1], 1./200, 1e-12)
	near(t, "other fold", two.Q(nil, 0)[0], (all-own)/(100-rows+1), 1e-12)
}

// TestFolds: a debtor's fold is its own for ever and folds are of about equal size.
func TestFolds(t *testing.T) {
	f, count := ope.Folds{Seed: 3}, [5]float64{}
	for i := range uint64(10_000) {
		count[f.Of(i)]++
	}
	for _, n := range count {
		near(t, "size", n, 2000, 4*math.Sqrt(1600))
	}
}

// TestRidgeRefusesGarbage: an error names the field and nothing is added; without rows q is 0.
func TestRidgeRefusesGarbage(t *testing.T) {
	m := &ope.Ridge{Features: 1, Actions: [][]int{{0}, {1}}}
	for _, err := range []error{
		m.Add([]float32{float32(math.NaN())}, 0, 1, 1), m.Add([]float32{1}, 2, 1, 1), m.Add([]float32{1}, 0, math.Inf(1), 1),
		(&ope.Cells{Actions: 1, Keys: 1}).Add(1, 0, 0, 0), (&ope.Cells{Actions: 1, Keys: 1}).Add(0, -1, 0, 0),
	} {
		if err == nil {
			t.Error("garbage was taken")
		}
	}
	if err := m.Add([]float32{1}, 0, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := m.Fit(); err != nil {
		t.Fatal(err)
	}
	for _, q := range m.Q(nil, 0) {
		near(t, "q without a reward", q, 0, 1e-12)
	}
}
