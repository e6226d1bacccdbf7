package app

import (
	"context"
	"errors"
	"time"

	"takt/engine"
	"takt/features/audit"
	"takt/features/history"
)

// sweepLook is how often tenants' clocks are looked at: each tenant is swept once a day of its own time,
// which on a replay clock may pass in seconds.
const sweepLook = 2 * time.Second

// sweep lets go, day by day, what is older than the tenants' retention periods.
func (a *App) sweep(ctx context.Context) {
	swept := map[string]time.Time{}
	tick(ctx, sweepLook, func() {
		for _, t := range a.served() {
			now := a.clock.Now(t.ID)
			day := now.Truncate(24 * time.Hour)
			if now.IsZero() || !day.After(swept[t.ID]) {
				continue
			}
			if err := a.Sweep(ctx, t, now); err != nil {
				if ctx.Err() == nil {
					a.Log.Error("old facts are not deleted yet", "tenant", t.ID, "err", err)
				}
				continue
			}
			swept[t.ID] = day
		}
	})
}

// Sweep deletes a tenant's facts that are older at the instant than its retention periods, and the keys of
// debtors who are left without facts.
func (a *App) Sweep(ctx context.Context, t *engine.Tenant, now time.Time) error {
	store, ok := a.store.raw.(history.Expirer)
	if !ok {
		return nil
	}
	keepEvents, keepDecisions := a.Config.Retention(t, now)
	events, decisions := since(now, keepEvents), since(now, keepDecisions)
	if events.IsZero() && decisions.IsZero() {
		return nil
	}
	n, debtors, err := a.ledger.Expire(ctx, store, t.ID, events, decisions)
	if n == 0 {
		return err
	}
	if debtors > 0 {
		a.renewCopy()
	}
	if _, cold := a.ledger.Warm(ctx, t.ID); cold != nil {
		a.Log.Warn("profiles are folded one by one", "tenant", t.ID, "err", cold)
	}
	a.Log.Info("old facts are deleted", "tenant", t.ID, "facts", n, "debtors", debtors)
	return errors.Join(err, a.note(t.ID, audit.Expired, "takt", "", map[string]any{"facts": n, "debtors": debtors, "events_before": events, "decisions_before": decisions}))
}

// since is the start of what is kept; the zero time, before everything, for good.
func since(now time.Time, keep time.Duration) time.Time {
	if keep == 0 {
		return time.Time{}
	}
	return now.Add(-keep)
}
