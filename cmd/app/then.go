package app

import (
	"context"
	"errors"
	"fmt"

	"takt/engine"
	"takt/engine/policy"
	"takt/features/history"
	"takt/models/promotion"
	"takt/models/registry"
)

// then is what a stored decision was made with: the tenant with the decision's own actions and the
// reward and channel costs that counted when it was recorded, and the snapshot it names. Both are
// the caller's own: what decides now is not touched.
func (a *App) then(ctx context.Context, d *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
	t := a.Tenant(d.Tenant)
	if t == nil {
		return nil, nil, fmt.Errorf("tenant %s: %w", d.Tenant, history.ErrNotFound)
	}
	prices, err := a.registry.PricesAt(ctx, d.Tenant, d.Recorded)
	if err != nil {
		return nil, nil, err
	}
	g, err := engine.ParseGrid(d.Grid)
	if err != nil {
		return nil, nil, fmt.Errorf("read decision %s: %w", d.ID, err)
	}
	past := *t
	past.Grid, past.Reward, past.Specs = *g, prices.Reward, prices.Specs
	s, err := a.snapshotOf(ctx, d, &past)
	if s != nil { // a version is served in its own form
		past.Reward = s.Header.Reward
	}
	return &past, s, err
}

// snapshotOf is the snapshot that a decision names. The prior, which decides before anything is
// published, is nowhere stored: it is made again, as configured and by default, and counts if it has the id.
func (a *App) snapshotOf(ctx context.Context, d *engine.Decision, past *engine.Tenant) (*engine.Snapshot, error) {
	v, err := a.registry.Get(ctx, d.Tenant, registry.Policy, promotion.Name, d.Snapshot)
	if err == nil {
		return policy.Open(v.Data)
	}
	if !errors.Is(err, history.ErrNotFound) {
		return nil, err
	}
	free := *past // before anything was denied
	free.Denied = engine.Denied{}
	for _, spec := range []*policy.PriorSpec{a.Config.Prior(d.Tenant), nil} {
		for _, t := range []*engine.Tenant{past, &free} {
			if prior, failed := policy.Prior(t, spec, d.Schema, len(d.X)); failed == nil && prior.ID == d.Snapshot {
				return prior, nil
			}
		}
	}
	return nil, err
}
