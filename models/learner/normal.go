package learner

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// normal is a Gaussian likelihood in natural parameters over all d parameters of a layout: log L(θ) is
// −½θᵀAθ + bᵀθ, up to a constant.
type normal struct {
	d int
	a []float64   // [d][d], the upper triangle
	b [][]float64 // [targets][d]: targets share the examples
}

func newNormal(d, targets int) *normal {
	n := &normal{d: d, a: make([]float64, d*d), b: make([][]float64, targets)}
	for i := range n.b {
		n.b[i] = make([]float64, d)
	}
	return n
}

// copyFrom makes n equal o; both have the same shape.
func (n *normal) copyFrom(o *normal) {
	copy(n.a, o.a)
	for i := range n.b {
		copy(n.b[i], o.b[i])
	}
}

// plus adds o.
func (n *normal) plus(o *normal) {
	for i, v := range o.a {
		n.a[i] += v
	}
	for i := range n.b {
		for j, v := range o.b[i] {
			n.b[i][j] += v
		}
	}
}

// minus takes away o; both have one target.
func (n *normal) minus(o *normal) {
	for i, v := range o.a {
		n.a[i] -= v
	}
	for i, v := range o.b[0] {
		n.b[0][i] -= v
	}
}

// addContext adds a gram over the d parameters of (1,x) themselves.
func (n *normal) addContext(g *gram) {
	for i := range n.d {
		for j := i; j < n.d; j++ {
			n.a[i*n.d+j] += g.at(i, j, n.d)
		}
		for t, xy := range g.xy {
			n.b[t][i] += xy[i]
		}
	}
}

// fade multiplies the information by a factor.
func (n *normal) fade(factor float64) {
	blas64.Scal(factor, blas64.Vector{N: len(n.a), Inc: 1, Data: n.a})
	for _, b := range n.b {
		blas64.Scal(factor, blas64.Vector{N: len(b), Inc: 1, Data: b})
	}
}

func (n *normal) clear() {
	clear(n.a)
	for _, b := range n.b {
		clear(b)
	}
}

// add adds Σ wφφᵀ and Σ yφ of the sums.
func (n *normal) add(s *sums) {
	w := s.shape.Width()
	var space design
	for _, k := range s.keys() {
		g := s.cells[k]
		d := s.shape.of(k, &space)
		seen := make([]int, 0, w) // entries of (1,x) that this action saw
		for j := range w {
			if g.at(j, j, w) > 0 {
				seen = append(seen, j)
			}
		}
		for i, r := range d.rows { // parameters ascend, so that r ≤ q
			for _, q := range d.rows[i:] {
				n.addBlock(g, seen, r, q, w)
			}
			for _, p := range d.singles {
				for _, j := range seen {
					n.a[(r+j)*n.d+p.param] += g.at(min(j, p.column), max(j, p.column), w)
				}
			}
		}
		for i, p := range d.singles {
			for _, q := range d.singles[i:] {
				n.a[p.param*n.d+q.param] += g.at(min(p.column, q.column), max(p.column, q.column), w)
			}
		}
		n.aim(g, &d)
	}
}

// addBlock adds Σ w(1,x)(1,x)ᵀ where rows r ≤ q of weights meet.
func (n *normal) addBlock(g *gram, seen []int, r, q, width int) {
	for i, j := range seen {
		row := n.a[(r+j)*n.d+q:]
		if r == q {
			for _, k := range seen[i:] {
				row[k] += g.at(j, k, width)
			}
			continue
		}
		for _, k := range seen[:i] {
			row[k] += g.at(k, j, width)
		}
		for _, k := range seen[i:] {
			row[k] += g.at(j, k, width)
		}
	}
}

func (n *normal) aim(g *gram, d *design) {
	for target, xy := range g.xy {
		b := n.b[target]
		for _, r := range d.rows {
			for j, v := range xy {
				b[r+j] += v
			}
		}
		for _, p := range d.singles {
			b[p.param] += xy[p.column]
		}
	}
}

// widened is n for a layout with more groups, whose columns are still empty.
func (n *normal) widened(from, to *shape) *normal {
	w := newNormal(to.params(), len(n.b))
	at := from.widen(to)
	for i, p := range at {
		for j := i; j < n.d; j++ {
			w.a[p*w.d+at[j]] = n.a[i*n.d+j]
		}
		for t := range n.b {
			w.b[t][p] = n.b[t][i]
		}
	}
	return w
}

// fit is the posterior of one head over the parameters that examples touched: the others are independent of
// them and keep their prior.
type fit struct {
	params []int // ascending
	mean   *mat.VecDense
	square square            // its upper triangle is U, Λ = UᵀU
	u      blas64.Triangular // the same
	eta    *mat.VecDense     // Λ·mean
}

// posterior is the fit of n's target with the noise variance under the prior N(μ₀, diag(sd²)):
//
//	Λ = A/σ² + D⁻¹,   μ = Λ⁻¹(b/σ² + D⁻¹μ₀)
//
// (Bishop 2006, section 3.3.1). It is nil where nothing is touched, and false if Λ is not positive definite.
func (n *normal) posterior(target int, noise float64, mean0, sd []float64) (*fit, bool) {
	var touched []int
	for p := range n.d {
		if n.a[p*n.d+p] > 0 {
			touched = append(touched, p)
		}
	}
	if len(touched) == 0 {
		return nil, true
	}
	return n.over(touched, target, noise, mean0, sd)
}

// over is the posterior over some parameters, the touched ones among them.
func (n *normal) over(params []int, target int, noise float64, mean0, sd []float64) (*fit, bool) {
	f, d := &fit{params: params}, len(params)
	f.square = newSquare(d)
	f.eta, f.mean = mat.NewVecDense(d, nil), mat.NewVecDense(d, nil)
	for i, p := range f.params {
		row, from := f.square.row(i), n.a[p*n.d:p*n.d+n.d]
		for j := i; j < d; j++ {
			row[j] = from[f.params[j]] / noise
		}
		precision := 1 / (sd[p] * sd[p])
		row[i] += precision
		f.eta.SetVec(i, n.b[target][p]/noise+precision*mean0[p])
	}
	if !f.square.factor() {
		return nil, false
	}
	f.u = f.square.upper(0, d)
	f.mean.CopyVec(f.eta)
	f.solve(f.mean.RawVector())
	return f, true
}

// solve replaces v by Λ⁻¹v.
func (f *fit) solve(v blas64.Vector) {
	blas64.Trsv(blas.Trans, f.u, v)
	blas64.Trsv(blas.NoTrans, f.u, v)
}

// logZ is ½(ηᵀμ − log|Λ|).
func (f *fit) logZ() float64 {
	z := mat.Dot(f.eta, f.mean) / 2
	for i := range f.u.N {
		z -= math.Log(f.u.Data[i*f.u.Stride+i])
	}
	return z
}

// spread writes the means over dst, whose other entries stay.
func (f *fit) spread(dst []float64) {
	if f == nil {
		return
	}
	for i, p := range f.params {
		dst[p] = f.mean.AtVec(i)
	}
}
