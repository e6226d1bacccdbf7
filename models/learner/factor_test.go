package learner

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// precision is a random positive definite matrix as a square and as gonum's.
func precision(n int, seed uint64) (square, *mat.SymDense) {
	r := rand.New(rand.NewPCG(seed, 2))
	phi := mat.NewDense(2*n, n, nil)
	for i := range 2 * n {
		for j := range n {
			phi.Set(i, j, r.NormFloat64())
		}
	}
	sym := mat.NewSymDense(n, nil)
	sym.SymOuterK(1, phi.T())
	s := newSquare(n)
	for i := range n {
		for j := i; j < n; j++ {
			s.row(i)[j] = sym.At(i, j)
		}
	}
	return s, sym
}

// Factor and variances are gonum's Cholesky and inverse, whatever the size, to 1e-9 of their order.
func TestFactorIsCholesky(t *testing.T) {
	for _, n := range []int{1, 3, 8, 63, 64, 65, 200, 333} {
		s, sym := precision(n, uint64(n))
		var chol mat.Cholesky
		var u mat.TriDense
		var inverse mat.SymDense
		if !s.factor() || !chol.Factorize(sym) || chol.InverseTo(&inverse) != nil {
			t.Fatalf("%d: not positive definite", n)
		}
		chol.UTo(&u)
		v := s.variances(n)
		for i := range n {
			for j := i; j < n; j++ {
				if d := math.Abs(s.row(i)[j] - u.At(i, j)); d > 1e-9*math.Sqrt(float64(n)) {
					t.Fatalf("%d: U[%d][%d] is %v, gonum's %v", n, i, j, s.row(i)[j], u.At(i, j))
				}
			}
			if d := math.Abs(v[i]/inverse.At(i, i) - 1); d > 1e-9 {
				t.Fatalf("%d: variance %d is %v, gonum's %v", n, i, v[i], inverse.At(i, i))
			}
		}
	}
	s := newSquare(70)
	for i := range 70 {
		s.row(i)[i] = 1
	}
	if s.row(66)[66] = -1; s.factor() {
		t.Error("a matrix with a negative pivot has a factor")
	}
}

// The assembly and the plain loops subtract the same tiles, to rounding.
func TestTiles(t *testing.T) {
	if !hasFMA {
		t.Skip("the processor has no fused multiply-add")
	}
	r := rand.New(rand.NewPCG(1, 2))
	const stride = 24
	for rows := 1; rows < 70; rows += 7 {
		a, b := make([]float64, stride*(rows+1)), make([]float64, stride*(rows+1))
		plain, fast := make([]float64, stride*8), make([]float64, stride*8)
		for i := range a {
			a[i], b[i] = r.NormFloat64(), r.NormFloat64()
		}
		for i := range plain {
			plain[i] = r.NormFloat64()
			fast[i] = plain[i]
		}
		tile(plain[8:], a[4:], b[8:], stride, rows)
		tileFMA(&fast[8], &a[4], &b[8], 8*stride, rows)
		for i := range plain {
			if math.Abs(plain[i]-fast[i]) > 1e-12*float64(rows) {
				t.Fatalf("%d rows, entry %d: %v and %v", rows, i, plain[i], fast[i])
			}
		}
	}
}

// BenchmarkFactor compares with gonum's factorisation of the same matrix.
func BenchmarkFactor(b *testing.B) {
	const n = 1744
	s, sym := precision(n, 1)
	b.Run("takt", func(b *testing.B) {
		work := newSquare(n)
		for b.Loop() {
			copy(work.data, s.data)
			work.factor()
		}
	})
	b.Run("gonum", func(b *testing.B) {
		for b.Loop() {
			var c mat.Cholesky
			c.Factorize(sym)
		}
	})
	b.Run("variances", func(b *testing.B) {
		s.factor()
		for b.Loop() {
			s.variances(n)
		}
	})
}
