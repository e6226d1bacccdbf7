package experiments

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Contrast is the difference between the means of two groups whose rows depend on each other within a
// cluster, which may have rows in both. The zero value is ready; parts merge.
type Contrast struct {
	clusters float64
	sum      [4]float64 // per group: Σy, rows
	cross    [4][4]float64
	members  [2]float64 // clusters with rows in the group
}

// Cluster is one cluster's rows: per group (first, second) the sum of y and their number.
type Cluster struct {
	Sum  [2]float64
	Rows [2]int
}

// Row adds one row of a group, 0 or 1.
func (c *Cluster) Row(group int, y float64) {
	c.Sum[group] += y
	c.Rows[group]++
}

// Add takes one cluster; one without rows is none.
func (c *Contrast) Add(o Cluster) {
	if o.Rows[0]+o.Rows[1] == 0 {
		return
	}
	v := [4]float64{o.Sum[0], float64(o.Rows[0]), o.Sum[1], float64(o.Rows[1])}
	c.clusters++
	for i := range v {
		c.sum[i] += v[i]
		for j := range v {
			c.cross[i][j] += v[i] * v[j]
		}
	}
	for g := range c.members {
		if o.Rows[g] > 0 {
			c.members[g]++
		}
	}
}

// Merge adds the clusters of another part; no cluster is in both.
func (c *Contrast) Merge(o *Contrast) {
	c.clusters += o.clusters
	for i := range c.sum {
		c.sum[i] += o.sum[i]
		for j := range c.sum {
			c.cross[i][j] += o.cross[i][j]
		}
	}
	for g := range c.members {
		c.members[g] += o.members[g]
	}
}

// Mean is a group's mean; false without rows.
func (c *Contrast) Mean(group int) (float64, bool) {
	n := c.sum[2*group+1]
	return c.sum[2*group] / n, n > 0
}

// Estimate is a value and its 95 % interval.
type Estimate struct {
	Estimate float64 `json:"estimate"`
	Lower    float64 `json:"lower"`
	Upper    float64 `json:"upper"`
}

// Half is the half width of the interval.
func (e *Estimate) Half() float64 { return (e.Upper - e.Lower) / 2 }

// fewest is the number of clusters in each group from which the normal interval is given.
const fewest = 30

// Value is ȳ₀ − ȳ₁ ± z·√(G/(G−1) · Σ_g ψ_g²) over G clusters, ψ_g = Σ_{i in g, first}(y−ȳ₀)/n₀ −
// Σ_{i in g, second}(y−ȳ₁)/n₁: the sandwich of Liang & Zeger, Biometrika 1986, for a difference of means. With
// clusters of one row it is the normal interval of two samples, for y of 0 and 1 of two proportions.
// False below 30 clusters in either group: the interval is right in the limit alone.
func (c *Contrast) Value() (Estimate, bool) {
	a, known := c.Mean(0)
	b, also := c.Mean(1)
	if !known || !also || min(c.members[0], c.members[1]) < fewest {
		return Estimate{}, false
	}
	w := [4]float64{1 / c.sum[1], -a / c.sum[1], -1 / c.sum[3], b / c.sum[3]}
	square := 0.
	for i := range w {
		for j := range w {
			square += w[i] * w[j] * c.cross[i][j]
		}
	}
	half := distuv.UnitNormal.Quantile(.975) * math.Sqrt(max(square, 0)*c.clusters/(c.clusters-1))
	return Estimate{a - b, a - b - half, a - b + half}, true
}
