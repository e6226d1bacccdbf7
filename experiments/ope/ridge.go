package ope

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Ridge is a linear model of the reward, fitted per fold by ridge regression:
//
//	q(x,a) = x'w₀ + Σ x'w_e over the levels e of action a
//
// with one weight vector per level (its channel, its tone …). x[0] is 1 and has no penalty in w₀. Where that
// makes more than 512 weights, w_e is over as many of the first features as fit. The penalty is the one of 1, 10, …,
// 10⁵ rows that predicts best the fold after the one left out, so it has not seen the judged rows either.
// Hoerl & Kennard, Technometrics 1970. Any q keeps [DR] unbiased; a good one makes it narrow.
type Ridge struct {
	Folds
	Features int      // length of x, at least 1
	Actions  [][]int  // per action its levels, ascending, numbered over all factors from 0
	Bounds   Interval // q is cut to these; both 0 means to none

	levels, width int
	x             []float32
	fold          []int32
	sums          []gram // per fold
	weights       [][]float64
	at            []int // working space of row and Q
	v, scores     []float64
}

// maxWeights bounds the Gram matrices.
const maxWeights = 512

// ErrSingular says that a ridge regression has no solution: features of absurd size.
var ErrSingular = errors.New("the regression of rewards has no solution: features are of very different size; take logarithms or leave one out")

func (m *Ridge) prepare() {
	for _, levels := range m.Actions {
		for _, e := range levels {
			m.levels = max(m.levels, e+1)
		}
	}
	m.width = m.Features
	if (1+m.levels)*m.Features > maxWeights {
		m.width = min(max((maxWeights-m.Features)/m.levels, 1), m.Features)
	}
	d := m.dim()
	m.sums = make([]gram, m.k())
	for f := range m.sums {
		m.sums[f] = gram{a: make([]float64, d*d), b: make([]float64, d)}
	}
}

func (m *Ridge) dim() int { return m.Features + m.levels*m.width }

// Add takes the next row of the log.
func (m *Ridge) Add(x []float32, action int, reward float64, cluster uint64) error {
	if len(x) != m.Features || len(x) == 0 {
		panic("ope: a row has not the model's number of features")
	}
	if action < 0 || action >= len(m.Actions) {
		return &FieldError{"Action", float64(action), "the index of an action"}
	}
	if !finite(reward) {
		return &FieldError{"Reward", reward, "a finite number"}
	}
	for _, v := range x {
		if !finite(float64(v)) {
			return &FieldError{"X", float64(v), "finite features"}
		}
	}
	if m.sums == nil {
		m.prepare()
	}
	f := m.Of(cluster)
	m.x, m.fold = append(m.x, x...), append(m.fold, int32(f))
	at, v := m.row(x, action)
	m.sums[f].add(at, v, reward, m.dim())
	return nil
}

// row is φ(x,a): the places and values that are not 0 by design, places ascending; valid until the next call.
func (m *Ridge) row(x []float32, action int) ([]int, []float64) {
	at, v := m.at[:0], m.v[:0]
	for i, f := range x {
		at, v = append(at, i), append(v, float64(f))
	}
	for _, e := range m.Actions[action] {
		for i, f := range x[:m.width] {
			at, v = append(at, m.Features+e*m.width+i), append(v, float64(f))
		}
	}
	m.at, m.v = at, v
	return at, v
}

// Fit fits all folds; after the last Add and before the first Q. No rows give q = 0.
func (m *Ridge) Fit() error {
	if m.sums == nil {
		m.prepare()
	}
	m.weights = make([][]float64, len(m.sums))
	for f := range m.sums {
		next := (f + 1) % len(m.sums)
		train, fit, check := m.without(f), m.without(f, next), &m.sums[next]
		if len(m.sums) == 1 {
			train = m.without()
		}
		penalty, least := 1., math.Inf(1)
		for p := 1.; p <= 1e5 && len(m.sums) > 2; p *= 10 {
			w, err := m.solve(fit, p)
			if err != nil {
				return err
			}
			if loss := check.loss(w); loss < least {
				penalty, least = p, loss
			}
		}
		w, err := m.solve(train, penalty)
		if err != nil {
			return err
		}
		m.weights[f] = w
	}
	return nil
}

// without are the sums of all folds but those. They are added up, not taken off: no trace is left of a fold.
func (m *Ridge) without(folds ...int) *gram {
	d := m.dim()
	all := &gram{a: make([]float64, d*d), b: make([]float64, d)}
	for f := range m.sums {
		if !slices.Contains(folds, f) {
			all.plus(&m.sums[f])
		}
	}
	return all
}

// solve is (A + penalty·I)w = b, without penalty on the intercept.
func (m *Ridge) solve(g *gram, penalty float64) ([]float64, error) {
	d := m.dim()
	a := mat.NewSymDense(d, slices.Clone(g.a))
	for i := range d {
		p := penalty
		if i == 0 {
			p = 1e-9 * (1 + g.n)
		}
		a.SetSym(i, i, a.At(i, i)+p)
	}
	var c mat.Cholesky
	if !c.Factorize(a) {
		return nil, ErrSingular
	}
	w := mat.NewVecDense(d, nil)
	if err := c.SolveVecTo(w, mat.NewVecDense(d, g.b)); err != nil {
		return nil, ErrSingular
	}
	return w.RawVector().Data, nil
}

// Q is q(xᵢ,a) of all actions by the model that has not seen row i's fold. One goroutine at a time.
func (m *Ridge) Q(dst []float64, i int) []float64 {
	x, w := m.x[i*m.Features:(i+1)*m.Features], m.weights[m.fold[i]]
	base, scores := dot(w, x), m.scores[:0]
	for e := range m.levels {
		scores = append(scores, dot(w[m.Features+e*m.width:], x[:m.width]))
	}
	m.scores = scores
	dst = dst[:0]
	for _, levels := range m.Actions {
		q := base
		for _, e := range levels {
			q += scores[e]
		}
		if m.Bounds != (Interval{}) {
			q = min(max(q, m.Bounds.Lower), m.Bounds.Upper)
		}
		dst = append(dst, q)
	}
	return dst
}

func dot(w []float64, x []float32) (s float64) {
	for i, v := range x {
		s += w[i] * float64(v)
	}
	return s
}
