package learner

import (
	"context"
	"fmt"
	"math"

	"takt/engine/policy"
	"takt/features/history"
)

// Estimate gives the prior that makes a log most probable: so many rounds of MacKay's fixed point (see precisions)
// on the whole log, labels closed, for the deviations of the blocks of every head. It costs some times as much as Train.
func Estimate(ctx context.Context, src history.Scanner, o Options, rounds int) (policy.PriorSpec, error) {
	if err := o.defaults(); err != nil {
		return policy.PriorSpec{}, err
	}
	var l Learner
	b, err := l.advance(ctx, src, &o)
	if err != nil {
		return *o.Prior, fmt.Errorf("estimate the prior of tenant %s: %w", o.Tenant.ID, err)
	}
	var rows []row
	for _, d := range b.ordered() {
		rows = append(rows, b.days[d].rows...)
	}
	s := l.state
	if err := s.preview(rows); err != nil {
		return *o.Prior, fmt.Errorf("estimate the prior of tenant %s: %w", o.Tenant.ID, err)
	}
	for h := range policy.Head(policy.Heads) {
		for range rounds {
			if _, _, err := s.precisions(h); err != nil {
				return *o.Prior, fmt.Errorf("estimate the prior of tenant %s, head %d: %w", o.Tenant.ID, h, err)
			}
		}
	}
	if s.spec.Validate() != nil || math.IsNaN(s.spec.Scale) {
		return *o.Prior, fmt.Errorf("estimate the prior of tenant %s: %w", o.Tenant.ID, errSingular)
	}
	return s.spec, nil
}
