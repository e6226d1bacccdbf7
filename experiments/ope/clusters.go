package ope

import (
	"math"
	"slices"
)

// Clusters runs a rule through a log whose rows depend on each other within a [Sample.Cluster]: the
// debtor is the unit, whatever its number of decisions. The zero value is IPS, ready. It remembers
// 40 bytes per debtor; for independent rows [Estimate] remembers none.
type Clusters struct {
	Rule Rule // defaults to IPS; not changed after the first Add
	at   map[uint64]int32
	ids  []uint64
	sums []sums
}

// sums of the parts of one cluster, or of all.
type sums struct{ n, c, a, b float64 }

func (s *sums) add(o sums, times float64) {
	s.n += times * o.n
	s.c += times * o.c
	s.a += times * o.a
	s.b += times * o.b
}

func (s *sums) value() (float64, bool) {
	if s.n == 0 || s.b == 0 {
		return 0, false
	}
	return s.c/s.n + s.a/s.b, true
}

// Add takes one row; an error (a [FieldError]) leaves the estimate as it was.
func (c *Clusters) Add(s Sample) error {
	p, err := part(c.Rule, &s)
	if err == nil {
		c.add(s.Cluster, sums{1, p.C, p.A, p.B})
	}
	return err
}

// AddPair adds what policy a would have earned more than policy b, as [Estimate.AddPair].
func (c *Clusters) AddPair(a, b Sample) error {
	p, err := pair(c.Rule, &a, &b)
	if err == nil {
		c.add(a.Cluster, sums{1, p.C, p.A, p.B})
	}
	return err
}

func (c *Clusters) add(id uint64, s sums) {
	i, known := c.at[id]
	if !known {
		if c.at == nil {
			c.at = map[uint64]int32{}
		}
		i = int32(len(c.sums))
		c.at[id] = i
		c.ids, c.sums = append(c.ids, id), append(c.sums, sums{})
	}
	c.sums[i].add(s, 1)
}

// Merge adds another shard of the log; a debtor may be in both.
func (c *Clusters) Merge(o *Clusters) error {
	if err := same(c.Rule, o.Rule); err != nil {
		return err
	}
	for i, id := range o.ids {
		c.add(id, o.sums[i])
	}
	return nil
}

// N is the number of clusters.
func (c *Clusters) N() int { return len(c.ids) }

func (c *Clusters) total() (t sums) {
	for _, s := range c.sums {
		t.add(s, 1)
	}
	return t
}

// Value is the estimate over rows, the same as [Estimate.Value].
func (c *Clusters) Value() (float64, bool) {
	t := c.total()
	return t.value()
}

// StdErr is √(G/(G−1) · Σ_g (Σ_{i in g} ψᵢ)²)/n over G clusters of n rows in all, ψ the influence of a
// row as in [Estimate.Gaussian]. Liang & Zeger, Biometrika 1986 (the sandwich), for a mean.
func (c *Clusters) StdErr() (float64, bool) {
	t := c.total()
	g := float64(len(c.sums))
	if g < 2 || t.b == 0 {
		return 0, false
	}
	mean, rho, b := t.c/t.n, t.a/t.b, t.b/t.n
	spread := 0.
	for _, s := range c.sums {
		psi := s.c - mean*s.n + (s.a-rho*s.b)/b
		spread += psi * psi
	}
	return math.Sqrt(spread*g/(g-1)) / t.n, true
}

// Gaussian is V ± z·StdErr, right in the limit of many clusters (from about a hundred), at one size
// fixed before.
func (c *Clusters) Gaussian(level float64) (Interval, bool) {
	v, ok := c.Value()
	se, also := c.StdErr()
	return gaussian(v, se, level), ok && also
}

// Sequence is [Estimate.Sequence] with the cluster as unit: it holds at all numbers of clusters at
// once. best counts clusters. A debtor's rows should all be in before the next look.
func (c *Clusters) Sequence(level, best float64) (Interval, bool) {
	v, ok := c.Value()
	se, also := c.StdErr()
	g := float64(len(c.sums))
	return around(v, se*math.Sqrt(g)*boundary(g, alpha(level), best)), ok && also
}

// sorted is the clusters' sums by id: shards merge in any order, and the same is drawn from them.
func (c *Clusters) sorted() []sums {
	ids := slices.Clone(c.ids)
	slices.Sort(ids)
	s := make([]sums, len(ids))
	for i, id := range ids {
		s[i] = c.sums[c.at[id]]
	}
	return s
}
