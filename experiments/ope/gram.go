package ope

// gram is Σφφ', Σφr, Σr² of a fold.
type gram struct {
	a     []float64 // d × d, upper triangle
	b     []float64
	rr, n float64
}

func (g *gram) add(at []int, v []float64, r float64, d int) {
	for i, p := range at {
		if v[i] == 0 {
			continue
		}
		row := g.a[p*d : (p+1)*d]
		for j := i; j < len(at); j++ {
			row[at[j]] += v[i] * v[j]
		}
		g.b[p] += v[i] * r
	}
	g.rr += r * r
	g.n++
}

func (g *gram) plus(o *gram) {
	for i, v := range o.a {
		g.a[i] += v
	}
	for i, v := range o.b {
		g.b[i] += v
	}
	g.rr += o.rr
	g.n += o.n
}

// loss is Σ(r − φ'w)² of the rows behind the sums.
func (g *gram) loss(w []float64) float64 {
	d, sum := len(w), g.rr
	for i, v := range w {
		row, dot := g.a[i*d:(i+1)*d], .5*g.a[i*d+i]*v
		for j := i + 1; j < d; j++ {
			dot += row[j] * w[j]
		}
		sum += 2*v*dot - 2*v*g.b[i]
	}
	return sum
}
