package engine_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"takt/engine"
)

// Closed form: 3 points of 50,000 debtors need s(1−s) = 3.841459·.25/(50,000·.0009) = .0213414, s = .0218174;
// 1 point of 1,000,000 s(1−s) = .0096036, s = .0096977, clamped to .01; 5,000 debtors want 31 %, clamped to .1.
func TestHoldoutSize(t *testing.T) {
	for _, c := range []struct {
		points float64
		n      int
		want   float64
	}{{3, 50_000, .0218174}, {1, 1_000_000, .01}, {3, 5_000, .1}, {3, 100, .1}, {3, 1 << 40, .01}, {2, 100_000, .0246150}, {0, 50_000, .07}, {3, 0, .07}} {
		h := engine.Holdout{Share: .07, Precision: c.points}
		if got := h.Size(c.n); math.Abs(got-c.want) > 5e-8 {
			t.Errorf("%g points of %d debtors: %.7f, want %.7f", c.points, c.n, got, c.want)
		}
	}
	// Where nothing is clamped, what was asked for comes back.
	for _, points := range []float64{1, 2, 3, 5, 8} {
		for _, n := range []int{20_000, 50_000, 100_000, 400_000} {
			h := engine.Holdout{Precision: points}
			if s := h.Size(n); s > engine.MinHoldout && s < engine.MaxHoldout && math.Abs(engine.HoldoutPrecision(s, n)-points) > 1e-9 {
				t.Errorf("%g points of %d debtors became %v", points, n, engine.HoldoutPrecision(s, n))
			}
		}
	}
	// 1.96·√(.25/1000 + .25/9000) = 3.2666 points of 10,000 debtors at 10 %.
	if got := engine.HoldoutPrecision(.1, 10_000); math.Abs(got-3.266607) > 1e-6 {
		t.Errorf("10 %% of 10,000 debtors: %v points", got)
	}
	if !math.IsInf(engine.HoldoutPrecision(0, 10), 1) || !math.IsInf(engine.HoldoutPrecision(.1, 0), 1) {
		t.Error("a group of nobody has a precision")
	}
}

// The interval that was sized for covers: of 2,000 years with 50,000 debtors of whom a half settles in both
// groups, the difference lies within ± 3 points in 95 % (binomial standard error .49 %; seed 1).
func TestHoldoutSizeCovers(t *testing.T) {
	h := engine.Holdout{Precision: 3}
	const n, years = 50_000, 2000
	r, held := rand.New(rand.NewPCG(1, 7)), int(h.Size(n)*n)
	settled := func(n int) float64 { // of n debtors, half of the bits
		sum := 0
		for i := 0; i < n; i += 64 {
			word := r.Uint64()
			if n-i < 64 {
				word >>= 64 - (n - i)
			}
			for ; word != 0; word &= word - 1 {
				sum++
			}
		}
		return float64(sum) / float64(n)
	}
	in := 0
	for range years {
		if math.Abs(settled(held)-settled(n-held)) <= .03 {
			in++
		}
	}
	if share := float64(in) / years; math.Abs(share-.95) > 4*.0049 {
		t.Errorf("%.4f of the years lie within 3 points, want .95", share)
	}
}
