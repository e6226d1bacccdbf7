// Package app wires the parts of Takt into one running process: it claims the data directory,
// starts the store, replays the journal, serves the API and refreshes policies.
//
//	a, err := app.Open(ctx, app.Options{Config: cfg, Logger: logger})
//	go a.Run(ctx)          // ships the journal, follows published snapshots, learns
//	http.Serve(l, a.Handler())
//	a.Close()
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"takt/api"
	"takt/api/keys"
	"takt/cmd/config"
	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/experiments"
	"takt/features"
	"takt/features/audit"
	"takt/features/journal"
	"takt/features/vault"
	"takt/models/promotion"
	"takt/models/registry"
)

// App is one running Takt. It is safe for concurrent use.
type App struct {
	Config *config.Config
	Dir    *Dir
	Log    *slog.Logger

	tenants  sync.Map // id → *engine.Tenant
	newcomer chan string

	store    *store
	journal  *journal.Log
	ledger   *features.Ledger
	vault    *vault.Vault
	audit    *audit.Log
	keys     *keys.Ring
	clock    *api.Clock
	server   *api.Server
	registry *registry.Registry
	holdouts experiments.Holdouts
	token    string // of commands on this machine
	rand     io.Reader
	pauses   chan pausing
	desk     *promotion.Desk

	close []func() error // in reverse order
}

// Options say what to open.
type Options struct {
	Config  *config.Config
	Logger  *slog.Logger
	Tenants []string  // served besides those of the configuration and those that own a key
	Rand    io.Reader // source of decision ids and new tenants' secrets. Defaults to crypto/rand.

	// LoadTimeout bounds how long a decision waits for the store; see features.Options.
	LoadTimeout time.Duration
}

// Open starts everything but the listeners. On an error nothing stays behind.
func Open(ctx context.Context, o Options) (_ *App, err error) {
	c, logger := o.Config, o.Logger
	a := &App{Config: c, Log: logger, rand: o.Rand, pauses: make(chan pausing), newcomer: make(chan string, 64)}
	if a.rand == nil {
		a.rand = rand.Reader
	}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if a.Dir, err = Claim(c.Data); err != nil {
		return nil, err
	}
	a.onClose(func() error { a.Dir.Release(); return nil })
	if err := a.openTenants(o.Tenants); err != nil {
		return nil, err
	}
	if err := a.openVault(); err != nil {
		return nil, err
	}
	if a.store, err = openStore(ctx, c, a.Dir, logger); err != nil {
		return nil, err
	}
	a.onClose(a.store.close)
	a.store.Reader = seal(a.store.raw, a.vault)
	a.registry = registry.New(a.store)
	a.registry.Logger = logger
	a.openDesk()
	if err := a.openServer(); err != nil {
		return nil, err
	}
	if err := a.openLedger(ctx, o.LoadTimeout); err != nil {
		return nil, err
	}
	a.noteOverrides()
	return a, a.loadSnapshots(ctx)
}

func (a *App) onClose(f func() error) { a.close = append(a.close, f) }

// Close ends everything in the reverse order; what was acknowledged is on disk.
func (a *App) Close() error {
	var errs []error
	for i := len(a.close) - 1; i >= 0; i-- {
		errs = append(errs, a.close[i]())
	}
	a.close = nil
	return errors.Join(errs...)
}

func (a *App) openTenants(named []string) error {
	var err error
	a.token = rand.Text()
	if a.keys, err = keys.Open(a.Dir.Keys(), &keys.RingOptions{Logger: a.Log}); err != nil {
		return err
	}
	a.keys.Grant(a.token)
	owners, err := keys.Tenants(a.Dir.Keys(), time.Now())
	if err != nil {
		return err
	}
	named = append(named, owners...)
	for id := range a.Config.Tenants {
		named = append(named, id)
	}
	slices.Sort(named)
	for _, id := range named {
		if a.Tenant(id) != nil {
			continue
		}
		if _, err = a.addTenant(id); err != nil {
			return err
		}
	}
	return nil
}

// Tenant is a served tenant, or nil.
func (a *App) Tenant(id string) *engine.Tenant {
	v, _ := a.tenants.Load(id)
	t, _ := v.(*engine.Tenant)
	return t
}

