package policy

import "takt/engine"

// MaxGroups bounds the portfolios and segments of a model; further ones read as the tenant's average.
const MaxGroups = 24

// groups adds the columns of a case's portfolio and segment to the terms. What a group adds to the tenant's
// weights is shrunk to nothing, so that a group the model has not met reads as the one above it.
func (sc *scratch) groups(known []engine.Group, in *engine.Input, features int) {
	portfolio := in.Request.Case.Portfolio
	for i, g := range known {
		if g.Portfolio == portfolio && (g.Segment == "" || g.Segment == in.Segment) {
			sc.terms = append(sc.terms, term{1 + features + i, 1})
		}
	}
}
