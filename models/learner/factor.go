package learner

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Factorisations are nearly all that learning costs. They go by blocks of rows: gonum does the blocks on the diagonal,
// and what is left, sums of products of tiles of 4×8 numbers, runs in assembly where the processor has AVX2 and fused
// multiply-add, several times as fast as gonum's. Tiles do not depend on each other: any number of cores gives the
// same bits, processors without these instructions others in the last places.

const (
	blockRows = 64
	tileRows  = 4
	tileCols  = 8
)

// padded is the next multiple of a tile's columns.
func padded(n int) int { return (n + tileCols - 1) / tileCols * tileCols }

// square is an [n][n] matrix with room for whole tiles.
type square struct {
	n    int // padded
	data []float64
}

func newSquare(n int) square {
	p := padded(n)
	s := square{p, make([]float64, p*p)}
	for i := n; i < p; i++ {
		s.data[i*p+i] = 1
	}
	return s
}

func (s square) row(i int) []float64 { return s.data[i*s.n : (i+1)*s.n] }

func (s square) general(i, j, rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: s.n, Data: s.data[i*s.n+j:]}
}

func (s square) upper(i, n int) blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: n, Stride: s.n, Data: s.data[i*s.n+i:]}
}

// factor replaces the upper triangle of Λ by that of U, Λ = UᵀU; false if Λ is not positive definite. What lies below
// is not defined afterwards.
func (s square) factor() bool {
	for k := 0; k < s.n; k += blockRows {
		rows := min(blockRows, s.n-k)
		u := s.upper(k, rows)
		if _, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Upper, N: rows, Stride: s.n, Data: u.Data}); !ok {
			return false
		}
		next := k + rows
		if next == s.n {
			break
		}
		blas64.Trsm(blas.Left, blas.Trans, 1, u, s.general(k, next, rows, s.n-next))
		s.spread(next, func(j int) {
			for i := next; i < j+tileCols; i += tileRows {
				s.subtract(s, s, i, j, k, rows)
			}
		})
	}
	return true
}

// variances are the diagonal of Λ⁻¹, of which s is the factor: sums of squares of the columns of V = U⁻ᵀ, which solves
// UᵀV = I.
func (s square) variances(n int) []float64 {
	v := square{s.n, make([]float64, len(s.data))}
	for i := range s.n {
		v.data[i*s.n+i] = 1
	}
	sum := make([]float64, n)
	for k := 0; k < s.n; k += blockRows {
		rows := min(blockRows, s.n-k)
		next := k + rows
		blas64.Trsm(blas.Left, blas.Trans, 1, s.upper(k, rows), v.general(k, 0, rows, next))
		for i := k; i < min(next, n); i++ {
			for j, x := range v.row(i)[:i+1] {
				sum[j] += x * x
			}
		}
		cols := make([]int, 0, next/tileCols)
		for j := 0; j < next; j += tileCols {
			cols = append(cols, j)
		}
		parallel(cols, func(j int) {
			for i := next; i < s.n; i += tileRows {
				v.subtract(s, v, i, j, k, rows)
			}
		})
	}
	return sum
}

// spread runs f for every tile's first column from j on.
func (s square) spread(j int, f func(j int)) {
	cols := make([]int, 0, (s.n-j)/tileCols)
	for ; j < s.n; j += tileCols {
		cols = append(cols, j)
	}
	parallel(cols, f)
}

// parallel runs f for all columns, each core every so many.
func parallel(cols []int, f func(j int)) {
	cores := min(runtime.GOMAXPROCS(0), 1+len(cols)/16)
	var done sync.WaitGroup
	for c := range cores {
		done.Go(func() {
			for i := c; i < len(cols); i += cores {
				f(cols[i])
			}
		})
	}
	done.Wait()
}

// subtract takes Σ_k a[k][i+r]·b[k][j+c], k of rows rows from first, from the tile of s at (i, j).
func (s square) subtract(a, b square, i, j, first, rows int) {
	dst, pa, pb := s.data[i*s.n+j:], a.data[first*a.n+i:], b.data[first*b.n+j:]
	if hasFMA {
		tileFMA(&dst[0], &pa[0], &pb[0], 8*s.n, rows)
		return
	}
	tile(dst, pa, pb, s.n, rows)
}

// tile is tileFMA in plain Go.
func tile(dst, a, b []float64, stride, rows int) {
	for r := range tileRows {
		var sum [tileCols]float64
		for k := range rows {
			x, y := a[k*stride+r], b[k*stride:k*stride+tileCols]
			for c := range sum {
				sum[c] += x * y[c]
			}
		}
		for c, v := range sum {
			dst[r*stride+c] -= v
		}
	}
}