func (a *App) addTenant(id string) (*engine.Tenant, error) {
	secret, err := keys.Secret(a.Dir.Keys(), id, a.rand)
	if err != nil {
		return nil, err
	}
	t, err := a.Config.Tenant(id, secret)
	if err != nil {
		return nil, err
	}
	for _, o := range t.Rules.Overrides() {
		a.Log.Info("contact rule loosened", "tenant", id, "rule", o.Rule, "what", o.What, "from", o.From, "until", o.Until, "verified", o.Verified, "date", o.Date) // who and why are in the audit log
	}
	a.tenants.Store(id, t)
	return t, nil
}

// adopt takes in a tenant whose first key was created while the server runs.
func (a *App) adopt(id string) (*engine.Tenant, *engine.Snapshot, error) {
	t, err := a.addTenant(id)
	if err != nil {
		return nil, nil, err
	}
	ctx := context.Background()
	if err := a.warm(ctx, t); err != nil {
		a.Log.Warn("profiles are folded one by one", "tenant", id, "err", err)
	}
	a.noteOverride(t)
	if err := a.registry.NotePrices(ctx, t); err != nil {
		return nil, nil, err
	}
	s, err := a.desk.Stage(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	a.newcomer <- id // Run follows its policies, too: a pause or ramp of former days holds within seconds
	return t, s.Live.Snapshot, nil
}

func (a *App) openServer() error {
	list := a.served()
	a.clock = api.NewClock(time.Now, list...)
	var err error
	a.server, err = api.New(api.Options{
		Tenants: list, Keys: a.keys, Clock: a.clock, Assigner: &a.holdouts, Holdout: a.Holdout, Reports: a, Logger: a.Log, Rand: a.rand,
		Decider: engine.NewDecider(guard.New(), policy.NewUniform()), Ready: a.store.ping, Tenant: a.adopt, Then: a.then, Policies: a.desk,
		Audit: a.audit, Erased: a.erased,
	})
	return err
}

// shipDelay is how long a batch may fill before it goes to the store. An insert costs ClickHouse
// tens of milliseconds of CPU however few rows it has; lists that must be fresh flush anyway.
const shipDelay = time.Second

func (a *App) openLedger(ctx context.Context, loadTimeout time.Duration) error {
	var err error
	a.journal, err = journal.Open(a.Dir.Journal(), &journal.Options{MaxBytes: a.Config.Journal.MaxMB << 20, BatchDelay: shipDelay, Logger: a.Log, OnSync: a.server.Options.Metrics.Synced})
	if err != nil {
		return err
	}
	a.onClose(a.journal.Close)
	a.ledger, err = features.Open(ctx, features.Options{Journal: a.journal, Store: a.store, Vault: a.vault, MaxProfileBytes: a.Config.Memory.ProfilesMB << 20, LoadTimeout: loadTimeout, Logger: a.Log})
	if err != nil {
		return fmt.Errorf("replay the journal: %w", err)
	}
	a.onClose(a.ledger.Close)
	for _, t := range a.served() {
		if err := a.warm(ctx, t); err != nil {
			return err
		}
	}
	a.server.Open(a.ledger)
	return nil
}

// warm folds the tenant's history into memory. A replay clock goes on from the newest fact: a
// restart must not set it back.
func (a *App) warm(ctx context.Context, t *engine.Tenant) error {
	w, err := a.ledger.Warm(ctx, t.ID)
	if err != nil {
		return err
	}
	a.clock.Add(t)
	a.clock.Observe(t.ID, w.Newest)
	return a.sizeHoldout(ctx, t, a.clock.Now(t.ID))
}

// served are the tenants of the moment.
func (a *App) served() []*engine.Tenant {
	var list []*engine.Tenant
	a.tenants.Range(func(_, v any) bool {
		list = append(list, v.(*engine.Tenant))
		return true
	})
	slices.SortFunc(list, func(x, y *engine.Tenant) int { return strings.Compare(x.ID, y.ID) })
	return list
}

// Handler answers the API.
func (a *App) Handler() http.Handler { return a.server.Handler() }

// Metrics answers Prometheus.
func (a *App) Metrics() http.Handler { return a.server.Metrics() }

// Flush waits until everything accepted so far is in the store.
func (a *App) Flush(ctx context.Context) error { return a.ledger.Flush(ctx) }
