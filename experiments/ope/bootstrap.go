package ope

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Bootstrap is the percentile interval of the value over draws (≥ 100, or it panics) resamples of
// the clusters with replacement. The seed decides it, not the order of rows. Efron, Annals of
// Statistics 1979; clusters: Davison & Hinkley, Bootstrap Methods, 1997. For independent
// rows give each row its own cluster. False with fewer than two clusters, or where over half of the
// resamples have no value.
func (c *Clusters) Bootstrap(level float64, draws int, seed uint64) (Interval, bool) {
	miss := alpha(level)
	if draws < 100 {
		panic("ope: a bootstrap of fewer than 100 draws")
	}
	s := c.sorted()
	if len(s) < 2 {
		return Interval{}, false
	}
	chance := rand.New(rand.NewPCG(seed, 0))
	values := make([]float64, 0, draws)
	for range draws {
		var t sums
		for range s {
			t.add(s[chance.IntN(len(s))], 1)
		}
		if v, ok := t.value(); ok {
			values = append(values, v)
		}
	}
	if len(values) < draws/2 {
		return Interval{}, false
	}
	slices.Sort(values)
	return Interval{quantile(values, miss/2), quantile(values, 1-miss/2)}, true
}

// quantile of sorted values, linear between them (Hyndman & Fan, 1996, type 7).
func quantile(v []float64, p float64) float64 {
	at := p * float64(len(v)-1)
	i := min(int(math.Floor(at)), len(v)-2)
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}
