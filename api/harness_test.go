package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"takt/api"
	"takt/api/keys"
	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/experiments"
	"takt/experiments/ope/gate"
	"takt/features"
	"takt/features/audit"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/features/history/sealed"
	"takt/features/journal"
	"takt/features/vault"
	"takt/models/promotion"
	"takt/models/registry"
)

// now is the servers' clock in these tests: a Friday morning in Berlin.
var now = time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC)

// setup is what a test may change before a server starts.
type setup struct {
	dir      string
	store    history.Store
	journal  journal.Options
	tenants  []*engine.Tenant
	assigner api.Assigner
	ready    func(context.Context) error
	holdout  func(context.Context, string, int) (*experiments.HoldoutResult, error)
	reports  api.Reports
	idle     bool // nothing is shipped to the store
	closed   bool // no ledger
	desk     bool // policies are managed
}

// harness is a real server on loopback with a real journal and a store in memory.
type harness struct {
	t        testing.TB
	setup    setup
	contract *contract
	server   *api.Server
	ledger   *features.Ledger
	vault    *vault.Vault
	audit    *audit.Log
	journal  *journal.Log
	url      string
	keys     map[string]string // by tenant and role, such as acme/decide
	logs     *logBuffer
	ticks    time.Duration // seconds that the shelf's clock is ahead: no two changes at one instant
	stop     func()
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// uniformTenant is a tenant whose decisions need no model.
func uniformTenant(id string) *engine.Tenant {
	t := engine.DefaultTenant(id)
	t.Policy, t.Holdout.Share = "uniform", 0
	return t
}

func start(t testing.TB, change ...func(*setup)) *harness {
	t.Helper()
	h := &harness{t: t, contract: loadContract(t), keys: map[string]string{}, logs: &logBuffer{}}
	h.setup = setup{dir: t.TempDir(), store: memory.New(), tenants: []*engine.Tenant{uniformTenant("acme"), uniformTenant("other")}}
	for _, c := range change {
		c(&h.setup)
	}
	path := filepath.Join(h.setup.dir, "keys.json")
	for _, tenant := range h.setup.tenants {
		for _, role := range []keys.Role{keys.Decide, keys.Analyst, keys.Admin} {
			_, text, err := keys.Create(path, keys.New{Tenant: tenant.ID, Role: role, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			h.keys[tenant.ID+"/"+string(role)] = text
		}
	}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

func (h *harness) start() {
	h.t.Helper()
	fixed := func() time.Time { return now }
	ring, err := keys.Open(filepath.Join(h.setup.dir, "keys.json"), &keys.RingOptions{Now: fixed})
	h.must(err)
	h.vault, err = vault.Open(filepath.Join(h.setup.dir, "vault"))
	h.must(err)
	h.audit, err = audit.Open(filepath.Join(h.setup.dir, "audit.jsonl"))
	h.must(err)
	var desk *promotion.Desk
	if h.setup.desk {
		desk = h.newDesk(fixed)
	}
	h.server, err = api.New(api.Options{Tenants: h.setup.tenants, Keys: ring, Decider: engine.NewDecider(guard.New(), policy.NewUniform()),
		Assigner: h.setup.assigner, Ready: h.setup.ready, Holdout: h.setup.holdout, Reports: h.setup.reports, Now: fixed, Policies: desk, Audit: h.audit, Logger: slog.New(slog.NewJSONHandler(h.logs, nil))})
	h.must(err)
	web := httptest.NewServer(h.server.Handler())
	h.url = web.URL
	h.stop = web.Close
	if !h.setup.closed {
		h.open(web.Close)
	}
	if desk != nil {
		for _, t := range h.setup.tenants {
			h.must(desk.Refresh(context.Background(), t))
		}
	}
}

// newDesk manages the policies of the server as cmd/app does.
func (h *harness) newDesk(now func() time.Time) *promotion.Desk {
	shelf := h.setup.store.(*memory.Store)
	r := registry.New(shelf)
	r.Now = func() time.Time { h.ticks++; return now().Add(h.ticks * time.Second) }
	return &promotion.Desk{Registry: r, Store: sealed.New(h.setup.store, h.vault), Gate: gate.New(), Shadow: gate.Shadow, Now: func(string) time.Time { return now() },
		Flush:  func(ctx context.Context) error { return h.ledger.Flush(ctx) },
		Deploy: func(tenant string, s *promotion.Stage) error { return h.server.Deploy(tenant, s) },
		Halt:   func(tenant string, paused bool) { h.server.Halt(tenant, paused) },
		Count:  func(tenant, result string) { h.server.Options.Metrics.Trained(tenant, result) },
		Logger: slog.New(slog.NewJSONHandler(h.logs, nil))}
}

// open opens journal and ledger and ships in the background.
func (h *harness) open(closeWeb func()) {
	h.t.Helper()
	var err error
	h.journal, err = journal.Open(filepath.Join(h.setup.dir, "journal"), &h.setup.journal)
	h.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	h.ledger, err = features.Open(ctx, features.Options{Journal: h.journal, Store: sealed.New(h.setup.store, h.vault), Vault: h.vault, Now: func() time.Time { return now }})
	h.must(err)
	h.server.Open(h.ledger)
	var wg sync.WaitGroup
	if !h.setup.idle {
		wg.Go(func() { h.ledger.Run(ctx) })
	}
	var once sync.Once
	h.stop = func() {
		once.Do(func() {
			closeWeb()
			cancel()
			wg.Wait()
			h.ledger.Close()
			h.vault.Close()
			h.audit.Close()
		})
	}
}

// restart stops the server and starts it again on the same data.
func (h *harness) restart() {
	h.t.Helper()
	h.stop()
	h.start()
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// stored is how many records the journal has taken.
func (h *harness) stored() uint64 { return h.journal.LastSeq() }
