package learner

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// sums are weighted sufficient statistics of a regression, per action taken. Adding an example costs
// O(features²) whatever the grid, and they grow with the actions seen, not with the log.
type sums struct {
	shape   *shape
	targets int
	cells   map[key]*gram
}

// gram is what one action saw: the upper triangle of Σ w(1,x)(1,x)ᵀ, row by row, and Σ y(1,x) per target, y
// being weighted already.
type gram struct {
	xx []float64
	xy [][]float64
}

func newSums(l *shape, targets int) *sums {
	return &sums{shape: l, targets: targets, cells: map[key]*gram{}}
}

// term is one non-zero entry of (1,x).
type term struct {
	at int
	x  float64
}

// cell is the action's gram.
func (s *sums) cell(k key) *gram {
	g := s.cells[k]
	if g == nil {
		g = newGram(s.shape.Width(), s.targets)
		s.cells[k] = g
	}
	return g
}

func newGram(width, targets int) *gram {
	g := &gram{xx: make([]float64, width*(width+1)/2), xy: make([][]float64, targets)}
	for i := range g.xy {
		g.xy[i] = make([]float64, width)
	}
	return g
}

// add adds an example of weight w.
func (g *gram) add(terms []term, width int, w float64) {
	for i, a := range terms {
		row, x := g.xx[offset(a.at, width)-a.at:], w*a.x
		for _, b := range terms[i:] {
			row[b.at] += x * b.x
		}
	}
}

// aim adds the weighted target y.
func (g *gram) aim(target int, terms []term, y float64) {
	if y == 0 {
		return
	}
	v := g.xy[target]
	for _, t := range terms {
		v[t.at] += y * t.x
	}
}

// offset is where row i of a packed upper triangle begins.
func offset(i, width int) int { return i*width - i*(i-1)/2 }

// at is Σ w·x_i·x_j for i ≤ j, counted from 0, the constant.
func (g *gram) at(i, j, width int) float64 { return g.xx[offset(i, width)+j-i] }

// keys are the actions seen, in a fixed order.
func (s *sums) keys() []key {
	return slices.SortedFunc(maps.Keys(s.cells), func(a, b key) int {
		if a.hold != b.hold {
			return cmp.Compare(one(b.hold), one(a.hold))
		}
		return cmp.Or(cmp.Compare(a.c, b.c), cmp.Compare(a.t, b.t), cmp.Compare(a.s, b.s), cmp.Compare(a.o, b.o))
	})
}

// workers is fixed: the examples of one action are added up by one goroutine in their order, so that sums do
// not depend on the machine.
const workers = 4

// shard spreads actions over the workers.
func (k key) shard() int {
	if k.hold {
		return 0
	}
	return (int(k.c+1)*31 + int(k.t+1)*7 + int(k.s+1)*3 + int(k.o+1)) % workers
}

// each runs f for every worker at once and waits.
func each(f func(worker int)) {
	var done sync.WaitGroup
	for i := range workers {
		done.Go(func() { f(i) })
	}
	done.Wait()
}

// joined are the workers' sums in one: no action is in two of them.
func joined(parts [workers]*sums) *sums {
	for _, p := range parts[1:] {
		maps.Copy(parts[0].cells, p.cells)
	}
	return parts[0]
}
