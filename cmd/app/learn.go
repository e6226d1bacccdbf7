package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"takt/cmd/config"
	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/models/learner"
	"takt/models/registry"
)

// policyName is the name under which a tenant's bandit is published.
const policyName = "bandit"

// followEvery is how often a server looks for a snapshot that somebody else published.
const followEvery = 2 * time.Second

// loadSnapshots gives every tenant its live snapshot, or the prior before there is one, and notes the
// prices that its decisions are made with.
func (a *App) loadSnapshots(ctx context.Context) error {
	for _, t := range a.served() {
		if err := a.registry.NotePrices(ctx, t); err != nil {
			return err
		}
		s, err := a.snapshot(ctx, t)
		if err == nil {
			err = a.server.Swap(t.ID, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// snapshot is the tenant's live snapshot; the prior while none fits.
func (a *App) snapshot(ctx context.Context, t *engine.Tenant) (*engine.Snapshot, error) {
	live, err := a.registry.Live(ctx, t.ID, registry.Policy, policyName)
	if err != nil && !errors.Is(err, history.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		if s, err := a.fitting(t, live); s != nil || err != nil {
			return s, err
		}
	}
	return policy.Prior(t, features.Schema, len(features.Vector))
}

// fitting opens a published snapshot; nil if it was learned for other actions or features.
func (a *App) fitting(t *engine.Tenant, v history.Artefact) (*engine.Snapshot, error) {
	s, err := policy.Open(v.Data)
	if errors.Is(err, policy.ErrAlgorithm) {
		a.Log.Warn("snapshot is of another version of the model; it is not used until the next training", "tenant", t.ID, "version", v.Version)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open snapshot %s: %w", v.Version, err)
	}
	if s.Header.Grid != t.Grid.String() || s.Header.Schema != features.Schema || s.Header.Features != len(features.Vector) {
		a.Log.Warn("snapshot was learned for other actions or features; it is not used until the next training", "tenant", t.ID, "snapshot_id", s.ID)
		return nil, nil
	}
	return s, nil
}

// swap takes a published snapshot over if it fits.
func (a *App) swap(t *engine.Tenant, v history.Artefact) error {
	s, err := a.fitting(t, v)
	if s == nil || err != nil {
		return err
	}
	if err := a.server.Swap(t.ID, s); err != nil {
		return err
	}
	a.Log.Info("snapshot is live", "tenant", t.ID, "snapshot_id", s.ID, "rows", s.Header.Rows)
	return nil
}

// Run ships the journal, follows published snapshots and refreshes policies until ctx ends.
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
	if every := a.Config.Learn.Every; every > 0 {
		wg.Go(func() { a.refresh(ctx, every) })
	}
	err := a.Ship(ctx)
	cancel() // without shipping the rest has no sense
	wg.Wait()
	return err
}

// follow swaps in what somebody else publishes for the tenant.
func (a *App) follow(ctx context.Context, t *engine.Tenant) {
	a.registry.Watch(ctx, t.ID, registry.Policy, policyName, followEvery, func(v history.Artefact) {
		if err := a.swap(t, v); err != nil {
			a.Log.Error("snapshot cannot be used", "tenant", t.ID, "err", err)
		}
	})
}

func (a *App) refresh(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, t := range a.served() {
			if t.Policy != policyName && t.Policy != policy.SquareCBName || a.clock.Now(t.ID).IsZero() {
				continue
			}
			if _, err := a.Learn(ctx, t.ID); err != nil && ctx.Err() == nil {
				a.Log.Error("policy is not refreshed", "tenant", t.ID, "err", err)
			}
		}
	}
}

// Trained is what a training run made.
type Trained struct {
	Tenant   string         `json:"tenant"`
	Snapshot string         `json:"snapshot_id"`
	AsOf     time.Time      `json:"as_of"`
	Report   learner.Report `json:"report"`
}

// Learn trains the tenant's policy on its log as of its clock, publishes the snapshot and swaps it
// in. Where the log has nothing new to say, the live snapshot stays.
func (a *App) Learn(ctx context.Context, tenant string) (Trained, error) {
	a.learning.Lock()
	defer a.learning.Unlock()
	t := a.Tenant(tenant)
	if t == nil {
		return Trained{}, fmt.Errorf("train: tenant %q is not served", tenant)
	}
	if err := a.ledger.Flush(ctx); err != nil {
		return Trained{}, fmt.Errorf("train: %w", err)
	}
	tr, data, err := train(ctx, a.store, a.registry, t, a.clock.Now(tenant))
	if err != nil {
		return tr, err
	}
	return tr, a.swap(t, history.Artefact{Version: tr.Snapshot, Data: data})
}

// Train makes a tenant's next snapshot from a store beside a running server, and publishes it; the
// server follows.
func Train(ctx context.Context, c *config.Config, r Reader, tenant string, asOf time.Time) (Trained, error) {
	t, err := c.Tenant(tenant, make([]byte, 32)) // training draws nothing with it
	if err != nil {
		return Trained{}, err
	}
	tr, _, err := train(ctx, r, registry.New(r), t, asOf)
	return tr, err
}

func train(ctx context.Context, src learner.Source, r *registry.Registry, t *engine.Tenant, asOf time.Time) (Trained, []byte, error) {
	data, report, err := learner.Train(ctx, src, learner.Options{Tenant: t, Seed: 1, AsOf: asOf, Version: policyName + "-1", Past: true})
	if err != nil {
		return Trained{}, nil, fmt.Errorf("train: %w", err)
	}
	tr := Trained{Tenant: t.ID, Snapshot: engine.SnapshotID(data), AsOf: asOf, Report: report}
	live, err := r.Live(ctx, t.ID, registry.Policy, policyName)
	switch {
	case err == nil && policy.SameModel(live.Data, data): // an idle tenant must not fill the shelf
		tr.Snapshot = live.Version
		return tr, live.Data, nil
	case err != nil && !errors.Is(err, history.ErrNotFound):
		return tr, nil, fmt.Errorf("train: %w", err)
	}
	meta, err := json.Marshal(tr)
	if err != nil {
		return tr, nil, fmt.Errorf("train: %w", err)
	}
	if err := r.Publish(ctx, t.ID, registry.Policy, policyName, tr.Snapshot, data, meta); err != nil {
		return tr, nil, err
	}
	return tr, data, r.SetLive(ctx, t.ID, registry.Policy, policyName, tr.Snapshot)
}
