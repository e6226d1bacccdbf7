package learner

import (
	"gonum.org/v1/gonum/blas/blas64"

	"takt/engine/policy"
)

// of is the examples of a head: Amount learns from resolved ones alone.
func (c *cell) of(h policy.Head) *gram {
	if h == policy.Amount {
		return &c.resolved
	}
	return &c.all
}

// gather finds the parameters that examples of the head touched and sums Φᵀy and the totals.
func gather(l policy.Layout, s *stats, h policy.Head) (touched []bool, t totals, sum []float64) {
	touched, sum = make([]bool, l.Params()), make([]float64, l.Params())
	w := l.Width()
	for _, k := range s.keys() {
		c := s.cells[k]
		g := c.of(h)
		if g.n == 0 {
			continue
		}
		t.n += g.n
		t.sum += c.sum[h]
		t.square += c.square
		rows, pairs := k.blocks(l)
		for _, r := range rows {
			for j := range w {
				touched[r+j] = touched[r+j] || g.at(j, j, w) > 0
				sum[r+j] += c.y[h][j]
			}
		}
		for _, p := range pairs {
			touched[p] = true
			sum[p] += c.sum[h]
		}
	}
	return touched, t, sum
}

// assemble adds ΦᵀΦ to the upper triangle of a, whose rows are the touched parameters: place says which.
func assemble(a blas64.Symmetric, l policy.Layout, s *stats, h policy.Head, place []int) {
	w := l.Width()
	for _, k := range s.keys() {
		g := s.cells[k].of(h)
		if g.n == 0 {
			continue
		}
		rows, pairs := k.blocks(l)
		seen := make([]int, 0, w) // entries of (1,x) that this action saw
		for j := range w {
			if g.at(j, j, w) > 0 {
				seen = append(seen, j)
			}
		}
		for i, r := range rows { // blocks ascend, so that r ≤ q
			for _, q := range rows[i:] {
				addBlock(a, g, place, seen, r, q, w)
			}
			for _, p := range pairs { // Σ x_j·1 lies in the row of the constant
				for _, j := range seen {
					a.Data[place[r+j]*a.Stride+place[p]] += g.at(0, j, w)
				}
			}
		}
		for i, p := range pairs {
			for _, q := range pairs[i:] {
				a.Data[place[p]*a.Stride+place[q]] += float64(g.n)
			}
		}
	}
}

// addBlock adds Σ(1,x)(1,x)ᵀ where rows r ≤ q of weights meet.
func addBlock(a blas64.Symmetric, g *gram, place, seen []int, r, q, width int) {
	for i, j := range seen {
		from := seen
		if r == q {
			from = seen[i:]
		}
		row := a.Data[place[r+j]*a.Stride:]
		for _, k := range from {
			row[place[q+k]] += g.at(j, k, width)
		}
	}
}
