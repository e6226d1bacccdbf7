package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"takt/cmd/config"
	"takt/engine"
	"takt/engine/policy"
	"takt/experiments/ope/gate"
	"takt/models/promotion"
	"takt/models/registry"
)

// followEvery is how often a server looks for what somebody else published or changed.
const followEvery = 2 * time.Second

// Trained is what a training run made.
type Trained = promotion.Record

// openDesk joins registry, store, learner, gate and server to what manages policies.
func (a *App) openDesk() {
	a.desk = newDesk(a.Config, a.store, a.registry)
	a.desk.Logger = a.Log
	a.desk.Now = func(tenant string) time.Time { return a.clock.Now(tenant) }
	a.desk.Flush = func(ctx context.Context) error { return a.ledger.Flush(ctx) }
	a.desk.Deploy = func(tenant string, s *promotion.Stage) error { return a.server.Deploy(tenant, s) }
	a.desk.Halt = func(tenant string, paused bool) { a.server.Halt(tenant, paused) }
	a.desk.Count = func(tenant, result string) { a.server.Options.Metrics.Trained(tenant, result) }
}

func newDesk(c *config.Config, r Reader, reg *registry.Registry) *promotion.Desk {
	return &promotion.Desk{Registry: reg, Store: r, Gate: gate.New(), Shadow: gate.Shadow, Margin: c.Learn.Margin, Prior: c.Prior,
		Bands: promotion.Bands{Hold: c.Learn.HoldBand, Tone: c.Learn.ToneBand}}
}

// loadSnapshots gives every tenant what decides for it: the live version, or the prior before there is one, and
// notes the prices that its decisions are made with.
func (a *App) loadSnapshots(ctx context.Context) error {
	for _, t := range a.served() {
		if err := a.registry.NotePrices(ctx, t); err != nil {
			return err
		}
		if err := a.desk.Refresh(ctx, t); err != nil {
			return err
		}
		if differs := a.desk.Differs(t, a.server.Running(t.ID).Stage().Live); len(differs) > 0 {
			a.Log.Warn("the live policy version goes on in its own form; train a new version to change it: takt policy train --version NAME",
				"tenant", t.ID, "differs", differs)
		}
	}
	return nil
}

// Run ships the journal, follows changes of policies and refreshes them until ctx ends.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for _, t := range a.served() {
		wg.Go(func() { a.follow(ctx, t) })
	}
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case id := <-a.newcomer:
				wg.Go(func() { a.follow(ctx, a.Tenant(id)) })
			}
		}
	})
	wg.Go(func() { a.sizeAhead(ctx) })
	wg.Go(func() {
		a.finishErasures(ctx)
		tick(ctx, retryErasures, func() { a.finishErasures(ctx) })
	})
	wg.Go(func() { a.sweep(ctx) })
	if every := a.Config.Learn.Every; every > 0 {
		wg.Go(func() { a.refresh(ctx, every) })
	}
	err := a.Ship(ctx)
	cancel() // without shipping the rest has no sense
	wg.Wait()
	return err
}

// follow takes over what somebody else publishes or changes for the tenant.
func (a *App) follow(ctx context.Context, t *engine.Tenant) {
	a.registry.Watch(ctx, t.ID, registry.Policy, promotion.Name, followEvery, func(registry.State) error { return a.desk.Refresh(ctx, t) })
}

func (a *App) refresh(ctx context.Context, every time.Duration) {
	tick(ctx, every, func() {
		for _, t := range a.served() {
			if t.Policy != promotion.Name && t.Policy != policy.SquareCBName || a.clock.Now(t.ID).IsZero() {
				continue
			}
			if _, err := a.Learn(ctx, t.ID); err != nil && ctx.Err() == nil {
				a.Log.Error("policy is not refreshed", "tenant", t.ID, "err", err)
			}
		}
	})
}

// Learn refreshes the tenant's live policy version from its log as of its clock; see promotion.Desk.
func (a *App) Learn(ctx context.Context, tenant string) (Trained, error) {
	t := a.Tenant(tenant)
	if t == nil {
		return Trained{}, fmt.Errorf("train: tenant %q is not served", tenant)
	}
	return a.desk.Train(ctx, t, promotion.Training{})
}

// Train makes a tenant's next snapshot from a store beside a running server, and publishes it; the
// server follows. version names the policy version, "" the live one.
func Train(ctx context.Context, c *config.Config, r Reader, tenant, version string, asOf time.Time) (Trained, error) {
	t, err := c.Tenant(tenant, make([]byte, 32)) // training draws nothing with it
	if err != nil {
		return Trained{}, err
	}
	return newDesk(c, r, registry.New(r)).Train(ctx, t, promotion.Training{Version: version, AsOf: asOf, Who: "cli"})
}
