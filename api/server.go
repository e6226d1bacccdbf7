package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"takt/api/keys"
	"takt/api/payload"
	"takt/engine"
	"takt/experiments"
	"takt/features"
	"takt/features/audit"
	"takt/models/promotion"
)

// Options are what a Server needs; New fills the defaults.
type Options struct {
	// Tenants are served from the start.
	Tenants []*engine.Tenant
	// Tenant makes a tenant that a valid key names and that is not served yet: keys are created
	// while the server runs. Its snapshot may be nil. Defaults to none: such a key is refused.
	Tenant func(id string) (*engine.Tenant, *engine.Snapshot, error)
	// Keys says who asks. Required.
	Keys *keys.Ring
	// Decider decides. Required.
	Decider *engine.Decider
	// Then gives what a stored decision was made with: the tenant with grid, reward and channel costs of
	// then, and the snapshot that the decision names. Errors: history.ErrNotFound if the snapshot is gone,
	// policy.ErrAlgorithm if it is of another version of the model. Defaults to what the server decides
	// with now, if that is the same.
	Then func(ctx context.Context, d *engine.Decision) (*engine.Tenant, *engine.Snapshot, error)
	// Assigner puts debtors into the arms of experiments. Defaults to none: every share is 1.
	Assigner Assigner
	// Holdout reports on the tenant's hold-out of a year, by default the present one (0). Defaults to none: 404.
	Holdout func(ctx context.Context, tenant string, year int) (*experiments.HoldoutResult, error)
	// Reports compare groups of debtors. Defaults to none: 404.
	Reports Reports
	// Clock is the tenants' time. Defaults to NewClock(Now, Tenants...).
	Clock *Clock
	// Ready asks whether the store answers, for /readyz. Defaults to not asking.
	Ready func(context.Context) error
	// Metrics are where the figures go. Defaults to NewMetrics().
	Metrics *Metrics
	// Now is the server's clock. Defaults to time.Now.
	Now func() time.Time
	// Rand is the source of decision ids; it must be safe for concurrent use. Defaults to crypto/rand.
	Rand io.Reader
	// Logger gets one line per request and every error. Defaults to none.
	Logger *slog.Logger
	// Policies manages policy versions. Defaults to none: its routes answer 404.
	Policies *promotion.Desk
	// Audit keeps what people did against or beside the rules. Defaults to none: nobody is erased and nothing
	// approved here, and those routes answer 404.
	Audit *audit.Log
	// Erased does what is left to do after the entry of the audit log began an erasure and its keys are
	// destroyed. Defaults to nothing.
	Erased func(ctx context.Context, entry int, tenant string, e features.Erasure) (Aftermath, error)
	// Version is named by /healthz. Defaults to "dev".
	Version string
}

// Assigner says in which branch of an experiment a debtor is at the instant of a decision.
type Assigner interface {
	Assign(t *engine.Tenant, debtor string, at time.Time) engine.Variant
}

// everyone is the Assigner without experiments.
type everyone struct{}

// Assign gives the whole population's variant.
func (everyone) Assign(*engine.Tenant, string, time.Time) engine.Variant {
	return engine.Variant{Share: 1}
}

// Server is the HTTP side of Takt. It is safe for concurrent use.
type Server struct {
	Options
	echo    *echo.Echo
	ledger  atomic.Pointer[features.Ledger]
	tenants tenants
	codec   payload.Codec
	flights flights
	outage  outage
	hasty   bool      // benchmarks alone: answer before the log is durable
	turns   sync.Pool // of *turn
	bodies  sync.Pool // of *[]byte
	intakes sync.Pool // of *intake
	requests
}

// requests numbers requests that bring no X-Request-Id.
type requests struct {
	run  string // drawn at the start
	last atomic.Uint64
}

// New makes a server that answers 503 until Open gives it a ledger.
func New(o Options) (*Server, error) {
	if o.Keys == nil || o.Decider == nil {
		return nil, errors.New("make API server: Keys and Decider are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Assigner == nil {
		o.Assigner = everyone{}
	}
	if o.Clock == nil {
		o.Clock = NewClock(o.Now, o.Tenants...)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	s := &Server{Options: o}
	if s.Then == nil {
		s.Then = s.present
	}
	for _, t := range o.Tenants {
		if t == nil || t.ID == "" || s.tenants.get(t.ID) != nil {
			return nil, errors.New("make API server: tenants need distinct ids")
		}
		s.tenants.add(t, nil)
	}
	var run [4]byte
	if _, err := io.ReadFull(o.Rand, run[:]); err != nil {
		return nil, fmt.Errorf("draw a name for request ids: %w", err)
	}
	s.run = hex.EncodeToString(run[:])
	s.route()
	o.Metrics.watch(s)
	return s, nil
}

// Open gives the server its ledger, once the journal is replayed: from now on it answers.
func (s *Server) Open(l *features.Ledger) { s.ledger.Store(l) }

// Handler answers the API's requests.
func (s *Server) Handler() http.Handler { return s.echo }

// Metrics answers Prometheus; it belongs on a port of its own.
func (s *Server) Metrics() http.Handler { return s.Options.Metrics.Handler() }

// Running is the running state of a tenant, nil for an unknown one.
func (s *Server) Running(id string) *Tenant { return s.tenants.get(id) }

// Swap publishes a tenant's snapshot in the form that is configured: decisions that start from now on vote
// with it. nil goes back to deciding without a model. A ramp ends; a pause goes on.
func (s *Server) Swap(tenant string, snapshot *engine.Snapshot) error {
	t := s.tenants.get(tenant)
	if t == nil {
		return fmt.Errorf("swap snapshot: tenant %q is not served", tenant)
	}
	t.edit(func(v *promotion.Stage) {
		*v = promotion.Stage{Live: promotion.Arm{Tenant: t.Config, Snapshot: snapshot}, Paused: v.Paused}
	})
	return nil
}

// Deploy publishes all that decides for a tenant; see promotion.Desk.
func (s *Server) Deploy(tenant string, stage *promotion.Stage) error {
	t := s.tenants.get(tenant)
	if t == nil {
		return fmt.Errorf("deploy policy: tenant %q is not served", tenant)
	}
	t.stage.Store(stage)
	return nil
}

// Halt lets the ladder decide for a tenant, or no longer, and leaves everything else as it is.
func (s *Server) Halt(tenant string, paused bool) {
	if t := s.tenants.get(tenant); t != nil {
		t.edit(func(v *promotion.Stage) { v.Paused = paused })
	}
}
