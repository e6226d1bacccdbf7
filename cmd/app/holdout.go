package app

import (
	"context"
	"fmt"
	"time"

	"takt/engine"
	"takt/experiments"
)

// sizeHoldout sizes the tenant's hold-out of the year of the instant, from the store; of a replay clock that
// nothing has started there is no year.
func (a *App) sizeHoldout(ctx context.Context, t *engine.Tenant, at time.Time) error {
	if at.IsZero() || t.Holdout.Precision == 0 {
		return nil
	}
	return a.sizeYear(ctx, t, at.UTC().Year(), at)
}

func (a *App) sizeYear(ctx context.Context, t *engine.Tenant, year int, now time.Time) error {
	s, err := experiments.SizeHoldout(ctx, a.store, t, year, now)
	if err != nil {
		return err
	}
	a.holdouts.Put(t.ID, s)
	a.Log.Info("hold-out is sized", "tenant", t.ID, "year", year, "share", s.Share, "source", s.Source, "debtors", s.Debtors)
	return nil
}

// sizeAhead sizes the hold-outs of next year in the last month of this one, so that no decision of the new
// year waits for it; where it cannot, this year's share goes on.
func (a *App) sizeAhead(ctx context.Context) {
	tick(ctx, time.Hour, func() {
		for _, t := range a.served() {
			now := a.clock.Now(t.ID)
			next := now.Year() + 1
			if now.Month() != time.December || t.Holdout.Precision == 0 || a.holdouts.Known(t.ID, next) {
				continue
			}
			if err := a.sizeYear(ctx, t, next, now); err != nil && ctx.Err() == nil {
				a.Log.Warn("next year's hold-out is not sized yet", "tenant", t.ID, "err", err)
			}
		}
	})
}

// Holdout reports on a tenant's hold-out of a year, 0 the present one, labels as known at its clock.
func (a *App) Holdout(ctx context.Context, tenant string, year int) (*experiments.HoldoutResult, error) {
	t := a.Tenant(tenant)
	if t == nil {
		return nil, fmt.Errorf("report on the hold-out: tenant %q is not served", tenant)
	}
	if err := a.ledger.Flush(ctx); err != nil {
		return nil, fmt.Errorf("report on the hold-out: %w", err)
	}
	now := a.clock.Now(tenant)
	if now.IsZero() { // a replay clock that nothing has started
		now = time.Now().UTC()
	}
	s := a.holdouts.Sizing(t, now.Year())
	if year != 0 && year != now.Year() {
		var err error
		if s, err = experiments.SizeHoldout(ctx, a.store, t, year, now); err != nil {
			return nil, err
		}
	}
	return experiments.HoldoutReport(ctx, a.store, t, s, now)
}
