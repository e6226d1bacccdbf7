package learner

import (
	"slices"

	"takt/engine/policy"
)

// sumResolve adds up the working statistics of the resolve head at the present mean.
func (s *state) sumResolve(rows []row, f shares) *sums {
	var parts [workers]*sums
	each(func(worker int) {
		part := newSums(&s.shape, 1)
		parts[worker] = part
		var terms []term
		var space design
		width, room := s.shape.Width(), make([]float64, len(s.outlook.all))
		for i := range rows {
			e := &rows[i]
			if e.key.shard() != worker {
				continue
			}
			terms = s.terms(terms, e)
			y, share := s.outlook.label(e, f.together, room), f.lanes[e.key.lane()][e.age]
			weight, target := working(e, y, share, s.linear(s.mean, e.key, terms, &space))
			if weight > 0 {
				g := part.cell(e.key)
				g.add(terms, width, weight)
				g.aim(0, terms, target)
			}
		}
	})
	return joined(parts)
}

// sumLinear adds up closed examples for the amount and for complaint and churn.
func (s *state) sumLinear(rows []row) (amount, rare *sums) {
	var amounts, rares [workers]*sums
	each(func(worker int) {
		a, r := newSums(&s.shape, 1), newSums(&s.shape, 2)
		amounts[worker], rares[worker] = a, r
		var terms []term
		width := s.shape.Width()
		for i := range rows {
			e := &rows[i]
			if !e.closed || e.key.shard() != worker {
				continue
			}
			terms = s.terms(terms, e)
			g := r.cell(e.key)
			g.add(terms, width, 1)
			g.aim(0, terms, e.y[policy.Complaint])
			g.aim(1, terms, e.y[policy.Churn])
			if e.paid() {
				g := a.cell(e.key)
				g.add(terms, width, 1)
				g.aim(0, terms, e.y[policy.Amount])
			}
		}
	})
	for i := range rows {
		s.total(&rows[i])
	}
	return joined(amounts), joined(rares)
}

// paid reports whether the example says how much a settlement brings.
func (e *row) paid() bool { return e.closed && e.y[policy.Resolve] == 1 && e.y[policy.Amount] > 0 }

// total adds e to the sums from which noise is estimated.
func (s *state) total(e *row) {
	if !e.closed {
		return
	}
	for h, y := range e.y {
		if policy.Head(h) != policy.Amount || e.paid() {
			t := &s.totals[h]
			t.n++
			t.sum += y
			t.square += y * y
		}
	}
}

// linear is φᵀθ of an action's parameters.
func (s *state) linear(theta []float64, k key, terms []term, space *design) float64 {
	d := s.shape.of(k, space)
	u := 0.
	for _, r := range d.rows {
		w := theta[r:]
		for _, t := range terms {
			u += t.x * w[t.at]
		}
	}
	for _, p := range d.singles {
		u += theta[p.param] * column(terms, p.column)
	}
	return u
}

// column is the entry of (1,x).
func column(terms []term, at int) float64 {
	if at == 0 {
		return 1
	}
	i, ok := slices.BinarySearchFunc(terms, at, func(t term, at int) int { return t.at - at })
	if !ok {
		return 0
	}
	return terms[i].x
}
