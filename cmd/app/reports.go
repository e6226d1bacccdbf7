package app

import (
	"context"
	"fmt"
	"time"

	"takt/experiments/fairness"
)

// Intensity reports on how groups of a tenant's debtors are worked, as known at its clock.
func (a *App) Intensity(ctx context.Context, tenant string, o fairness.Options) (*fairness.Report, error) {
	if err := a.reported(ctx, tenant, &o); err != nil {
		return nil, err
	}
	return fairness.Intensity(ctx, a.store, o)
}

// Proxies reports on how well the features that a tenant uses tell what it denies.
func (a *App) Proxies(ctx context.Context, tenant string, o fairness.Options) (*fairness.ProxyReport, error) {
	if err := a.reported(ctx, tenant, &o); err != nil {
		return nil, err
	}
	return fairness.Proxies(ctx, a.store, o)
}

// reported fills in whom and when a report is about.
func (a *App) reported(ctx context.Context, tenant string, o *fairness.Options) error {
	o.Tenant, o.Seed = a.Tenant(tenant), 1
	if o.Tenant == nil {
		return fmt.Errorf("report on groups: tenant %q is not served", tenant)
	}
	if err := a.ledger.Flush(ctx); err != nil {
		return fmt.Errorf("report on groups: %w", err)
	}
	if o.AsOf = a.clock.Now(tenant); o.AsOf.IsZero() { // a replay clock that nothing has started
		o.AsOf = time.Now().UTC()
	}
	return nil
}
