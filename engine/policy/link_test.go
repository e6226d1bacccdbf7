package policy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// chance is σ(u) by the kernel's formula.
func chance(u float32) float32 { return linkK / inverse(u) }

// extremes are inputs beyond all that a model sums up to.
var extremes = []float32{-math.MaxFloat32, -1e26, -1e12, -1e4, -111, -110, -88, -20, -math.SmallestNonzeroFloat32, 0,
	math.SmallestNonzeroFloat32, 15.999, 16, 17, 20, 88, 1e4, 1e12, 1e26, math.MaxFloat32}

func TestInverseIsTheSigmoid(t *testing.T) {
	worst, at := 0.0, 0.0
	for i := -4_000_000; i <= 4_000_000; i++ {
		u := float32(i) / 32_000 // exact in steps of 1/32000 to ±125
		if d := math.Abs(float64(chance(u)) - Sigmoid(float64(u))); d > worst {
			worst, at = d, float64(u)
		}
	}
	if worst > 3.6e-6 {
		t.Errorf("σ(%v) is off by %v; the comment promises 3.6e-6", at, worst)
	}
	if chance(0) != .5 || chance(-112) != 0 || chance(-1e12) != 0 {
		t.Errorf("σ(0) = %v, σ(-112) = %v, σ(-1e12) = %v", chance(0), chance(-112), chance(-1e12))
	}
	for _, u := range extremes {
		if p := chance(u); !(p >= 0 && p <= 1) || math.Abs(float64(p)-Sigmoid(float64(u))) > 3.6e-6 {
			t.Errorf("σ(%v) = %v", u, p)
		}
	}
}

// Of neighbouring float32 numbers, too, the greater never has the lower probability.
func TestInverseKeepsOrder(t *testing.T) {
	last := float32(0)
	check := func(u float32) {
		p := chance(u)
		if !(p >= last && p <= 1) {
			t.Fatalf("σ(%v) = %v, %v before", u, p, last)
		}
		last = p
	}
	for i := -1_300_000; i <= 300_000; i++ {
		check(float32(i) / 10_000)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 { // and runs of neighbours
		u := float32(r.NormFloat64() * 6)
		last = 0
		for range 2000 {
			check(u)
			u = math.Nextafter32(u, math.MaxFloat32)
		}
	}
	last = 0
	for _, u := range extremes {
		check(u)
	}
}

func TestInverseInAssembly(t *testing.T) {
	if !hasSIMD() {
		t.Skip("this processor has no AVX2: there is no assembly to compare")
	}
	plain, simd := &scratch{}, &scratch{simd: true}
	r := rand.New(rand.NewPCG(3, 4))
	for k := range 200_000 {
		var a lanes
		for m := range a {
			switch u := math.Float32frombits(r.Uint32()); {
			case k == 0 && m < len(extremes):
				a[m] = extremes[m]
			case k%2 == 0 && u == u:
				a[m] = u // of any size
			default:
				a[m] = float32(r.NormFloat64() * 8)
			}
		}
		b, in := a, a
		plain.inverse(&a)
		simd.inverse(&b)
		if a != b {
			t.Fatalf("of %v: %v and %v", in, a, b)
		}
	}
}

// The slope is the difference quotient, and the derivative σ(1−σ) where the quotient would be rounding.
func TestSlope(t *testing.T) {
	for _, u := range []float64{-9, -2, -.3, 0, .3, 2, 9} {
		for _, d := range []float64{3, .1, 1e-3, 1e-5, 1e-6, 1e-9, 1e-15, -1e-7, -2} {
			p, q := Sigmoid(u), Sigmoid(u+d)
			want := p * (1 - p)
			if math.Abs(d) > 1e-4 {
				want = (q - p) / d
			}
			if got := slope(u, u+d); math.Abs(got-want) > 1e-5 {
				t.Errorf("slope from %v by %v is %v, want %v", u, d, got, want)
			}
		}
	}
}

func TestLogitIsTheInverseOfSigmoid(t *testing.T) {
	for _, p := range []float64{1e-12, .003, .2, .3, .5, .9, 1 - 1e-9} {
		if got := Sigmoid(Logit(p)); math.Abs(got-p) > 1e-15 {
			t.Errorf("σ(logit(%v)) = %v", p, got)
		}
	}
	if !math.IsInf(Logit(0), -1) || !math.IsInf(Logit(1), 1) || Sigmoid(-1e9) != 0 || Sigmoid(1e9) != 1 {
		t.Error("the ends of the line are wrong")
	}
}
