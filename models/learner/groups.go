package learner

import (
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// meet gives the portfolios and segments that rows name weights of their own, in the order of their first
// example. A tenant's only portfolio gets none: it would say what the tenant's weights say.
func (s *state) meet(rows []row) {
	before := len(s.groups)
	for i := range rows {
		e := &rows[i]
		for _, g := range [...]engine.Group{{Portfolio: e.portfolio}, {Portfolio: e.portfolio, Segment: e.segment}} {
			lone := g.Segment == "" && s.lone(g.Portfolio)
			if lone || g == (engine.Group{}) || len(s.groups) == policy.MaxGroups || slices.Contains(s.groups, g) {
				continue
			}
			s.groups = append(s.groups, g)
		}
	}
	if len(s.groups) > before {
		s.widen()
	}
}

// lone reports whether no example so far was of another portfolio.
func (s *state) lone(portfolio string) bool {
	if s.portfolio == nil {
		s.portfolio = &portfolio
	}
	return *s.portfolio == portfolio && !slices.ContainsFunc(s.groups, func(g engine.Group) bool { return g.Segment == "" })
}

// widen makes room for the groups' columns.
func (s *state) widen() {
	to := s.shape
	to.Groups = len(s.groups)
	for _, n := range []**normal{&s.resolve, &s.old, &s.amount, &s.rare} {
		*n = (*n).widened(&s.shape, &to)
	}
	at := s.shape.widen(&to)
	means := []*[]float64{&s.mean, &s.oldMean}
	for h := range s.others {
		if s.others[h] != nil {
			means = append(means, &s.others[h])
		}
	}
	for _, mean := range means {
		wide := make([]float64, to.params())
		for i, p := range at {
			wide[p] = (*mean)[i]
		}
		*mean = wide
	}
	s.shape = to
}

// terms are the non-zero entries of (1,x) and of the groups' columns; dst is reused.
func (s *state) terms(dst []term, e *row) []term {
	dst = contextTerms(dst, e.x)
	for i, g := range s.groups {
		if g.Portfolio == e.portfolio && (g.Segment == "" || g.Segment == e.segment) {
			dst = append(dst, term{1 + s.shape.Features + i, 1})
		}
	}
	return dst
}
