package learner

import (
	"cmp"
	"maps"
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// stats are the sufficient statistics of all heads, per action taken. Adding an example costs
// O(features²) whatever the grid, and they grow with the actions seen, not with the log.
type stats struct {
	layout policy.Layout
	cells  map[key]*cell
	first  *row // the first example
	differ bool // another one differed from it
}

// cell is what one action saw.
type cell struct {
	all      gram
	y        [policy.Heads][]float64 // Σ y·(1,x), of Amount over resolved examples
	sum      [policy.Heads]float64   // Σ y
	square   float64                 // Σ y² of Amount
	resolved gram
}

// gram is n and the upper triangle of Σ (1,x)(1,x)ᵀ, row by row.
type gram struct {
	n  int
	xx []float64
}

func newStats(l policy.Layout) *stats { return &stats{layout: l, cells: map[key]*cell{}} }

func newCell(width int) *cell {
	c := &cell{}
	tri := width * (width + 1) / 2
	c.all.xx, c.resolved.xx = make([]float64, tri), make([]float64, tri)
	for h := range c.y {
		c.y[h] = make([]float64, width)
	}
	return c
}

// term is one non-zero entry of (1,x).
type term struct {
	at int
	x  float64
}

// add adds one example; terms is working space that is returned.
func (s *stats) add(e *row, terms []term) []term {
	terms = append(terms[:0], term{0, 1})
	for j, v := range e.x {
		if v != 0 {
			terms = append(terms, term{j + 1, float64(v)})
		}
	}
	if s.first == nil {
		s.first = e
	} else if !s.differ {
		s.differ = e.key != s.first.key || e.y != s.first.y || !slices.Equal(e.x, s.first.x)
	}
	c := s.cells[e.key]
	if c == nil {
		c = newCell(s.layout.Width())
		s.cells[e.key] = c
	}
	c.add(e, terms, s.layout.Width())
	return terms
}

func (c *cell) add(e *row, terms []term, width int) {
	c.all.add(terms, width)
	for _, h := range []policy.Head{policy.Resolve, policy.Complaint, policy.Churn} {
		c.addTarget(h, e.y[h], terms)
	}
	if share := e.y[policy.Amount]; e.y[policy.Resolve] == 1 && share > 0 {
		c.resolved.add(terms, width)
		c.addTarget(policy.Amount, share, terms)
		c.square += share * share
	}
}

func (c *cell) addTarget(h policy.Head, y float64, terms []term) {
	if y == 0 {
		return
	}
	c.sum[h] += y
	for _, t := range terms {
		c.y[h][t.at] += y * t.x
	}
}

func (g *gram) add(terms []term, width int) {
	g.n++
	for i, a := range terms {
		row := g.xx[offset(a.at, width)-a.at:]
		for _, b := range terms[i:] {
			row[b.at] += a.x * b.x
		}
	}
}

// offset is where row i of a packed upper triangle begins.
func offset(i, width int) int { return i*width - i*(i-1)/2 }

// at is Σ x_i·x_j; i and j count from 0, the constant.
func (g *gram) at(i, j, width int) float64 {
	if i > j {
		i, j = j, i
	}
	return g.xx[offset(i, width)+j-i]
}

// merge adds o, which is not used afterwards.
func (s *stats) merge(o *stats) {
	for _, k := range o.keys() {
		c := s.cells[k]
		if c == nil {
			s.cells[k] = o.cells[k]
			continue
		}
		c.merge(o.cells[k])
	}
	switch {
	case s.first == nil:
		s.first, s.differ = o.first, o.differ
	case o.first != nil && !s.differ:
		s.differ = o.differ || o.first.key != s.first.key || o.first.y != s.first.y || !slices.Equal(o.first.x, s.first.x)
	}
}

func (c *cell) merge(o *cell) {
	c.all.merge(&o.all)
	c.resolved.merge(&o.resolved)
	c.square += o.square
	for h := range c.y {
		c.sum[h] += o.sum[h]
		addTo(c.y[h], o.y[h])
	}
}

func (g *gram) merge(o *gram) {
	g.n += o.n
	addTo(g.xx, o.xx)
}

func addTo(dst, v []float64) {
	for i := range dst {
		dst[i] += v[i]
	}
}

// keys are the actions seen, in a fixed order.
func (s *stats) keys() []key {
	return slices.SortedFunc(maps.Keys(s.cells), func(a, b key) int {
		if a.hold != b.hold {
			return cmp.Compare(one(b.hold), one(a.hold))
		}
		return cmp.Or(cmp.Compare(a.c, b.c), cmp.Compare(a.t, b.t), cmp.Compare(a.s, b.s), cmp.Compare(a.o, b.o))
	})
}

// rows is the number of examples.
func (s *stats) rows() int {
	n := 0
	for _, c := range s.cells {
		n += c.all.n
	}
	return n
}

// contrast reports whether two examples differ at all: without, there is nothing to compare.
func (s *stats) contrast() bool { return s.differ }

// blocks are the first parameters of the rows and the pair parameters that the action adds up.
func (k key) blocks(l policy.Layout) (rows, pairs []int) {
	if k.hold {
		return l.HoldBlocks(nil), nil
	}
	return l.Blocks(nil, nil, engine.Levels{Channel: int(k.c), Tone: int(k.t), Slot: int(k.s), Offer: int(k.o)})
}
